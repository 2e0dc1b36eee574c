import Expressions
import Foundation
import PlumblineTesting
import Testing

@Suite(.enabled(if: SharedFolder.isExpected, "the shared folder is absent")) struct ConformanceTests {
    /// One case of the file contradicts itself: its expression, `b""" ? " ' ` """`, has no backslash, but its expected
    /// bytes do. The same text as a string (`string_literals`, same name) has none, and neither has the official suite.
    /// When the file is mended this known issue fails, and is to be removed.
    static let misprint = "parse/bytes_literals/triple_double_quoted_unescaped_punctuation"

    @Test func `every case of the official suite passes`() throws {
        let file = try SharedFolder.file("vectors/cel/conformance.jsonl")
        let outcome = try CaseFile(jsonLines: String(contentsOf: file, encoding: .utf8)).run()
        #expect(outcome.passed + outcome.failures.count == 1055)
        for failure in outcome.failures where failure.failed.name != Self.misprint { Issue.record("\(failure)") }
        withKnownIssue("the expected value of \(Self.misprint) is misprinted in the file") {
            #expect(!outcome.failures.contains { $0.failed.name == Self.misprint })
        }
    }

    @Test func `bytes of unescaped punctuation are those that the expression writes`() throws {
        let program = try Environment(variables: []).compile(#"b""" ? " ' ` """ == bytes(' ? " \' ` ')"#)
        #expect(try program.evaluate([]) == .bool(true))
    }
}
