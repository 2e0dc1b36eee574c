import Expressions
import Indicators
import ReviewStore
import Testing

extension ReviewStore {
    fileprivate func letterCount(_ states: Set<DeadLetterState> = [.open]) async throws -> Int {
        try await deadLetters(DeadLetterFilter(states: states), after: nil, limit: 99).count
    }
}

@Suite struct PageContractTests {
    private static let reject = Reject(
        externalID: "3", reason: "no such month", expression: "source.created", place: "helpdesk.yaml:14",
        input: Array("{\"phone\": \"13800000000\"}".utf8))

    @Test(
        arguments: TestedStore.allCases,
        ["evidence_sample", "dead_letters", "streams", "stale_marks", "runs", "run_anomalies"])
    func `a fault in the middle of a page leaves nothing of it`(kind: TestedStore, table: String) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.pull([mapped("1", "a", version: "5"), mapped("2", "b")], rejects: [Self.reject], cursor: "1")
        let run = try await store.begin()
        let page = PageCommit(
            run: run, recordType: "sample", mappingVersion: "m1",
            records: [
                mapped("9", "new"), mapped("2", "changed"), mapped("1", "older", version: "4"), mapped("3", "good"),
            ],
            rejects: [Reject(externalID: "7", reason: "empty", input: [1])], deletions: ["1"], cursor: "2")
        let before = try harness.dump()
        try harness.failWrites(to: table)
        await #expect(throws: StoreError.self) { try await store.commit(page) }
        #expect(try harness.dump() == before)

        try harness.allowWrites(to: table)
        let outcome = try await store.commit(page)
        #expect((outcome.inserted, outcome.updated, outcome.older) == (2, 1, 1))
        #expect((outcome.deleted, outcome.rejected, outcome.resolved) == (1, 1, 1))
        #expect(try await store.cursor(connection: "helpdesk", stream: "tickets") == "2")
    }

    @Test(arguments: TestedStore.allCases)
    func `a page without a cursor keeps the one stored`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        #expect(try await store.cursor(connection: "helpdesk", stream: "tickets") == nil)
        try await store.pull(cursor: "7")
        try await store.pull([mapped("1", "a")])
        #expect(try await store.cursor(connection: "helpdesk", stream: "tickets") == "7")
    }

    @Test(arguments: TestedStore.allCases)
    func `a rejected record is listed without its input and opens for replay`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.pull(rejects: [Self.reject])
        let letters = try await store.deadLetters(DeadLetterFilter(connection: "helpdesk"), after: nil, limit: 10)
        let letter = try #require(letters.first)
        #expect((letter.externalID, letter.reason, letter.state) == ("3", "no such month", .open))
        #expect((letter.expression, letter.place) == ("source.created", "helpdesk.yaml:14"))
        #expect(letter.inputByteCount == Self.reject.input.count)
        #expect(!"\(letter)".contains("13800000000"))
        #expect(try await store.openDeadLetter(letter.id) == Self.reject.input)
        // Neither as text nor as the hexadecimal digits of a blob.
        let dump = try harness.dump().joined()
        #expect(!dump.contains("13800000000") && !dump.contains("3133383030"))
    }

    @Test(arguments: TestedStore.allCases)
    func `the same reject again is the same letter`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull(rejects: [Self.reject])
        var later = Self.reject
        later.reason = "no such day"
        later.input = [1, 2]
        try await store.pull(rejects: [later])
        let letters = try await store.deadLetters(DeadLetterFilter(), after: nil, limit: 10)
        #expect(letters.map(\.reason) == ["no such day"])
        #expect(try await store.openDeadLetter(try #require(letters.first).id) == [1, 2])
        try await store.pull(rejects: [Reject(externalID: nil, reason: "a", input: [1])])
        try await store.pull(rejects: [Reject(externalID: nil, reason: "b", input: [2])])
        #expect(try await store.letterCount() == 3)
    }

    @Test(arguments: TestedStore.allCases)
    func `a record that maps well now resolves its letter and erases the input`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull(rejects: [Self.reject])
        let letters = try await store.deadLetters(DeadLetterFilter(), after: nil, limit: 10)
        let id = try #require(letters.first).id
        #expect(try await store.pull([mapped("3", "good")]).resolved == 1)
        #expect(try await store.letterCount() == 0)
        #expect(try await store.letterCount([.resolved]) == 1)
        await #expect(throws: StoreError.notFound("open dead letter \(id)")) { try await store.openDeadLetter(id) }
    }

    @Test(arguments: TestedStore.allCases)
    func `a replay is audited, whether its page has closed the letters or not`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull(rejects: [Self.reject, Reject(externalID: "4", reason: "empty", input: [])])
        let letters = try await store.deadLetters(DeadLetterFilter(), after: nil, limit: 10)
        try await store.pull([mapped("3", "good")])
        try await store.finishReplay(of: letters.map(\.id), actor: "u1")
        #expect(try await store.letterCount() == 0)
        try await store.finishReplay(of: [], actor: "u1")
        let entries = try await store.auditEntries(after: 0, limit: 10)
        #expect(entries.map(\.action) == ["dead_letters.replayed"])
        #expect(entries.map(\.detail) == [#"{"ids":["1","2"]}"#])
    }

    @Test(arguments: TestedStore.allCases)
    func `letters are discarded by a person and deleted by age`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.pull(rejects: [Self.reject, Reject(externalID: "4", reason: "empty", input: [])])
        let letters = try await store.deadLetters(DeadLetterFilter(), after: nil, limit: 10)
        try await store.closeDeadLetters([try #require(letters.first).id], as: .discarded, actor: "u1")
        #expect(try await store.letterCount() == 1)
        #expect(try await store.letterCount([.discarded]) == 1)
        let first = try #require(letters.first).created
        #expect(try await store.deleteDeadLetters(before: first, actor: "u1") == 0)
        #expect(try await store.deleteDeadLetters(before: harness.clock.now(), actor: "u1") == 2)
        let actions = try await store.auditEntries(after: 0, limit: 10).map(\.action)
        #expect(actions == ["dead_letters.discarded", "dead_letters.expired"])
    }

    @Test(arguments: TestedStore.allCases)
    func `an input that was put under another record does not open`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.pull(rejects: [Self.reject])
        let letters = try await store.deadLetters(DeadLetterFilter(), after: nil, limit: 1)
        try harness.execute("UPDATE dead_letters SET external_id = '4'")
        let error = await #expect(throws: StoreError.self) {
            try await store.openDeadLetter(try #require(letters.first).id)
        }
        #expect(error?.remedy == .stopAll)
    }
}
