import Testing

@testable import Expressions

@Suite struct QuotedValueTests {
    @Test func `a message is plain for people and shows its values to those who hide them`() {
        let message = "'\(value: "heart disease")' is no \(value: 7)"
        #expect(QuotedValue.plain(message) == "'heart disease' is no 7")
        #expect(QuotedValue.replacing(in: message) { "<\($0.count)>" } == "'<13>' is no <1>")
    }

    @Test(arguments: ["a\u{3}b", "\u{2}ab", "ab\u{3}", "\u{301}ab"])
    func `no value can end its marks`(value: String) {
        #expect(QuotedValue.replacing(in: "not \(value: value)!") { _ in "x" } == "not x!")
    }

    @Test func `an evaluation's message has no marks`() {
        let error = EvaluationError.noSuchKey("'\(value: "owner")'")
        #expect(error.message == "no such key: 'owner'" && error.reason.en != error.message)
    }
}
