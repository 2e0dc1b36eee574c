public import YAMLDocument

/// Reads a working calendar from YAML; logs every problem at its place.
///
/// ```yaml
/// name: cn-2026
/// time_zone: Asia/Shanghai
/// weekdays: [1, 2, 3, 4, 5]
/// hours: [["09:00", "12:00"], ["13:00", "18:00"]]
/// off_days: ["2026-01-01"]
/// make_up_days: ["2026-01-04"]
/// ```
public struct WorkCalendarReader {
    private let log: ProblemLog

    /// A reader that notes problems in `log`.
    public init(log: ProblemLog) { self.log = log }

    static let keys = ["id", "name", "source", "time_zone", "weekdays", "hours", "off_days", "make_up_days"]

    /// The calendar of `document`, in `zone` where that is given; nil where a problem was logged.
    public func calendar(_ document: YAMLNode, named name: String, zone: Zone? = nil) -> WorkCalendar? {
        let before = log.problems.count
        let map = MapReader(document, what: "a calendar", known: Self.keys, log: log)
        let calendar = WorkCalendar(
            name: name, zone: zone ?? self.zone(map) ?? .utc, weekdays: weekdays(map),
            hours: map.list("hours").compactMap(hours), offDays: days(map, "off_days"),
            makeUpDays: days(map, "make_up_days"))
        if calendar.weekdays.isEmpty { log.add(document.place, "a calendar needs 'weekdays', such as [1, 2, 3, 4, 5]") }
        if calendar.hours.isEmpty {
            log.add(document.place, "a calendar needs 'hours', such as [[\"09:00\", \"18:00\"]]")
        }
        for (first, second) in zip(calendar.hours, calendar.hours.dropFirst())
        where second.lowerBound < first.upperBound {
            log.add(map.place(of: "hours"), "the 'hours' overlap")
        }
        return log.problems.count == before ? calendar : nil
    }

    private func zone(_ map: MapReader) -> Zone? {
        map.requiredText("time_zone").flatMap { _ in map.zone("time_zone") }
    }

    private func weekdays(_ map: MapReader) -> Set<Int> {
        Set(
            map.list("weekdays").compactMap { node in
                guard let day = node.text.flatMap({ Int($0) }), (1...7).contains(day) else {
                    log.add(node.place, "a weekday is 1 (Monday) to 7 (Sunday)")
                    return nil
                }
                return day
            })
    }

    private func hours(_ node: YAMLNode) -> WorkCalendar.Hours? {
        let ends = node.elements?.compactMap { $0.text.flatMap(Self.second) } ?? []
        guard ends.count == 2, ends[0] < ends[1] else {
            log.add(node.place, "hours are two times of the day, such as [\"09:00\", \"12:00\"]")
            return nil
        }
        return ends[0]..<ends[1]
    }

    private func days(_ map: MapReader, _ key: String) -> Set<Day> {
        Set(
            map.list(key).compactMap { node in
                let day = node.text.flatMap { Day(text: $0) }
                if day == nil { log.add(node.place, "'\(key)' are days such as 2026-01-01") }
                return day
            })
    }

    /// Seconds of the day of `09:00`; `24:00` is its end.
    private static func second(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = Int64(parts[0]), let minute = Int64(parts[1]),
            (0...24).contains(hour), (0..<60).contains(minute), hour * 60 + minute <= 1440
        else { return nil }
        return hour * 3600 + minute * 60
    }
}
