import Expressions
import Indicators
import ReviewStore
import Synchronization
import Testing

/// What the quality gate holds is stored and not in effect.
@Suite struct GateContractTests {
    private static let passed = GateVerdict(mode: .incremental, findings: [], accounts: (0, 0))
    private static let held = GateVerdict(
        mode: .incremental, findings: [GateFinding(rule: "volume", found: "9", expected: "1")], accounts: (0, 0))

    @Test(arguments: TestedStore.allCases)
    func `what awaits judgement is stored and has no effect`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "old")])
        let run = try await store.gatedRun([mapped("1", "new"), mapped("2", "b")])
        #expect(try await store.names() == ["1": "new", "2": "b"])
        #expect(try await store.effect() == ["1": "old"])
        #expect(try await store.judge(run, Self.passed) == [])
        #expect(try await store.effect() == ["1": "new", "2": "b"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a held run counts once it is released`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "old"), mapped("2", "b")])
        let run = try await store.gatedRun([mapped("1", "new"), mapped("3", "c")], deletions: ["2"])
        let hold = try #require(try await store.judge(run, Self.held).first)
        #expect(hold.runs == [run] && hold.records == 3 && hold.state == .open)
        #expect(try await store.effect() == ["1": "old", "2": "b"])
        #expect(try await store.effect(.releasing(hold.id)) == ["1": "new", "3": "c"])
        try await store.decide(hold.id, .release, actor: "hr", reason: "a merger")
        #expect(try await store.effect() == ["1": "new", "3": "c"])
        #expect(try await store.staleMarks().map(\.recordType) == ["sample"])
        await #expect(throws: StoreError.self) {
            try await store.decide(hold.id, .discard, actor: "hr", reason: "no")
        }
        #expect(try await store.verifyAudit().problems == [])
    }

    @Test(arguments: TestedStore.allCases)
    func `a discarded run leaves everything as it was before, its position too`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.pull([mapped("1", "old"), mapped("2", "b")], cursor: "before")
        let before = try await store.rows()
        let run = try await store.gatedRun([mapped("1", "new"), mapped("3", "c")], deletions: ["2"], cursor: "after")
        let hold = try #require(try await store.judge(run, Self.held).first)
        try await store.decide(hold.id, .discard, actor: "hr", reason: "a test system")
        #expect(try await store.rows() == before)
        #expect(try await store.cursor(connection: "helpdesk", stream: "tickets") == "before")
        #expect(try await store.run(run).gate == .discarded)
    }

    @Test(arguments: TestedStore.allCases)
    func `what a held sweep takes away still counts`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a"), mapped("2", "b")])
        let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        try await store.beginSweep(of: run, recordType: "sample")
        try await store.sweep(run, saw: ["1"])
        #expect(try await store.finishSweep(of: run).gone == 1)
        try await store.end(run)
        let hold = try #require(try await store.judge(run, Self.held).first)
        #expect(try await store.names() == ["1": "a"])
        #expect(try await store.effect() == ["1": "a", "2": "b"])
        try await store.decide(hold.id, .discard, actor: "hr", reason: "the source was half empty")
        #expect(try await store.names() == ["1": "a", "2": "b"])
    }

    @Test(arguments: TestedStore.allCases)
    func `held runs of a stream share a hold, which ends when a later run has replaced all`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a")])
        let first = try await store.gatedRun([mapped("1", "b")])
        _ = try await store.judge(first, Self.held)
        let second = try await store.gatedRun([mapped("1", "c")])
        let hold = try #require(try await store.judge(second, Self.held).first)
        #expect(hold.runs == [first, second] && hold.findings == Self.held.findings)
        #expect(try await store.effect() == ["1": "a"])
        let third = try await store.gatedRun([mapped("1", "d")])
        #expect(try await store.judge(third, Self.passed) == [])
        #expect(try await store.effect() == ["1": "d"])
        #expect(try await store.hold(hold.id).state == .settled)
        #expect(try await store.verifyAudit().problems == [])
    }

    @Test(arguments: TestedStore.allCases)
    func `a record with a time that cannot be is held alone, until the source mends it`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([dated("1", "a", "2026-07-01T00:00:00Z")])
        let run = try await store.gatedRun(
            [dated("1", "b", "2099-07-01T00:00:00Z"), dated("2", "c", "2026-07-02T00:00:00Z")])
        let (first, count) = try await store.impossibleTimes(of: run, limit: 5)
        #expect(count == 1 && first.map(\.externalID) == ["1"] && first.map(\.field) == ["created_at"])
        var verdict = Self.passed
        verdict.recordFinding = GateFinding(rule: "impossible_times", found: "1", expected: "0")
        let hold = try #require(try await store.judge(run, verdict).first)
        #expect(hold.scope == .records && hold.records == 1)
        #expect(try await store.effect() == ["1": "a", "2": "c"])
        let again = try await store.gatedRun([dated("1", "b", "2099-07-01T00:00:00Z")])
        #expect(try await store.judge(again, Self.passed) == [], "what is held already is not held twice")
        let mended = try await store.gatedRun([dated("1", "b", "2026-07-03T00:00:00Z")])
        #expect(try await store.judge(mended, Self.passed) == [])
        #expect(try await store.effect() == ["1": "b", "2": "c"])
        #expect(try await store.hold(hold.id).state == .settled)
    }

    @Test(arguments: TestedStore.allCases)
    func `a discarded record stays without effect while the source says the same`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let run = try await store.gatedRun([dated("1", "a", "1900-01-01T00:00:00Z"), mapped("2", "b")])
        var verdict = Self.passed
        verdict.recordFinding = GateFinding(rule: "impossible_times", found: "1", expected: "0")
        let hold = try #require(try await store.judge(run, verdict).first)
        try await store.decide(hold.id, .discard, actor: "hr", reason: "nonsense")
        #expect(try await store.effect() == ["2": "b"])
        let released = try await store.gatedRun([dated("3", "c", "1900-01-01T00:00:00Z")])
        let other = try #require(try await store.judge(released, verdict).first)
        try await store.decide(other.id, .release, actor: "hr", reason: "the founding")
        #expect(try await store.effect() == ["2": "b", "3": "c"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a run whose process was killed is judged by the next that looks`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let left: RunID
        do {
            let killed = try await harness.prepared()
            left = try await killed.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
            _ = try await killed.commit(
                PageCommit(
                    run: left, recordType: "sample", mappingVersion: "m1", events: [.record(mapped("1", "a"))]))
            #expect(try await killed.runsToJudge().isEmpty, "it still runs")
        }
        let store = try await harness.prepared()
        let waiting = try await store.runsToJudge()
        #expect(waiting.map(\.run.id) == [left] && waiting.map(\.run.state) == [.interrupted])
        #expect(waiting.map(\.mapped) == [1] && waiting.map(\.live) == [1] && waiting.map(\.recordType) == ["sample"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a run's profile tells empty fields, shape and newest time over all its pages`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        for (id, time) in [("1", "2026-07-02T00:00:00Z"), ("2", "2026-07-01T00:00:00Z")] {
            var page = PageCommit(
                run: run, recordType: "sample", mappingVersion: "m1", events: [.record(dated(id, "a", time))])
            page.shape = SourceShape(records: 1, kinds: ["name": ["text": 1]])
            _ = try await store.commit(page)
        }
        try await store.end(run)
        let profile = try #require(try await store.runsToJudge().first)
        #expect(profile.mapped == 2 && profile.emptyFields["name"] == 0 && profile.emptyFields["rate"] == 2)
        #expect(profile.shape == SourceShape(records: 2, kinds: ["name": ["text": 2]]))
        #expect(profile.newest?.rfc3339 == "2026-07-02T00:00:00Z")
    }

    @Test(arguments: TestedStore.allCases)
    func `runs are compared with what came since the last release`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        for name in ["a", "b"] { _ = try await store.judge(store.gatedRun([mapped("1", name)]), Self.passed) }
        let big = try await store.gatedRun([mapped("1", "c")])
        let hold = try #require(try await store.judge(big, Self.held).first)
        #expect(try await store.judgedRuns(connection: "helpdesk", stream: "tickets", limit: 9).count == 2)
        try await store.decide(hold.id, .release, actor: "hr", reason: "it is so now")
        let known = try await store.judgedRuns(connection: "helpdesk", stream: "tickets", limit: 9)
        #expect(known.map(\.run.id) == [big])
    }

    @Test(arguments: TestedStore.allCases)
    func `an import that is undone does not bring back what was held below it`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a")])
        let wrong = try await store.gatedRun([mapped("1", "b"), mapped("2", "b")])
        let hold = try #require(try await store.judge(wrong, Self.held).first)
        let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        let file = ImportedFile(name: "july.csv", digest: "00", byteCount: 1)
        let pages = Pages([[.record(mapped("1", "c")), .record(mapped("2", "c"))]])
        let commit = ImportCommit(run: run, file: file, recordType: "sample", mappingVersion: "m1", actor: "hr")
        let stored = try await store.commitImport(commit, pages: pages.next) { _ in true }
        try await store.end(run)
        _ = try await store.judge(run, Self.passed)
        #expect(try await store.effect() == ["1": "c", "2": "c"])
        #expect(try await store.hold(hold.id).state == .settled, "the import has replaced all of it")
        try await store.undoImport(try #require(stored.import), actor: "hr") { _ in }
        #expect(try await store.names() == ["1": "a"])
        #expect(try await store.effect() == ["1": "a"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a state of a hold that nobody decided is found by verify`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let run = try await store.gatedRun([mapped("1", "a")])
        let hold = try #require(try await store.judge(run, Self.held).first)
        try harness.execute("UPDATE holds SET state = 'released'")
        #expect(try await store.verifyAudit().problems == [.holdChanged(hold.id)])
    }
}

/// Random runs, verdicts and decisions beside a model that keeps every state of every record.
@Suite struct GateModelTests {
    @Test(arguments: TestedStore.allCases, 1...12)
    func `the evidence in effect is that of the runs in effect`(kind: TestedStore, seed: Int) async throws {
        let store = try await kind.harness().prepared()
        var random = SeededGenerator(seed: UInt64(seed))
        var model = Model()
        for _ in 0..<40 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6: try await pull(store, &model, &random)
            case 6, 7: try await sweep(store, &model, &random)
            default: try await decide(store, &model, &random)
            }
            #expect(try await store.effect() == model.effect)
            #expect(try await store.names() == model.stored)
        }
        #expect(try await store.verifyAudit().problems == [])
    }

    private func pull(_ store: any ReviewStore, _ model: inout Model, _ random: inout SeededGenerator) async throws {
        let ids = (0..<5).filter { _ in Bool.random(using: &random) }.map(String.init)
        let (changed, deleted) = (ids.dropLast(), ids.suffix(1).filter { _ in Bool.random(using: &random) })
        let records = changed.map { mapped($0, ["x", "y", "z"].randomElement(using: &random) ?? "x") }
        let run = try await store.gatedRun(records, deletions: Array(deleted))
        for record in records { model.set(record.externalID, record.record["name"].text, run) }
        for id in deleted { model.set(id, nil, run) }
        try await judge(store, run, &model, &random)
    }

    private func sweep(_ store: any ReviewStore, _ model: inout Model, _ random: inout SeededGenerator) async throws {
        let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        let seen = (0..<5).filter { _ in Bool.random(using: &random) }.map(String.init)
        try await store.beginSweep(of: run, recordType: "sample")
        try await store.sweep(run, saw: seen)
        _ = try await store.finishSweep(of: run)
        try await store.end(run)
        model.sweep(seen, run)
        try await judge(store, run, &model, &random)
    }

    private func judge(
        _ store: any ReviewStore, _ run: RunID, _ model: inout Model, _ random: inout SeededGenerator
    ) async throws {
        let findings = Bool.random(using: &random) ? [GateFinding(rule: "volume", found: "", expected: "")] : []
        let verdict = GateVerdict(mode: .incremental, findings: findings, accounts: (0, 0))
        _ = try await store.judge(run, verdict)
        if !findings.isEmpty { model.held.insert(run) }
    }

    private func decide(_ store: any ReviewStore, _ model: inout Model, _ random: inout SeededGenerator) async throws {
        guard let hold = try await store.holds(in: [.open]).first else { return }
        let decision: HoldDecision = Bool.random(using: &random) ? .release : .discard
        try await store.decide(hold.id, decision, actor: "hr", reason: "because")
        if decision == .discard { model.forget(Set(hold.runs)) }
        model.held.subtract(hold.runs)
    }

    /// Every state that runs have brought of records, in their order.
    private struct Model {
        enum State: Equatable {
            case live(String)
            case gone(String)
            case deleted(String)
        }

        var states: [(id: String, state: State, run: RunID)] = []
        var held: Set<RunID> = []

        var stored: [String: String] { names { _ in true } }
        var effect: [String: String] { names { !held.contains($0) } }

        private func names(_ counts: (RunID) -> Bool) -> [String: String] {
            var names: [String: String] = [:]
            for (id, state, run) in states where counts(run) {
                if case .live(let name) = state { names[id] = name } else { names[id] = nil }
            }
            return names
        }

        private func last(_ id: String) -> State? { states.last { $0.id == id }?.state }

        mutating func set(_ id: String, _ name: String?, _ run: RunID) {
            switch (last(id), name) {
            case (.live(let old)?, let name?) where old == name: break
            case (_, let name?): states.append((id, .live(name), run))
            case (nil, nil), (.deleted?, nil): break
            case (.live(let old)?, nil), (.gone(let old)?, nil): states.append((id, .deleted(old), run))
            }
        }

        mutating func sweep(_ seen: [String], _ run: RunID) {
            for id in Set(states.map(\.id)).sorted() {
                switch last(id) {
                case .live(let name)? where !seen.contains(id): states.append((id, .gone(name), run))
                case .gone(let name)? where seen.contains(id): states.append((id, .live(name), run))
                default: break
                }
            }
        }

        mutating func forget(_ runs: Set<RunID>) { states.removeAll { runs.contains($0.run) } }
    }
}

/// Pages of a file, one after the other.
private final class Pages: Sendable {
    private let pages: Mutex<[[PageEvent]]>

    init(_ pages: [[PageEvent]]) { self.pages = Mutex(pages.reversed()) }

    @Sendable func next() throws(StoreError) -> [PageEvent]? { pages.withLock { $0.popLast() } }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension ReviewStore {
    /// A run of one page that awaits judgement.
    func gatedRun(
        _ records: [MappedRecord], deletions: [String] = [], cursor: String? = nil
    ) async throws -> RunID {
        let run = try await beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        var page = PageCommit(
            run: run, recordType: "sample", mappingVersion: "m1", records: records, rejects: [],
            deletions: deletions, cursor: cursor)
        page.possibleTimes =
            try #require(Timestamp(rfc3339: "1980-01-01T00:00:00Z"))..<#require(
                Timestamp(rfc3339: "2030-01-01T00:00:00Z"))
        _ = try await commit(page)
        try await end(run)
        return run
    }

    /// The names of the records that count, in a view.
    func effect(_ view: EvidenceView = .inEffect) async throws -> [String: String] {
        let folded = try await fold([EvidenceSelection("sample")], view: view, into: [String: String]()) {
            $0[$1.reference.externalID] = $1.record["name"].text
        }
        var paged: [String: String] = [:]
        for try await batch in evidence(of: "sample", batchSize: 2, view: view) {
            for row in batch { paged[row.key.externalID] = row.record["name"].text }
        }
        #expect(folded == paged)
        return folded
    }

    /// All that is stored of every record.
    fileprivate func rows() async throws -> [String] {
        try await evidence(of: "sample", after: nil, limit: 100, states: Set(EvidenceState.allCases)).map {
            "\($0.key.externalID) \($0.contentHash.hex) \($0.run) \($0.firstRun) \($0.state) \($0.record.values)"
        }
    }
}

/// A sample record with its time.
func dated(_ id: String, _ name: String, _ time: String) -> MappedRecord {
    let fields: [String: Value] = ["name": .string(name), "created_at": (try? .instant(time)) ?? .null]
    return MappedRecord(externalID: id, record: sample(id, fields))
}
