import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import ZKTecoTesting

/// Whatever the order, however often it is sent again, wherever something fails: every punch counts once, in its day.
@Suite struct ZKTecoPropertyTests {
    /// A punch as a test knows it, by the clocks of its terminal.
    private struct Truth: Hashable {
        let pin: String
        let at: Instant
        let isIn: Bool?
    }

    /// What a stream has told so far.
    private struct Told {
        var records: [String: SourceRecord] = [:]
        var cursor: Cursor?

        mutating func add(_ page: Page) {
            for record in page.records { records[record.id] = record }
            for record in page.deleted { records[record.id] = nil }
            cursor = page.cursor ?? cursor
        }
    }

    private static let zones = ["CJ9H1": "Asia/Shanghai", "CJ9H2": "Europe/Berlin"]

    @Test(arguments: 0..<40, [true, false])
    func `days are those of an oracle that sees all punches at once`(seed: Int, hasStates: Bool) async throws {
        var random = SeededNumbers(seed: UInt64(seed) &* 2 &+ (hasStates ? 1 : 0))
        var settings: [String: SettingInput] = [
            "page_size": .text("\(Int.random(in: 1...5, using: &random))"), "duplicates_within": .text("0s"),
        ]
        if !hasStates { settings.merge(["in_values": .list([]), "out_values": .list([])]) { $1 } }
        // A mark that is held is no good once a log was cleared.
        let clearsLogs = !seed.isMultiple(of: 3)
        if !clearsLogs { settings["send_from"] = .text("held") }
        let scene = try ZKTecoScene(settings, now: "2026-03-02T00:00:00Z")
        let terminals = [scene.terminal("CJ9H1"), scene.terminal("CJ9H2", firmware: .old)]
        var (truth, told): (Set<Truth>, Told) = ([], Told())
        for _ in 0..<150 {
            let number = Int.random(in: 0...1, using: &random)
            let terminal = terminals[number]
            switch Int.random(in: 0..<(clearsLogs ? 13 : 12), using: &random) {
            case 0..<5: truth.insert(try await punch(at: terminal, scene, hasStates, &random))
            case 5, 6: try await terminal.work()
            case 7: await terminal.losePower(forgetting: Int.random(in: 0...20, using: &random))
            case 8: scene.log.lock(Bool.random(using: &random))
            case 9: scene.now = scene.now.advanced(bySeconds: Int.random(in: 0...60_000, using: &random))
            case 10: told.add(try await scene.connector().page(of: "attendance_days", after: told.cursor))
            case 11: told.add(try await scene.read(after: told.cursor))
            // Nobody clears what was not sent.
            default: if await terminal.pending == 0 { await terminal.clearLog() }
            }
        }
        scene.log.lock(false)
        for terminal in terminals {
            await terminal.losePower(forgetting: 0)
            try await terminal.work()
            #expect(await terminal.isContent)
        }
        #expect(scene.log.all.count == truth.count, "each punch is kept once")
        scene.now = scene.now.advanced(bySeconds: 2 * 86_400)
        told.add(try await scene.read(after: told.cursor))
        // What came while that run was cut off before is the next one's.
        told.add(try await scene.read(after: told.cursor))
        let days = told.records.mapValues { record in
            (record.json["punches"]?.array ?? []).compactMap { $0["at"]?.string }
        }
        #expect(days == Self.oracle(truth))
        #expect(told.records == Dictionary(try await scene.read().records.map { ($0.id, $0) }) { $1 })
    }

    /// Somebody punches now, by the clock of a terminal.
    private func punch(
        at terminal: ZKTecoTerminal, _ scene: ZKTecoScene, _ hasStates: Bool, _ random: inout SeededNumbers
    ) async throws -> Truth {
        scene.now = scene.now.advanced(bySeconds: Int.random(in: 1...20_000, using: &random))
        let (pin, isIn) = (["7", "8", "0009"].randomElement(using: &random) ?? "7", Bool.random(using: &random))
        let at = Instant(microseconds: scene.now.microseconds / 1_000_000 * 1_000_000)
        let offset = try #require(Self.zones[terminal.serial].flatMap(ZKTecoScene.offset))
        let shown = at.advanced(bySeconds: offset(at)).rfc3339
        await terminal.punch(
            pin, String(shown.prefix(19)).replacing("T", with: " "), status: isIn ? "0" : "1")
        return Truth(pin: pin, at: at, isIn: hasStates ? isIn : nil)
    }

    /// The moments of each person's days in their order, by the rules as a person would say them.
    private static func oracle(_ truth: Set<Truth>) -> [String: [String]] {
        var days: [String: [Instant]] = [:]
        for punch in truth {
            let own = truth.filter { $0.pin == punch.pin }
            let opened = own.filter { $0.isIn == true && $0.at <= punch.at }.map(\.at).max()
            let isNear = opened.map { punch.at.microseconds - $0.microseconds <= 20 * 3600 * 1_000_000 } ?? false
            let start = punch.isIn == false && isNear ? opened ?? punch.at : punch.at
            // Shanghai has no summer time; days begin at four.
            let day = LocalDay(of: start, secondsAhead: 8 * 3600 - 4 * 3600).text
            days["\(punch.pin)/\(day)", default: []].append(punch.at)
        }
        return days.mapValues { $0.sorted().map(\.rfc3339) }
    }
}

/// Numbers that are the same for the same seed.
private struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
