import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import ZKTecoTesting

/// Punches of which it is not known when or what they were: they are told, and their days are unknown.
@Suite struct ZKTecoDoubtTests {
    @Test(arguments: [
        ("nonsense", "there is no employee's number"), ("0007\tyesterday", "there is no employee's number"),
        ("0007\t2026-03-02 24:30:00", "there is no employee's number"),
        ("\t2026-03-02 08:50:00", "there is no employee"),
        ("0007\t2000-01-01 00:00:12\t0\t1", "seems to have been reset"),
        ("0007\t2026-04-01 11:00:01\t0\t1", "before it"), ("0007\t2026-03-31 08:50:00\t9\t1", "the state '9'"),
    ])
    func `a line that is no punch is kept for people to see, and the terminal goes on`(line: String, reason: String)
        async throws
    {
        let scene = try await ZKTecoScene.sent([line])
        let page = try await scene.read()
        #expect(page.rejected.count == 1 && page.rejected[0].reason.contains(reason), "\(page.rejected.map(\.reason))")
        #expect(page.rejected[0].id == "CJ9H1 entry 1" && !page.rejected[0].texts.zh.isEmpty)
        #expect(String(decoding: page.rejected[0].raw, as: UTF8.self).contains("CJ9H1"))
        #expect(page.records.allSatisfy { $0.json["missing_punch"] == true && $0.json["punches"] == [] })
        #expect(try await scene.read(after: page.cursor).rejected.isEmpty, "told once")
    }

    /// In at 09:00, to lunch at 12:00, and out when the clock had been reset: without that the day would seem to end at noon.
    @Test func `a punch whose time is not known makes its day unknown, and no wrong number`() async throws {
        let noStates: [String: SettingInput] = ["in_values": .list([]), "out_values": .list([])]
        let scene = try ZKTecoScene(noStates, now: "2026-03-02T10:00:00Z")
        let terminal = scene.terminal()
        for time in ["2026-03-02 09:00:00", "2026-03-02 12:00:00", "2000-01-01 00:10:00"] {
            await terminal.punch("7", time)
        }
        try await terminal.work()
        try scene.set("2026-03-03T02:00:00Z")
        let day = try #require(try await scene.read().records.first).json
        #expect(day["missing_punch"] == true && day["worked_seconds"] == .null && day["first_in_at"] == .null)
        #expect(day["late_seconds"] == .null && day["punches"]?.array?.count == 2)
    }

    @Test(arguments: ["2018-01-01 00:10:00", "2000-01-01 00:10:00", "2026-02-28 23:59:00"], [1, 500])
    func `a clock that was set back to before the first day makes the day of receipt unknown`(
        shown: String, pageSize: Int
    ) async throws {
        let changes: [String: SettingInput] = [
            "in_values": .list([]), "out_values": .list([]), "page_size": .text("\(pageSize)"),
        ]
        let scene = try ZKTecoScene(changes, now: "2026-03-02T10:10:00Z")
        let terminal = scene.terminal()
        for time in ["2026-03-02 09:00:00", "2026-03-02 12:00:00", shown] { await terminal.punch("7", time) }
        await terminal.punch("8", "2026-03-02 18:05:00")
        try await terminal.work()
        let first = try await scene.read()
        #expect(first.records.isEmpty && first.rejected.map(\.id) == ["CJ9H1 entry 3"])
        try scene.set("2026-03-03T02:00:00Z")
        // As the day ends, and once more from the start.
        for cursor in [first.cursor, nil] {
            let day = try #require(try await scene.read(after: cursor).records.last { $0.id == "7/2026-03-02" }).json
            #expect(day["missing_punch"] == true && day["worked_seconds"] == .null && day["first_in_at"] == .null)
        }
    }

    @Test func `what a terminal noted before the first day, and sends first, is left out without a word`() async throws
    {
        let old = (1...9).map { "7\t2025-12-0\($0) 08:50:00\t0\t1" }
        let scene = try await ZKTecoScene.sent(old + ["7\t2026-03-02 08:50:00\t0\t1", "7\t2026-03-02 18:10:00\t1\t1"])
        let again = scene.terminal()
        for line in old { await again.note(line) }
        try await again.work()
        let page = try await scene.read()
        #expect(page.records.map(\.id) == ["7/2026-03-02"] && page.rejected.isEmpty)
        #expect(page.records.first?.json["missing_punch"] == false)
    }

    @Test(arguments: ["2026-03-02 24:10:00", "18:10", ""])
    func `a punch whose time cannot be read makes its day unknown as well`(shown: String) async throws {
        let noStates: [String: SettingInput] = ["in_values": .list([]), "out_values": .list([])]
        let scene = try ZKTecoScene(noStates, now: "2026-03-02T10:10:00Z")
        let terminal = scene.terminal()
        for time in ["2026-03-02 09:00:00", "2026-03-02 12:00:00", shown] { await terminal.punch("7", time) }
        try await terminal.work()
        try scene.set("2026-03-03T02:00:00Z")
        let page = try await scene.read()
        let day = try #require(page.records.first).json
        #expect(page.records.count == 1 && page.rejected.count == 1)
        #expect(day["missing_punch"] == true && day["worked_seconds"] == .null)
    }

    @Test(arguments: [("2026-10-25 02:30:00", "twice"), ("2026-03-29 02:30:00", "never show")])
    func `an hour that comes twice or never is told, and not guessed`(shown: String, reason: String) async throws {
        let scene = try await ZKTecoScene.sent(
            ["7\t\(shown)\t1\t1", "7\t\(shown.prefix(10)) 09:00:00\t0\t1"], zone: "Europe/Berlin",
            now: "2026-12-01T00:00:00Z")
        let page = try await scene.read()
        #expect(page.rejected.count == 1 && page.rejected[0].reason.contains(reason))
        #expect(page.records.contains { $0.json["missing_punch"] == true && $0.json["worked_seconds"] == .null })
        #expect(page.records.allSatisfy { $0.json["worked_seconds"] == .null })
    }

    /// Four lines of a terminal whose keys nobody presses: by day the third would be a day of 15 hours and 40 minutes.
    @Test(arguments: [[:], ["9": "day", "8": "night"], ["8": "night"]])
    func `punches without a state make no days of nights`(shiftOf: [String: String]) async throws {
        let changes: [String: SettingInput] = [
            "shifts": .map(
                shiftOf.isEmpty ? ["night": "22:00-06:00"] : ["day": "09:00-18:00", "night": "22:00-06:00"]),
            "lunches": .map([:]), "shift_of": .map(shiftOf),
        ]
        let times = ["02 21:50", "03 06:10", "03 21:50", "04 06:10"]
        let scene = try await ZKTecoScene.sent(times.map { "8\t2026-03-\($0):00\t255\t1" }, changes)
        let days = try await scene.read().records.map(\.json)
        #expect(days.map { $0["date"] } == ["2026-03-02", "2026-03-03", "2026-03-04"])
        #expect(days.allSatisfy { $0["missing_punch"] == true && $0["worked_seconds"] == .null })
    }

    @Test func `a punch without a state beside others that have one makes its day unknown`() async throws {
        let times = [("09:00", "0"), ("12:00", "1"), ("14:00", "0"), ("18:00", "1"), ("18:10", "255")]
        let scene = try await ZKTecoScene.sent(times.map { "7\t2026-03-02 \($0.0):00\t\($0.1)\t1" })
        let day = try #require(try await scene.read().records.first).json
        #expect(day["missing_punch"] == true && day["worked_seconds"] == .null && day["late_seconds"] == .null)
        #expect(day["punches"]?.array?.count == 5)
    }

    @Test func `punches without a state alone, inside a day, are the first and the last one`() async throws {
        let scene = try await ZKTecoScene.sent(["08:50", "12:00", "18:10"].map { "7\t2026-03-02 \($0):00\t255\t1" })
        let day = try #require(try await scene.read().records.first).json
        #expect(day["missing_punch"] == false && day["worked_seconds"] == .int(9 * 3600 + 20 * 60 - 3600))
    }
}
