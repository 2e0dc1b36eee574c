package import PlumblineKit

/// The clocks of the connection's zone, which the system's days and written times are of.
package struct DingTalkClock: Sendable {
    private let utcOffset: @Sendable (Instant) -> Int

    package init(_ context: ConnectorContext) {
        utcOffset = context.utcOffset
    }

    /// The seconds by which clocks are ahead of UTC at a moment.
    package func secondsAhead(at moment: Instant) -> Int { utcOffset(moment) }

    /// The moment at which clocks show what `shown` shows in UTC; of two, the first.
    package func moment(shown: Instant) -> Instant {
        let candidates = [-86_400, 86_400].map { shown.advanced(bySeconds: -utcOffset(shown.advanced(bySeconds: $0))) }
        return candidates.filter { $0.advanced(bySeconds: utcOffset($0)) == shown }.min() ?? candidates[0]
    }

    /// What clocks show, as the system writes it: `2026-07-01 09:00:00`.
    package func text(of moment: Instant) -> String {
        let shown = moment.advanced(bySeconds: utcOffset(moment)).rfc3339
        return "\(shown.prefix(10)) \(shown.dropFirst(11).prefix(8))"
    }

    /// The day that clocks show: `2026-07-01`.
    package func day(of moment: Instant) -> String { String(text(of: moment).prefix(10)) }
}

extension JSON {
    /// The moment of a whole number of milliseconds since 1970; nil for anything else.
    package var dingTalkMoment: Instant? {
        guard let milliseconds = int, abs(milliseconds) < 100_000_000_000_000_000 / 1000 else { return nil }
        return Instant(microseconds: Int64(milliseconds) * 1000)
    }

    /// The moment as milliseconds since 1970.
    package static func milliseconds(_ moment: Instant) -> JSON { .number(String(moment.microseconds / 1000)) }

    /// An object with no other members than these: what may be kept of a record that cannot be read.
    package func keeping(_ names: Set<String>) -> JSON {
        guard let object else { return .null }
        return .object(JSONObject(object.members.filter { names.contains($0.key) }.map { ($0.key, $0.value) }))
    }

    /// The text of a string or number; nil where it is empty or there is none.
    package func filledText(_ key: String) -> String? {
        guard let text = self[key]?.scalarText, !text.isEmpty else { return nil }
        return text
    }
}
