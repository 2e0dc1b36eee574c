import PlumblineKit
import Testing

@Suite struct InstantTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-07-01T01:00:00Z", 1_782_867_600),
            ("2026-07-01T09:00:00+08:00", 1_782_867_600),
            ("2026-06-30T19:30:00-05:30", 1_782_867_600), ("2000-02-29T00:00:00Z", 951_782_400),
            ("1969-12-31T23:59:59Z", -1), ("0000-03-01T00:00:00Z", -62_162_035_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)])
    func `reads RFC 3339`(text: String, seconds: Int64) throws {
        #expect(try #require(Instant(rfc3339: text)).microseconds == seconds * 1_000_000)
    }

    @Test(arguments: [
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-07-01T24:00:00Z", "2026-07-01T00:60:00Z", "2026-07-01",
        "2026-07-01T00:00:00", "2026-07-01T00:00:00.Z", "2026-7-1T00:00:00Z", "2026-07-01T00:00:00+0800", "",
        "2026-07-01T00:00:00Zx", "1900-02-29T00:00:00Z",
    ])
    func `refuses what is no moment`(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test(arguments: [
        "2026-07-01T01:00:00Z", "2026-07-01T01:00:00.25Z", "2026-07-01T01:00:00.000001Z", "1969-12-31T23:59:59.5Z",
        "2024-02-29T12:34:56Z", "0001-01-01T00:00:00Z",
    ])
    func `text gives back what was read`(text: String) throws {
        #expect(try #require(Instant(rfc3339: text)).rfc3339 == text)
    }

    @Test func `every day of 400 years is where it belongs`() throws {
        var instant = try #require(Instant(rfc3339: "1900-01-01T00:00:00Z"))
        let end = try #require(Instant(rfc3339: "2300-01-01T00:00:00Z"))
        var days = 0
        while instant < end {
            if Instant(rfc3339: instant.rfc3339) != instant { Issue.record("\(instant)") }
            instant = instant.advanced(bySeconds: 86_400)
            days += 1
        }
        #expect(instant == end && days == 146_097)
    }

    @Test func `seconds beyond the range are no moment`() {
        #expect(Instant(seconds: 1)?.microseconds == 1_000_000)
        #expect(Instant(seconds: .max) == nil && Instant(seconds: -9_223_372_036_855) == nil)
    }

    @Test func `digits beyond microseconds are cut off`() {
        #expect(Instant(rfc3339: "1970-01-01T00:00:00.1234567891Z") == Instant(microseconds: 123_456))
    }
}
