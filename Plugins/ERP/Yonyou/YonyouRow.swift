import PlumblineKit

/// What is kept of a row: the fields that the list names. Other fields of people never leave this.
struct YonyouRow: Hashable, Sendable {
    /// Nil where the row has none.
    let id: String?
    /// When it last changed; nil where the row does not tell, or the list is read whole.
    let changed: Instant?
    private let fields: JSONObject

    init(_ row: JSON, of list: YonyouList, clock: YonyouClock) {
        let kept = (row.object?.members ?? []).filter { list.kept.contains($0.key) }
        fields = JSONObject(kept.map { ($0.key, $0.value) })
        let whole = JSON.object(fields)
        id = whole.yonyouField(list.idField)?.scalarText.flatMap { $0.isEmpty ? nil : $0 }
        changed = list.window == .none ? nil : clock.changed(whole.yonyouField(list.changedField))
    }

    /// The value of a field; nil where the row has none.
    func value(of field: String) -> JSON? { JSON.object(fields).yonyouField(field) }

    /// What is kept, for people who look at a row that cannot be read.
    var raw: [UInt8] { JSON.object(fields).bytes }
}

extension JSON {
    /// The value under a name, or under names joined by points, one within the other. A list on the way must have one
    /// element: of several nobody knows which is meant.
    fileprivate func yonyouField(_ name: String) -> JSON? {
        if let value = self[name] { return value }
        guard let point = name.firstIndex(of: ".") else { return nil }
        guard let outer = self[String(name[..<point])] else { return nil }
        let inner = outer.array.flatMap { $0.count == 1 ? $0[0] : nil } ?? outer
        return inner.yonyouField(String(name[name.index(after: point)...]))
    }

    /// A value as records hold it: times with their offset, texts without space around, of a text in several languages the
    /// simplified Chinese one; null for empty texts.
    func yonyouValue(of field: String, clock: YonyouClock) throws(JSONShapeError) -> JSON {
        switch self {
        case .null, .bool, .number: return self
        case .string(let text):
            if let time = clock.recordText(of: text) { return .string(time) }
            let words = text.trimmingPrefix { $0.isWhitespace }
            let end = words.lastIndex { !$0.isWhitespace }
            return end.map { .string(String(words[...$0])) } ?? .null
        case .object:
            guard let text = self["zh_CN"], text.string != nil else { break }
            return try text.yonyouValue(of: field, clock: clock)
        case .array: break
        }
        throw JSONShapeError(reason: "expected a value at '\(field)', got \(kind)")
    }
}
