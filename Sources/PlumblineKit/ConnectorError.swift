/// Why a connector could not deliver. The host decides what follows; connectors never retry by themselves.
///
/// Messages name the thing, the value seen and the value wanted. They never hold a secret.
public enum ConnectorError: Error, Sendable, Hashable {
    /// A person must edit the connection. Stops this connection; the host adds file, line and column of `field`.
    case settings(field: String, reason: String)
    /// The source refused us (credentials, scope). Stops this connection and tells IT.
    case refused(status: Int, hint: String)
    /// Try again, not before `retryAfter` when the source gave one.
    case unavailable(reason: String, retryAfter: Duration?)
    /// The answer is not in the documented form. Keeps the cursor, tells IT, does not guess.
    case unexpected(reason: String)
    /// The task was cancelled: nothing is wrong with source or settings, the cursor stays.
    case cancelled
}

extension ConnectorError: CustomStringConvertible {
    /// One line for logs and people.
    public var description: String {
        switch self {
        case .settings(let field, let reason): "setting '\(field)': \(reason)"
        case .refused(let status, let hint): "the source refused us with status \(status): \(hint)"
        case .unavailable(let reason, let retryAfter):
            "the source is unavailable: \(reason)" + (retryAfter.map { "; try again in \($0)" } ?? "")
        case .unexpected(let reason): "unexpected answer: \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
