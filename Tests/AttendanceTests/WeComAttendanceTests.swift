import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing
import WeComTesting

@Suite struct WeComAttendanceTests {
    typealias Scene = WeComAttendanceScene
    private let fixtures = Fixtures("wecom", in: .module)

    @Test func `attendance conforms`() async throws {
        let people = ["chenjing", "lina", "zhangwei"]
        let days = people.flatMap { account in (5...14).map { "\(account)/2026-10-\($0 < 10 ? "0" : "")\($0)" } }
        let broken = "zhangwei/2026-10-08"
        try await ConformanceSuite(
            WeComAttendanceConnector.self, settings: Scene.settings, stream: "attendance_days",
            records: Set(days).subtracting([broken]), rejected: ["report of zhangwei, 1791388800"]
        ) {
            var weCom = try Scene.weCom()
            weCom.days[.init("zhangwei", Scene.day("2026-10-08"))]?.changes["sp_items"] = "none"
            let service = EmulatedService(weCom)
            return try Scene.context(service, now: service.now)
        }.run()
    }

    @Test func `people conform`() async throws {
        try await ConformanceSuite(
            WeComAttendanceConnector.self, settings: Scene.settings.merging(["page_size": .text("2")]) { $1 },
            stream: "people", records: ["chenjing", "lina", "zhangwei"]
        ) {
            let service = EmulatedService(try Scene.weCom())
            return try Scene.context(service, now: service.now)
        }.run()
    }

    // MARK: One day

    private func recorded(_ changes: [String: SettingInput] = [:]) async throws -> Page {
        let transport = CannedTransport([
            "GET /cgi-bin/gettoken": .json(#"{"errcode":0,"errmsg":"ok","access_token":"t-1","expires_in":7200}"#),
            "GET /cgi-bin/department/list": .json(
                #"{"errcode":0,"department":[{"id":1,"name":"准绳科技","parentid":0}]}"#),
            "POST /cgi-bin/user/list_id": .json(
                #"{"errcode":0,"next_cursor":"","dept_user":[{"userid":"zhangwei","department":1}]}"#),
            "POST /cgi-bin/checkin/getcheckin_daydata": try .file("day-report.json", of: fixtures),
            "POST /cgi-bin/checkin/getcheckindata": try .file("punches.json", of: fixtures),
        ])
        let settings = try Settings(
            Scene.settings.merging(["since": .text("2026-10-15")]) { $1 }.merging(changes) { $1 },
            against: WeComAttendanceConnector.description.settings)
        let connector = try WeComAttendanceConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock("2026-10-16T04:00:00Z").now))
        return try await connector.page(of: "attendance_days", after: nil)
    }

    /// In at 09:17 by China's clocks, out at 00:31 of the next day; a quarter of a day off; late by 17 minutes.
    @Test func `a day has its report, and the moments of its punches`() async throws {
        let page = try await recorded()
        #expect(page.rejected == [] && page.anomalies == [])
        let day = try #require(page.records.first)
        #expect(page.records.count == 1 && day.id == "zhangwei/2026-10-15")
        #expect(
            day.json == [
                "id": "zhangwei/2026-10-15", "employee": "zhangwei", "date": "2026-10-15", "is_workday": true,
                "rule": "fixed", "shift_id": "7", "shift": "白班", "planned_seconds": 28_800, "worked_seconds": 25_200,
                "late_seconds": 1020, "early_leave_seconds": 0, "absence_seconds": 0, "overtime_seconds": 12_600,
                "leave_seconds": 7200, "leave_kinds": ["年假"],
                "items": [
                    ["kind": "leave", "name": "年假", "seconds": 21_600, "by_day": true],
                    ["kind": "outing", "name": "外出", "seconds": 3600, "by_day": false],
                ],
                "first_in_at": "2026-10-15T01:17:00Z", "last_out_at": "2026-10-15T16:31:00Z", "missing_punch": false,
                "punches": [
                    ["at": "2026-10-15T01:17:00Z", "type": "in", "planned_at": "2026-10-15T01:00:00Z"],
                    ["at": "2026-10-15T16:31:00Z", "type": "out", "planned_at": "2026-10-15T10:00:00Z"],
                ],
            ])
    }

    @Test func `without punches there are no moments, and nobody asks for any`() async throws {
        let service = EmulatedService(try Scene.weCom())
        let page = try await Scene.connector(service, ["read_punches": .text("false")])
            .page(of: "attendance_days", after: nil)
        let day = try #require(page.records.first).json
        #expect(day["first_in_at"] == .null && day["punches"] == .null && day["worked_seconds"] == 28_800)
        #expect(!service.requests.contains { $0.path.hasSuffix("getcheckindata") })
    }

    // MARK: What a report tells

    private func day(
        _ change: (inout WeComEmulator.Day) -> Void, _ more: (inout WeComEmulator) -> Void = { _ in }
    ) async throws -> JSON {
        var weCom = try Scene.weCom(days: 1)
        var day = WeComEmulator.Day()
        change(&day)
        weCom.days[.init("chenjing", Scene.day("2026-10-05"))] = day
        more(&weCom)
        let page = try await Scene.connector(EmulatedService(weCom)).page(of: "attendance_days", after: nil)
        #expect(page.rejected == [])
        return try #require(page.records.first { $0.id == "chenjing/2026-10-05" }).json
    }

    @Test func `what is not told is null, never zero`() async throws {
        let keys = ["exception_infos", "ot_info", "sp_items", "summary_info"]
        let day = try await day { $0.changes = Dictionary(uniqueKeysWithValues: keys.map { ($0, .null) }) }
        for key in [
            "planned_seconds", "worked_seconds", "late_seconds", "early_leave_seconds", "absence_seconds",
            "overtime_seconds", "leave_seconds", "leave_kinds", "missing_punch",
        ] { #expect(day[key] == .null, "\(key)") }
        let late = try await self.day { $0.exceptions = [(1, nil)] }
        #expect(late["late_seconds"] == .null && late["early_leave_seconds"] == 0)
        let part = try await self.day {
            $0.changes = ["summary_info": [:]]
            $0.items = [(1, "年假", 43_200, true)]
        }
        #expect(part["leave_seconds"] == .null && part["leave_kinds"] == ["年假"])
    }

    @Test func `places and devices make nobody late, early, absent or missing`() async throws {
        let day = try await day { $0.exceptions = [(5, nil), (6, nil), (5, 600)] }
        for key in ["late_seconds", "early_leave_seconds", "absence_seconds"] { #expect(day[key] == 0, "\(key)") }
        #expect(day["missing_punch"] == false)
    }

    @Test func `exceptions of one kind add up, and a missing punch is told`() async throws {
        let day = try await day { $0.exceptions = [(1, 60), (1, 120), (2, 300), (3, nil), (4, 14_400)] }
        #expect(day["late_seconds"] == 180 && day["early_leave_seconds"] == 300 && day["absence_seconds"] == 14_400)
        #expect(day["missing_punch"] == true)
    }

    @Test(arguments: [(0, 0), (1, 5400), (2, 0)])
    func `overtime counts where it is long enough`(status: Int, seconds: Int) async throws {
        #expect(try await day { $0.overtime = (status, 5400) }["overtime_seconds"] == .int(seconds))
    }

    @Test func `a day off that is worked is no working day, and one that was moved is`() async throws {
        #expect(try await day { $0.dayType = 1 }["is_workday"] == false)
        #expect(try await day { $0.dayType = 0 }["is_workday"] == true)
        #expect(try await day { $0.dayType = 9 }["is_workday"] == .null)
    }

    @Test func `leave by the hour stands as it is, by the day it is so much of the shift`() async throws {
        let day = try await day {
            $0.planned = 27_000
            $0.items = [(1, "年假", 43_200, true), (1, "事假", 3600, false), (3, "出差", 7200, false), (1, "病假", 0, false)]
        }
        #expect(day["leave_seconds"] == .int(13_500 + 3600) && day["leave_kinds"] == ["年假", "事假"])
    }

    @Test(arguments: ["未打卡", "时间异常;未打卡", "未打卡;非常用设备"])
    func `a punch that was planned and did not happen is none`(exception: String) async throws {
        let day = try await day {
            $0.exceptions = [(3, nil)]
        } _: { weCom in
            let at = weCom.midnight(Scene.day("2026-10-05")).advanced(bySeconds: 64_800)
            weCom.punches.removeAll { $0.account == "chenjing" && $0.type == "下班打卡" }
            weCom.punches.append(.init("chenjing", "下班打卡", at: at, planned: at, exception: exception))
        }
        #expect(day["last_out_at"] == .null && day["first_in_at"] != .null && day["missing_punch"] == true)
    }

    @Test func `numbers that no day can have are not told`() async throws {
        let day = try await day {
            $0.planned = .max
            $0.items = [(1, "年假", .max, true)]
            $0.exceptions = [(1, .max), (1, -5)]
        }
        #expect(day["planned_seconds"] == .null && day["late_seconds"] == .null && day["leave_seconds"] == 0)
    }

    // MARK: Bad answers and settings

    @Test func `a zone that is not WeCom's is told, with what to write`() async throws {
        let service = EmulatedService(try Scene.weCom(zone: "Europe/Berlin"))
        service.edit { $0.secondsAhead = { _ in 7200 } }
        let page = try await Scene.connector(service, zone: "Europe/Berlin").page(of: "attendance_days", after: nil)
        #expect(page.rejected.isEmpty)
        var weCom = try Scene.weCom()
        weCom.days = weCom.days.mapValues {
            var day = $0
            day.changes["base_info"] = ["date": 1_791_133_200, "acctid": "chenjing"]
            return day
        }
        let other = try await Scene.connector(EmulatedService(weCom)).page(of: "attendance_days", after: nil)
        #expect(
            other.records == [] && other.rejected.allSatisfy { $0.reason.contains("write WeCom's zone under 'zone'") })
        #expect(!other.rejected.isEmpty)
    }

    @Test func `a since that is no day is a mistake in the settings`() throws {
        #expect(throws: ConnectorError.self) {
            try Scene.connector(EmulatedService(try Scene.weCom()), ["since": .text("yesterday")])
        }
    }

    @Test func `the check tells how many reports there are of yesterday`() async throws {
        let remarks = try await Scene.connector(EmulatedService(try Scene.weCom())).check().remarks
        #expect(remarks.last == "2 day reports of yesterday for 2 people" && remarks.contains("3 people"))
        var weCom = try Scene.weCom()
        weCom.refusals["checkin/getcheckin_daydata"] = 48002
        let refused = try await Scene.connector(EmulatedService(weCom)).check().remarks
        #expect(
            refused.last?.hasPrefix("check-ins cannot be read: checkin/getcheckin_daydata: the app may not") == true)
    }

    // MARK: What is never seen

    @Test func `neither secrets nor places, devices and remarks are ever shown`() async throws {
        let lines = Mutex<[String]>([])
        for code in [0, 40014, 45009, 45033, 48002, 99_999] {
            for call in ["checkin/getcheckin_daydata", "checkin/getcheckindata"] {
                var weCom = try Scene.weCom()
                weCom.refusals[call] = code == 0 ? nil : code
                weCom.days[.init("zhangwei", Scene.day("2026-10-06"))]?.changes["sp_items"] = "none"
                weCom.days[.init("chenjing", Scene.day("2026-10-06"))]?.items = [(1, "病假", 3600, false)]
                weCom.punches[0].lacksTime = true
                let service = EmulatedService(weCom)
                let connector = try Scene.connector(service, ["users_per_call": .text("3")]) { line in
                    lines.withLock { $0.append(line) }
                }
                do {
                    let page = try await connector.page(of: "attendance_days", after: nil)
                    lines.withLock { lines in
                        lines +=
                            page.records.map(\.json.text) + page.anomalies.map(\.reason) + [page.cursor?.text ?? ""]
                        lines += page.rejected.map { $0.reason + String(decoding: $0.raw, as: UTF8.self) }
                    }
                } catch {
                    lines.withLock { $0.append("\(error)") }
                }
            }
        }
        let all = lines.withLock { $0.joined(separator: "\n") }
        #expect(all.contains("errcode 99999") && all.contains("病假") && all.contains("expected a list of objects"))
        #expect(all.contains("has no time 'checkin_time'"))
        for text in [WeComEmulator.canary, WeComEmulator.secret, "token-1-", "30547645", "104063236"] {
            #expect(!all.contains(text), "\(text)")
        }
    }
}
