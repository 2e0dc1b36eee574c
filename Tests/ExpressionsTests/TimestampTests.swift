import Expressions
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2026-07-01T01:00:00Z", "2026-07-01T01:00:00Z"), ("2026-07-01T09:00:00.500+08:00", "2026-07-01T01:00:00.5Z"),
        ("2026-06-30t20:30:00.000000001-04:30", "2026-07-01T01:00:00.000000001Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"), ("2024-02-29T23:59:59z", "2024-02-29T23:59:59Z"),
    ])
    func `a time is read and written`(text: String, written: String) {
        #expect(Timestamp(rfc3339: text)?.rfc3339 == written)
    }

    @Test(arguments: [
        "", "2026-07-01", "2026-07-01T01:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-07-01T24:00:00Z",
        "2026-07-01T01:00:60Z", "2026-07-01 01:00:00Z", "2026-07-01T01:00:00.Z", "0000-12-31T23:59:59Z",
        "2026-07-01T01:00:00.1234567890Z", "2026-07-01T01:00:00+8:00", "2026-07-01T01:00:00Zjunk",
    ])
    func `another form is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `microseconds are rounded down, also before 1970`() {
        #expect(Timestamp(microseconds: -1) == Timestamp(seconds: -1, nanoseconds: 999_999_000))
        #expect(Timestamp(seconds: -1, nanoseconds: 999_999_999).microseconds == -1)
        #expect(
            Timestamp(seconds: 0, nanoseconds: -2_000_000_001) == Timestamp(seconds: -3, nanoseconds: 999_999_999))
        #expect(Timestamp(seconds: 3, nanoseconds: .min).seconds == 0)
        #expect(Timestamp(seconds: 0, nanoseconds: -1) == Timestamp(seconds: -1, nanoseconds: 999_999_999))
    }

    @Test func `days and day numbers agree over 800 years`() {
        var number = CivilCalendar.days(year: 1600, month: 1, day: 1)
        for year in 1600..<2400 {
            for month in 1...12 {
                for day in 1...CivilCalendar.daysInMonth(year: year, month: month) {
                    guard CivilCalendar.day(number) != .init(year: year, month: month, day: day) else {
                        number += 1
                        continue
                    }
                    Issue.record("\(year)-\(month)-\(day) is not day \(number)")
                    return
                }
            }
        }
        #expect(CivilCalendar.days(year: 1970, month: 1, day: 1) == 0)
        #expect(CivilCalendar.weekday(0) == 4)
    }

    @Test func `a zone follows its clock changes`() throws {
        let zone = try #require(TimeZoneRules.named("Europe/Berlin"))
        let day = CivilCalendar.Day(year: 2026, month: 3, day: 29)
        #expect(zone.timestamp(of: day, second: 3_600).rfc3339 == "2026-03-29T00:00:00Z")
        #expect(zone.timestamp(of: day, second: 3 * 3_600).rfc3339 == "2026-03-29T01:00:00Z")
        let autumn = CivilCalendar.Day(year: 2026, month: 10, day: 25)
        #expect(zone.timestamp(of: autumn, second: 2 * 3_600 + 1_800).rfc3339 == "2026-10-25T00:30:00Z")
    }

    @Test func `a skipped time moves forward by the gap`() throws {
        let zone = try #require(TimeZoneRules.named("Europe/Berlin"))
        let skipped = zone.timestamp(of: .init(year: 2026, month: 3, day: 29), second: 2 * 3_600 + 1_800)
        #expect(skipped.rfc3339 == "2026-03-29T01:30:00Z")
    }

    @Test func `a zone is found by name or offset`() {
        let noon = Timestamp(seconds: 1_782_907_200)
        #expect(TimeZoneRules.named("Asia/Shanghai")?.offset(at: noon) == 28_800)
        #expect(TimeZoneRules.named("-03:30")?.offset(at: noon) == -12_600)
        #expect(TimeZoneRules.named("UTC")?.offset(at: noon) == 0)
    }

    @Test(arguments: ["Asia/Nowhere", "CST", "GMT+8", "PRC", "++5:00", "+5:00", "", "/"])
    func `what is no zone is refused`(name: String) {
        #expect(TimeZoneRules.named(name) == nil)
    }
}
