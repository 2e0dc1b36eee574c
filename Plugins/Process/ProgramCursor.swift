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
    /// The key by which records were known, for people; nil where none was read yet.
    var keys: String?
    /// A hash of the files that decide how the program reads; nil where there are none.
    var files: String?

    init(state: JSON? = nil, page: Int = 0, keys: String? = nil, files: String? = nil) {
        self.state = state
        self.page = page
        self.keys = keys
        self.files = files
    }

    init(_ cursor: Cursor?) throws(ConnectorError) {
        guard let cursor else { return }
        let json = try cursor.state()
        state = json["state"]
        page = json["page"]?.int ?? 0
        keys = json["keys"]?.string
        files = json["files"]?.string
    }

    /// Where reading goes on with these files: at the beginning where they were others.
    func reading(with files: String?) -> ProgramCursor {
        let isOther = self.files != nil && self.files != files
        return ProgramCursor(state: isOther ? nil : state, page: page, keys: keys, files: files)
    }

    /// Throws where records of `stream` were known by another key: they would count twice.
    func checkKeys(_ present: RecordKeys?, of stream: String) throws(ConnectorError) {
        guard let keys, let present, present.text != keys else { return }
        throw .unexpected(
            reason:
                "the key of '\(stream)' was \(keys) and is \(present.text): its records would count twice. Name the old key "
                + "under 'keys', or give the stream another name and retire this one")
    }

    var cursor: Cursor {
        var object = JSONObject()
        object["state"] = state
        if page > 0 { object["page"] = .int(page) }
        object["keys"] = keys.map(JSON.string)
        object["files"] = files.map(JSON.string)
        return Cursor(.object(object))
    }
}

extension JSON {
    /// Whether a state is nested so deeply that a cursor with it could not be read again.
    var isDeeperThanStates: Bool { isDeeper(than: 100) }

    private func isDeeper(than depth: Int) -> Bool {
        switch self {
        case .array(let elements): depth == 0 || elements.contains { $0.isDeeper(than: depth - 1) }
        case .object(let object): depth == 0 || object.members.contains { $0.value.isDeeper(than: depth - 1) }
        default: false
        }
    }
}
