/// What a source answered: status, headers and the whole body, already decompressed.
public struct HTTPResponse: Sendable {
    /// The status code. From a guarded transport never 401, 403, 429 or 5xx: those are thrown.
    public let status: Int
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body.
    public let body: [UInt8]
    /// The address that answered, after redirects.
    public let url: String
    /// The verb that was answered.
    public let method: HTTPMethod
    /// What must not appear in a message about this answer.
    private let redaction: Redaction

    /// An answer. Tests and transports make these; `redaction` hides the request's credentials from messages.
    public init(
        status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [], url: String, method: HTTPMethod = .get,
        redaction: Redaction = Redaction()
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
        self.method = method
        self.redaction = redaction
    }

    /// Whether the status is in 200..<300.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The media type in lower case and without parameters, such as `application/json`; nil when none was named.
    public var mediaType: String? {
        headers["Content-Type"]?.split(separator: ";").first.map { $0.trimmingHTTPSpace().lowercased() }
    }

    /// The body as text; bytes that are not UTF-8 show as U+FFFD.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body's beginning on one line, without credentials, to be shown to a person.
    public func excerpt(_ characters: Int = 80) -> String {
        let size = max(characters, 0) * 4 + 512
        var start = Substring(String(decoding: body.prefix(size), as: UTF8.self))
        // The last word may be a credential that was cut in two, and so would not be recognised.
        if body.count > size, let space = start.lastIndex(where: \.isWhitespace) { start = start[..<space] }
        let words = redaction.conceal(String(start)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > characters ? words.prefix(characters) + "…" : words
    }

    /// `GET /REST/2.0/tickets`: method and path, without the query.
    public var summary: String {
        let path = (try? HTTPURL(url).path) ?? "?"
        return "\(method.rawValue) \(redaction.conceal(path))"
    }

    /// The body read as JSON, whatever media type the source names.
    ///
    /// - Throws: `ConnectorError.unexpected`, which names the request, what came instead (a login page, say) and its
    ///   first 80 characters.
    public func json() throws(ConnectorError) -> JSON {
        do {
            return try JSON.parse(body)
        } catch {
            throw .unexpected(reason: reasonItIsNotJSON(error))
        }
    }

    private func reasonItIsNotJSON(_ error: JSONSyntaxError) -> String {
        if body.isEmpty { return "expected JSON from \(summary), got an empty body with status \(status)" }
        let isNamedJSON = mediaType.map { $0.hasSuffix("json") } ?? false
        guard isNamedJSON, !excerpt().hasPrefix("<") else {
            return "expected JSON from \(summary), got \(mediaType ?? "no content type"): \(excerpt())"
        }
        return "broken JSON from \(summary) at line \(error.line), column \(error.column): "
            + redaction.conceal(error.message)
    }
}
