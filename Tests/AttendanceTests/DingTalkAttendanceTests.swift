import AttendanceConnectors
import DingTalkTesting
import PlumblineKit
import PlumblineTesting
import Testing

/// What a day's record says.
@Suite struct DingTalkAttendanceTests {
    typealias Scene = DingTalkAttendanceScene
    private let fixtures = Fixtures("dingtalk", in: .module)

    @Test func `attendance conforms`() async throws {
        let days = (5...15).flatMap { day in Scene.everybody.map { "\($0)/2026-10-\(day < 10 ? "0\(day)" : "\(day)")" }
        }
        var dingTalk = Scene.weeks()
        dingTalk.punch("li", on: "2026-10-08", at: 700, isOn: false)
        let number = try #require(dingTalk.punches.keys.max())
        dingTalk.punches[number]?.lacks = "checkType"
        try await ConformanceSuite(
            DingTalkAttendanceConnector.self, settings: Scene.settings, stream: "attendance_days", records: Set(days),
            rejected: ["punch \(number)"]
        ) { [dingTalk] in
            let service = EmulatedService(dingTalk, at: Scene.start)
            return DingTalkConnection.context(service, now: service.now)
        }.run()
    }

    @Test func `people conform`() async throws {
        try await ConformanceSuite(
            DingTalkAttendanceConnector.self, settings: Scene.settings, stream: "people", records: Set(Scene.everybody)
        ) {
            let service = EmulatedService(DingTalkEmulator.company())
            return DingTalkConnection.context(service, now: service.now)
        }.run()
    }

    // MARK: One day, worked out by hand

    /// Planned 9:00 to 18:00; in at 9:13:00, after a grace of none, out at 18:30:20; 60 days hence nobody cares where.
    @Test func `a day tells shift, punches and lateness`() async throws {
        let transport = CannedTransport([
            "GET /gettoken": try .file("token.json", of: fixtures),
            "POST /topapi/v2/department/listsub": try .file("departments.json", of: fixtures),
            "POST /topapi/v2/user/list": try .file("people.json", of: fixtures),
            "POST /attendance/list": try .file("results.json", of: fixtures),
            "POST /attendance/listRecord": try .file("punches.json", of: fixtures),
            "POST /topapi/attendance/getleavestatus": try .file("leave.json", of: fixtures),
        ])
        let settings: [String: SettingInput] = Scene.settings.merging(["since": .text("2026-01-01")]) { $1 }
        let connector = try DingTalkAttendanceConnector(
            settings: Settings(settings, against: DingTalkAttendanceConnector.description.settings),
            context: DingTalkConnection.context(transport, now: FixedClock("2026-01-02T04:00:00Z").now))
        let page = try await connector.page(of: "attendance_days", after: nil)
        #expect(page.rejected == [] && page.records.count == 1)
        #expect(
            page.records.first?.json == [
                "id": "emp01/2026-01-01", "employee": "emp01", "date": "2026-01-01", "shift": "12", "is_workday": true,
                "planned_minutes": 540, "worked_minutes": 557, "late_seconds": 780, "early_leave_seconds": 0,
                "absence_minutes": 0, "leave_minutes": 0, "leave_kinds": [], "overtime_minutes": .null,
                "has_overtime_column": false,
                "first_in_at": "2026-01-01T01:13:00Z", "last_out_at": "2026-01-01T10:30:20Z", "missing_punch": false,
                "results": [
                    [
                        "type": "in", "result": "Late", "planned_at": "2026-01-01T01:00:00Z",
                        "at": "2026-01-01T01:13:00Z", "source": "USER",
                    ],
                    [
                        "type": "out", "result": "Normal", "planned_at": "2026-01-01T10:00:00Z",
                        "at": "2026-01-01T10:30:20Z", "source": "ATM",
                    ],
                ],
                "report": [:],
            ])
    }

    // MARK: Rules

    private let day = "2026-10-14"

    /// The day of `li`, as `change` makes it.
    private func record(
        _ changes: [String: SettingInput] = [:], on wanted: String? = nil, _ change: (inout DingTalkEmulator) -> Void
    ) async throws -> JSON {
        var dingTalk = DingTalkEmulator.company()
        change(&dingTalk)
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, changes)
        #expect(service.system.faults == [])
        return try #require(ledger.records["li/\(wanted ?? day)"]).json
    }

    private func moment(_ time: String, on day: String? = nil) throws -> Instant {
        try #require(DingTalkEmulator().moment("\(day ?? self.day) \(time)"))
    }

    @Test func `a result that was not signed is no punch, whatever time stands in it`() async throws {
        let record = try await record { $0.work("li", on: day, in: 535, out: nil) }
        #expect(record["last_out_at"] == .null && record["worked_minutes"] == .null, "not known, so not zero")
        #expect(record["missing_punch"] == true && record["absence_minutes"] == 0)
    }

    @Test func `a day without any punch is absence and no missing punch`() async throws {
        let record = try await record { $0.work("li", on: day, in: nil, out: nil) }
        #expect(record["absence_minutes"] == 540 && record["missing_punch"] == false && record["worked_minutes"] == 0)
    }

    @Test func `who comes so late that it counts as absence is absent until then`() async throws {
        let record = try await record { dingTalk in
            dingTalk.work("li", on: day, in: 690, out: 1080)
            for (id, result) in dingTalk.results where result.isOn { dingTalk.results[id]?.time = "Absenteeism" }
        }
        #expect(record["absence_minutes"] == 150 && record["late_seconds"] == 0 && record["worked_minutes"] == 390)
    }

    @Test func `a day off without punches is planned for nothing`() async throws {
        let record = try await record { _ in }
        #expect(record["is_workday"] == false && record["planned_minutes"] == 0 && record["worked_minutes"] == 0)
        #expect(record["absence_minutes"] == 0 && record["shift"] == .null)
    }

    @Test func `work on a day off has its time, and a planned Saturday is a workday`() async throws {
        let off = try await record(on: "2026-10-10") { dingTalk in
            dingTalk.punch("li", on: "2026-10-10", at: 600, isOn: true)
            dingTalk.punch("li", on: "2026-10-10", at: 780, isOn: false)
        }
        #expect(off["is_workday"] == false && off["worked_minutes"] == 180 && off["missing_punch"] == false)
        let planned = try await record(on: "2026-10-10") { $0.work("li", on: "2026-10-10", in: 535, out: 1085) }
        #expect(planned["is_workday"] == true && planned["planned_minutes"] == 540)
    }

    @Test func `an invalid punch counts for nothing, a further valid one is the last`() async throws {
        let record = try await record { dingTalk in
            dingTalk.work("li", on: day, in: 540, out: 1080)
            dingTalk.punch("li", on: day, at: 400, isOn: true, isLegal: false)
            dingTalk.punch("li", on: day, at: 1300, isOn: false, isLegal: false)
            dingTalk.punch("li", on: day, at: 1140, isOn: false)
        }
        #expect(record["first_in_at"] == .time(try moment("09:00:00")))
        #expect(record["last_out_at"] == .time(try moment("19:00:00")))
    }

    @Test func `a night's last punch of the next morning belongs to its day`() async throws {
        let record = try await record { $0.work("li", on: day, from: 1320, to: 1800, in: 1310, out: 1815) }
        #expect(record["last_out_at"] == .time(try moment("06:15:00", on: "2026-10-15")))
        #expect(record["planned_minutes"] == 480 && record["worked_minutes"] == 505)
    }

    @Test func `a shift of two pairs leaves its break out`() async throws {
        let record = try await record { dingTalk in
            dingTalk.work("li", on: day, from: 540, to: 720, in: 540, out: 720)
            dingTalk.work("li", on: day, from: 780, to: 1080, in: 780, out: 1080)
        }
        #expect(record["planned_minutes"] == 480 && record["worked_minutes"] == 480)
        #expect(record["results"]?.array?.map { $0["type"] } == ["in", "out", "in", "out"])
    }

    @Test func `a supplemented punch is a punch`() async throws {
        let record = try await record { dingTalk in
            dingTalk.work("li", on: day, in: 535, out: nil)
            dingTalk.supplement("li", on: day, isOn: false, at: 1080)
        }
        #expect(record["missing_punch"] == false)
        #expect(record["last_out_at"] == .time(try moment("18:00:00")))
        #expect(record["worked_minutes"] == 545)
    }

    // MARK: Leave

    @Test func `leave of an afternoon stands for the punch`() async throws {
        let (from, to) = (try moment("14:00:00"), try moment("18:00:00"))
        let record = try await record { dingTalk in
            dingTalk.work("li", on: day, in: 540, out: nil)
            dingTalk.leaves = [.init("li", from: from, to: to, percent: 400, code: "annual")]
        }
        #expect(record["leave_minutes"] == 240 && record["leave_kinds"] == ["annual"])
        #expect(record["missing_punch"] == false && record["worked_minutes"] == 300 && record["absence_minutes"] == 0)
    }

    @Test func `leave counts inside planned time only, however it is written`() async throws {
        let whole = DingTalkEmulator.Leave(
            "li", from: try moment("00:00:00"), to: try moment("23:59:59"), unit: "percent_day", percent: 100, code: "a"
        )
        var half = whole
        half.percent = 50
        let long = DingTalkEmulator.Leave(
            "li", from: try moment("00:00:00", on: "2026-10-01"), to: try moment("12:00:00"), unit: "percent_day",
            percent: 1000, code: "b")
        for (leaves, minutes, absence) in [
            ([whole], 540, 0), ([half], 270, 270), ([long], 180, 360), ([whole, long], 540, 0),
        ] {
            let record = try await record { dingTalk in
                dingTalk.work("li", on: day, in: nil, out: nil)
                dingTalk.leaves = leaves
            }
            #expect(record["leave_minutes"] == .int(minutes) && record["absence_minutes"] == .int(absence))
        }
    }

    @Test(arguments: [false, true])
    func `leave that began weeks ago is found, whatever the system looks at`(byStart: Bool) async throws {
        let (from, to) = (try moment("00:00:00", on: "2026-09-20"), try moment("23:59:59"))
        let record = try await record { dingTalk in
            dingTalk.leavesByStart = byStart
            dingTalk.work("li", on: day, in: nil, out: nil)
            dingTalk.leaves = (0..<45).map { _ in .init("zhao", from: from, to: to, percent: 800, code: "x") }
            dingTalk.leaves.append(.init("li", from: from, to: to, unit: "percent_day", percent: 2500, code: "sick"))
        }
        #expect(record["leave_minutes"] == 540 && record["leave_kinds"] == ["sick"])
    }

    /// The form of whole-day leave is not confirmed: the 14th, written as its midnight alone, or from the midnight before.
    @Test(arguments: [
        ("same_day", "14", 100, 540), ("same_day", "14", 50, 270), ("same_day", "13", 200, 0), ("moment", "14", 100, 0),
        ("day", "14", 100, 540), ("day", "13", 200, 540),
    ])
    func `leave that ends at midnight takes that day where the settings say so`(
        ends: String, from: String, percent: Int, minutes: Int
    ) async throws {
        let (from, to) = (try moment("00:00:00", on: "2026-10-\(from)"), try moment("00:00:00"))
        let record = try await record(ends == "same_day" ? [:] : ["midnight_ends": .text(ends)]) { dingTalk in
            dingTalk.work("li", on: day, in: nil, out: nil)
            dingTalk.leaves = [.init("li", from: from, to: to, unit: "percent_day", percent: percent, code: "a")]
        }
        #expect(record["leave_minutes"] == .int(minutes) && record["absence_minutes"] == .int(540 - minutes))
    }

    @Test func `leave of no length in the middle of a day takes nothing`() async throws {
        let noon = try moment("12:00:00")
        let record = try await record { dingTalk in
            dingTalk.work("li", on: day, in: nil, out: nil)
            dingTalk.leaves = [.init("li", from: noon, to: noon, unit: "percent_day", percent: 100, code: "a")]
        }
        #expect(record["leave_minutes"] == 0 && record["absence_minutes"] == 540)
    }

    @Test func `leave on a day off takes nothing`() async throws {
        let (from, to) = (try moment("00:00:00"), try moment("23:59:59"))
        let record = try await record { $0.leaves = [.init("li", from: from, to: to, percent: 800, code: "a")] }
        #expect(record["leave_minutes"] == 0 && record["leave_kinds"] == [])
    }

    // MARK: Report

    private static let columns: [String: [String: String]] = [
        "attendance_work_time": ["li/2026-10-14": "481"], "overtime_approved": ["li/2026-10-14": "95.5"],
        "late_minute": ["li/2026-10-14": "0", "li/2026-10-13": "9"],
    ]

    @Test func `columns of the report come with their day, by alias`() async throws {
        let record = try await record([
            "report_columns": .list(["attendance_work_time", "late_minute"]),
            "overtime_column": .text("overtime_approved"),
        ]) { $0.report = Self.columns }
        #expect(
            record["report"]
                == ["attendance_work_time": "481", "late_minute": "0", "overtime_approved": "95.5"])
        #expect(record["overtime_minutes"] == 95 && record["has_overtime_column"] == true)
        #expect(try await self.record { $0.report = Self.columns }["overtime_minutes"] == .null, "nobody asked for it")
    }

    @Test func `a column that is not there is a mistake in the settings, which names those that are`() async throws {
        var dingTalk = DingTalkEmulator.company()
        dingTalk.report = Self.columns
        let service = EmulatedService(dingTalk, at: Scene.start)
        await #expect {
            _ = try await Scene.connector(service, ["report_columns": .list(["work_time"])]).page(
                of: "attendance_days", after: nil)
        } throws: { error in
            guard case .settings("report_columns", let reason)? = error as? ConnectorError else { return false }
            return reason.contains("attendance_work_time")
        }
    }

    @Test func `settings that cannot be are refused`() {
        for (key, value) in [
            ("since", SettingInput.text("soon")), ("report_columns", .list((1...21).map { "c\($0)" })),
        ] {
            #expect {
                _ = try Scene.connector(EmulatedService(.company()), [key: value])
            } throws: { if case .settings(key, _)? = $0 as? ConnectorError { true } else { false } }
        }
    }

    @Test func `the check tells people and planned punches`() async throws {
        let report = try await Scene.connector(EmulatedService(Scene.weeks(), at: Scene.start)).check()
        #expect(report.remarks == ["7 people", "14 planned punches of 7 people yesterday"])
    }
}
