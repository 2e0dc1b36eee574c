import PlumblineKit

/// A run over approvals: first the windows of submission, template by template, then those that were open and did not
/// come with a window.
///
/// A window is asked for with a second more on both sides than it has, and approvals are kept by their own time: whether
/// the edges belong to it is not told. So it is shorter than the 31 days that WeCom allows.
struct WeComApprovalWalk: Hashable {
    /// Seconds of a window.
    static let windowLength: Int64 = 30 * 86_400

    /// Where the present window begins, in seconds since 1970.
    private(set) var start: Int64
    /// Where the last window ends, and the next run begins but for what it reads again.
    let until: Int64
    /// The number of the template that is read.
    private(set) var template = 0
    /// WeCom's cursor within the window.
    private(set) var place = ""
    /// Open ones of the run before that did not come yet.
    private(set) var open: Set<String>
    /// Those that are open now.
    private(set) var next: Set<String> = []
    /// Since when an approval could not be read, in seconds since 1970.
    private(set) var failing: [String: Int64] = [:]

    var end: Int64 { min(start + Self.windowLength, until) }
    var hasWindow: Bool { start < until }
    var isAtEnd: Bool { !hasWindow && open.isEmpty }

    /// Whether an approval that the present window listed comes with the one beside it: it lies just beyond an edge. One
    /// that lies further off is listed by another time than its own, and comes here.
    func isBeside(_ moment: Instant) -> Bool {
        let second = moment.microseconds / 1_000_000
        return (start - 2..<start).contains(second) || (end...end + 2).contains(second)
    }

    /// Notes what was read of an approval.
    mutating func note(_ number: String, isOpen: Bool) {
        open.remove(number)
        failing[number] = nil
        if isOpen { next.insert(number) } else { next.remove(number) }
    }

    /// Notes that an approval could not be read: until that has lasted for `patience` seconds it is followed as an open one
    /// is. Whether it still is.
    mutating func noteFailure(_ number: String, patience: Int64) -> Bool {
        let first = failing[number] ?? until
        let isFollowed = until - first < patience
        note(number, isOpen: isFollowed)
        if isFollowed { failing[number] = first }
        return isFollowed
    }

    /// Takes the next open ones out to be read.
    mutating func takeOpen(_ count: Int) -> [String] {
        let taken = Array(open.sorted().prefix(count))
        open.subtract(taken)
        return taken
    }

    /// Moves on within the window, or to the next template or window.
    mutating func move(to place: String?, of templates: Int) {
        self.place = place ?? ""
        guard place == nil else { return }
        template += 1
        if template >= templates { (template, start) = (0, end) }
    }

    /// Gives up the oldest of the open ones beyond `limit`; how many.
    mutating func forgetOldest(beyond limit: Int) -> Int {
        let numbers = next.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        next = Set(numbers.suffix(limit))
        return numbers.count - next.count
    }
}

extension WeComApprovalWalk {
    /// The walk that goes on where a stored one stopped, or the one behind a stored end.
    init(after cursor: Cursor?, since: Int64, recheck: Int64, now: Instant) throws(ConnectorError) {
        let now = now.microseconds / 1_000_000
        guard let cursor else {
            (start, until, open) = (min(since, now), now, [])
            return
        }
        let state = try cursor.state()
        guard let until = state["until"]?.int, let open = state["open"]?.array?.compactMap(\.string) else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        self.open = Set(open)
        if let start = state["start"]?.int, let template = state["template"]?.int, let place = state["place"]?.string,
            let next = state["next"]?.array?.compactMap(\.string)
        {
            (self.start, self.until, self.template, self.place) = (Int64(start), Int64(until), template, place)
            self.next = Set(next)
            failing = Self.failing(state)
        } else {
            self.until = max(now, Int64(until))
            start = min(max(Int64(until) - recheck, since), self.until)
            failing = Self.failing(state)
        }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor([
            "start": .int(Int(start)), "until": .int(Int(until)), "template": .int(template), "place": .string(place),
            "open": Self.list(open), "next": Self.list(next), "failing": failures,
        ])
    }

    /// The end of the walk.
    var endCursor: Cursor {
        Cursor(["until": .int(Int(until)), "open": Self.list(next), "failing": failures])
    }

    private var failures: JSON {
        let kept = failing.filter { open.contains($0.key) || next.contains($0.key) }.sorted { $0.key < $1.key }
        return .object(JSONObject(kept.map { ($0.key, .int(Int($0.value))) }))
    }

    private static func failing(_ state: JSON) -> [String: Int64] {
        let members = state["failing"]?.object?.members ?? []
        return Dictionary(members.compactMap { one in one.value.int.map { (one.key, Int64($0)) } }) { $1 }
    }

    private static func list(_ numbers: Set<String>) -> JSON { .array(numbers.sorted().map(JSON.string)) }
}
