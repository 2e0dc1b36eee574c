import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import ZKTecoTesting

/// Days that are told again: late lines, days that end, entries whose time is over.
@Suite struct ZKTecoChangeTests {
    private let scene: ZKTecoScene
    private let terminal: ZKTecoTerminal

    init() throws {
        scene = try ZKTecoScene(["page_size": .text("3")], now: "2026-03-10T02:00:00Z")
        terminal = scene.terminal()
    }

    private func work(_ days: ClosedRange<Int>, _ pin: String = "7") async throws {
        for day in days {
            await terminal.punch(pin, "2026-03-0\(day) 08:50:00")
            await terminal.punch(pin, "2026-03-0\(day) 18:10:00", status: "1")
        }
        try await terminal.work()
    }

    @Test func `a run without news gives nothing`() async throws {
        try await work(2...6)
        let first = try await scene.read()
        #expect(first.records.map(\.id) == (2...6).map { "7/2026-03-0\($0)" })
        let second = try await scene.read(after: first.cursor)
        #expect(second.records.isEmpty && second.deleted.isEmpty && second.cursor == first.cursor)
    }

    @Test func `a day that is going on waits until it is over, although nothing more comes`() async throws {
        try scene.set("2026-03-05T10:30:00Z")
        try await work(2...5)
        let first = try await scene.read()
        #expect(first.records.map(\.id) == (2...4).map { "7/2026-03-0\($0)" })
        // 03:59 on the next day by the clocks there: the day lasts until 04:00.
        try scene.set("2026-03-05T19:59:59Z")
        #expect(try await scene.read(after: first.cursor).records.isEmpty)
        try scene.set("2026-03-05T20:00:00Z")
        let second = try await scene.read(after: first.cursor)
        #expect(second.records.map(\.id) == ["7/2026-03-05"])
        #expect(try await scene.read(after: second.cursor).records.isEmpty)
    }

    @Test func `a late line tells its day again, with all that was there`() async throws {
        try await work(2...6)
        let first = try await scene.read()
        await terminal.punch("7", "2026-03-03 12:00:00", status: "2")
        await terminal.punch("7", "2026-03-03 12:30:00", status: "3")
        try await terminal.work()
        let second = try await scene.read(after: first.cursor)
        let day = try #require(second.records.first { $0.id == "7/2026-03-03" }).json
        #expect(day["punches"]?.array?.count == 4 && day["worked_seconds"] == .int(9 * 3600 + 20 * 60 - 3600))
        let others = second.records.filter { $0.id != "7/2026-03-03" }
        #expect(others.allSatisfy { first.records.contains($0) }, "days beside it are as they were")
    }

    @Test func `a clock-in that comes late takes the clock-out behind midnight from its own day`() async throws {
        await terminal.punch("7", "2026-03-04 05:00:00", status: "1")
        try await terminal.work()
        let first = try await scene.read()
        #expect(first.records.map(\.id) == ["7/2026-03-04"])
        await terminal.punch("7", "2026-03-03 21:50:00")
        try await terminal.work()
        let second = try await scene.read(after: first.cursor)
        #expect(second.records.map(\.id) == ["7/2026-03-03"] && second.deleted.map(\.id).contains("7/2026-03-04"))
    }

    @Test func `a run that is cut off anywhere loses no day and doubles none`() async throws {
        try await work(2...6)
        try await work(3...5, "8")
        let all = try await scene.read().records
        for stop in 1...5 {
            var (seen, cursor): ([SourceRecord], Cursor?) = ([], nil)
            for _ in 0..<stop {
                let page = try await scene.connector().page(of: "attendance_days", after: cursor)
                (seen, cursor) = (seen + page.records, page.cursor)
            }
            let rest = try await scene.read(after: cursor).records
            #expect((seen + rest).sorted { $0.id < $1.id } == all.sorted { $0.id < $1.id })
        }
        #expect(scene.log.sizes.allSatisfy { $0 <= 3 })
    }

    @Test func `what comes while a run goes on belongs to the next one`() async throws {
        try await work(2...6)
        let page = try await scene.connector().page(of: "attendance_days", after: nil)
        try await work(7...7)
        let rest = try await scene.read(after: page.cursor)
        #expect(!rest.records.contains { $0.id == "7/2026-03-07" })
        #expect(try await scene.read(after: rest.cursor).records.contains { $0.id == "7/2026-03-07" })
    }

    @Test func `days of which entries are gone are not told again`() async throws {
        try await work(2...6)
        let first = try await scene.read()
        scene.log.forget(before: try #require(Instant(rfc3339: "2026-03-03T12:00:00Z")))
        // The log is read anew from its start, as with a changed mapping.
        let again = try await scene.read()
        #expect(again.records.map(\.id) == ["7/2026-03-06"] && again.records[0] == first.records.last)
        #expect(again.deleted.allSatisfy { $0.id > "7/2026-03-06" })
        // A terminal that sends everything again brings nothing of those days back.
        await terminal.losePower(forgetting: 10)
        try await terminal.work()
        #expect(scene.log.all.allSatisfy { $0.entry.placed >= Instant(rfc3339: "2026-03-03T12:00:00Z")! })
    }

    /// The same log under other settings, which read it from its start.
    private func scene(_ changes: [String: SettingInput]) throws -> ZKTecoScene {
        try ZKTecoScene(changes.merging(["page_size": .text("3")]) { $1 }, now: "2026-03-10T02:00:00Z", log: scene.log)
    }

    private static let others: [String: NestedSetting] = ["CJ9H2": .map(["zone": .value("Asia/Shanghai")])]

    @Test(arguments: [true, false])
    func `days of a terminal that is listed no longer are unknown, and it is named`(hasStates: Bool) async throws {
        let noStates: [String: SettingInput] = hasStates ? [:] : ["in_values": .list([]), "out_values": .list([])]
        try await work(2...6)
        let beside = scene.terminal("CJ9H2")
        for time in ["2026-03-04 05:00:00", "2026-03-04 06:00:00"] { await beside.punch("7", time) }
        try await beside.work()
        var settings = noStates
        settings["devices"] = .nested(.map(Self.others))
        let page = try await scene(settings).read()
        #expect(page.deleted.allSatisfy { !(2...6).map { "7/2026-03-0\($0)" }.contains($0.id) })
        #expect(Set(page.records.map(\.id)).isSuperset(of: (2...6).map { "7/2026-03-0\($0)" }))
        #expect(page.records.allSatisfy { $0.json["worked_seconds"] == .null && $0.json["missing_punch"] == true })
        #expect(page.rejected.count == 10 && page.rejected.allSatisfy { $0.reason.contains("'CJ9H1'") })
        #expect(page.rejected.allSatisfy { $0.reason.contains("retired") && $0.texts.zh.contains("CJ9H1") })
    }

    @Test func `a terminal that is retired is heard no more, and what it told counts`() async throws {
        try await work(2...6)
        let first = try await scene.read()
        var devices = Self.others
        devices["CJ9H1"] = .map(["retired": .value(true)])
        let after = try scene(["devices": .nested(.map(devices))])
        let page = try await after.read()
        #expect(page.records == first.records && page.rejected.isEmpty)
        #expect(try after.connector().devices.map(\.serial) == ["CJ9H2"])
        let target = "/iclock/cdata?SN=CJ9H1&options=all"
        #expect(try after.reply(to: .init(method: .get, target: target, body: [])).status == 403)
        #expect(try scene.reply(to: .init(method: .get, target: target, body: [])).status == 200)
    }

    /// Saturday from 08:50 to 11:50 belongs to Friday where days begin at noon.
    @Test func `days that other settings empty do not stay`() async throws {
        let noStates: [String: SettingInput] = ["in_values": .list([]), "out_values": .list([])]
        for time in ["2026-03-07 08:50:00", "2026-03-07 11:50:00"] { await terminal.punch("7", time) }
        try await terminal.work()
        var days: [String: SourceRecord] = [:]
        for starts in ["4h", "12h", "4h"] {
            let own: [String: SettingInput] = [
                "day_starts": .text(starts), "shifts": .map([:]), "lunches": .map([:]),
            ]
            let page = try await scene(noStates.merging(own) { $1 }).read()
            for record in page.records { days[record.id] = record }
            for record in page.deleted { days[record.id] = nil }
            #expect(days.keys.sorted() == [starts == "4h" ? "7/2026-03-07" : "7/2026-03-06"])
        }
    }

    @Test func `a cursor of another stream is refused`() async throws {
        await #expect(throws: ConnectorError.self) { try await scene.read(after: Cursor(["offset": 1])) }
    }

    @Test func `without a log there is nothing to read, and it is said so`() async throws {
        let context = ConnectorContext(
            transport: CannedTransport(), files: NoFiles(), now: { Instant(microseconds: 0) }, zone: "UTC",
            clocks: ZKTecoScene.offset, log: { _ in })
        let connector = try ZKTecoConnector(
            settings: Settings(scene.settings, against: ZKTecoConnector.description.settings), context: context)
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "attendance_days", after: nil) }
    }
}
