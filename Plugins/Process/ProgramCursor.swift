import PlumblineKit

/// Where a stream stands: the program's own state, and how many pages came behind it.
///
/// A program cannot go on in the middle of its output. A run that died begins with the state again, so that the records
/// behind it are read once more; their number only keeps cursors of one run apart.
struct ProgramCursor: Sendable, Hashable {
    /// What the program is given to go on from, as it said it; nil for the beginning.
    var state: JSON?
    /// How many pages of an unfinished run came so far; 0 once the program has ended well.
    var page = 0

    init(state: JSON? = nil, page: Int = 0) {
        self.state = state
        self.page = page
    }

    init(_ cursor: Cursor?) throws(ConnectorError) {
        guard let cursor else { return }
        let json = try cursor.state()
        state = json["state"]
        page = json["page"]?.int ?? 0
    }

    var cursor: Cursor {
        var object = JSONObject()
        object["state"] = state
        if page > 0 { object["page"] = .int(page) }
        return Cursor(.object(object))
    }
}
