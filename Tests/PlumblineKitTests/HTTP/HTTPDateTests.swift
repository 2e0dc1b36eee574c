import PlumblineKit
import Testing

@Suite struct HTTPDateTests {
    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200), ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
        ("Wed, 01 Jul 2026 01:00:00 UTC", 1_782_867_600), (" Tue, 01 Mar 2100 00:00:00 GMT ", 4_107_542_400),
    ])
    func `the three forms give the same moment`(text: String, seconds: Int64) {
        #expect(HTTPDate(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 2025 00:00:00 GMT",
        "Wed, 29 Feb 2023 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49 GMT", "1994-11-06T08:49:37Z", "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 19940 1:1:1 GMT",
    ])
    func `anything else is no date`(text: String) {
        #expect(HTTPDate(text) == nil)
    }

    @Test(arguments: [
        (1_782_867_600, "26", 2026), (1_782_867_600, "70", 2070), (1_782_867_600, "94", 1994), (0, "99", 1999),
    ])
    func `a year of two digits lies near the present`(now: Int64, digits: String, year: Int) throws {
        let short = try #require(HTTPDate("Monday, 01-Jun-\(digits) 00:00:00 GMT", now: now))
        #expect(short == HTTPDate("Mon, 01 Jun \(year) 00:00:00 GMT"))
    }
}
