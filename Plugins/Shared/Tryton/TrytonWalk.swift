package import PlumblineKit

/// A run over the records that changed, by number.
///
/// Numbers never change, so no page is skipped or doubled whatever happens meanwhile. Before the walk begins it notes
/// when a record last changed; a record that changes during the walk has a later time than that, and the next run,
/// which begins there, meets it.
package struct TrytonWalk: Sendable, Hashable {
    /// Records that changed earlier are left out; nil reads all.
    package let from: Instant?
    /// Where the next run begins.
    package let until: Instant
    /// The last record that was read.
    package var place = 0

    package init(from: Instant?, until: Instant) {
        (self.from, self.until) = (from, until)
    }

    /// The walk that goes on where a stored one stopped, or the one behind a stored end; nil where the source has nothing.
    package static func resumed(
        after cursor: Cursor?, overlap: Duration, newest: () async throws(ConnectorError) -> Instant?
    ) async throws(ConnectorError) -> TrytonWalk? {
        let state = try cursor?.state()
        let stored = state?["until"]?.string.flatMap { Instant(rfc3339: $0) }
        if cursor != nil, stored == nil {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        if let stored, let place = state?["place"]?.int {
            var walk = TrytonWalk(from: state?["from"]?.string.flatMap { Instant(rfc3339: $0) }, until: stored)
            walk.place = place
            return walk
        }
        guard let until = try await newest() else { return nil }
        return TrytonWalk(
            from: stored?.advanced(bySeconds: -Int(overlap.components.seconds)), until: max(until, stored ?? until))
    }

    /// A place inside the walk.
    package var cursor: Cursor {
        Cursor(["from": .time(from), "until": .time(until), "place": .int(place)])
    }

    /// The end of the walk.
    package var endCursor: Cursor { Cursor(["until": .time(until)]) }

    /// The condition on rows that this walk reads: one of their parts was made or changed since it begins.
    ///
    /// `parts` are links in front of the dates, such as `lines.`; empty for the row itself.
    package func condition(parts: [String] = [""]) -> [JSON] {
        from.map { Self.condition(since: $0, parts: parts) } ?? []
    }

    /// The condition on rows that were made or changed since a moment.
    package static func condition(since moment: Instant, parts: [String] = [""]) -> [JSON] {
        let terms = parts.flatMap { part in
            ["create_date", "write_date"].map { JSON.array([.string(part + $0), ">=", .tryton(moment)]) }
        }
        return [.array(["OR"] + terms)]
    }
}
