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
