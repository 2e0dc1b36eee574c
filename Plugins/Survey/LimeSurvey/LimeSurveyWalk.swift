import PlumblineKit

/// A run over surveys: of each the responses that were incomplete when it was last read, then what is new, by number.
///
/// Numbers follow the start of a response, so one may be handed in long after others with higher numbers: those that were
/// found incomplete are remembered. A page asks for a range of numbers, so what comes and goes meanwhile moves nothing.
struct LimeSurveyWalk: Hashable {
    /// What is known of a survey's responses.
    struct Mark: Hashable {
        /// The highest number that was read.
        var top = 0
        /// Numbers up to it that were incomplete.
        var open: Set<Int> = []
        /// What its questions and their scores were, as a hash.
        var form: String?
    }

    struct Place: Hashable {
        let survey: String
        /// The next number to read.
        var from: Int
        /// The highest number that was known when the run came to this survey.
        let known: Int
        /// Whether responses are told that were complete before.
        var again = false
    }

    var marks: [String: Mark] = [:]
    /// When responses were last read again.
    var reread: Instant
    /// Whether this run reads recent responses again that were complete before.
    var again = false
    /// The place inside the run; nil between two runs.
    var place: Place?

    init(reread: Instant) {
        self.reread = reread
    }

    /// Goes on to a survey, or ends the run.
    mutating func enter(_ survey: String?, lookBack: Int) {
        place = survey.map { survey in
            let mark = marks[survey] ?? Mark()
            let fresh = mark.top + 1
            let earliest = again ? max(1, fresh - lookBack) : fresh
            let from = min(earliest, mark.open.min() ?? earliest)
            return Place(survey: survey, from: from, known: mark.top, again: again)
        }
    }

    /// Notes what the survey's questions are. Where they are others than those that responses were read by, all of its
    /// responses are read again.
    mutating func read(by form: String) {
        guard let place else { return }
        var mark = marks[place.survey] ?? Mark()
        guard mark.form != form else { return }
        mark.form = form
        marks[place.survey] = mark
        if mark.top > 0 { self.place = Place(survey: place.survey, from: 1, known: mark.top, again: true) }
    }

    /// Notes that there is nothing from the place on.
    mutating func leave() {
        guard let place else { return }
        var mark = marks[place.survey] ?? Mark()
        mark.open = mark.open.filter { $0 < place.from }
        marks[place.survey] = mark
    }

    /// Whether a response that was handed in is to be told.
    func tells(_ number: Int) -> Bool {
        guard let place, !place.again, number <= place.known else { return true }
        return marks[place.survey]?.open.contains(number) == true
    }

    /// Notes that all numbers from the place up to `last` were read, and what was there.
    mutating func pass(_ last: Int, numbers: [Int], open: [Int], lookBack: Int) {
        guard var place else { return }
        var mark = marks[place.survey] ?? Mark()
        mark.open = mark.open.filter { $0 < place.from || $0 > last }.union(open)
        mark.top = max(mark.top, numbers.max() ?? 0)
        mark.open = mark.open.filter { $0 > mark.top - lookBack }
        marks[place.survey] = mark
        place.from = last + 1
        if !place.again, last < place.known {
            place.from = mark.open.filter { $0 > last && $0 <= place.known }.min() ?? place.known + 1
        }
        self.place = place
    }
}

// MARK: - Cursor

extension LimeSurveyWalk {
    /// The walk that a cursor tells of.
    init(_ cursor: Cursor) throws(ConnectorError) {
        let state = try cursor.state()
        guard let surveys = state["surveys"]?.object, let reread = state["reread"]?.string,
            let moment = Instant(rfc3339: reread)
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        self.init(reread: moment)
        for member in surveys.members {
            let open = member.value["open"]?.array?.compactMap(\.int) ?? []
            marks[member.key] = Mark(
                top: member.value["top"]?.int ?? 0, open: Set(open), form: member.value["form"]?.string)
        }
        guard let survey = state["survey"]?.string, let from = state["from"]?.int, let known = state["known"]?.int
        else { return }
        again = state["again"]?.bool ?? false
        place = Place(survey: survey, from: from, known: known, again: state["all"]?.bool ?? again)
    }

    /// As the host stores it.
    var cursor: Cursor {
        let surveys = marks.sorted { $0.key < $1.key }.map { survey, mark -> (String, JSON) in
            let open = JSON.array(mark.open.sorted().map(JSON.int))
            return (survey, ["top": .int(mark.top), "open": open, "form": .text(mark.form)])
        }
        var state: JSONObject = ["surveys": .object(JSONObject(surveys)), "reread": .time(reread)]
        if let place {
            state["survey"] = .string(place.survey)
            state["from"] = .int(place.from)
            state["known"] = .int(place.known)
            state["again"] = .bool(again)
            state["all"] = .bool(place.again)
        }
        return Cursor(.object(state))
    }
}
