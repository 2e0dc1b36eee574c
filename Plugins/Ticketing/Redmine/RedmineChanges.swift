import PlumblineKit

/// The next issues of a walk, found in lists that shift while they are read.
struct RedmineChanges {
    let client: RedmineClient

    struct Step {
        let rows: [RedmineRow]
        let hasMore: Bool
    }

    /// Lists from the walk's second on until something comes that was not read yet.
    ///
    /// Where more issues share a second than a list holds, the lists must overlap in one issue; where they do not,
    /// something before them has gone or moved, and the second is listed again from its beginning.
    func next(_ walk: RedmineWalk) async throws(ConnectorError) -> Step {
        var place = Place(offset: max(0, walk.seen.count - 1), known: walk.seenRows)
        var beginnings = 0
        while true {
            let list = try await client.changedIssues(since: walk.from, offset: place.offset)
            let rows = try RedmineRow.rows(list.items, after: walk.from)
            guard place.fits(rows) else {
                beginnings += 1
                guard beginnings <= Self.patience else {
                    throw .unavailable(reason: "issues change faster than they can be listed", retryAfter: nil)
                }
                place = Place(offset: 0, known: [])
                continue
            }
            let fresh = walk.fresh(rows)
            if !fresh.isEmpty || list.reachesEnd { return Step(rows: fresh, hasMore: !list.reachesEnd) }
            place = Place(offset: place.offset + rows.count - 1, known: Set(rows.suffix(1)))
        }
    }

    private static let patience = 5

    /// Where a list begins, and what its first issue must be one of, unchanged.
    private struct Place {
        let offset: Int
        let known: Set<RedmineRow>

        func fits(_ rows: [RedmineRow]) -> Bool {
            offset == 0 || rows.first.map(known.contains) ?? false
        }
    }
}
