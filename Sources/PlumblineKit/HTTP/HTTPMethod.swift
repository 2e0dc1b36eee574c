/// The verb of an HTTP request.
public enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case options = "OPTIONS"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether sending the request twice has the same effect as sending it once (RFC 9110, section 9.2.2).
    ///
    /// A transport repeats only such requests. A POST that merely searches says so with
    /// ``HTTPRequest/isIdempotent``.
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .options, .put, .delete: true
        case .post, .patch: false
        }
    }
}
