import PlumblineKit

/// Days of the connection's zone.
struct FeishuClock: Sendable {
    private let utcOffset: @Sendable (Instant) -> Int

    init(_ context: ConnectorContext) { utcOffset = context.utcOffset }

    /// The day that clocks show at a moment.
    func day(of moment: Instant) -> LocalDay { LocalDay(of: moment, secondsAhead: utcOffset(moment)) }

    /// When clocks show the beginning of a day.
    func start(of day: LocalDay) -> Instant { moment(showing: day.midnight) }

    /// The moment of `2026-01-05 09:00:00` in the zone, or of seconds since 1970; nil for other text.
    func moment(_ text: String?) -> Instant? {
        guard let text else { return nil }
        if let seconds = Int64(text) { return seconds > 0 ? Instant(seconds: seconds) : nil }
        return Instant(rfc3339: text + "Z").map(moment)
    }

    private func moment(showing shown: Instant) -> Instant {
        let guess = shown.advanced(bySeconds: -utcOffset(shown))
        return shown.advanced(bySeconds: -utcOffset(guess))
    }
}

extension LocalDay {
    /// `20260105`.
    var digits: Int { Int(text.filter { $0 != "-" }) ?? 0 }

    /// The day of `20260105`; nil for other numbers.
    init?(digits: Int) {
        let text = String(digits)
        guard text.count == 8 else { return nil }
        self.init("\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))")
    }
}
