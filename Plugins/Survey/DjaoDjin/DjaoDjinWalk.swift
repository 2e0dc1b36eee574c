import PlumblineKit

/// A run over responses, ascending by the time when they were begun.
///
/// The server does not tell when a response was handed in: what was begun and not handed in when a run began is
/// remembered, by its pseudonym, until a later run finds that it was.
struct DjaoDjinWalk: Hashable {
    /// Responses begun earlier are left out, but for those in `known`; nil reads all.
    let from: Instant?
    /// The newest response when the run began.
    let until: Instant
    /// What the run before found begun and not handed in.
    let known: Set<String>
    /// What this run found so.
    let waiting: Set<String>
    /// The last response that was read.
    var place: DjaoDjinPlace?

    /// Whether the run is to read a response.
    func reads(_ response: DjaoDjinResponse) -> Bool {
        guard response.isHandedIn, place.map({ response.place > $0 }) ?? true else { return false }
        // One that was open when the run began is the next run's, whenever it was handed in meanwhile.
        guard response.begun <= until, !waiting.contains(response.id) else { return false }
        return from.map { response.begun >= $0 } ?? true || known.contains(response.id)
    }
}

extension DjaoDjinWalk {
    /// What a cursor says.
    enum State {
        case inside(DjaoDjinWalk)
        case ended(until: Instant, waiting: Set<String>)

        init(_ cursor: Cursor) throws(ConnectorError) {
            let state = try cursor.state()
            guard let until = state["until"]?.string.flatMap({ Instant(rfc3339: $0) }),
                let waiting = state["waiting"]?.array.map({ Set($0.compactMap(\.string)) })
            else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
            guard let begun = state["begun"]?.string.flatMap({ Instant(rfc3339: $0) }), let id = state["id"]?.string
            else {
                self = .ended(until: until, waiting: waiting)
                return
            }
            self = .inside(
                DjaoDjinWalk(
                    from: state["from"]?.string.flatMap { Instant(rfc3339: $0) }, until: until,
                    known: Set(state["known"]?.array?.compactMap(\.string) ?? []), waiting: waiting,
                    place: DjaoDjinPlace(begun: begun, id: id)))
        }
    }

    /// A place inside the run.
    var cursor: Cursor {
        Cursor([
            "from": .time(from), "until": .time(until), "known": Self.list(known), "waiting": Self.list(waiting),
            "begun": .time(place?.begun), "id": .text(place?.id),
        ])
    }

    /// The end of the run.
    var endCursor: Cursor { Cursor(["until": .time(until), "waiting": Self.list(waiting)]) }

    private static func list(_ ids: Set<String>) -> JSON { .array(ids.sorted().map(JSON.string)) }
}
