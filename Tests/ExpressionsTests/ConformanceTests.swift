import Expressions
import Foundation
import PlumblineTesting
import Testing

@Suite struct CaseFileTests {
    @Test func `lines end as on any system`() throws {
        let line = #"{"expr": "1 + 1", "value": {"int": "2"}}"#
        #expect(try CaseFile(jsonLines: "\(line)\r\n\(line)\n\r\n").run().summary == "2 passed, 0 failed")
    }

    @Test(arguments: [
        (#"{"int": "1", "uint": "1"}"#, "expected a value of one type"), ("{}", "expected a value of one type"),
        (#"{"map": [[{"int": "1"}]]}"#, "expected a key and a value"), (#"{"int": "x"}"#, "expected a value of type int"),
    ])
    func `a value that is none is refused`(value: String, message: String) {
        let error = #expect(throws: CaseFile.FormatError.self) {
            try CaseFile(jsonLines: "\n{\"expr\": \"1\", \"value\": \(value)}")
        }
        #expect(error?.line == 2)
        #expect(error?.message == message)
    }
}

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
