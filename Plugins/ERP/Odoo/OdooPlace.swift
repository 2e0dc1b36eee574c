import PlumblineKit

/// Where a stream stands: in one of its models, at a record; or behind the end of a run.
///
/// Records come by their number, which never changes, so that no page is skipped or doubled whatever happens meanwhile. Times
/// would not do: the server keeps them finer than it tells them, and one transaction gives many records the same. Before a
/// walk begins it notes when a record last changed; one that changes during the walk has no earlier time than that, and the
/// next run, which begins there, meets it.
struct OdooPlace: Hashable {
    /// A walk over one model.
    struct Walk: Hashable {
        let model: String
        /// Records that changed earlier are left out; nil reads all.
        var from: Instant?
        /// Where the next run begins; nil where nothing has changed yet.
        var until: Instant?
        /// The last record that was read.
        var last = 0
        /// Whether `from` and `until` are set.
        var isBegun = false
    }

    /// Where runs over models ended.
    var ends: [String: Instant?] = [:]
    /// Nil behind the end of a run.
    var walk: Walk?

    /// What a stored cursor says; nil starts at the beginning.
    init(_ cursor: Cursor?) throws(ConnectorError) {
        guard let cursor else { return }
        let state = try cursor.state()
        guard let ends = state["ends"]?.object else { throw Self.foreign }
        for end in ends.members { self.ends[end.key] = try Self.moment(end.value) }
        guard let stored = state["walk"] else { return }
        guard let model = stored["model"]?.string, let last = stored["last"]?.int else { throw Self.foreign }
        walk = Walk(
            model: model, from: try Self.moment(stored["from"] ?? .null),
            until: try Self.moment(stored["until"] ?? .null),
            last: last, isBegun: stored["until"] != nil)
    }

    /// What the host stores.
    var cursor: Cursor {
        var state: JSONObject = [
            "ends": .object(JSONObject(ends.sorted { $0.key < $1.key }.map { ($0.key, .time($0.value)) }))
        ]
        if let walk {
            var stored: JSONObject = ["model": .string(walk.model), "last": .int(walk.last)]
            if walk.isBegun { (stored["from"], stored["until"]) = (.time(walk.from), .time(walk.until)) }
            state["walk"] = .object(stored)
        }
        return Cursor(.object(state))
    }

    static let foreign = ConnectorError.unexpected(
        reason: "the stored cursor is not one of this stream; reset it to read anew")

    private static func moment(_ value: JSON) throws(ConnectorError) -> Instant? {
        if value.isNull { return nil }
        guard let moment = value.string.flatMap({ Instant(rfc3339: $0) }) else { throw foreign }
        return moment
    }
}
