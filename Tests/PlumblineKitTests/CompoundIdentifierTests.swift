import PlumblineKit
import Testing

@Suite struct CompoundIdentifierTests {
    @Test(arguments: [
        (["7"], "7"), (["a/b"], "a/b"), (["50%"], "50%"), (["a", "b"], "a/b"), (["a/b", "c"], "a%2Fb/c"),
        (["50%", "x"], "50%25/x"), (["张/伟", "2026-07"], "张%2F伟/2026-07"), (["", "b"], "/b"),
    ])
    func `parts are joined, and what joins them is no part of one`(parts: [String], identifier: String) {
        #expect(parts.compoundIdentifier == identifier)
    }

    @Test func `different parts never give one identifier`() {
        let texts = ["a", "/", "%", "%2F", "a/", "/a", "%25"]
        let pairs = texts.flatMap { one in texts.map { [one, $0] } }
        #expect(Set(pairs.map(\.compoundIdentifier)).count == pairs.count)
    }
}
