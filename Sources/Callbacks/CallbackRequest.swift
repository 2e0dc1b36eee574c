public import PlumblineKit

/// A request as it came, before anybody believes it.
public struct CallbackRequest: Sendable {
    /// The verb.
    public let method: HTTPMethod
    /// The header lines.
    public let headers: HTTPHeaders
    /// The body's bytes, unchanged: most signatures are over them.
    public let body: [UInt8]
    let query: [(name: String, value: String)]

    /// A request with the query that stands behind the `?` of its address, still encoded.
    ///
    /// A `+` stays a plus: platforms send base64 in queries, and do not write spaces that way.
    ///
    /// - Throws: `CallbackRefusal.malformed` where an escape is broken.
    public init(
        method: HTTPMethod, query: String, headers: HTTPHeaders, body: [UInt8]
    ) throws(CallbackRefusal) {
        self.method = method
        self.headers = headers
        self.body = body
        self.query = try Self.items(of: query)
    }

    private static func items(of query: String) throws(CallbackRefusal) -> [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "")
            else { throw .malformed(.query, wanted: .percentEncoding) }
            items.append((name, value))
        }
        return items
    }
}

extension CallbackRequest {
    /// The value of the first parameter of the address by this name; nil where there is none.
    public func parameter(named name: String) -> String? { query.first { $0.name == name }?.value }
}

/// Reading parts that must be there once.
extension CallbackRequest {
    /// The one value under the header `name`.
    func header(_ name: String, limit: Int = 4096) throws(CallbackRefusal) -> String {
        let part = CallbackPart.header(name)
        guard let value = try optionalHeader(name, limit: limit) else { throw .missing(part) }
        return value
    }

    /// The one value under the header `name`, or nil where it is absent.
    func optionalHeader(_ name: String, limit: Int = 512) throws(CallbackRefusal) -> String? {
        try Self.single(headers.values(of: name), .header(name), limit: limit)
    }

    /// The one value of a query under the first of `names` that is there.
    func parameter(_ names: String..., limit: Int = 512) throws(CallbackRefusal) -> String {
        for name in names {
            let values = query.filter { $0.name == name }.map(\.value)
            if let value = try Self.single(values, .parameter(name), limit: limit) { return value }
        }
        throw .missing(.parameter(names[0]))
    }

    private static func single(
        _ values: [String], _ part: CallbackPart, limit: Int
    ) throws(CallbackRefusal) -> String? {
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw .repeated(part) }
        guard value.utf8.count <= limit else { throw .oversize(part, limit: limit) }
        return value.isEmpty ? nil : value
    }
}
