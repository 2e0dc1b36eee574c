import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Whatever happens to a company, a rebuild changes nothing after a recalculation.
@Suite struct RandomHistoryTests {
    @Test(arguments: [false, true], [1, 2, 16])
    func `whatever happens, a rebuild changes nothing after a recalculation`(expires: Bool, seed: Int) async throws {
        var history = try await History(seed: seed, expires: expires)
        try await history.pull(changes: 40)
        for _ in 0..<24 {
            let happened = try await history.goOn()
            let outcome = try await history.host.rebuild()
            let differences = outcome.changes.map(\.text)
            #expect(
                differences.isEmpty,
                "\(differences.count), \(differences.prefix(3)), after \(happened.joined(separator: ", "))")
            if !differences.isEmpty { return }
        }
    }
}

extension ValueChange {
    fileprivate var text: String {
        let shown = [old?.content, new.content].map { content in
            content.map { "\($0.status.rawValue) \($0.decimal ?? "-") of \($0.coverage.included)" } ?? "nothing"
        }
        return "\(new.key.indicator) \(new.key.subject.id) \(new.key.period): \(shown.joined(separator: " -> "))"
    }
}

/// A company to which things happen at random.
private struct History {
    typealias Company = TestWorkspace

    private(set) var host: WorkspaceHost
    private let workspace: Company
    private let expires: Bool
    private var random: Numbers
    private var pages: [JSON] = []
    private var day = 0
    private var fields = 0
    private var isAway = false
    /// Since the last recalculation.
    private var happened: [String] = []

    private static let file = "indicators/touched.yaml"
    /// Indicators of which records expire: what is looked up stays, and a stock never ends.
    private static let expiring = """
        indicators:
          - {id: zeros, record: deed, subject: record.owner_id, anchor: record.at, aggregate: count, zero_denominator: zero}
          - {id: many, record: deed, where: record.points != null, subject: record.owner_id, anchor: record.at,
             aggregate: count, zero_denominator: zero, min_sample: 3}
          - {id: middle, record: deed, subject: record.owner_id, anchor: record.at, value: record.points, aggregate: median}
          - {id: late, record: deed, subject: record.owner_id, anchor: 'addDays(record.at, 25)', aggregate: count}
          - {id: shy, record: deed, subject: record.owner_id, anchor: record.at, value: record.points, aggregate: mean,
             anonymous: true, min_sample: 2}
          - id: part
            record: deed
            subject: record.owner_id
            anchor: record.at
            measures: {own: {aggregate: count}, all: {subject: company, aggregate: count}}
            finish: own / all

        """
    private static let lasting = """
          - {id: stock, record: deed, subject: record.owner_id, in_period: record.begun < period.end, aggregate: count,
             min_sample: 30}
          - {id: other, record: deed, subject: other.owner_id, anchor: record.at, aggregate: count,
             lookup: {other: {record: deed, key: record.kind}}}

        """

    init(seed: Int, expires: Bool) async throws {
        (random, self.expires) = (Numbers(state: UInt64(seed)), expires)
        workspace = try Company([Self.file: Self.expiring + (expires ? "" : Self.lasting)])
        try workspace.edit("plumbline.yaml", "zone:", "retention: {records: {deed: 30}}\nzone:")
        host = try await workspace.host()
        _ = try await host.replacePeople(
            (1...6).map { DirectoryEntry(employee: "E0\($0)", unit: $0 % 2 == 0 ? "Plumb/Support" : "Plumb/Sales") })
    }

    /// Lets some things happen, the last of which is a recalculation; tells what.
    mutating func goOn() async throws -> [String] {
        happened = []
        for _ in 0...random.below(3) { try await happen() }
        try pass()
        _ = try await host.recalculate(cause: "test", run: nil)
        return happened
    }

    private mutating func happen() async throws {
        switch random.below(12) {
        case 0...2: try await pull(changes: 1 + random.below(4))
        case 3: try await read(isHeld: false)
        case 4: try await read(isHeld: true)
        case 5: try await decide()
        case 6: try await assign()
        case 7: try await insertField()
        case 8: try await moveFile()
        case 9: try await lock()
        case 10: try await retain()
        default: try pass()
        }
    }

    mutating func pull(changes: Int) async throws {
        happened.append("pull")
        try addPage(changes)
        _ = try await host.pull([])
    }

    /// Time passes, sometimes into the next period.
    private mutating func pass() throws {
        day += random.below(12)
        happened.append("day \(day)")
        let start = try #require(Day(text: "2026-10-05"))
        workspace.clock.set("\(start + day)T00:00:00Z")
    }

    /// Reads the source and computes nothing; the run is held, or waits to be judged.
    private mutating func read(isHeld: Bool) async throws {
        happened.append(isHeld ? "held run" : "run")
        try addPage(1 + random.below(4))
        let runs = try await host.read()
        let finding = GateFinding(rule: "volume", found: "9", expected: "1")
        for run in runs where isHeld {
            let verdict = GateVerdict(mode: .incremental, findings: [finding], accounts: (0, 0))
            _ = try await host.store.judge(run.id, verdict)
        }
    }

    /// Decides about the oldest hold.
    private mutating func decide() async throws {
        guard let hold = try await host.holds().first else { return }
        let decision: HoldDecision = random.below(2) == 0 ? .release : .discard
        happened.append("\(decision) \(hold.scope)")
        _ = try await host.decide(hold.id, decision, reason: "because")
    }

    /// Decides whose an account is.
    private mutating func assign() async throws {
        let accounts = try await host.store.accounts(connection: "diary", states: Set(AccountStateName.allCases))
        guard accounts.contains(where: { $0.account == "stranger" }) else { return }
        happened.append("account")
        _ = try await host.resolveAccount(
            connection: "diary", account: "stranger", as: ["E05", "E06", nil][random.below(3)])
    }

    private mutating func insertField() async throws {
        happened.append("field")
        fields += 1
        try workspace.edit("indicators/deeds.yaml", "      owner_id:", "      extra\(fields): int?\n      owner_id:")
        host = try await workspace.host()
    }

    /// Takes the indicators' file away, or puts it back as it was.
    private mutating func moveFile() async throws {
        isAway.toggle()
        happened.append(isAway ? "file away" : "file back")
        if isAway {
            try workspace.remove(Self.file)
        } else {
            try workspace.write(Self.file, Self.expiring + (expires ? "" : Self.lasting))
        }
        host = try await workspace.host()
    }

    /// Locks the periods that have ended before a month, or unlocks one.
    private mutating func lock() async throws {
        let locked = try await host.store.periods().filter { $0.state == .locked }.map(\.period)
        if let period = locked.first, random.below(3) == 0 {
            happened.append("unlock \(period)")
            _ = try await host.store.setPeriod(period, to: .open, actor: "tester", reason: "a look")
            return
        }
        happened.append("lock")
        for period in ["2026-07", "2026-08", "2026-09", "2026-Q3"] where !locked.contains(period) {
            _ = try await host.store.setPeriod(period, to: .locked, actor: "tester", reason: nil)
        }
    }

    private mutating func retain() async throws {
        // What waits at the gate is decided first.
        guard expires, try await host.holds().isEmpty else { return }
        _ = try await host.recalculate(cause: "test", run: nil)
        guard try await host.holds().isEmpty else { return }
        let report = try await host.applyRetention(isPreview: false)
        happened.append("retention of \(report.types.map(\.deleted))")
    }

    /// A page of records that are new or changed, and of ids that are deleted.
    private mutating func addPage(_ count: Int) throws {
        let records = (0..<count).map { _ in
            Company.deed(
                "\(random.below(40))", who: ["E01", "E02", "E03", "E04", "stranger", nil][random.below(6)],
                at: "2026-\(["06", "07", "08", "09", "10"][random.below(5)])-1\(random.below(9))T02:00:00Z",
                points: ["1", "2.5", nil][random.below(3)],
                begun: random.below(12) == 0 ? "1975-01-01T00:00:00Z" : "2026-0\(7 + random.below(3))-20T00:00:00Z",
                kind: "\(random.below(40))")
        }
        let deleted = (0..<random.below(3)).map { _ in JSON.string("\(random.below(40))") }
        pages.append(["records": .array(records), "deleted": .array(deleted)])
        try workspace.script(pages)
    }
}

/// Random numbers that are the same on every machine.
struct Numbers {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}
