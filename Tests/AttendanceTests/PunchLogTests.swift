import AttendanceConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct PunchLogTests {
    private let fixtures = Fixtures("punch-log", in: .module)

    private static let chinese: [String: SettingInput] = [
        "employee_column": .text("工号"), "time_columns": .list(["打卡时间"]), "direction_column": .text("方向"),
        "page_size": .text("2"), "complete": .text("true"),
    ]

    private func scene(_ changes: [String: SettingInput] = [:]) throws -> PunchLogScene {
        PunchLogScene(try fixtures.text("punches.csv"), Self.chinese.merging(changes) { $1 })
    }

    @Test func `conforms`() async throws {
        let text = try fixtures.text("punches.csv")
        let settings = try scene().settings
        try await ConformanceSuite(
            PunchLogConnector.self, settings: settings, stream: "attendance_days",
            records: ["0001/2026-03-02", "0001/2026-03-03", "0002/2026-03-02", "0002/2026-03-03"],
            rejected: ["line 10", "line 11"]
        ) { PunchLogScene(text).context }.run()
    }

    @Test func `a file without bad rows conforms, sweep included`() async throws {
        let text = PunchLogScene.text(["2026-03-02 08:50", "2026-03-02 18:10", "2026-03-03 08:50"])
        let settings = PunchLogScene(text, ["complete": .text("true"), "page_size": .text("1")]).settings
        try await ConformanceSuite(
            PunchLogConnector.self, settings: settings, stream: "attendance_days",
            records: ["0007/2026-03-02", "0007/2026-03-03"]
        ) { PunchLogScene(text).context }.run()
    }

    /// In at 09:12:40, out at 01:20 on the next day: 16:07:20 less an hour for lunch.
    @Test func `a day is what a hand works out of its rows`() async throws {
        let page = try await scene(["grace": .text("5m")]).read()
        let day = try #require(page.records.first { $0.id == "0002/2026-03-02" }).json
        #expect(
            day == [
                "id": "0002/2026-03-02", "employee": "0002", "date": "2026-03-02",
                "first_in_at": "2026-03-02T01:12:40Z", "last_out_at": "2026-03-02T17:20:00Z",
                "worked_seconds": 54_440, "missing_punch": false, "shift": "day", "planned_seconds": 28_800,
                "planned_start_at": "2026-03-02T01:00:00Z", "planned_end_at": "2026-03-02T10:00:00Z",
                "late_seconds": 760, "early_leave_seconds": 0,
                "worked_after_end_seconds": 26_400,
                "punches": [
                    ["at": "2026-03-02T01:12:40Z", "type": "in"], ["at": "2026-03-02T17:20:00Z", "type": "out"],
                ],
            ])
    }

    @Test func `one punch is a missing punch, and what was worked is unknown, not zero`() async throws {
        let page = try await scene().read()
        let day = try #require(page.records.first { $0.id == "0001/2026-03-03" }).json
        #expect(day["missing_punch"] == true && day["worked_seconds"] == .null && day["last_out_at"] == .null)
        #expect(day["first_in_at"] == "2026-03-03T01:01:00Z" && day["late_seconds"] == 60)
        #expect(day["early_leave_seconds"] == .null)
        let alone = try #require(try await PunchLogScene(times: ["2026-03-02 18:03"]).read().records.first).json
        #expect(alone["missing_punch"] == true && alone["worked_seconds"] == .null)
        #expect(alone["first_in_at"] == .null && alone["last_out_at"] == .null, "nobody says which of both it is")
        #expect(alone["late_seconds"] == .null && alone["early_leave_seconds"] == .null)
        #expect(alone["punches"]?.array?.count == 1)
    }

    @Test func `a bad row is rejected with its line and reason in both languages, and costs no other`() async throws {
        let page = try await scene().read()
        #expect(page.rejected.map(\.line) == [10, 11])
        #expect(
            page.rejected.map(\.reason) == [
                "'2026-13-03 08:58:00' is a day that the calendar does not have",
                "line 11: expected 8 cells as in the header, got 5",
            ])
        #expect(page.rejected.allSatisfy { !$0.texts.zh.isEmpty })
        #expect(page.records.count == 4)
    }

    @Test func `places, temperatures, scores and photos stand in no record, reject, cursor or line`() async throws {
        let scene = try scene()
        let page = try await scene.read()
        var seen = page.records.map { "\($0.id) \($0.json.text)" } + [page.cursor?.text ?? ""] + scene.lines.all
        seen += page.rejected.map { "\($0.id) \($0.texts) \(String(decoding: $0.raw, as: UTF8.self))" }
        let report = try await scene.connector().check()
        seen += report.remarks + [report.source ?? ""]
        do {
            _ = try await scene.connector().identifiers(of: "attendance_days", after: nil)
        } catch { seen.append("\(error)") }
        #expect(page.rejected.count == 2 && seen.count > 8)
        for text in seen { #expect(!text.contains("Canary-7731") && !text.contains("王五"), "\(text)") }
        #expect(
            String(decoding: page.rejected[0].raw, as: UTF8.self).contains("2026-13-03"), "the bad cell itself is kept")
    }

    @Test func `the check tells how the file is written, and which column is not there`() async throws {
        let report = try await scene().connector().check()
        #expect(report.remarks.first == "encoding utf-8, delimiter comma, header in line 1")
        let wrong = try scene(["direction_column": .text("状态")])
        let error = await #expect(throws: ConnectorError.self) { try await wrong.connector().check() }
        guard case .settings("direction_column", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test func `a machine's log has no header, and ids keep their zeros`() async throws {
        let scene = PunchLogScene(
            try fixtures.text("attlog.dat"),
            [
                "header_line": .text("none"), "employee_column": .text("1"), "time_columns": .list(["2"]),
                "direction_column": .text("4"), "in_values": .list(["0"]), "out_values": .list(["1"]),
            ])
        let page = try await scene.read()
        #expect(page.records.map(\.id) == ["0042/2026-03-02", "1001/2026-03-02"] && page.rejected.isEmpty)
        #expect(page.records.last?.json["worked_seconds"] == .int(9 * 3600 + 30 * 60 + 55 - 3600))
    }

    @Test(arguments: [
        ("header_line", SettingInput.text("first")), ("header_line", .text("0")), ("since", .text("yesterday")),
        ("shifts", .map(["day": "9 to 5"])), ("shifts", .map(["day": "09:00-09:00"])),
        ("lunches", .map(["night": "12:00-13:00"])), ("lunches", .map(["day": "17:30-18:30"])),
        ("out_values", .list(["IN"])), ("shifts", .map(["day": "09:00-18:00", "late": "13:00-22:00"])),
        ("date_column", .text("time")), ("day_starts", .text("12h")),
    ])
    func `settings that do not fit are refused before anything is read`(key: String, value: SettingInput) throws {
        #expect(throws: ConnectorError.self) { try PunchLogScene("", [key: value]).connector() }
    }

    /// With the day's start at four, whoever comes at six in the morning would have worked until the next evening.
    @Test(arguments: [
        (["night": "22:00-06:00"], "4h", "night"), (["night": "22:00-04:00"], "4h", "night"),
        (["early": "04:00-12:00"], "4h", "early"), (["day": "09:00-18:00", "night": "22:00-06:00"], "12h", "day"),
    ])
    func `without directions a shift lies inside a day of the log`(
        shifts: [String: String], starts: String, name: String
    ) throws {
        let columns: [String: SettingInput] = [
            "shifts": .map(shifts), "day_starts": .text(starts), "shift_column": .text("s"), "lunches": .map([:]),
        ]
        let error = #expect(throws: ConnectorError.self) { try PunchLogScene("", columns).connector() }
        guard case .settings("day_starts", let reason) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.contains("'\(name)'"))
        _ = try PunchLogScene("", columns.merging(["direction_column": .text("way")]) { $1 }).connector()
    }

    @Test func `a check tells of shifts whose days have the name of the day before`() async throws {
        let scene = PunchLogScene(
            "id,time,way\n7,2026-03-02 08:50,in\n",
            ["day_starts": .text("12h"), "direction_column": .text("way")])
        #expect(
            try await scene.connector().check().remarks.last
                == "days of the shift 'day' are named after the day before: it begins before day_starts")
    }

    @Test func `of a row whose columns cannot be told apart nothing is kept, whatever it begins with`() async throws {
        let text = "id,name,time\n{1B2C-44},Canary-7731,2026-03-02 08:50,Canary-7731\n"
        let page = try await PunchLogScene(text, ["header_line": .text("1")]).read()
        #expect(page.rejected.map(\.line) == [2])
        let kept = page.rejected.map { "\($0.id) \($0.texts) \(String(decoding: $0.raw, as: UTF8.self))" }.joined()
        #expect(!kept.contains("Canary-7731") && !kept.contains("1B2C"))
    }
}
