internal import Expressions
public import ReviewStore
internal import Synchronization

/// What outlives a reload of the workspace: the commits under way, how much waits, what is to be counted, and who is to be
/// woken.
public final class InboxReception: Sendable {
    typealias Refusal = InboxCommits.Refusal

    let alarms = AlarmBook()
    /// How often requests that prove themselves are taken.
    let rates: RateLimits
    private let tally: HookTally?
    private let commits: InboxCommits
    private let mostWaiting: Int
    private let state = Mutex(State())

    private struct State {
        /// Events that await their use, as far as is known.
        var waiting = 0
        var wake: (@Sendable () -> Void)?
    }

    /// Takes events for `store`, and counts in `tally` why requests were refused. Once `mostWaiting` await their use, senders
    /// are asked to come later.
    public init(
        _ store: any ReviewStore, mostWaiting: Int = 1_000_000, tally: HookTally? = nil,
        rates: RateLimits = RateLimits()
    ) {
        self.rates = rates
        commits = InboxCommits(store)
        self.tally = tally
        self.mostWaiting = mostWaiting
    }

    /// Returns when an event is on disk.
    func take(_ arrival: InboxArrival) async throws(Refusal) -> InboxReceipt {
        guard state.withLock({ $0.waiting < mostWaiting }) else { throw .full }
        let receipt = try await commits.add(arrival)
        if case .stored = receipt {
            let wake = state.withLock { state in
                state.waiting += 1
                return state.wake
            }
            wake?()
        }
        return receipt
    }

    /// Notes why a request was not taken: an alarm and a count.
    func refuse(_ kind: Alarm.Kind, _ detail: String, at connection: String, now: Timestamp) {
        alarms.note(kind, detail, at: connection, now: now)
        tally?.refused(connection, reason: kind.rawValue)
    }

    /// Whom to wake when an event has come.
    func onArrival(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    /// Notes how many events await their use.
    func note(waiting: Int) { state.withLock { $0.waiting = waiting } }
}
