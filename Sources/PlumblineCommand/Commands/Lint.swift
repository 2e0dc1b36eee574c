internal import ArgumentParser
internal import Gateway
internal import PlumblineKit
internal import YAMLDocument

struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every file of the workspace, without network.",
        discussion: """
            Prints each mistake as file:line:column: what is wrong, and what was expected. JSON: {problems: [{file, line, \
            column, message}]}. Exit code 2 where there is a mistake.
            """)

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        do {
            let workspace = try options.read()
            if options.isJSON { return printJSON(["problems": []]) }
            StandardOutput.write(
                "No mistakes: \(workspace.connections.count) connections, \(workspace.indicators.count) indicators, "
                    + "\(workspace.recordTypes.count) record types, \(workspace.mappings.count) saved mappings, "
                    + "\(workspace.sinks.count) sinks.\n")
        } catch WorkspaceError.invalid(let invalid) {
            show(invalid.problems)
            throw ExitCode.mistakes
        }
    }

    private func show(_ problems: [Problem]) {
        if options.isJSON { return printJSON(["problems": .array(problems.map(\.json))]) }
        for problem in problems { StandardOutput.line("\(problem)") }
        StandardOutput.write("\(problems.count) \(problems.count == 1 ? "mistake" : "mistakes").\n")
    }
}

extension Problem {
    fileprivate var json: JSON {
        [
            "file": .string(place.file), "line": .int(place.line), "column": .int(place.column),
            "message": .string(message),
        ]
    }
}
