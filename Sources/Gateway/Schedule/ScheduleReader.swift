internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import YAMLDocument

/// Reads when a connection is pulled; logs every problem at its place.
///
/// ```yaml
/// schedule: "*/15 * * * *"
/// ```
///
/// or, with everything that may be said:
///
/// ```yaml
/// schedule:
///   cron: "0 3 * * *"
///   zone: Europe/Berlin      # by default the connection's
///   jitter: 5m               # by default a tenth of the time between two pulls, at most 1m
///   catch_up: once           # or skip: after downtime wait for the next time
///   days: working            # by default all
/// ```
struct ScheduleReader {
    let calendar: WorkCalendar
    /// The connection's zone.
    let zone: Zone
    let log: ProblemLog

    static let keys = ["cron", "zone", "jitter", "catch_up", "days"]
    private static let longestJitter = Duration.seconds(86_400)
    /// The year 2000: before any calendar of ours.
    private static let longAgo = Timestamp(seconds: 946_684_800)

    /// The days that a schedule means.
    enum Days: String, CaseIterable { case all, working }

    /// What stands at `schedule`; nil where nothing does, or where a problem was logged.
    func schedule(_ map: MapReader) -> PullSchedule? {
        guard let node = map["schedule"] else { return nil }
        if node.text != nil { return cron(node).map { PullSchedule($0, in: zone) } }
        let schedule = MapReader(node, what: "a schedule", known: Self.keys, log: log)
        _ = schedule.requiredText("cron")
        let ownZone = schedule.zone("zone")
        let (jitter, catchUp, days) = (
            jitter(schedule), schedule.choice("catch_up", of: PullSchedule.CatchUp.self), days(schedule)
        )
        guard let place = schedule["cron"], let cron = cron(place) else { return nil }
        let result = PullSchedule(
            cron, in: ownZone ?? zone, jitter: jitter, catchUp: catchUp ?? .once,
            workingDays: days == .working ? calendar : nil)
        checkDays(of: result, at: place.place)
        return result
    }

    private func cron(_ node: YAMLNode) -> CronExpression? {
        guard let text = node.text else { return nil }
        do throws(CronProblem) {
            return try CronExpression(text)
        } catch {
            log.add(node.place(line: 1, column: error.column), error.reason.en)
            return nil
        }
    }

    private func days(_ map: MapReader) -> Days { map.choice("days") ?? .all }

    private func jitter(_ map: MapReader) -> Duration? {
        guard let text = map.text("jitter") else { return nil }
        guard let jitter = Duration(settingText: text), jitter <= Self.longestJitter else {
            log.add(map.place(of: "jitter"), "'jitter' must be a duration such as 30s or 5m, at most 1d, not '\(text)'")
            return nil
        }
        return jitter
    }

    /// Without a clock it cannot be said that a time is still to come, only that there is none at all.
    private func checkDays(of schedule: PullSchedule, at place: SourcePlace) {
        guard schedule.workingDays != nil, schedule.next(after: Self.longAgo) == nil else { return }
        log.add(place, "none of these days is a working day of the calendar '\(calendar.name)': it would never come")
    }
}
