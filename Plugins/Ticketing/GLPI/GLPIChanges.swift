import PlumblineKit

/// The next tickets of a walk, found in lists that shift while they are read.
///
/// A list from the walk's second on shows what follows and hides nothing. Where more tickets share that second than one
/// list holds, further lists are needed, and the order of those tickets may be another one in each: such a crowd is left
/// only when as many of its tickets are known as there are.
struct GLPIChanges {
    let client: GLPIClient
    /// Tickets in a step.
    let size: Int
    /// Tickets in a list.
    let range: Int

    struct Step {
        let rows: [GLPIRow]
        let hasMore: Bool
    }

    private struct Part {
        let rows: [GLPIRow]
        let place: Int
        let total: Int

        var end: Int { place + rows.count }
        var isLast: Bool { end >= total }
    }

    /// The tickets that were not read yet, in their order.
    func next(_ walk: GLPIWalk) async throws(ConnectorError) -> Step {
        var crowd: Crowd?
        for tour in 0..<Self.patience {
            let first = try await part(walk, from: 0, length(of: tour, walk))
            let fresh = first.rows.filter { !walk.seen.contains($0) }
            guard fresh.isEmpty, !first.isLast, let last = first.rows.last else { return step(fresh, to: first) }
            if crowd?.text != last.changed { crowd = Crowd(text: last.changed) }
            if let step = try await behind(first, walk, &crowd, tour) { return step }
        }
        throw .unavailable(
            reason: "more tickets changed in one second than a list holds, and they come in another order each time: "
                + "raise \(GLPISettings.range.field.key)", retryAfter: nil)
    }

    private static let patience = 48

    /// Lists of another length, so that others stand at their ends.
    private func length(of tour: Int, _ walk: GLPIWalk) -> Int {
        let most = max(size, range)
        return min(walk.seen.count + size, most - tour / 3 % max(1, most - 1))
    }

    private func step(_ fresh: [GLPIRow], to part: Part) -> Step {
        Step(rows: Array(fresh.prefix(size)), hasMore: fresh.count > size || !part.isLast)
    }

    /// What follows a list of which everything is known; nil where that is not sure yet.
    private func behind(
        _ first: Part, _ walk: GLPIWalk, _ crowd: inout Crowd?, _ tour: Int
    ) async throws(ConnectorError) -> Step? {
        guard let text = crowd?.text else { return nil }
        crowd?.meet(first.rows[...])
        // Each tour begins elsewhere within the first list, and its lists overlap more or less.
        var place = first.end - tour % first.rows.count
        while true {
            let part = try await part(walk, from: place, length(of: tour, walk))
            let own = part.rows.prefix { $0.changed <= text }
            let unread = own.filter { !walk.seen.contains($0) }
            // One of the crowd itself may be taken at once: the walk stays in its second.
            if !unread.isEmpty { return Step(rows: Array(unread.prefix(size)), hasMore: true) }
            crowd?.meet(own)
            if own.count < part.rows.count || part.isLast {
                let isKnown = crowd?.isKnown(ofSize: place + own.count) ?? false
                return isKnown ? step(part.rows.filter { !walk.seen.contains($0) }, to: part) : nil
            }
            place = part.end - tour / 2 % own.count
        }
    }

    /// Nothing where the list ends before `place`.
    private func part(_ walk: GLPIWalk, from place: Int, _ length: Int) async throws(ConnectorError) -> Part {
        let part = try await client.search(
            by: "Ticket.date_mod", changedAfter: walk.from.flatMap(GLPIClock.before), offset: place, size: length)
        let (rows, total) = (try GLPIRow.rows(part?.items ?? []), part?.total ?? 0)
        guard !rows.isEmpty || place >= total else {
            throw .unexpected(reason: "search/Ticket counts \(total) and shows none from \(place) on")
        }
        return Part(rows: rows, place: place, total: total)
    }
}

/// Tickets that changed in one second, more than a list holds: what lists have shown of them since their number was last
/// another one. One that leaves them makes it smaller, so those that count are still among them.
private struct Crowd {
    let text: String
    private var size: Int?
    private var met: Set<Int> = []

    init(text: String) { self.text = text }

    mutating func meet(_ rows: ArraySlice<GLPIRow>) { met.formUnion(rows.map(\.id)) }

    /// Whether all are known, now that the lists have come to their end and there are `count`.
    mutating func isKnown(ofSize count: Int) -> Bool {
        defer { if size != count { (size, met) = (count, []) } }
        return size == count && met.count >= count
    }
}
