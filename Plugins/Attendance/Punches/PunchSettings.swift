import PlumblineKit

/// How days are made of punches: the settings that logs of punches and the devices themselves share.
enum PunchSettings {
    static let dayStarts = Setting<Duration>.duration(
        "day_starts", in: .zero ... .seconds(23 * 3600), default: "4h",
        LocalizedText(
            zh: "一天从零点后多久开始：此前的打卡属于前一天",
            en: "How long behind midnight a day begins: a punch before that belongs to the day before"))
    static let duplicatesWithin = Setting<Duration>.duration(
        "duplicates_within", in: .zero ... .seconds(3600), default: "3m",
        LocalizedText(zh: "多长时间内的重复打卡算一次", en: "How long behind a punch another one is the same"))
    static let longestShift = Setting<Duration>.duration(
        "longest_shift", in: .seconds(3600) ... .seconds(86_400), default: "20h",
        LocalizedText(
            zh: "签退距上次签到最久多长时间仍算同一天", en: "How long behind a clock-in a clock-out still belongs to its day"))
    static let shifts = Setting<[String: String]>.map(
        "shifts", default: [:],
        LocalizedText(
            zh: "班次名称与起止时间，如 09:00-18:00；止早于起则为次日",
            en: "Shifts by name, such as 09:00-18:00; an end before the start is on the next day"))
    static let lunches = Setting<[String: String]>.map(
        "lunches", default: [:],
        LocalizedText(zh: "各班次的休息时间，如 12:00-13:00", en: "The break of each shift, such as 12:00-13:00"))
    static let grace = Setting<Duration>.duration(
        "grace", in: .zero ... .seconds(3600), default: "0s",
        LocalizedText(
            zh: "迟到、早退不超过多久不算；超过则从班次时间起算",
            en: "How late or early does not count; beyond it all of it does"))

    static let all: [SettingField] = [
        dayStarts.field, duplicatesWithin.field, longestShift.field, shifts.field, lunches.field, grace.field,
    ]
}
