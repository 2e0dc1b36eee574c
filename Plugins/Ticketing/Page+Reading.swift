import PlumblineKit

extension Page {
    /// What `read` makes of `item`; nil where it is not of the documented shape, and then it is rejected.
    mutating func value<Value>(of item: JSON, _ read: (JSON) throws(JSONShapeError) -> Value) -> Value? {
        do throws(JSONShapeError) {
            return try read(item)
        } catch {
            let id = item["id"]?.scalarText ?? "without id"
            rejected.append(RejectedRecord(id: id, reason: error.reason, raw: item.bytes))
            return nil
        }
    }
}

extension JSON {
    /// The moment under `key`.
    func moment(at key: String) throws(JSONShapeError) -> Instant {
        guard let moment = Instant(rfc3339: try string(at: key)) else {
            throw JSONShapeError(reason: "'\(key)' is not a time such as 2026-01-05T00:10:00Z")
        }
        return moment
    }

    /// The text of a string or number that is not empty, as a text; null where there is none.
    static func filled(_ json: JSON?) -> JSON {
        guard let text = json?.scalarText, !text.isEmpty else { return .null }
        return .string(text)
    }
}
