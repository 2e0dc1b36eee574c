import PlumblineKit

/// A run over surveys: of each what is new, by number, then what is read again because it may have been edited.
///
/// Numbers only grow and an edited answer keeps its own, so a page asks for what has a higher number than the last one that
/// was read: answers that are deleted meanwhile move nothing.
struct WjxWalk: Hashable {
    /// The highest number that was read of each survey.
    var marks: [String: Int]
    /// When recent answers were last read again.
    var reread: Instant
    /// The place inside the run; nil between two runs.
    var place: Place?

    struct Place: Hashable {
        /// Which of the surveys.
        var survey = 0
        /// The highest number that was read again; nil while new answers are read.
        var again: Int?
        /// Answers up to these were there when the run began, and may have been edited since.
        let known: [String: Int]
        /// Answers submitted since are read again; nil where this run reads none again.
        let since: Instant?
    }

    init(marks: [String: Int], reread: Instant, place: Place?) {
        (self.marks, self.reread, self.place) = (marks, reread, place)
    }

    /// The walk that a cursor tells of.
    init(_ cursor: Cursor) throws(ConnectorError) {
        let state = try cursor.state()
        guard let marks = state["marks"].flatMap(Self.numbers),
            let reread = state["reread"]?.string.flatMap({ Instant(rfc3339: $0) })
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        self.init(marks: marks, reread: reread, place: nil)
        guard let survey = state["survey"]?.int, let known = state["known"].flatMap(Self.numbers) else { return }
        place = Place(
            survey: survey, again: state["again"]?.int, known: known,
            since: state["since"]?.string.flatMap { Instant(rfc3339: $0) })
    }

    /// As the host stores it.
    var cursor: Cursor {
        var state: JSONObject = ["marks": Self.json(marks), "reread": .time(reread)]
        if let place {
            state["survey"] = .int(place.survey)
            state["again"] = place.again.map(JSON.int)
            state["known"] = Self.json(place.known)
            state["since"] = place.since.map { .time($0) }
        }
        return Cursor(.object(state))
    }

    private static func json(_ marks: [String: Int]) -> JSON {
        .object(JSONObject(marks.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))
    }

    private static func numbers(_ json: JSON) -> [String: Int]? {
        guard let members = json.object?.members else { return nil }
        return Dictionary(members.compactMap { member in member.value.int.map { (member.key, $0) } }) { first, _ in
            first
        }
    }
}
