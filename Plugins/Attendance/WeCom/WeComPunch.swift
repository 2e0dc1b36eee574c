import PlumblineKit
import WeComServer

/// A moment at which somebody clocked in or out.
struct WeComPunch: Hashable {
    let account: String
    let at: Instant
    let isIn: Bool
    /// The moment that the shift plans; nil where none is told.
    let planned: Instant?

    /// Nil for what is no punch: one that was planned and did not happen, and outings.
    init?(_ row: JSON) throws(JSONShapeError) {
        guard let account = row.weComAccount("userid") else { throw JSONShapeError(reason: "has no account 'userid'") }
        let type = try row.string(at: "checkin_type")
        let exceptions = (row["exception_type"]?.string ?? "").split(separator: ";")
        if exceptions.contains("未打卡") || !["上班打卡", "下班打卡"].contains(type) { return nil }
        guard let at = row.weComTime("checkin_time") else { throw JSONShapeError(reason: "has no time 'checkin_time'") }
        (self.account, self.at, isIn) = (account, at, type == "上班打卡")
        planned = row.weComTime("sch_checkin_time")
    }

    var json: JSON { ["at": .time(at), "type": .string(isIn ? "in" : "out"), "planned_at": .time(planned)] }

    /// What may be shown of a punch that cannot be read: no place, no device, no remark.
    static func excerpt(of row: JSON) -> JSON {
        let shown = ["userid", "checkin_type", "checkin_time", "sch_checkin_time"]
        return .object(JSONObject(shown.compactMap { key in row[key].map { (key, $0) } }))
    }
}

/// The punches of one person and day.
struct WeComPunchedDay {
    /// Ascending.
    let punches: [WeComPunch]

    var firstIn: Instant? { punches.first(where: \.isIn)?.at }
    var lastOut: Instant? { punches.last { !$0.isIn }?.at }

    /// Punches by the day they belong to: a clock-in to the day that it was planned for, a clock-out to that of the last
    /// clock-in, where that is not too long ago, else to the day that it was planned for.
    static func days(
        of punches: [WeComPunch], longestShift: Duration, dayOf: (Instant) -> LocalDay
    ) -> [LocalDay: WeComPunchedDay] {
        var days: [LocalDay: [WeComPunch]] = [:]
        var opened: (at: Instant, day: LocalDay)?
        for punch in Set(punches).sorted(by: { ($0.at, $0.isIn ? 0 : 1) < ($1.at, $1.isIn ? 0 : 1) }) {
            var day = dayOf(punch.planned ?? punch.at)
            if punch.isIn {
                opened = (punch.at, day)
            } else if let opened, punch.at <= opened.at.advanced(bySeconds: Int(longestShift.components.seconds)) {
                day = opened.day
            }
            days[day, default: []].append(punch)
        }
        return days.mapValues { WeComPunchedDay(punches: $0) }
    }
}
