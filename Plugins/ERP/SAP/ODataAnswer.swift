import PlumblineKit

/// A list of entities, as far as the server gave it in one answer.
struct ODataAnswer {
    let rows: [JSON]
    /// Where the rest is, as the server says it; nil at the end.
    let next: String?
    /// How many there are in all; nil where the server does not say.
    let count: Int?

    /// V2 `{"d":{"results":[…],"__next":…,"__count":"2"}}`, or `{"d":[…]}` as old services say it; V4 `{"value":[…]}`.
    init(_ json: JSON, _ version: ODataVersion) throws(JSONShapeError) {
        switch version {
        case .v2:
            guard let list = json["d"] else { throw JSONShapeError(reason: "the answer has no member 'd', as V2 has") }
            rows = try list.members(of: "results")
            next = try Self.link(list["__next"])
            count = list["__count"]?.wholeNumber
        case .v4:
            rows = try json.array(at: "value")
            next = try Self.link(json["@odata.nextLink"])
            count = json["@odata.count"]?.wholeNumber
        }
        if let row = rows.first(where: { $0.object == nil }) {
            throw JSONShapeError(reason: "expected an entity in the list, got \(row.kind)")
        }
    }

    fileprivate static func link(_ json: JSON?) throws(JSONShapeError) -> String? {
        guard let json, !json.isNull else { return nil }
        guard let text = json.string, !text.isEmpty else {
            throw JSONShapeError(reason: "expected an address of the next entities, got \(json.kind)")
        }
        return text
    }
}

/// What stands in an entity in the place of what it leads to.
struct ODataExpansion {
    let rows: [JSON]
    /// Where they are, or the rest of them; nil where all are here.
    let rest: String?

    /// V2 `{"results":[…]}` or `{"__deferred":{"uri":…}}`; V4 a list, perhaps with `Items@odata.nextLink` beside it.
    init(_ navigation: String, of row: JSON) throws(JSONShapeError) {
        guard let value = row[navigation] else {
            throw JSONShapeError(reason: "the server did not expand '\(navigation)'")
        }
        if let uri = value["__deferred"]?["uri"] {
            rows = []
            rest = try ODataAnswer.link(uri)
        } else {
            rows = try value.members(of: "results")
            rest = try ODataAnswer.link(value["__next"] ?? row["\(navigation)@odata.nextLink"])
        }
    }
}

/// What a server complains of: its code and its words.
enum ODataFault {
    /// V2 `{"error":{"code":…,"message":{"value":…},"innererror":{"errordetails":[…]}}}`, V4 with a plain message and
    /// `details`; nil for other text, and for what was cut off.
    static func words(in text: String) -> String? {
        guard let error = (try? JSON.parse(Array(text.utf8)))?["error"], error.object != nil else { return nil }
        let message = error["message"]?["value"]?.string ?? error["message"]?.string ?? "no words"
        let details = error["innererror"]?["errordetails"]?.array ?? error["details"]?.array ?? []
        let further = details.compactMap { $0["message"]?.string }.filter { $0 != message && !$0.isEmpty }
        let code = error["code"]?.scalarText.map { "\($0): " } ?? ""
        let all = code + ([message] + further.prefix(3)).joined(separator: "; ")
        return String(all.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(300))
    }
}

extension JSON {
    /// The elements of a list that stands alone, or under `key`.
    fileprivate func members(of key: String) throws(JSONShapeError) -> [JSON] {
        if let array { return array }
        return try array(at: key)
    }

    /// A whole number, or the text of one, as V2 writes them.
    fileprivate var wholeNumber: Int? { scalarText.flatMap { Int($0) } }
}
