public import PlumblineKit

/// One attempt of one request, for the log. Holds no credential.
public struct RequestLogEntry: Sendable, Hashable {
    /// The verb.
    public let method: HTTPMethod
    /// The address; values of query items that hold credentials are replaced by `***`.
    public let url: String
    /// The status; nil when no answer came.
    public let status: Int?
    /// Why no whole answer came.
    public let failure: String?
    /// From the moment the request could go to the last byte or the failure.
    public let milliseconds: Int
    /// 1 for the first.
    public let attempt: Int
}
