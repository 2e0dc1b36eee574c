package import PlumblineKit

/// A call of the open platform, and what is kept of its answer.
package struct FeishuCall: Sendable {
    /// The path behind `/open-apis/`, with names of places in it: `okr/v1/users/:user_id/okrs`. It names the call in
    /// messages, so that they name nobody.
    package let route: String
    let method: HTTPMethod
    let places: [String: String]
    package var query: [(String, String)]
    let body: JSON?
    let mask: JSON

    /// A call that reads; `mask` says what is kept of `data`, as ``PlumblineKit/JSON/kept(_:)`` does.
    package static func get(
        _ route: String, _ places: [String: String] = [:], query: [(String, String)] = [], keeping mask: JSON
    ) -> FeishuCall {
        FeishuCall(route: route, method: .get, places: places, query: query, body: nil, mask: mask)
    }

    /// A call that reads by POST, and may be sent again.
    package static func post(
        _ route: String, query: [(String, String)] = [], body: JSON, keeping mask: JSON
    ) -> FeishuCall {
        FeishuCall(route: route, method: .post, places: [:], query: query, body: body, mask: mask)
    }

    /// What the platform writes into headers of its own.
    static let headers = SourceHeaders(wait: "x-ogw-ratelimit-reset", trace: "X-Tt-Logid")

    func request(to base: String, token: String?) throws(ConnectorError) -> HTTPRequest {
        let path = route.split(separator: "/").map(String.init).map { part in
            part.hasPrefix(":") ? places[String(part.dropFirst())] ?? part : part
        }
        var headers: HTTPHeaders = ["Accept": "application/json"]
        headers["Authorization"] = token.map { "Bearer \($0)" }
        if body != nil { headers["Content-Type"] = "application/json; charset=utf-8" }
        var request = try HTTPRequest(
            method, at: base, path: ["open-apis"] + path, query: query, headers: headers, body: body?.bytes,
            isIdempotent: true)
        request.sourceHeaders = Self.headers
        return request
    }
}

extension JSON {
    /// The value with nothing but what `mask` names: `true` keeps texts, numbers, truth values and lists of them, an
    /// object keeps its members, a list of one mask keeps what that keeps of each element.
    ///
    /// Positions, devices, photos, remarks and whatever else an answer holds ends here, before anything reads it.
    package func kept(_ mask: JSON) -> JSON {
        switch (mask, self) {
        case (.bool, .object): .null
        case (.bool, .array(let elements)): .array(elements.filter { $0.object == nil && $0.array == nil })
        case (.bool, _): self
        case (.array(let masks), .array(let elements)): .array(elements.map { $0.kept(masks.first ?? .null) })
        case (.object(let masks), .object(let object)):
            .object(
                JSONObject(
                    masks.members.compactMap { mask in object[mask.key].map { (mask.key, $0.kept(mask.value)) } }))
        default: .null
        }
    }

    /// The moment of milliseconds since 1970, in a number or text; nil for anything else, and for 0, which is none.
    package var feishuMilliseconds: Instant? { moment(microseconds: 1000) }

    /// The moment of seconds since 1970, in a number or text; nil for anything else, and for 0, which is none.
    package var feishuSeconds: Instant? { moment(microseconds: 1_000_000) }

    private func moment(microseconds unit: Int64) -> Instant? {
        guard let count = scalarText.flatMap({ Int64($0) }), count > 0 else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : Instant(microseconds: product)
    }

    /// The text or number under `key`; nil where it is missing or empty: what the app has no scope for is missing.
    package func filled(_ key: String) -> String? {
        guard let text = self[key]?.scalarText, !text.isEmpty else { return nil }
        return text
    }
}
