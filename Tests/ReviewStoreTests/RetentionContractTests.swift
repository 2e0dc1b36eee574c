import Expressions
import Indicators
import ReviewStore
import Testing

/// What deleting evidence whose time is over waits for, and what it leaves.
@Suite struct RetentionContractTests {
    private static let passed = GateVerdict(mode: .incremental, findings: [], accounts: (0, 0))
    private static let held = GateVerdict(
        mode: .incremental, findings: [GateFinding(rule: "volume", found: "9", expected: "1")], accounts: (0, 0))

    private func store(_ harness: any StoreHarness) async throws -> any ReviewStore {
        let store = try await harness.prepared()
        try await store.pull([mapped("1", "secret"), mapped("2", "b")])
        _ = try await store.publish(Publication(values: [], cause: "pull", actor: "u1", clearing: store.staleMarks()))
        return store
    }

    @Test(arguments: TestedStore.allCases)
    func `no note holds what a deleted record was like`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await store(harness)
        try await store.pull([mapped("1", "other"), mapped("2", "c")])
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        #expect(try harness.dump().contains { $0.contains("secret") })
        #expect(try await store.expire("1") == 1)
        #expect(try harness.dump().allSatisfy { !$0.contains("secret") })
        #expect(try await store.staleMarks().map(\.isWhole) == [true], "what was noted is computed all the same")
    }

    @Test(arguments: TestedStore.allCases)
    func `notes of records that stay are left alone`(kind: TestedStore) async throws {
        let store = try await store(kind.harness())
        try await store.pull([mapped("2", "c")])
        #expect(try await store.expire("1") == 1)
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        #expect(try await store.touchedStates(of: "sample").map { $0.record["name"].text } == ["b", "c"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a run that has stored nothing yet is waited for`(kind: TestedStore) async throws {
        let store = try await store(kind.harness())
        let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        await #expect(throws: StoreError.self) { try await store.expire("1") }
        try await store.end(run)
        _ = try await store.judge(run, Self.passed)
        #expect(try await store.expire("1") == 1)
    }

    @Test(arguments: TestedStore.allCases)
    func `a held run that maps the stream onto another type is waited for`(kind: TestedStore) async throws {
        let store = try await store(kind.harness())
        let other = RecordType(name: "other", fields: [RecordField(name: "id", kind: .string)])
        try await store.prepare([other])
        let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        let record = MappedRecord(externalID: "1", record: sample("1", type: other))
        _ = try await store.commit(PageCommit(run: run, recordType: "other", mappingVersion: "m2", records: [record]))
        try await store.end(run)
        _ = try await store.judge(run, Self.held)
        await #expect(throws: StoreError.self) { try await store.expire("1") }
        try await store.decide(1, .discard, actor: "hr", reason: "wrong")
        #expect(try await store.expire("1") == 1)
    }

    @Test(arguments: TestedStore.allCases)
    func `a discarded record stays, and nothing waits for it`(kind: TestedStore) async throws {
        let store = try await store(kind.harness())
        var odd = Self.passed
        odd.recordFinding = GateFinding(rule: "impossible_times", found: "1", expected: "0")
        let run = try await store.gatedRun([dated("1", "bad", "2099-07-01T00:00:00Z")])
        _ = try await store.judge(run, odd)
        await #expect(throws: StoreError.self) { try await store.expire("2") }
        try await store.decide(1, .discard, actor: "hr", reason: "nonsense")
        #expect(try await store.heldRecords(of: "sample") == [key("1")])
        #expect(try await store.expire("1") == 0)
        #expect(try await store.expire("2") == 1)
        #expect(try await store.effect() == ["1": "secret"])
    }
}

extension ReviewStore {
    /// Deletes a record as it is stored; says how many were deleted.
    fileprivate func expire(_ id: String) async throws -> Int {
        let stored = try #require(try await evidence(of: "sample", at: key(id)))
        return try await expire(
            [ExpiringRecord(key: stored.key, contentHash: stored.contentHash)], of: "sample",
            before: Day(text: "2026-10-01"), actor: "u1")
    }
}
