import Expressions
import Foundation
import Testing

@Suite struct ConformanceTests {
    @Test(.enabled(if: SharedFolder.isRequired, "the shared folder is not beside the package"))
    func `every case of the official suite passes`() throws {
        let folder = try #require(SharedFolder.url, "CI needs the shared folder beside the package")
        let file = folder.appending(path: "vectors/cel/conformance.jsonl")
        let outcome = try CaseFile(jsonLines: String(contentsOf: file, encoding: .utf8)).run()
        for failure in outcome.failures { Issue.record("\(failure)") }
        #expect(outcome.summary == "1055 passed, 0 failed")
    }
}
