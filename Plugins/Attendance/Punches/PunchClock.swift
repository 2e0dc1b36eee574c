import PlumblineKit

/// The clocks of the connection's zone, and the days that begin some time behind midnight.
struct PunchClock: Sendable {
    let utcOffset: @Sendable (Instant) -> Int
    /// Seconds behind midnight at which a day begins.
    let dayStarts: Int

    /// The moments at which clocks show what `shown` shows in UTC, ascending: two where an hour comes twice, none where it is
    /// left out.
    func moments(shown: Instant) -> [Instant] {
        candidates(shown).filter { $0.advanced(bySeconds: utcOffset($0)) == shown }
    }

    /// The moment at which clocks show what `shown` shows in UTC; of two, the first.
    func moment(shown: Instant) -> Instant { moments(shown: shown).first ?? candidates(shown)[0] }

    /// What it would be by the clocks of the day before and of the day behind, ascending.
    func candidates(_ shown: Instant) -> [Instant] {
        Set([-86_400, 86_400].map { shown.advanced(bySeconds: -utcOffset(shown.advanced(bySeconds: $0))) }).sorted()
    }

    /// The day that a moment belongs to.
    func day(of moment: Instant) -> LocalDay {
        LocalDay(of: moment, secondsAhead: utcOffset(moment) - dayStarts)
    }

    /// The date that calendars show.
    func date(of moment: Instant) -> LocalDay { LocalDay(of: moment, secondsAhead: utcOffset(moment)) }

    /// The moment so many seconds behind midnight by clocks.
    func moment(_ seconds: Int, on day: LocalDay) -> Instant {
        moment(shown: day.midnight.advanced(bySeconds: seconds))
    }
}
