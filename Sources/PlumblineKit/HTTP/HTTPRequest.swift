/// What a connector asks a source, as a value.
///
/// ```swift
/// let request = try HTTPRequest(
///     .get, at: settings[baseURL], path: ["tickets"], query: [("query", "id>0"), ("per_page", "100")],
///     headers: ["Authorization": "token \(settings[token].reveal())"])
/// let tickets = try await context.transport.send(request).json()
/// ```
public struct HTTPRequest: Sendable, Hashable {
    /// The verb.
    public var method: HTTPMethod
    /// The absolute address, percent-encoded.
    public var url: String
    /// The header fields. `Host`, `Content-Length` and `Accept-Encoding` are the transport's.
    public var headers: HTTPHeaders
    /// The body; nil sends none.
    public var body: [UInt8]?
    /// The most bytes of body to accept, when this answer must be smaller than the connection's own limit.
    public var responseLimit: Int?
    /// Whether the transport may send the request again after a failure. As the method says, unless set: a POST that
    /// only searches sets it to true.
    public var isIdempotent: Bool
    /// What this source writes into headers of its own when it cannot answer.
    public var sourceHeaders = SourceHeaders()

    /// A request to an address that is complete, such as a link found in an answer.
    public init(
        _ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
        responseLimit: Int? = nil, isIdempotent: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.responseLimit = responseLimit
        self.isIdempotent = isIdempotent ?? method.isIdempotent
    }

    /// A request to an address under `base`: path segments and query items are given as plain text and encoded here,
    /// so `/`, `@`, `>`, `&` and Chinese characters in them arrive as they are.
    ///
    /// - Throws: `ConnectorError.settings` for `base_url` when `base` is no http or https address.
    public init(
        _ method: HTTPMethod, at base: String, path: [String] = [], query: [(String, String)] = [],
        headers: HTTPHeaders = [:], body: [UInt8]? = nil, responseLimit: Int? = nil, isIdempotent: Bool? = nil
    ) throws(ConnectorError) {
        let url: HTTPURL
        do {
            url = try HTTPURL(base).appending(path, query: query)
        } catch {
            throw .settings(field: "base_url", reason: error.reason)
        }
        self.init(
            method, url.description, headers: headers, body: body, responseLimit: responseLimit,
            isIdempotent: isIdempotent)
    }
}

/// The headers of a source that say what others say in standard ones, or not at all.
public struct SourceHeaders: Sendable, Hashable {
    /// The header with the seconds to wait, where `Retry-After` is missing, such as `x-ogw-ratelimit-reset`.
    public var wait: String?
    /// The header by which the source's own people find a call, such as `X-Tt-Logid`; the host names it in errors.
    public var trace: String?

    /// Headers of these names; nil where the source has none.
    public init(wait: String? = nil, trace: String? = nil) {
        self.wait = wait
        self.trace = trace
    }

    /// How long a source asks to wait; nil where it does not say. `now` is in seconds since 1970.
    public func wait(in headers: HTTPHeaders, now: Int64) -> Duration? {
        (headers["Retry-After"] ?? wait.flatMap { headers[$0] }).flatMap { RetryAfter.wait($0, now: now) }
    }

    /// ` (X-Tt-Logid 2026…)`; empty where the answer has no such header, or one that is no plain mark.
    public func trace(in headers: HTTPHeaders) -> String {
        guard let trace, let mark = headers[trace], (1...128).contains(mark.utf8.count),
            mark.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "" }
        return " (\(trace) \(mark))"
    }
}
