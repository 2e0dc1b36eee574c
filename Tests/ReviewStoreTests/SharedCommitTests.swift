import Expressions
import ReviewStore
import Testing

/// Many senders, few commits: each hears of its own event, and none is lost or mixed up.
@Suite struct SharedCommitTests {
    private static func arrival(_ number: Int) -> InboxArrival {
        InboxArrival(
            connection: "hooks", key: "k\(number)", contents: InboxContents(body: Array("\(number)".utf8)),
            received: Timestamp(microseconds: Int64(number)))
    }

    @Test(arguments: TestedStore.allCases)
    func `each of many senders at once gets the receipt of its own event`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let receipts = try await withThrowingTaskGroup(of: (Int, InboxReceipt).self) { group in
            // More than share a commit.
            for number in 0..<2_500 {
                group.addTask { (number, try await store.receive(Self.arrival(number))) }
            }
            return try await group.reduce(into: [Int: InboxReceipt]()) { $0[$1.0] = $1.1 }
        }
        #expect(Set(receipts.values).count == 2_500)
        for (number, receipt) in receipts.prefix(500) {
            #expect(receipt == .stored(receipt.id))
            #expect(try await store.inboxContents(of: receipt.id).body == Array("\(number)".utf8))
        }
    }

    @Test(arguments: TestedStore.allCases)
    func `a sender that hangs up takes nobody's event along`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let sender = Task { try await store.receive(Self.arrival(number)) }
                    if number.isMultiple(of: 3) { sender.cancel() }
                    _ = await sender.result
                }
            }
        }
        #expect(try await store.inboxDepths().map(\.waiting) == [200])
    }

    @Test(arguments: TestedStore.allCases)
    func `a commit that fails is told to all that shared it, and the next one works`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try harness.failWrites(to: "inbox")
        let failures = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do { _ = try await store.receive(Self.arrival(number)) } catch { return true }
                    return false
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 50)
        try harness.allowWrites(to: "inbox")
        #expect(try await store.receive(Self.arrival(1)) == .stored(1))
    }

    @Test(arguments: TestedStore.allCases)
    func `others write between commits, however many senders there are`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let isOver = try await withThrowingTaskGroup(of: Bool.self) { group in
            for sender in 0..<20 {
                group.addTask {
                    for number in 0..<50 { _ = try await store.receive(Self.arrival(sender * 1_000 + number)) }
                    return true
                }
            }
            group.addTask {
                for _ in 0..<20 { _ = try await store.discardWaiting(InboxFilter(), actor: "somebody", reason: "none") }
                return true
            }
            return try await group.reduce(true) { $0 && $1 }
        }
        #expect(isOver)
        #expect(try await store.inboxEvents(InboxFilter(), limit: 2_000).count == 1_000)
    }
}

extension ReviewStore {
    /// Stores arrivals one after the other.
    func receive(_ arrivals: [InboxArrival]) async throws(StoreError) -> [InboxReceipt] {
        var receipts: [InboxReceipt] = []
        for arrival in arrivals { receipts.append(try await receive(arrival)) }
        return receipts
    }
}
