public import PlumblineKit

/// A request as the server sees it: taken apart and decoded.
public struct EmulatedRequest: Sendable, CustomStringConvertible {
    /// `GET` and the like.
    public let method: String
    /// The address as it was sent, percent-encoded.
    public let url: String
    /// The decoded path, which begins with a slash.
    public let path: String
    /// The decoded items of the query, in order.
    public let query: [(name: String, value: String)]
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body; empty where there is none.
    public let body: [UInt8]

    /// The parts of `request`.
    public init(_ request: HTTPRequest) {
        let parsed = try? HTTPURL(request.url)
        method = request.method.rawValue
        url = request.url
        path = parsed.flatMap { PercentEncoding.decode($0.path) } ?? request.url
        query = (parsed?.query?.split(separator: "&") ?? []).map { item in
            let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let texts = sides.map { PercentEncoding.decode($0) ?? String($0) }
            return (texts.first ?? "", texts.count > 1 ? texts[1] : "")
        }
        headers = request.headers
        body = request.body ?? []
    }

    /// The first value of the query item `name`; nil where there is none.
    public subscript(name: String) -> String? { query.first { $0.name == name }?.value }

    /// Method, path and query, all decoded.
    public var description: String {
        "\(method) \(path)?" + query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }
}
