import Indicators
import ReviewStore
import Testing

/// What becomes of holds while a stream goes on.
@Suite struct HoldContractTests {
    private static let passed = GateVerdict(mode: .incremental, findings: [], accounts: (0, 0))
    private static let held = GateVerdict(
        mode: .incremental, findings: [GateFinding(rule: "volume", found: "9", expected: "1")], accounts: (0, 0))

    private static var oddTime: GateVerdict {
        var verdict = passed
        verdict.recordFinding = GateFinding(rule: "impossible_times", found: "1", expected: "0")
        return verdict
    }

    @Test(arguments: TestedStore.allCases)
    func `nothing is discarded while the stream is being read`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "old")], cursor: "c1")
        let run = try await store.gatedRun([mapped("2", "b")], cursor: "c2")
        let hold = try #require(try await store.judge(run, Self.held).first)
        let next = try await store.begin()
        await #expect(throws: StoreError.streamInUse(connection: "helpdesk", stream: "tickets")) {
            try await store.decide(hold.id, .discard, actor: "hr", reason: "wrong")
        }
        try await store.end(next)
        try await store.decide(hold.id, .discard, actor: "hr", reason: "wrong")
        #expect(try await store.cursor(connection: "helpdesk", stream: "tickets") == "c1")
    }

    @Test(arguments: TestedStore.allCases)
    func `two holds that are discarded one after the other lead to the first position`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "old")], cursor: "c1")
        let run = try await store.gatedRun([mapped("2", "b")], cursor: "c2")
        let hold = try #require(try await store.judge(run, Self.held).first)
        let next = try await store.gatedRun([mapped("3", "c")], cursor: "c3")
        try await store.decide(hold.id, .discard, actor: "hr", reason: "wrong")
        let other = try #require(try await store.judge(next, Self.held).first)
        try await store.decide(other.id, .discard, actor: "hr", reason: "wrong")
        #expect(try await store.cursor(connection: "helpdesk", stream: "tickets") == "c1")
    }

    @Test(arguments: TestedStore.allCases, [false, true])
    func `an impossible state that another follows does not come into effect`(
        kind: TestedStore, isDiscarded: Bool
    ) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([dated("1", "good", "2026-07-01T00:00:00Z")])
        let first = try await store.gatedRun([dated("1", "bad-1", "2099-07-01T00:00:00Z")])
        let hold = try #require(try await store.judge(first, Self.oddTime).first)
        if isDiscarded { try await store.decide(hold.id, .discard, actor: "hr", reason: "nonsense") }
        let second = try await store.gatedRun([dated("1", "bad-2", "2099-07-01T00:00:00Z")])
        _ = try await store.judge(second, Self.oddTime)
        #expect(try await store.effect() == ["1": "good"])
    }

    @Test(arguments: TestedStore.allCases)
    func `the hold of a record ends when the source deletes it`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([dated("1", "good", "2026-07-01T00:00:00Z")])
        let run = try await store.gatedRun([dated("1", "bad", "2099-07-01T00:00:00Z")])
        let hold = try #require(try await store.judge(run, Self.oddTime).first)
        _ = try await store.judge(store.gatedRun([], deletions: ["1"]), Self.passed)
        #expect(try await store.effect() == [:])
        #expect(try await store.hold(hold.id).state == .settled)
    }

    @Test(arguments: TestedStore.allCases)
    func `neither a replay nor a failed pull makes records known`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let good = try await store.gatedRun([mapped("1", "b")])
        _ = try await store.judge(good, Self.passed)
        try await store.pull([mapped("9", "replayed")])
        let failed = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        _ = try await store.finishRun(failed, as: .failed, message: "no route", sourceCount: nil)
        _ = try await store.judge(failed, Self.passed)
        let hold = try #require(try await store.judge(store.gatedRun([mapped("2", "c")]), Self.held).first)
        #expect(hold.knownUntil == (try await store.run(good).started))
    }

    @Test(arguments: TestedStore.allCases)
    func `a run that nobody released is found by verify`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.judge(store.gatedRun([mapped("1", "a")]), Self.held)
        #expect(try await store.verifyAudit().problems == [])
        try harness.execute("UPDATE runs SET gate = 'passed'")
        #expect(try await store.verifyAudit().problems == [.holdChanged(1)])
    }

    @Test(arguments: TestedStore.allCases)
    func `a discard keeps the dead letter of a run before`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let reject = Reject(externalID: "7", reason: "bad", input: [1])
        for verdict in [Self.passed, Self.held] {
            let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
            _ = try await store.commit(
                PageCommit(run: run, recordType: "sample", mappingVersion: "m1", events: [.rejected(reject)]))
            try await store.end(run)
            _ = try await store.judge(run, verdict)
        }
        try await store.decide(1, .discard, actor: "hr", reason: "wrong")
        #expect(try await store.deadLetters(DeadLetterFilter(), after: nil, limit: 9).count == 1)
    }
}
