import Expressions
import Indicators
import PlumblineKit
import Testing

@testable import Gateway

/// What crontab lines say, and when they come.
@Suite struct CronTests {
    struct Case: CustomTestStringConvertible {
        let cron: String
        let zone: String
        let after: String
        let times: [String]
        var testDescription: String { "\(cron) in \(zone) after \(after)" }

        init(_ cron: String, _ zone: String, after: String, _ times: String...) {
            (self.cron, self.zone, self.after, self.times) = (cron, zone, after, times)
        }
    }

    static let plain = [
        Case(
            "*/15 * * * *", "Asia/Shanghai", after: "2026-10-15T00:00:00Z", "2026-10-15T00:15:00Z",
            "2026-10-15T00:30:00Z"),
        Case("*/15 * * * *", "UTC", after: "2026-10-15T00:14:59.5Z", "2026-10-15T00:15:00Z"),
        Case(
            "0 3 * * *", "Asia/Shanghai", after: "2026-10-15T00:00:00Z", "2026-10-15T19:00:00Z", "2026-10-16T19:00:00Z"),
        Case("@hourly", "UTC", after: "2026-10-15T00:00:00Z", "2026-10-15T01:00:00Z"),
        Case("@daily", "Asia/Shanghai", after: "2026-10-15T00:00:00Z", "2026-10-15T16:00:00Z"),
        Case("@weekly", "UTC", after: "2026-10-15T00:00:00Z", "2026-10-18T00:00:00Z", "2026-10-25T00:00:00Z"),
        Case(" @Monthly ", "UTC", after: "2026-10-15T00:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        Case("0 8 * * mon-fri", "UTC", after: "2026-10-16T08:00:00Z", "2026-10-19T08:00:00Z"),
        Case("0 8 * * 7", "UTC", after: "2026-10-15T00:00:00Z", "2026-10-18T08:00:00Z"),
        Case(
            "0 8 * * 5-7", "UTC", after: "2026-10-16T09:00:00Z", "2026-10-17T08:00:00Z", "2026-10-18T08:00:00Z",
            "2026-10-23T08:00:00Z"),
        Case(
            "0 8 * * SAT-SUN", "UTC", after: "2026-10-15T00:00:00Z", "2026-10-17T08:00:00Z", "2026-10-18T08:00:00Z",
            "2026-10-24T08:00:00Z"),
        Case(
            "0,30 9-17/4 * JAN,oct *", "UTC", after: "2026-10-31T17:00:00Z", "2026-10-31T17:30:00Z",
            "2027-01-01T09:00:00Z"),
        // Either of the two day fields, where both are restricted; both of them, where one begins with a star.
        Case("0 0 20 * THU", "UTC", after: "2026-10-15T00:00:00Z", "2026-10-20T00:00:00Z", "2026-10-22T00:00:00Z"),
        Case("0 0 */2 * MON", "UTC", after: "2026-10-15T00:00:00Z", "2026-10-19T00:00:00Z", "2026-11-09T00:00:00Z"),
        Case("0 0 29 2 *", "UTC", after: "2026-10-15T00:00:00Z", "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"),
        Case("0 0 29 2 */7", "UTC", after: "2060-03-01T00:00:00Z", "2088-02-29T00:00:00Z", "2128-02-29T00:00:00Z"),
    ]

    /// Berlin skips 02:00–03:00 on 2026-03-29 and repeats it on 2026-10-25; Lord Howe skips 02:00–02:30 on 2026-10-04 and
    /// repeats 01:30–02:00 on 2026-04-05.
    static let summerTime = [
        Case(
            "30 2 * * *", "Europe/Berlin", after: "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"
        ),
        Case(
            "*/20 2 * * *", "Europe/Berlin", after: "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
            "2026-03-30T00:00:00Z"),
        Case(
            "0 2,3 * * *", "Europe/Berlin", after: "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
            "2026-03-30T00:00:00Z"),
        Case(
            "30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"
        ),
        Case(
            "0 3 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z", "2026-10-25T02:00:00Z", "2026-10-26T02:00:00Z"),
        Case(
            "30 * * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"
        ),
        Case(
            "30 * * * *", "Europe/Berlin", after: "2026-10-24T23:45:00Z", "2026-10-25T00:30:00Z",
            "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"),
        Case(
            "0 */2 * * *", "Europe/Berlin", after: "2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z",
            "2026-10-25T01:00:00Z", "2026-10-25T03:00:00Z"),
        Case(
            "15 2 * * *", "Australia/Lord_Howe", after: "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z",
            "2026-10-04T15:15:00Z"),
        Case(
            "15 * * * *", "Australia/Lord_Howe", after: "2026-10-03T14:00:00Z", "2026-10-03T14:45:00Z",
            "2026-10-03T16:15:00Z"),
        Case(
            "45 1 * * *", "Australia/Lord_Howe", after: "2026-04-04T12:00:00Z", "2026-04-04T14:45:00Z",
            "2026-04-05T15:15:00Z"),
        Case(
            "*/15 * * * *", "Australia/Lord_Howe", after: "2026-04-04T14:40:00Z", "2026-04-04T14:45:00Z",
            "2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z", "2026-04-04T15:30:00Z"),
        // A day that Samoa never had.
        Case(
            "0 12 30 12 *", "Pacific/Apia", after: "2011-12-01T00:00:00Z", "2011-12-30T10:00:00Z",
            "2012-12-29T22:00:00Z"),
    ]

    @Test(arguments: plain + summerTime) func `a line comes when it says`(_ wanted: Case) throws {
        let cron = try CronExpression(wanted.cron)
        let zone = try #require(Zone(identifier: wanted.zone))
        var time = try #require(Timestamp(rfc3339: wanted.after))
        for expected in wanted.times {
            time = try #require(cron.next(after: time, in: zone))
            #expect(time.rfc3339 == expected)
        }
    }

    @Test func `only wanted days count, and none that is wanted means never`() throws {
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        let start = try #require(Timestamp(rfc3339: "2026-10-15T00:00:00Z"))
        for text in ["0 8 * * *", "0 */8 * * *"] {
            let cron = try CronExpression(text)
            let monday = cron.next(after: start, in: zone) { $0.weekday == 1 }
            #expect(monday?.rfc3339 == (text == "0 8 * * *" ? "2026-10-19T00:00:00Z" : "2026-10-18T16:00:00Z"))
            #expect(cron.next(after: start, in: zone) { _ in false } == nil)
            #expect(cron.next(after: .latest, in: zone) == nil)
        }
    }

    struct Mistake: CustomTestStringConvertible {
        let cron: String
        let column: Int
        let en: String
        let zh: String
        var testDescription: String { cron }

        init(_ cron: String, _ column: Int, _ en: String, _ zh: String) {
            (self.cron, self.column, self.en, self.zh) = (cron, column, en, zh)
        }
    }

    static let mistakes = [
        Mistake("60 * * * *", 1, "minute: expected 0 to 59 or *, got '60'", "分钟不是“60”，应为 0 到 59，或 *"),
        Mistake("0  24 * * *", 4, "hour: expected 0 to 23 or *, got '24'", "小时不是“24”，应为 0 到 23，或 *"),
        Mistake("0 0 0 * *", 5, "day of the month: expected 1 to 31 or *, got '0'", "日不是“0”，应为 1 到 31，或 *"),
        Mistake(
            "0 0 1 1,FEBR *", 9, "month: expected 1 to 12, JAN–DEC or *, got 'FEBR'",
            "月不是“FEBR”，应为 1 到 12，或 JAN–DEC，或 *"),
        Mistake(
            "0 0 * * 8", 9, "day of the week: expected 0 to 7, SUN–SAT or *, got '8'", "星期不是“8”，应为 0 到 7，或 SUN–SAT，或 *"),
        Mistake(
            "0 0 * * MON-", 13, "day of the week: expected 0 to 7, SUN–SAT or *, got ''",
            "星期不是“”，应为 0 到 7，或 SUN–SAT，或 *"),
        Mistake("*/0 * * * *", 3, "minute: expected a step from 1 to 60, got '0'", "分钟步长不是“0”，应为 1 到 60"),
        Mistake("*/x * * * *", 3, "minute: expected a step from 1 to 60, got 'x'", "分钟步长不是“x”，应为 1 到 60"),
        Mistake("5/15 * * * *", 1, "minute: a step follows * or a range, such as 5-59/…", "分钟步长前应为 * 或范围，如 5-59/…"),
        Mistake(
            "0 22-6 * * *", 3, "hour: the range '22-6' ends before it begins; write 22-23,0-6",
            "小时范围“22-6”倒置，应写作 22-23,0-6"),
        Mistake("0 0 ? * *", 5, "day of the month: expected 1 to 31 or *, got '?'", "日不是“?”，应为 1 到 31，或 *"),
        Mistake("+1 * * * *", 1, "minute: expected 0 to 59 or *, got '+1'", "分钟不是“+1”，应为 0 到 59，或 *"),
        Mistake(
            "0 0 30 2 *", 5, "no day has the day of the month '30' in the month '2': it would never come",
            "日“30”与月“2”没有一天相合，永远不会执行"),
        Mistake(
            "0 0 0 12 * *", 1,
            "expected five fields (minute, hour, day, month, weekday, such as */15 * * * *), got 6: '0 0 0 12 * *'",
            "应有五段（分 时 日 月 星期，如 */15 * * * *），实有 6 段：“0 0 0 12 * *”"),
        Mistake(
            " @dayly", 2, "'@dayly' is unknown; expected one of @hourly, @daily, @weekly, @monthly",
            "不认识“@dayly”，应为 @hourly, @daily, @weekly, @monthly 之一"),
    ]

    @Test(arguments: mistakes) func `a mistake is told with its place, in both languages`(_ mistake: Mistake) {
        let problem = #expect(throws: CronProblem.self) { try CronExpression(mistake.cron) }
        #expect(problem?.column == mistake.column)
        #expect(problem?.reason.en == mistake.en)
        #expect(problem?.reason.zh == mistake.zh)
    }
}
