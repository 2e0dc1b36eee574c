import PlumblineKit

/// Where a list of documents stands: behind the one with this time, and among those of this time this name.
struct ERPNextPlace: Hashable {
    /// With six digits behind the second, as if it were UTC.
    let time: Instant
    let name: String
}

/// A run over documents by the time of their last change, or, where all are read, by that of their making. Names may
/// change, and changed documents move to the end: nothing is lost or doubled before the place.
///
/// Before the walk begins it notes when a document last changed; one that changes during the walk has no earlier time
/// than that but where clocks were put back, and the next run, which begins there or before, meets it.
struct ERPNextWalk: Hashable {
    /// The step that is walked: a form, or what was deleted of it.
    let step: String
    /// Documents that changed earlier are left out; nil reads all.
    let from: Instant?
    /// Where the next run begins; nil where it reads everything.
    let until: Instant?
    /// The last document that was read; nil at the beginning.
    var place: ERPNextPlace?
}

/// What a cursor holds: where each step of the stream ended last, and the walk that is under way.
struct ERPNextState {
    /// The steps that have ended once, with the time where they begin next.
    private(set) var ended: [String: Instant?] = [:]
    var walk: ERPNextWalk?

    init(_ cursor: Cursor?) throws(ConnectorError) {
        guard let cursor else { return }
        let state = try cursor.state()
        guard let ended = state["ended"]?.object else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        for member in ended.members { self.ended[member.key] = .some(Self.time(member.value)) }
        guard let step = state["step"]?.string else { return }
        let place = Self.time(state["place"]).map { ERPNextPlace(time: $0, name: state["name"]?.string ?? "") }
        walk = ERPNextWalk(step: step, from: Self.time(state["from"]), until: Self.time(state["until"]), place: place)
    }

    private static func time(_ json: JSON?) -> Instant? { json?.string.flatMap { Instant(erpnext: $0) } }

    /// Notes that a walk is over.
    mutating func end(_ walk: ERPNextWalk) {
        ended[walk.step] = .some(walk.until)
        self.walk = nil
    }

    /// Where a walk may begin that follows an earlier one; nil for the first, and where all is read.
    func end(of step: String) -> Instant? { ended[step] ?? nil }

    /// Whether the step was walked before.
    func hasEnded(_ step: String) -> Bool { ended.keys.contains(step) }

    var cursor: Cursor {
        let ended = ended.sorted { $0.key < $1.key }.map { ($0.key, JSON.text($0.value?.erpnextText)) }
        var state: [(String, JSON)] = [("ended", .object(JSONObject(ended)))]
        if let walk {
            state += [
                ("step", .string(walk.step)), ("from", .text(walk.from?.erpnextText)),
                ("until", .text(walk.until?.erpnextText)), ("place", .text(walk.place?.time.erpnextText)),
                ("name", .text(walk.place?.name)),
            ]
        }
        return Cursor(.object(JSONObject(state)))
    }
}
