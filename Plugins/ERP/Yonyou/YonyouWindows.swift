import PlumblineKit

/// Reads windows of time that hold no more rows than a page.
///
/// One answer holds a window whole, so nothing can move between two pages. A window that holds more is asked again with half
/// the length; a single second that holds more is read page by page. What an answer says of all its rows tells how much the
/// following windows hold, which saves questions; it decides nothing, as each answer says whether it is whole.
///
/// What was learnt stays when a call fails, so that waiting for a limit does not begin anew.
actor YonyouWindows {
    struct Step {
        /// In the order of their changes, however windows are cut.
        let rows: [YonyouRow]
        /// The last second of the window.
        let end: Instant
    }

    /// Moments up to which a page does not hold all from `place` on, or did not from an earlier one; the nearest is last.
    private struct Crowd {
        let end: Instant
        /// About how many rows there are up to it.
        var rest: Int
    }

    let pages: YonyouPages
    private let snapshots: YonyouSnapshots
    private var place: Instant?
    private var crowds: [Crowd] = []

    init(pages: YonyouPages, snapshots: YonyouSnapshots) {
        (self.pages, self.snapshots) = (pages, snapshots)
    }

    /// The rows of a window that begins at a moment.
    func next(from start: Instant) async throws(ConnectorError) -> Step {
        if place != start { (place, crowds) = (start, []) }
        while true {
            let end = likelyEnd(from: start)
            let question = YonyouQuestion(path: pages.list.path, from: start, to: end)
            if crowds.last?.end == end, crowds.last?.rest ?? 0 > pages.size {
                // Nothing shorter can be asked for.
                return try step(try await snapshots.rows(of: question), from: start, to: end)
            }
            let page = try await pages.page(1, of: question)
            if page.isAll { return try step(page.rows, from: start, to: end) }
            note(page.count, until: end)
        }
    }

    private func likelyEnd(from start: Instant) -> Instant {
        if let fitting = crowds.first(where: { $0.rest <= pages.size }) { return fitting.end }
        guard let nearest = crowds.last else { return YonyouWalk.end }
        let seconds = Int((nearest.end.microseconds - start.microseconds) / 2_000_000)
        return start.advanced(bySeconds: max(1, seconds))
    }

    private func note(_ count: Int, until end: Instant) {
        // A server may have a limit of its own that is smaller than our page.
        let crowd = Crowd(end: end, rest: max(count, pages.size + 1))
        crowds.removeAll { $0.end <= end }
        for place in crowds.indices { crowds[place].rest = max(crowds[place].rest, crowd.rest) }
        crowds.append(crowd)
    }

    private func step(_ rows: [YonyouRow], from start: Instant, to end: Instant) throws(ConnectorError) -> Step {
        guard rows.allSatisfy({ $0.changed.map { start <= $0 && $0 < end.advanced(bySeconds: 1) } ?? true }) else {
            throw .unexpected(
                reason: "\(pages.list.path): rows lie outside of the time that was asked for: it knows the condition "
                    + "'\(pages.list.window.rawValue)' on '\(pages.list.changedField)' not")
        }
        let sorted = rows.enumerated().sorted { one, other in
            let (left, right) = (one.element, other.element)
            return (left.changed ?? start, left.id ?? "", one.offset) < (
                right.changed ?? start, right.id ?? "", other.offset
            )
        }.map(\.element)
        place = end
        crowds.removeAll { $0.end <= end }
        for place in crowds.indices { crowds[place].rest = max(0, crowds[place].rest - rows.count) }
        return Step(rows: sorted, end: end)
    }
}
