import FeishuServer
import PlumblineKit

/// An approval that further runs read again.
struct FeishuWatched: Hashable {
    let id: String
    /// Not read again behind this moment; nil while it is open.
    let until: Instant?
}

/// A run over approvals: first those that are watched, then those created since the last run, window by window.
///
/// The list looks at times of creation alone, so what happens to an approval later is seen by reading it again.
struct FeishuApprovalWalk: Hashable {
    enum Place: Hashable {
        /// Behind this watched approval.
        case watched(String)
        /// In the window that begins at `from`, in the list of this definition, behind this approval.
        case window(definition: Int, after: String)
    }

    /// Where the window begins that is read next.
    var from: Instant
    /// Where this run ends.
    let until: Instant
    var place: Place
    /// Ascending by id.
    private(set) var watched: [FeishuWatched]

    /// The walk that goes on where a stored one stopped, or the one behind a stored end.
    static func resumed(
        after cursor: Cursor?, since: Instant, overlap: Duration, now: Instant
    ) throws(ConnectorError) -> FeishuApprovalWalk {
        guard let cursor else { return FeishuApprovalWalk(from: since, until: max(now, since), watched: []) }
        let state = try cursor.state()
        guard let until = state["until"]?.string.flatMap({ Instant(rfc3339: $0) }) else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        let watched = (state["watched"]?.array ?? []).compactMap(FeishuWatched.init)
        guard let from = state["from"]?.string.flatMap({ Instant(rfc3339: $0) }) else {
            let start = max(since, until.advanced(bySeconds: -Int(overlap.components.seconds)))
            return FeishuApprovalWalk(from: start, until: max(now, until), watched: watched)
        }
        var walk = FeishuApprovalWalk(from: from, until: until, watched: watched)
        walk.place =
            state["reread"]?.string.map { .watched($0) }
            ?? .window(definition: state["definition"]?.int ?? 0, after: state["after"]?.string ?? "")
        return walk
    }

    private init(from: Instant, until: Instant, watched: [FeishuWatched]) {
        (self.from, self.until, self.watched) = (from, until, watched)
        place = watched.isEmpty ? .window(definition: 0, after: "") : .watched("")
    }

    /// Watches an approval until a moment; while it is open, where that is nil.
    mutating func watch(_ id: String, until: Instant?) {
        forget(id)
        let index = watched.firstIndex { $0.id > id } ?? watched.endIndex
        watched.insert(FeishuWatched(id: id, until: until), at: index)
    }

    /// Watches an approval no longer.
    mutating func forget(_ id: String) {
        watched.removeAll { $0.id == id }
    }

    /// Stops watching what is beyond `limit`: what has ended first, by its time, then the ids that come last.
    mutating func forget(beyond limit: Int) -> [FeishuWatched] {
        guard watched.count > limit else { return [] }
        let ranked = watched.sorted { one, other in
            (one.until?.microseconds ?? .max, other.id) > (other.until?.microseconds ?? .max, one.id)
        }
        let forgotten = Array(ranked.dropFirst(limit))
        let gone = Set(forgotten.map(\.id))
        watched.removeAll { gone.contains($0.id) }
        return forgotten
    }

    /// Whether watched approvals or windows are left.
    var hasMore: Bool {
        if case .watched = place { return true }
        return from < until
    }

    /// A place inside the walk.
    var cursor: Cursor {
        var state: JSONObject = ["from": .time(from), "until": .time(until)]
        switch place {
        case .watched(let id): state["reread"] = .string(id)
        case .window(let definition, let after):
            state["definition"] = .int(definition)
            state["after"] = .string(after)
        }
        state["watched"] = .array(watched.map(\.json))
        return Cursor(.object(state))
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["until": .time(until), "watched": .array(watched.map(\.json))]) }
}

extension FeishuWatched {
    /// `"id"` where it is open, `["id", until]` where it has ended.
    fileprivate var json: JSON { until.map { [.string(id), .time($0)] } ?? .string(id) }

    fileprivate init?(_ json: JSON) {
        guard let id = json.string ?? json.array?.first?.string else { return nil }
        self.init(id: id, until: json.array?.last?.string.flatMap { Instant(rfc3339: $0) })
    }
}
