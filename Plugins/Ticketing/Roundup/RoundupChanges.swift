import PlumblineKit

/// What changed, listed once in a run and handed out in steps.
actor RoundupChanges {
    private let client: RoundupClient
    private var listed: Listing?

    private struct Listing {
        let start: RoundupMark?
        let marks: [RoundupMark]
        let isWhole: Bool
    }

    /// The next issues to read.
    struct Step {
        let marks: [RoundupMark]
        let rejected: [RejectedRecord]
        let hasMore: Bool
        /// The newest change of those listed; nil where there are none.
        var newest: Instant?
    }

    init(client: RoundupClient) {
        self.client = client
    }

    /// At most `count` issues beyond `start`. The first step lists; so does one that the list at hand does not cover.
    func next(_ count: Int, after start: RoundupMark?, since: Instant?) async throws(ConnectorError) -> Step {
        var rejected: [RejectedRecord] = []
        if !covers(start) { rejected = try await list(after: start, since: since) }
        guard let listed else { return Step(marks: [], rejected: rejected, hasMore: false) }
        let rest = listed.marks.drop { mark in start.map { mark <= $0 } ?? false }
        let step = Array(rest.prefix(count))
        return Step(
            marks: step, rejected: rejected, hasMore: rest.count > count || (!listed.isWhole && !step.isEmpty),
            newest: listed.marks.last?.updated)
    }

    /// Whether the list at hand goes on after `start`: it began there, or a step ended there.
    private func covers(_ start: RoundupMark?) -> Bool {
        guard let listed else { return false }
        if listed.start == start { return true }
        guard let start, let last = listed.marks.last else { return false }
        return start < last && listed.marks.contains { $0.id == start.id && $0.updated == start.updated }
    }

    private func list(after start: RoundupMark?, since: Instant?) async throws(ConnectorError) -> [RejectedRecord] {
        var query = [("@fields", "activity"), ("@verbose", "0"), ("@sort", "activity,id")]
        // The filter is read in our user's zone, which we do not know: a day earlier is early enough.
        if let from = [start?.updated, since].compactMap(\.self).max() {
            query.append(("activity", RoundupDate.write(from.advanced(bySeconds: -86_400)) + ";"))
        }
        let list = try await client.collection("issue", query)
        var marks: [RoundupMark] = []
        var rejected: [RejectedRecord] = []
        for item in list.items {
            do throws(JSONShapeError) {
                let place = try RoundupIssue.place(of: item)
                marks.append(RoundupMark(updated: place.updated, id: place.id))
            } catch {
                let id = item["id"]?.scalarText ?? "without id"
                rejected.append(RejectedRecord(id: id, reason: error.reason, raw: item.bytes))
            }
        }
        marks = marks.filter { mark in (start.map { mark > $0 } ?? true) && (since.map { mark.updated >= $0 } ?? true) }
        guard list.isWhole || !marks.isEmpty else {
            throw .unexpected(reason: "the tracker cuts the list of changed issues before it shows a new one")
        }
        guard Set(marks.map(\.id)).count == marks.count else {
            throw .unexpected(reason: "the list of issues names some of them twice")
        }
        listed = Listing(start: start, marks: marks.sorted(), isWhole: list.isWhole)
        return rejected
    }
}
