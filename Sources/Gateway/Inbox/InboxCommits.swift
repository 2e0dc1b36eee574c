internal import ReviewStore
internal import Synchronization

/// Puts events on disk for many senders at once: those that come while a commit is under way share the next one.
///
/// Of those that wait, one commits for all, then hands on to the next: there is no worker that could die.
final class InboxCommits: Sendable {
    /// Why an event was not stored. The sender may send it again.
    enum Refusal: Error, Sendable, Hashable {
        /// Too many wait already.
        case full
        /// The store cannot keep it now.
        case store(StoreError)

        static func == (left: Self, right: Self) -> Bool {
            switch (left, right) {
            case (.full, .full): true
            case (.store(let left), .store(let right)): left == right
            default: false
            }
        }

        func hash(into hasher: inout Hasher) { hasher.combine("\(self)") }
    }

    /// So many events share a commit at most.
    private static let mostShared = 1_000

    private let store: any InboxStore
    private let mostWaiting: Int
    private let state = Mutex(State())

    private struct State {
        var waiting: [Waiter] = []
        var isCommitting = false
    }

    private struct Waiter {
        let arrival: InboxArrival
        let continuation: CheckedContinuation<Turn, Never>
    }

    /// What becomes of one that waits.
    private enum Turn {
        /// Its event is stored, or is not.
        case done(Result<InboxReceipt, Refusal>)
        /// It is to commit for those behind it.
        case lead
    }

    /// Commits to `store`, for at most `mostWaiting` that wait.
    init(_ store: any InboxStore, mostWaiting: Int = 4_096) {
        self.store = store
        self.mostWaiting = mostWaiting
    }

    /// Returns when the event is on disk.
    func add(_ arrival: InboxArrival) async throws(Refusal) -> InboxReceipt {
        guard let turn = await turn(of: arrival) else { throw .full }
        switch turn {
        case .done(let result): return try result.get()
        case .lead: return try await lead(arrival)
        }
    }

    /// Nil where too many wait.
    private func turn(of arrival: InboxArrival) async -> Turn? {
        let isFirst: Bool? = state.withLock { state in
            if state.waiting.count >= mostWaiting { return nil }
            if state.isCommitting { return false }
            state.isCommitting = true
            return true
        }
        guard let isFirst else { return nil }
        if isFirst { return .lead }
        return await withCheckedContinuation { continuation in
            let leads = state.withLock { state in
                guard state.isCommitting else {
                    state.isCommitting = true
                    return true
                }
                state.waiting.append(Waiter(arrival: arrival, continuation: continuation))
                return false
            }
            if leads { continuation.resume(returning: .lead) }
        }
    }

    /// Commits an event with those that wait, and hands on.
    private func lead(_ arrival: InboxArrival) async throws(Refusal) -> InboxReceipt {
        let followers = state.withLock { state in
            let followers = Array(state.waiting.prefix(Self.mostShared - 1))
            state.waiting.removeFirst(followers.count)
            return followers
        }
        // A task of its own: a sender that hangs up must not take the others' commit along.
        let result = await Task { await commit([arrival] + followers.map(\.arrival)) }.value
        handOn()
        for (place, follower) in followers.enumerated() {
            follower.continuation.resume(returning: .done(result.map { $0[place + 1] }))
        }
        return try result.map { $0[0] }.get()
    }

    private func commit(_ arrivals: [InboxArrival]) async -> Result<[InboxReceipt], Refusal> {
        do throws(StoreError) {
            let receipts = try await store.receive(arrivals)
            guard receipts.count == arrivals.count else {
                return .failure(.store(.damaged(reason: "not every event got a receipt")))
            }
            return .success(receipts)
        } catch {
            return .failure(.store(error))
        }
    }

    private func handOn() {
        let next = state.withLock { state in
            guard let next = state.waiting.first else {
                state.isCommitting = false
                return Waiter?.none
            }
            state.waiting.removeFirst()
            return next
        }
        next?.continuation.resume(returning: .lead)
    }
}
