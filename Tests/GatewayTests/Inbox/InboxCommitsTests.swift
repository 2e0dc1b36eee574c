import Expressions
import ReviewStore
import Synchronization
import Testing

@testable import Gateway

/// Many senders, few commits: each hears of its own event, and none is lost or mixed up.
@Suite struct InboxCommitsTests {
    private static func arrival(_ number: Int) -> InboxArrival {
        InboxArrival(
            connection: "hooks", key: "k\(number)", contents: InboxContents(body: Array("\(number)".utf8)),
            received: Timestamp(microseconds: Int64(number)))
    }

    @Test func `each of many senders at once gets the receipt of its own event`() async throws {
        let hooked = try await HookedWorkspace()
        let commits = InboxCommits(hooked.host.store)
        let receipts = try await withThrowingTaskGroup(of: (Int, InboxID).self) { group in
            for number in 0..<500 {
                group.addTask {
                    guard case .stored(let id) = try await commits.add(Self.arrival(number)) else {
                        return (number, -1)
                    }
                    return (number, id)
                }
            }
            return try await group.reduce(into: [Int: InboxID]()) { $0[$1.0] = $1.1 }
        }
        #expect(Set(receipts.values).count == 500)
        for (number, id) in receipts {
            #expect(try await hooked.host.store.inboxContents(of: id).body == Array("\(number)".utf8))
        }
    }

    @Test func `a sender that hangs up takes nobody's event along`() async throws {
        let hooked = try await HookedWorkspace()
        let commits = InboxCommits(hooked.host.store)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let sender = Task { try await commits.add(Self.arrival(number)) }
                    if number.isMultiple(of: 3) { sender.cancel() }
                    _ = await sender.result
                }
            }
        }
        #expect(try await hooked.host.store.inboxDepths().map(\.waiting) == [200])
    }

    @Test func `a commit that fails is told to all that shared it, and the next one works`() async throws {
        let hooked = try await HookedWorkspace()
        let commits = InboxCommits(hooked.host.store)
        try hooked.company.tamper("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'no'); END")
        let failures = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do { _ = try await commits.add(Self.arrival(number)) } catch { return true }
                    return false
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 50)
        try hooked.company.tamper("DROP TRIGGER full")
        #expect(try await commits.add(Self.arrival(1)) == .stored(1))
    }

    @Test func `no more wait than may wait`() async throws {
        let hooked = try await HookedWorkspace()
        let commits = InboxCommits(hooked.host.store, mostWaiting: 0)
        await #expect(throws: InboxCommits.Refusal.full) { try await commits.add(Self.arrival(1)) }
    }
}
