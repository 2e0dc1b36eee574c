internal import ArgumentParser
internal import Gateway
internal import PlumblineKit
internal import YAMLDocument

struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the tests that stand in the connections.",
        discussion: "JSON: {passed, failed, failures: [{connection, place, differences: [text]}]}.")

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let results = try options.read().connections.flatMap { $0.runTests() }
        let failed = results.filter { !$0.differences.isEmpty }
        if options.isJSON {
            printJSON([
                "passed": .int(results.count - failed.count), "failed": .int(failed.count),
                "failures": .array(failed.map(\.json)),
            ])
        } else {
            for result in failed {
                StandardOutput.line("\(result.place): \(result.connection)")
                for difference in result.differences { StandardOutput.line("  \(difference)") }
            }
            StandardOutput.write("\(results.count - failed.count) passed, \(failed.count) failed\n")
        }
        if !failed.isEmpty { throw ExitCode.failure }
    }
}

extension MappingTestResult {
    fileprivate var json: JSON {
        [
            "connection": .string(connection), "place": .string(place.description),
            "differences": .array(differences.map(JSON.string)),
        ]
    }
}
