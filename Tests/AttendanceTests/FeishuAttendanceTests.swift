import AttendanceConnectors
import FeishuTesting
import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing

@Suite struct FeishuAttendanceTests {
    typealias Scene = FeishuAttendanceScene

    @Test func `days conform`() async throws {
        let days = ["u1", "u2"].flatMap { user in (11...14).map { "\(user)/2026-10-\($0)" } }
        try await ConformanceSuite(
            FeishuAttendanceConnector.self, settings: Scene.settings, stream: "attendance_days",
            records: Set(days + ["u3/2026-10-13", "u3/2026-10-14"]), rejected: ["punch f99"]
        ) {
            var feishu = Scene.office()
            Scene.settle(&feishu)
            feishu.flows.append(.init("f99", "u1", at: Scene.at(12, "12:00:00"), lacks: "check_time"))
            let service = EmulatedService(feishu)
            return try Scene.context(service, now: service.now)
        }.run()
    }

    @Test func `people conform`() async throws {
        try await ConformanceSuite(
            FeishuAttendanceConnector.self, settings: Scene.settings.merging(["page_size": .text("2")]) { $1 },
            stream: "people", records: ["u1", "u2", "u3"]
        ) {
            let service = EmulatedService(Scene.office())
            return try Scene.context(service, now: service.now)
        }.run()
    }

    /// In at 09:20, called late; out at 18:03; an hour of approved leave from 09:00 on does not change what Feishu says.
    @Test func `a day has what was planned, punched, late and on leave`() async throws {
        var feishu = Scene.office()
        feishu.work[0].parts = [
            Scene.shift(12).punched(Scene.at(12, "09:20:00"), Scene.at(12, "18:03:00"), ("Late", "Normal"))
        ]
        feishu.absences = [
            .init("u1", 20_261_012, "2026-10-12 08:00:00", "2026-10-12 10:00:00", "年假"),
            .init("u1", 20_261_012, "2026-10-12 19:00:00", "2026-10-12 20:30:00", "", isOvertime: true),
        ]
        #expect(
            try await Scene.days(feishu)["u1/2026-10-12"] == [
                "id": "u1/2026-10-12", "employee": "u1", "date": "2026-10-12", "shift": "s1", "is_workday": true,
                "planned_seconds": 32_400, "worked_seconds": 31_380, "late_seconds": 1200, "early_seconds": 0,
                "absence_seconds": 0, "missing_punch": false, "overtime_seconds": 0,
                "approved_overtime_seconds": 5400, "leave_seconds": 3600, "leave_kind": "年假",
                "first_in_at": "2026-10-12T01:20:00Z", "last_out_at": "2026-10-12T10:03:00Z",
                "parts": [
                    [
                        "planned_in": "2026-10-12T01:00:00Z", "planned_out": "2026-10-12T10:00:00Z",
                        "in_at": "2026-10-12T01:20:00Z", "out_at": "2026-10-12T10:03:00Z", "in_result": "Late",
                        "out_result": "Normal", "in_supplement": "None", "out_supplement": "None", "type": 0,
                    ]
                ],
                "regular_parts": 1, "stats": .null,
            ])
    }

    @Test func `a day without a result is no day of zeros`() async throws {
        let day = try #require(try await Scene.days(Scene.office())["u1/2026-10-11"])
        for key in [
            "is_workday", "planned_seconds", "worked_seconds", "late_seconds", "early_seconds", "absence_seconds",
            "missing_punch", "overtime_seconds", "first_in_at", "last_out_at", "shift", "stats", "regular_parts",
        ] { #expect(day[key] == .null, "\(key)") }
        #expect(day["parts"] == [] && day["leave_seconds"] == 0)
    }

    private func day(_ part: Scene.Part, _ changes: [String: SettingInput] = [:]) async throws -> JSON {
        var feishu = Scene.office()
        feishu.work[0].parts = [part]
        return try #require(try await Scene.days(feishu, changes)["u1/2026-10-12"])
    }

    @Test func `who punched neither is absent, with one of both a punch is missing`() async throws {
        let absent = try await day(Scene.shift(12).punched(nil, nil, ("Lack", "Lack")))
        #expect(absent["absence_seconds"] == 32_400 && absent["missing_punch"] == true && absent["worked_seconds"] == 0)
        let missing = try await day(Scene.shift(12).punched(Scene.at(12, "08:50:00"), nil, ("Normal", "Lack")))
        #expect(missing["absence_seconds"] == 0 && missing["missing_punch"] == true)
        #expect(missing["first_in_at"] == "2026-10-12T00:50:00Z" && missing["last_out_at"] == .null)
    }

    @Test(arguments: ["Leave", "Travel", "GoOut", "CardReplacementApplication"])
    func `supplements excuse as the settings say, one that is only applied for does not`(supplement: String)
        async throws
    {
        var part = Scene.shift(12).punched(nil, Scene.at(12, "17:00:00"), ("Lack", "Early"))
        part.supplements = (supplement, supplement)
        let excused = try await day(part)
        let isExcused = supplement != "CardReplacementApplication"
        #expect(excused["missing_punch"] == .bool(!isExcused))
        #expect(excused["early_seconds"] == (isExcused ? 0 : 3600))
        let strict = try await day(part, ["excusing_supplements": .list(["Travel"])])
        #expect(strict["missing_punch"] == .bool(supplement != "Travel"))
    }

    @Test func `a result that nobody knows is told as it is and counts as nothing`() async throws {
        let day = try await day(
            Scene.shift(12).punched(Scene.at(12, "09:30:00"), Scene.at(12, "18:00:00"), ("Brandnew", "Todo")))
        #expect(day["parts"]?.array?.first?["in_result"] == "Brandnew")
        #expect(day["late_seconds"] == 0 && day["missing_punch"] == false && day["worked_seconds"] == 30_600)
    }

    @Test func `a late result without its punch is unknown, not zero`() async throws {
        let day = try await day(Scene.shift(12).punched(nil, Scene.at(12, "18:00:00"), ("Late", "Normal")))
        #expect(day["late_seconds"] == .null && day["worked_seconds"] == .null && day["early_seconds"] == 0)
    }

    @Test func `a day off is one, with its punches and overtime`() async throws {
        var feishu = Scene.office()
        let off = Scene.Part(nil) { $0.results = ("NoNeedCheck", "NoNeedCheck") }
        var overtime = Scene.Part((Scene.at(12, "10:00:00"), Scene.at(12, "12:00:00")))
            .punched(Scene.at(12, "09:50:00"), Scene.at(12, "12:20:00"))
        overtime.type = 1
        feishu.work[0].parts = [off, overtime]
        let day = try #require(try await Scene.days(feishu)["u1/2026-10-12"])
        #expect(day["is_workday"] == false && day["planned_seconds"] == 0 && day["late_seconds"] == 0)
        #expect(day["overtime_seconds"] == 9000 && day["first_in_at"] == "2026-10-12T01:50:00Z")
        #expect(day["regular_parts"] == 1, "overtime is none")
        let asWork = try #require(
            try await Scene.days(feishu, ["overtime_shift_type": .text("2")])["u1/2026-10-12"])
        #expect(asWork["overtime_seconds"] == 0 && asWork["planned_seconds"] == .null)
        #expect(asWork["regular_parts"] == 2)
    }

    @Test func `people whom attendance does not know or the app may not see are told and have no days`() async throws {
        var feishu = Scene.office()
        feishu.unauthorized = ["u2"]
        Scene.settle(&feishu)
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        #expect(ledger.rejected == ["user u2"] && !ledger.records.keys.contains { $0.hasPrefix("u2/") })
        #expect(ledger.records.count == 6 && service.system.faults == [])
    }

    /// The right is taken away and given back at any request of a run that reads day by day.
    @Test(arguments: 1...24)
    func `who may be seen only later has all days from the first on`(request: Int) async throws {
        let service = EmulatedService(Scene.office())
        service.meanwhile { feishu, number, _ in
            feishu.unauthorized = number >= request && number < request + 3 ? ["u2"] : []
        }
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        let wasHidden = ledger.rejected == ["user u2"]
        service.meanwhile(nil)
        service.edit { $0.unauthorized = wasHidden ? ["u2"] : [] }
        service.wait(seconds: 14 * 86_400)
        try await Scene.run(&ledger, service)
        service.edit { $0.unauthorized = [] }
        try await Scene.run(&ledger, service)
        #expect(ledger.records.keys.filter { $0.hasPrefix("u2/") }.sorted() == (11...28).map { "u2/2026-10-\($0)" })
        #expect(ledger.records.keys.filter { $0.hasPrefix("u1/") }.count == 18 && service.system.faults == [])
    }

    @Test func `people who may not be seen cost a call of each group, not one of each day`() async throws {
        var feishu = Scene.office()
        feishu.unauthorized = ["u2"]
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        let asked = { service.requests.filter { $0.path.hasSuffix("user_tasks/query") }.count }
        let before = asked()
        try await Scene.run(&ledger, service)
        #expect(asked() - before == 2, "once for who may not be seen, once for the last day of the others")
        #expect(ledger.lastRun.sorted() == ["u1/2026-10-14", "u3/2026-10-14"])
    }

    @Test func `people may be asked for by their numbers, who has none or another's is rejected`() async throws {
        var feishu = Scene.office()
        feishu.users["u2"]?.number = nil
        feishu.users["u4"] = .init("u4", "某", in: ["od-1"])
        feishu.users["u4"]?.number = "P003"
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, ["employee_type": .text("employee_no")])
        #expect(ledger.rejected == ["user u2", "user u3", "user u4"])
        #expect(ledger.records.keys.sorted() == (11...14).map { "u1/2026-10-\($0)" })
        #expect(ledger.records["u1/2026-10-12"]?.json["is_workday"] == true && service.system.faults == [])
    }

    @Test func `columns of the statistics come where they are asked for`() async throws {
        var feishu = Scene.office()
        feishu.statistics = ["u1": [20_261_012: ["52105": "480", "99": "x"]]]
        let settings: [String: SettingInput] = ["stats": .list(["52105"]), "stats_operator": .text("u2")]
        let days = try await Scene.days(feishu, settings)
        #expect(days["u1/2026-10-12"]?["stats"] == ["52105": "480"] && days["u1/2026-10-13"]?["stats"] == [:])
    }

    @Test func `a since that is no day, and statistics for nobody, are mistakes in the settings`() throws {
        for wrong: [String: SettingInput] in [["since": .text("yesterday")], ["stats": .list(["52105"])]] {
            #expect(throws: ConnectorError.self) { try Scene.connector(EmulatedService(Scene.office()), wrong) }
        }
    }

    @Test func `the check tells of how many people there are results`() async throws {
        var feishu = Scene.office()
        feishu.unauthorized = ["u3"]
        let remarks = try await Scene.connector(EmulatedService(feishu)).check().remarks
        #expect(remarks == ["3 people", "results of yesterday: 2 of 3 people", "1 people may not be seen"])
    }

    @Test func `places, devices, photos, remarks and reasons are in nothing that comes out`() async throws {
        var feishu = Scene.office()
        feishu.absences = [.init("u1", 20_261_012, "soon", "2026-10-12 10:00:00", "病假")]
        feishu.statistics = ["u1": [20_261_012: ["52105": "480"]]]
        Scene.settle(&feishu)
        feishu.flows.append(.init("f99", "u1", at: Scene.at(12, "12:00:00"), lacks: "check_time"))
        feishu.work[4].lacks = "day"
        let service = EmulatedService(feishu)
        let lines = Mutex<[String]>([])
        let settings: [String: SettingInput] = ["stats": .list(["52105"]), "stats_operator": .text("u2")]
        let connector = try FeishuAttendanceConnector(
            settings: Settings(
                Scene.settings.merging(settings) { $1 }, against: FeishuAttendanceConnector.description.settings),
            context: Scene.context(service, now: service.now) { line in lines.withLock { $0.append(line) } })
        var said: [String] = []
        for stream in ["attendance_days", "people"] {
            for try await page in connector.pages(of: stream) {
                said += page.records.map { $0.id + $0.json.text } + page.anomalies.map { $0.id + $0.reason }
                said += page.rejected.map { $0.id + $0.reason + String(decoding: $0.raw, as: UTF8.self) }
                said.append(page.cursor?.text ?? "")
            }
        }
        #expect(said.contains { $0.hasPrefix("leave a20261012has no start and end") })
        #expect(said.contains { $0.hasPrefix("punch f99") } && said.contains { $0.hasPrefix("result ru2") })
        for number in 1...20 {
            let other = EmulatedService(feishu)
            other.fail(request: number, with: .text("{\"data\":\"\(FeishuEmulator.canary)", status: 200))
            do {
                for try await _ in try Scene.connector(other).pages(of: "attendance_days") {}
            } catch { said.append("\(error)") }
        }
        said += lines.withLock(\.self)
        #expect(said.filter { $0.contains(FeishuEmulator.canary) } == [])
    }
}
