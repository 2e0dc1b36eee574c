import PlumblineKit

/// Writes moments into queries, which know whole minutes only.
///
/// A date such as `"2026-01-05 08:00"` is read in the zone of the user who asks, whatever the zone of the reader: the
/// classic way to lose hours of changes. Minutes ago need no zone. Both are rounded to the earlier side; whoever asks
/// passes over what was before the moment.
struct JiraDates: Sendable {
    enum Form: String, CaseIterable {
        case relative, local
    }

    let form: Form
    let zone: String
    let utcOffset: @Sendable (Instant) -> Int

    init(settings: Settings, context: ConnectorContext) {
        form = Form(rawValue: settings[JiraSettings.dates]) ?? .relative
        zone = context.zone
        utcOffset = context.utcOffset
    }

    /// Refuses a user in another zone where that would be guessed at.
    func prove(zoneOfUser: String?) throws(ConnectorError) {
        guard form == .local, zoneOfUser != zone else { return }
        throw .settings(
            field: JiraSettings.dates.field.key,
            reason: "Jira reads dates in the zone of our user, \(zoneOfUser ?? "which it does not tell"); the "
                + "connection's is \(zone): make them the same, or write dates: relative")
    }

    /// `updated >= -70m`, for what has `field` at `moment` or later; `now` is the server's. Jira may read it so many
    /// seconds later: minutes ago are other ones then.
    func restriction(_ field: String, since moment: Instant, now: Instant, readWithin seconds: Int) -> String {
        switch form {
        case .relative: "\(field) >= -\(Self.minutes(from: moment.advanced(bySeconds: -seconds), to: now))m"
        case .local: "\(field) >= \"\(text(moment))\""
        }
    }

    /// At least one, rounded up.
    private static func minutes(from moment: Instant, to now: Instant) -> Int64 {
        max(1, (now.microseconds - moment.microseconds + 59_999_999) / 60_000_000)
    }

    /// `2026-01-05 08:00`. Where clocks are set back the same text is said twice: near a change of clocks, three hours
    /// less, which is early enough however it is read.
    private func text(_ moment: Instant) -> String {
        let isSteady =
            utcOffset(moment.advanced(bySeconds: -3 * 3600)) == utcOffset(moment.advanced(bySeconds: 3 * 3600))
        let safe = isSteady ? moment : moment.advanced(bySeconds: -3 * 3600)
        let text = safe.advanced(bySeconds: utcOffset(safe)).rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }
}
