import PlumblineKit

/// Reads times that a server writes without an offset.
struct SAPClock: Sendable {
    /// Seconds by which the server's clocks are ahead of UTC.
    private let utcOffset: @Sendable (Instant) -> Int

    init(settings: Settings, context: ConnectorContext) {
        if settings[SAPSettings.writtenTimes] == "utc" {
            utcOffset = { _ in 0 }
        } else {
            utcOffset = context.utcOffset
        }
    }

    /// The earliest moment at which clocks may have shown this.
    func moment(_ local: Instant) -> Instant {
        let offsets = [-86_400, 86_400].map { utcOffset(local.advanced(bySeconds: $0)) }
        let moments = offsets.map { ($0, local.advanced(bySeconds: -$0)) }
        let right = moments.filter { utcOffset($0.1) == $0.0 }
        return (right.isEmpty ? moments : right).map(\.1).min() ?? local
    }

    /// What clocks show at a moment.
    func local(_ moment: Instant) -> Instant { moment.advanced(bySeconds: utcOffset(moment)) }
}
