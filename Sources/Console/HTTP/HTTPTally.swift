internal import Synchronization

/// How many clients were turned away before they had a request.
final class HTTPTally: Sendable {
    /// Why.
    enum Reason: String, CaseIterable, Sendable {
        /// What came is no request, or has two meanings.
        case malformed
        /// A header, a request or an answer took too long.
        case slow
    }

    private let counts = Mutex<[Reason: Int]>([:])

    func note(_ reason: Reason) { counts.withLock { $0[reason, default: 0] += 1 } }

    subscript(reason: Reason) -> Int { counts.withLock { $0[reason] ?? 0 } }
}
