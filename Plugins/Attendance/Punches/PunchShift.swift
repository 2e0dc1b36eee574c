import PlumblineKit

/// When work was planned to begin and to end, in seconds behind midnight of the day.
struct PunchShift: Sendable, Hashable {
    let name: String
    let work: Range<Int>
    let lunch: Range<Int>?

    /// The shifts of a connection, by name.
    static func all(_ settings: Settings) throws(ConnectorError) -> [String: PunchShift] {
        let lunches = settings[PunchSettings.lunches]
        let shifts = settings[PunchSettings.shifts]
        if let unknown = lunches.keys.sorted().first(where: { shifts[$0] == nil }) {
            throw .settings(
                field: PunchSettings.lunches.field.key, reason: "there is no shift '\(unknown)' in 'shifts'")
        }
        let start = Int(settings[PunchSettings.dayStarts].components.seconds)
        var all: [String: PunchShift] = [:]
        for (name, text) in shifts { all[name] = try PunchShift(name, text, lunch: lunches[name], dayStarts: start) }
        return all
    }

    /// Without directions a day has its first and last punch, so a shift, with those who come early and go late, must lie
    /// inside one: else its end would be the beginning of the next.
    static func refuseAcrossDays(
        _ shifts: some Collection<PunchShift>, dayStarts: Int, orName field: String
    ) throws(ConnectorError) {
        guard let name = shifts.filter({ !$0.isInsideDay(from: dayStarts) }).map(\.name).min() else { return }
        throw .settings(
            field: PunchSettings.dayStarts.field.key,
            reason:
                "a day starts within the shift '\(name)' or at its end: say a time between shifts, such as 12h for nights, "
                + "or name the \(field)")
    }

    /// Whether it lies inside a day that begins so many seconds behind midnight, and does not touch its ends.
    func isInsideDay(from dayStarts: Int) -> Bool {
        let inside = (dayStarts + 1)...(dayStarts + 86_399)
        return inside.contains(work.lowerBound) && inside.contains(work.upperBound)
    }

    private init(_ name: String, _ text: String, lunch: String?, dayStarts: Int) throws(ConnectorError) {
        self.name = name
        let work = try Self.span(text, after: dayStarts, PunchSettings.shifts.field.key)
        self.work = work
        guard let lunch else {
            self.lunch = nil
            return
        }
        let span = try Self.span(lunch, after: work.lowerBound, PunchSettings.lunches.field.key)
        guard span.upperBound <= work.upperBound else {
            throw .settings(
                field: PunchSettings.lunches.field.key,
                reason: "the break '\(lunch)' does not lie inside the shift '\(name)', \(text)")
        }
        self.lunch = span
    }

    /// A span such as `22:00-06:00`; each of its ends is the first such time behind the one before.
    private static func span(_ text: String, after start: Int, _ field: String) throws(ConnectorError) -> Range<Int> {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { seconds($0.trimmingSpaces) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first != last else {
            throw .settings(field: field, reason: "expected a span such as 09:00-18:00, got '\(text)'")
        }
        let begin = Self.next(first, from: start)
        return begin..<Self.next(last, from: begin + 1)
    }

    /// The first moment from `start` on at which clocks show a time.
    private static func next(_ time: Int, from start: Int) -> Int {
        var moment = time
        while moment < start { moment += 86_400 }
        return moment
    }

    /// Seconds behind midnight of `9:00` or `09:00`.
    private static func seconds(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 3600 + minute * 60
    }
}
