import PlumblineKit

/// A run along a mark. Each query begins with the last value that was read, so that rows which change meanwhile move
/// nothing; what was seen of that value is left out where it comes again unchanged.
///
/// Where an answer holds one value alone, the rest of it is behind the server's link. Rows may shift between such answers:
/// the value is read again until it gives nothing new.
struct SAPWalk: Hashable {
    /// The field of the mark, which a stored cursor must be of.
    let field: String
    /// When the run began. Marks behind it are to come.
    let started: Instant
    /// Where the next query begins; nil reads all.
    var floor: String?
    /// Where the next run begins: the highest mark that was not to come.
    var until: String?
    /// The rows of `floor` that were read, as hashes.
    var seen: [String] = []
    /// The server's link to the rest of `floor`.
    var link: String?
    /// How many rows the last query gave so far, those behind its links included.
    var given = 0
    /// Whether the value of `floor` gave something new since it was begun.
    var isNew = false
    /// Whether the last link was over.
    var isBroken = false
    /// Whether nothing was asked yet.
    var isFirst = true
    /// Whether the server told where a list ends: how many there are, or a link to the rest.
    var isCounted = false
    /// Whether a mark to come was told.
    var isTold = false

    /// What a stored cursor says; nil for one of another mark.
    enum State {
        case inside(SAPWalk)
        case ended(until: String?)

        init?(_ cursor: Cursor, field: String) throws(ConnectorError) {
            let state = try cursor.state()
            guard let kept = state["field"]?.string else {
                throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
            }
            guard kept == field else { return nil }
            guard let started = state["started"]?.string.flatMap({ Instant(rfc3339: $0) }) else {
                self = .ended(until: state["until"]?.string)
                return
            }
            self = .inside(
                SAPWalk(
                    field: field, started: started, floor: state["floor"]?.string, until: state["until"]?.string,
                    seen: (state["seen"]?.array ?? []).compactMap(\.string), link: state["link"]?.string,
                    given: state["given"]?.int ?? 0,
                    isNew: state["new"]?.bool ?? false, isBroken: state["broken"]?.bool ?? false, isFirst: false,
                    isCounted: state["counted"]?.bool ?? false, isTold: state["told"]?.bool ?? false))
        }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor([
            "field": .string(field), "started": .time(started), "floor": .text(floor), "until": .text(until),
            "seen": .array(seen.map(JSON.string)), "link": .text(link), "given": .int(given), "new": .bool(isNew),
            "broken": .bool(isBroken), "counted": .bool(isCounted), "told": .bool(isTold),
        ])
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["field": .string(field), "until": .text(until)]) }
}

extension JSON {
    /// A hash of the value without links (FNV-1a, 64 bits), which is the same in every run.
    var fingerprint: String {
        let hash = withoutLinks.bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 36)
    }

    /// What stands in an entity, without links to the rest of its items: their tokens are new in each answer.
    private var withoutLinks: JSON {
        if let array { return .array(array.map(\.withoutLinks)) }
        guard let object else { return self }
        let members = object.members.filter { !$0.key.isLink }
        return .object(JSONObject(members.map { ($0.key, $0.value.withoutLinks) }))
    }
}

extension String {
    /// Whether a member of this name leads elsewhere, or describes the answer.
    fileprivate var isLink: Bool { self == "__next" || self == "__metadata" || hasSuffix("@odata.nextLink") }
}
