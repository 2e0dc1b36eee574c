import Expressions
import Indicators
import ReviewStore
import Testing

/// What is noted of the records that runs touch, so that only the values they count for are computed again.
@Suite struct TouchedContractTests {
    private static let passed = GateVerdict(mode: .incremental, findings: [], accounts: (0, 0))

    /// A store with two records, all of whose values have been computed.
    private func store(_ kind: TestedStore) async throws -> any ReviewStore {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a"), mapped("2", "b")])
        try await store.compute()
        return store
    }

    @Test(arguments: TestedStore.allCases)
    func `what has never been computed is computed as a whole`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a")])
        try await store.pull([mapped("2", "b")])
        #expect(try await store.staleMarks().map(\.isWhole) == [true])
    }

    @Test(arguments: TestedStore.allCases)
    func `records are noted as they were and as they are`(kind: TestedStore) async throws {
        let store = try await store(kind)
        try await store.pull([mapped("1", "a"), mapped("2", "c"), mapped("3", "d")])
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        #expect(try await store.touched() == ["2 b", "2 c", "3 d"])
        try await store.pull(deletions: ["1", "2"])
        #expect(try await store.touched() == ["1 a", "2 b", "2 c", "3 d"])
        try await store.compute()
        #expect(try await store.touched().isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `a state that was published between two changes is noted too`(kind: TestedStore) async throws {
        let store = try await store(kind)
        try await store.pull([mapped("1", "b")])
        let marks = try await store.staleMarks()
        try await store.pull([mapped("1", "c")])
        _ = try await store.publish(Publication(values: [], cause: "pull", actor: "u1", clearing: marks))
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        #expect(try await store.touched() == ["1 b", "1 c"])
    }

    @Test(arguments: TestedStore.allCases, [4_998, 4_999])
    func `more records than are worth noting mark their type as a whole`(kind: TestedStore, count: Int) async throws {
        let store = try await store(kind)
        try await store.pull([mapped("1", "z"), mapped("2", "z")])
        try await store.pull((0..<count).map { mapped("n\($0)", "n") })
        #expect(try await store.staleMarks().map(\.isWhole) == [count > 4_998])
        #expect(try await store.touched().count == (count > 4_998 ? 0 : count + 4))
        try await store.compute()
        try await store.pull([mapped("1", "a")])
        #expect(try await store.touched() == ["1 a", "1 z"])
    }

    @Test(arguments: TestedStore.allCases)
    func `what was computed makes room for more to be noted`(kind: TestedStore) async throws {
        let store = try await store(kind)
        for name in ["a", "b", "c"] {
            try await store.pull((0..<2_000).map { mapped("n\($0)", name) })
            #expect(try await store.staleMarks().map(\.isWhole) == [false])
            try await store.compute()
        }
        for name in ["d", "e"] { try await store.pull((0..<2_000).map { mapped("n\($0)", name) }) }
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        try await store.pull((0..<2_000).map { mapped("n\($0)", "f") })
        #expect(try await store.staleMarks().map(\.isWhole) == [true])
    }

    @Test(arguments: TestedStore.allCases)
    func `records that a sweep misses, or finds again, are noted`(kind: TestedStore) async throws {
        let store = try await store(kind)
        try await store.sweep(["1"])
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        #expect(try await store.touched() == ["2 b"])
        try await store.compute()
        try await store.sweep(["1", "2"])
        #expect(try await store.touched() == ["2 b"])
        try await store.compute()
        try await store.sweep(["1", "2"])
        #expect(try await store.staleMarks().isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `a publication leaves what a run has touched that was not judged yet`(kind: TestedStore) async throws {
        let store = try await store(kind)
        let run = try await store.gatedRun([mapped("1", "b")])
        #expect(try await store.staleMarks().map(\.isWhole) == [true], "part of what is stored has no effect yet")
        try await store.compute()
        #expect(try await store.staleMarks().isEmpty)
        _ = try await store.judge(run, Self.passed)
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        #expect(try await store.touched() == ["1 a", "1 b"])
    }

    @Test(arguments: TestedStore.allCases)
    func `what was computed as a whole before a run was judged is so once more after it`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        let run = try await store.gatedRun([mapped("1", "a")])
        try await store.compute()
        _ = try await store.judge(run, Self.passed)
        #expect(try await store.staleMarks().map(\.isWhole) == [true])
    }

    @Test(arguments: TestedStore.allCases)
    func `what the gate holds makes its type whole until it is decided`(kind: TestedStore) async throws {
        let store = try await store(kind)
        let run = try await store.gatedRun([mapped("1", "b")])
        let finding = GateFinding(rule: "volume", found: "9", expected: "1")
        let held = GateVerdict(mode: .incremental, findings: [finding], accounts: (0, 0))
        let hold = try #require(try await store.judge(run, held).first)
        try await store.compute()
        _ = try await store.judge(try await store.gatedRun([mapped("2", "c")]), Self.passed)
        #expect(try await store.staleMarks().map(\.isWhole) == [true])
        try await store.decide(hold.id, .release, actor: "hr", reason: "right")
        #expect(try await store.staleMarks().map(\.isWhole) == [true])
    }

    @Test(arguments: TestedStore.allCases)
    func `what a record held by itself was like before is not forgotten when the hold is settled`(
        kind: TestedStore
    ) async throws {
        let store = try await store(kind)
        var odd = Self.passed
        odd.recordFinding = GateFinding(rule: "impossible_times", found: "1", expected: "0")
        let created = try Value.instant("2099-07-01T00:00:00Z")
        let bad = MappedRecord(
            externalID: "1", record: sample("1", ["name": .string("bad"), "created_at": created]))
        _ = try await store.judge(try await store.gatedRun([bad]), odd)
        try await store.compute()
        _ = try await store.judge(try await store.gatedRun([], deletions: ["1"]), Self.passed)
        #expect(try await store.staleMarks().map(\.isWhole) == [true])
    }

    @Test(arguments: TestedStore.allCases)
    func `a discarded record makes its type whole only where it is touched, and stays without effect`(
        kind: TestedStore
    ) async throws {
        let store = try await store(kind)
        var odd = Self.passed
        odd.recordFinding = GateFinding(rule: "impossible_times", found: "1", expected: "0")
        let run = try await store.gatedRun([dated("1", "bad", "2099-07-01T00:00:00Z")])
        let hold = try #require(try await store.judge(run, odd).first)
        try await store.decide(hold.id, .discard, actor: "hr", reason: "nonsense")
        try await store.compute()
        _ = try await store.judge(try await store.gatedRun([mapped("2", "c")]), Self.passed)
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        #expect(try await store.effect() == ["1": "a", "2": "c"])
        try await store.compute()
        _ = try await store.judge(try await store.gatedRun([mapped("1", "good")]), Self.passed)
        #expect(try await store.staleMarks().map(\.isWhole) == [true], "what was in effect is not what is noted")
        try await store.compute()
        _ = try await store.judge(try await store.gatedRun([mapped("1", "better")]), Self.passed)
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        _ = try await store.judge(try await store.gatedRun([dated("1", "bad", "2099-07-01T00:00:00Z")]), odd)
        #expect(try await store.effect() == ["1": "better", "2": "c"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a type that a run has retired is whole once the run counts, whatever was published before`(
        kind: TestedStore
    ) async throws {
        let store = try await store(kind)
        let other = RecordType(name: "other", fields: [RecordField(name: "id", kind: .string)])
        try await store.prepare([other])
        let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        let record = MappedRecord(externalID: "1", record: sample("1", type: other))
        _ = try await store.commit(
            PageCommit(run: run, recordType: "other", mappingVersion: "m2", records: [record]))
        try await store.end(run)
        try await store.compute()
        #expect(try await store.effect().count == 2, "nothing counts yet")
        _ = try await store.judge(run, Self.passed)
        #expect(try await store.effect().isEmpty)
        #expect(try await store.staleMarks().filter(\.isWhole).map(\.recordType) == ["other", "sample"])
    }

    @Test(arguments: TestedStore.allCases)
    func `an account that is matched marks whole types`(kind: TestedStore) async throws {
        let store = try await store(kind)
        try await store.pull([mapped("1", "b")])
        let account = Account(connection: "helpdesk", account: "zhang", state: .resolved(employee: "E01"))
        try await store.decideAccount(account, actor: "hr", markingStale: ["sample"])
        #expect(try await store.staleMarks().map(\.isWhole) == [true])
        #expect(try await store.touched().isEmpty)
    }
}

extension ReviewStore {
    /// Does as if all marked values had been computed.
    fileprivate func compute() async throws {
        _ = try await publish(Publication(values: [], cause: "pull", actor: "u1", clearing: staleMarks()))
    }

    /// Does as a run that found these records at the source.
    fileprivate func sweep(_ ids: [String]) async throws {
        let run = try await begin()
        try await beginSweep(of: run, recordType: "sample")
        try await sweep(run, saw: ids)
        _ = try await finishSweep(of: run)
        try await end(run)
    }

    /// The touched states: `id name`.
    fileprivate func touched() async throws -> [String] {
        try await touchedStates(of: "sample").map { "\($0.key.externalID) \($0.record["name"].text)" }.sorted()
    }
}
