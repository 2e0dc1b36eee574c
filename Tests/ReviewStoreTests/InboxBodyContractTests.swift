import Expressions
import ReviewStore
import Testing

/// Bodies that came under one key, and keys that came with one body.
@Suite struct InboxBodyContractTests {
    private static let moment = Timestamp(microseconds: 1_790_000_000_000_000)

    private func arrival(_ key: String, _ body: String, proof: String? = nil, at name: String = "hooks") -> InboxArrival
    {
        InboxArrival(
            connection: name, key: key, proof: proof, contents: InboxContents(body: Array(body.utf8)),
            received: Self.moment)
    }

    private func events(_ store: any ReviewStore) async throws -> [InboxEvent] {
        try await store.inboxEvents(InboxFilter(), limit: 20)
    }

    @Test(arguments: TestedStore.allCases)
    func `what has the proof of another is not new, whatever its key is`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let receipts = try await store.receive([
            arrival("a", "1", proof: "p"), arrival("b", "1", proof: "p"), arrival("c", "1", proof: "q"),
            arrival("d", "1"), arrival("e", "1"), arrival("a", "1", proof: "r"),
            arrival("f", "1", proof: "p", at: "other"),
            arrival("g", "2", proof: "p"),
        ])
        let told = receipts.map { receipt in
            switch receipt {
            case .stored: "stored"
            case .repeated(let id): id == receipts[0].id ? "repeated" : "of another"
            case .contradicted(let id): id == receipts[0].id ? "contradicted" : "of another"
            }
        }
        let expected = ["stored", "repeated", "stored", "stored", "stored", "repeated", "stored", "contradicted"]
        #expect(told == expected)
    }

    @Test(arguments: TestedStore.allCases)
    func `a proof is forgotten with its event`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        _ = try await store.receive([arrival("a", "1", proof: "p")])
        _ = try await store.discardWaiting(InboxFilter(), actor: "u1", reason: "a test")
        let later = Self.moment + .seconds(1)
        #expect(try await store.deleteInbox(of: "hooks", before: later, isPreview: false, actor: "u1") == 1)
        guard case .stored = try await store.receive([arrival("b", "1", proof: "p")]).first else {
            Issue.record("a proof outlived its event")
            return
        }
    }

    @Test(arguments: TestedStore.allCases)
    func `a few contradicting bodies are kept, the others counted`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.receive([arrival("a", "first")] + (0..<40).map { arrival("a", "\($0)") })
        _ = try await store.receive([arrival("a", "0"), arrival("a", "39")])
        let bodies = try await store.inboxBodies(of: 1)
        #expect(bodies.count == 1 + InboxLimits.mostBodies && bodies.first?.contents.body == Array("first".utf8))
        #expect(bodies.dropFirst().map(\.count).reduce(0, +) == InboxLimits.mostBodies + 1)
        #expect(try await events(store).first?.contradictions == 42)
        #expect(try harness.rows("SELECT COUNT(*) FROM inbox_repeats") == [["\(InboxLimits.mostBodies + 1)"]])
    }

    @Test(arguments: TestedStore.allCases)
    func `a chosen body takes the place of the one that counted, and back again`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        _ = try await store.receive([
            arrival("a", "one"), arrival("a", "one"), arrival("a", "three"), arrival("a", "three"),
        ])
        let before = try await store.inboxBodies(of: 1)
        #expect(before.map(\.count) == [2, 2])
        try await store.chooseBody(before[1].name, of: 1, actor: "u1", reason: "a test")
        #expect(try await store.inboxContents(of: 1).body == Array("three".utf8))
        let chosen = try #require(try await events(store).first)
        #expect(chosen.byteCount == 5 && chosen.repeats == 1 && chosen.contradictions == 2 && chosen.state == .waiting)
        #expect(
            try await store.receive([arrival("a", "three"), arrival("a", "one")]) == [.repeated(1), .contradicted(1)])
        try await store.chooseBody(before[0].name, of: 1, actor: "u1", reason: "a test")
        #expect(try await store.inboxBodies(of: 1).map(\.count) == [3, 3])
        #expect(try await store.inboxContents(of: 1).body == Array("one".utf8))
        let entry = try #require(try await store.auditEntries(after: 0, limit: 10).first)
        #expect(entry.action == "inbox.chosen")
    }

    @Test(arguments: TestedStore.allCases)
    func `nothing is chosen that does not contradict the event`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let receipts = try await store.receive([
            arrival("a", "1"), arrival("a", "2"), arrival("b", "3"), arrival("b", "4"),
        ])
        let other = try await store.inboxBodies(of: receipts[2].id)[1].name
        for (name, id) in [(other, receipts[0].id), ("", receipts[0].id), (other, 99)] {
            await #expect(throws: StoreError.self) {
                try await store.chooseBody(name, of: id, actor: "u1", reason: "a test")
            }
        }
        await #expect(throws: StoreError.self) { try await store.inboxBodies(of: 99) }
        #expect(try await store.auditEntries(after: 0, limit: 10).isEmpty)
    }
}
