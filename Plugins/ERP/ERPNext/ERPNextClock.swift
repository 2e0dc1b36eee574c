import PlumblineKit

/// What the site's clocks show, without a zone. Such a time is kept as if it were UTC.
///
/// Clocks that are put back show an hour twice: what changes later then bears an earlier time.
struct ERPNextClock: Sendable {
    /// Seconds by which the site's clocks are ahead of UTC, in the connection's zone.
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

extension Instant {
    /// A time as the site writes it: `2026-01-05 09:10:11.123456`, perhaps without a fraction; nil for any other text.
    init?(erpnext text: String) {
        guard text.utf8.count >= 19, let time = Instant(rfc3339: text + "Z") else { return nil }
        self = time
    }

    /// As filters and cursors write it, always with six digits behind the second.
    var erpnextText: String {
        let fraction = String(((microseconds % 1_000_000) + 1_000_000) % 1_000_000)
        return "\(erpnextSeconds).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
    }

    /// As records write it: `2026-01-05 09:10:11`.
    var erpnextSeconds: String { String(rfc3339.prefix(19).replacing("T", with: " ")) }
}
