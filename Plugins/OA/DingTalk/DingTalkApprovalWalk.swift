import PlumblineKit

/// A run over the approvals that were asked for since the last one, process by process and window by window, and then over
/// those that are followed to their end.
struct DingTalkApprovalWalk: Hashable {
    /// The processes of the runs before; others are read from the beginning.
    let old: Set<String>
    /// Where the run before ended; nil before the first run's end.
    let from: Instant?
    /// The moment at which the run began: what is asked for later is the next run's.
    let until: Instant
    /// What the run before followed and this one has not read yet: process by instance.
    var known: [String: String]
    /// What the next run is to read again.
    var followed: [String: String] = [:]
    /// When those of them that have ended did.
    var ended: [String: Instant] = [:]
    /// The window that is being read; nil where windows are done.
    var window: Window?

    /// A part of the time in which instances of a process were created.
    struct Window: Hashable {
        let process: String
        var start: Instant
        /// The last moment that belongs to it.
        var end: Instant
        /// The last instance of it that was read.
        var place = ""
    }

    static let longestWindow = 30 * 86_400

    /// The window that begins at a moment and ends with the run, or as late as one may.
    func window(of process: String, from start: Instant) -> Window {
        let longest = start.advanced(bySeconds: Self.longestWindow)
        return Window(
            process: process, start: start, end: min(until, Instant(microseconds: longest.microseconds - 1000)))
    }
}

// MARK: - Following

extension DingTalkApprovalWalk {
    /// Notes an instance that the next run is to read again; `end` is nil where it is open.
    ///
    /// An open one takes the place of the one that ended first; false where there is none for it among `most`.
    mutating func follow(_ id: String, of process: String, end: Instant?, most: Int) -> Bool {
        if followed.count >= most {
            guard end == nil, let first = ended.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key else {
                return false
            }
            (followed[first], ended[first]) = (nil, nil)
        }
        (followed[id], ended[id]) = (process, end)
        return true
    }
}

// MARK: - Cursors

extension DingTalkApprovalWalk {
    /// The walk that goes on where a stored one stopped, or the one behind a stored end.
    static func resumed(after cursor: Cursor?, now: Instant) throws(ConnectorError) -> (walk: Self, isNew: Bool) {
        guard let cursor else { return (Self(old: [], from: nil, until: now, known: [:]), true) }
        let state = try cursor.state()
        guard let until = state["until"]?.string.flatMap({ Instant(rfc3339: $0) }), let old = state["processes"]?.array
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        let followed = ids(state["followed"])
        let processes = Set(old.compactMap(\.string))
        guard state["known"] != nil else {
            return (Self(old: processes, from: until, until: max(now, until), known: followed), true)
        }
        var walk = Self(
            old: processes, from: state["from"]?.string.flatMap { Instant(rfc3339: $0) }, until: until,
            known: ids(state["known"]), followed: followed)
        for member in state["ended"]?.object?.members ?? [] {
            walk.ended[member.key] = member.value.string.flatMap { Instant(rfc3339: $0) }
        }
        walk.window = Window(state["window"])
        return (walk, false)
    }

    /// A place inside the run.
    var cursor: Cursor {
        Cursor([
            "until": .time(until), "from": .time(from), "processes": .array(old.sorted().map(JSON.string)),
            "known": Self.json(known), "followed": Self.json(followed), "ended": endedList,
            "window": window?.json ?? .null,
        ])
    }

    /// The end of a run over these processes.
    func endCursor(_ processes: some Sequence<String>) -> Cursor {
        Cursor([
            "until": .time(until), "processes": .array(processes.sorted().map(JSON.string)),
            "followed": Self.json(followed),
        ])
    }

    private var endedList: JSON {
        .object(JSONObject(ended.sorted { $0.key < $1.key }.map { ($0.key, .time($0.value)) }))
    }

    private static func json(_ ids: [String: String]) -> JSON {
        let lists = Dictionary(grouping: ids.keys) { ids[$0] ?? "" }
        return .object(
            JSONObject(lists.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.sorted().map(JSON.string))) }))
    }

    private static func ids(_ json: JSON?) -> [String: String] {
        var ids: [String: String] = [:]
        for list in json?.object?.members ?? [] {
            for id in list.value.array ?? [] { ids[id.string ?? ""] = list.key }
        }
        return ids
    }
}

extension DingTalkApprovalWalk.Window {
    init?(_ json: JSON?) {
        guard let process = json?["process"]?.string, let place = json?["place"]?.string,
            let start = json?["start"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let end = json?["end"]?.string.flatMap({ Instant(rfc3339: $0) })
        else { return nil }
        self.init(process: process, start: start, end: end, place: place)
    }

    var json: JSON {
        ["process": .string(process), "start": .time(start), "end": .time(end), "place": .string(place)]
    }
}
