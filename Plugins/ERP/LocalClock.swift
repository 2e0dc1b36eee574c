import PlumblineKit

/// What a server's clocks show, where it tells no zone. Such a time is kept as if it were UTC.
///
/// Clocks that are put back show an hour twice: what changes later then bears an earlier time.
struct LocalClock: Sendable {
    /// Seconds by which the server's clocks are ahead of UTC, in the connection's zone.
    let utcOffset: @Sendable (Instant) -> Int

    /// The earliest moment at which clocks may have shown this.
    func earliest(_ local: Instant) -> Instant {
        let offsets = [-86_400, 86_400].map { utcOffset(local.advanced(bySeconds: $0)) }
        let moments = offsets.map { local.advanced(bySeconds: -$0) }
        let right = zip(moments, offsets).filter { utcOffset($0) == $1 }.map(\.0)
        return right.min() ?? moments.min() ?? local
    }

    /// What clocks show at a moment.
    func local(_ moment: Instant) -> Instant { moment.advanced(bySeconds: utcOffset(moment)) }

    /// What clocks show at least from a moment on, even where they are put back within three hours.
    func lowest(from moment: Instant) -> Instant {
        let offset = utcOffset(moment)
        let putBack = max(0, offset - utcOffset(moment.advanced(bySeconds: 3 * 3600)))
        return moment.advanced(bySeconds: offset - putBack)
    }

    /// The lowest time that a change may bear that was made after one that bears `local`, or so much earlier.
    func lowest(after local: Instant, overlap: Duration) -> Instant {
        lowest(from: earliest(local).advanced(bySeconds: -Int(overlap.components.seconds)))
    }
}
