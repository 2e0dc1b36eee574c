import PlumblineKit
import Testing

@Suite struct SourceVersionTests {
    @Test(arguments: [
        ("1", "2"), ("9", "10"), ("09", "10"), ("-2", "-1"), ("-1", "0"), ("a", "b"), ("10", "9a"),
        ("2026-07-09", "2026-07-10"), ("99999999999999999999", "100000000000000000000"), ("Z", "a"),
    ])
    func `versions are ordered as numbers, else as text`(older: String, newer: String) {
        let (older, newer) = (SourceVersion(older), SourceVersion(newer))
        #expect(older < newer)
        #expect(!(newer < older))
        #expect(!(older < older))
    }

    @Test(arguments: [("007", "7"), ("-0", "0"), ("0", "-0")])
    func `equal numbers are not older`(one: String, other: String) {
        #expect(!(SourceVersion(one) < SourceVersion(other)))
    }
}
