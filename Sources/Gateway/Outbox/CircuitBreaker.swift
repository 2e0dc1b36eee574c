internal import Expressions
internal import ReviewStore

/// Spares a receiver that fails again and again: after some failures in a row nothing is sent for a while, then one
/// message; if that fails too, nothing for twice as long.
///
/// A value that is told what happens and says what to do. What it knows is kept in ``SinkState``, so that all processes
/// share it.
struct CircuitBreaker: Sendable, Hashable {
    enum Event: Sendable {
        /// Something is to be sent.
        case asked
        case succeeded
        case failed
    }

    enum Action: Sendable, Hashable {
        /// Messages may be sent.
        case pass
        /// One message may be sent, to see whether the receiver works again.
        case probe
        /// Nothing may be sent before this moment.
        case wait(until: Timestamp)
    }

    /// So many failures in a row open the circuit.
    static let limit = 5
    /// For how long it is open first.
    static let firstPause: Duration = .seconds(60)
    /// For how long it is open at most.
    static let longestPause: Duration = .seconds(30 * 60)

    private(set) var failures: Int
    private(set) var openings: Int
    private(set) var openUntil: Timestamp?

    init(_ state: SinkState) { (failures, openings, openUntil) = (state.failures, state.openings, state.openUntil) }

    mutating func handle(_ event: Event, at now: Timestamp) -> Action {
        switch event {
        case .asked: break
        case .succeeded: (failures, openings, openUntil) = (0, 0, nil)
        case .failed:
            failures += 1
            if openUntil != nil || failures >= Self.limit { open(at: now) }
        }
        guard let openUntil else { return .pass }
        return openUntil > now ? .wait(until: openUntil) : .probe
    }

    private mutating func open(at now: Timestamp) {
        // Doubled no more than it takes to reach the longest.
        let pause = min(Self.firstPause * (1 << min(openings, 5)), Self.longestPause)
        openUntil = now + pause
        openings += 1
    }

    /// Puts what it knows into a sink's state.
    func note(in state: inout SinkState) {
        (state.failures, state.openings, state.openUntil) = (failures, openings, openUntil)
    }
}
