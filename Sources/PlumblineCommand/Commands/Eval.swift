internal import ArgumentParser
internal import Expressions
internal import Foundation
internal import Gateway
internal import PlumblineKit

struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate an expression, or run a file of cases.",
        discussion: """
            The record is JSON, which the expression reads as 'source' and as 'record'. A file of cases is JSON Lines, each \
            with expr, bindings, and value or error; exit code 1 where one fails. JSON: {value, type} or {passed, failed, \
            failures: [{name, expression, expected, got}]}.
            """)

    @OptionGroup var output: FormatOption
    @Argument(help: "The expression.") var expression: String?
    @Option(name: .long, help: "A record in JSON.") var record = "{}"
    @Option(name: .long, help: "A file of cases.") var cases: String?

    func validate() throws {
        if (expression == nil) == (cases == nil) {
            throw ValidationError("give an expression, or a file with --cases")
        }
    }

    func run() throws {
        if let cases { return try runCases(cases) }
        let source: JSON
        do {
            source = try JSON.parse(Array(record.utf8))
        } catch {
            throw HostError.invalid("--record is no JSON: \(error)")
        }
        let result = try PromptExpression(expression ?? "").evaluate(source)
        if output.format == .json {
            printJSON(["value": result.json, "type": .string(result.typeText)])
        } else {
            StandardOutput.write(result.text + "\n")
        }
    }

    private func runCases(_ path: String) throws {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw HostError.invalid("cannot read \(path)")
        }
        let outcome: CaseFile.Outcome
        do {
            outcome = try CaseFile(jsonLines: text).run()
        } catch {
            throw HostError.invalid("\(path):\(error.line): \(error.message)")
        }
        if output.format == .json {
            printJSON([
                "passed": .int(outcome.passed), "failed": .int(outcome.failures.count),
                "failures": .array(outcome.failures.map(\.json)),
            ])
        } else {
            for failure in outcome.failures { StandardOutput.write("\(failure)\n") }
            StandardOutput.write("\(outcome.summary)\n")
        }
        if !outcome.failures.isEmpty { throw ExitCode.failure }
    }
}

extension CaseFile.Failure {
    fileprivate var json: JSON {
        [
            "name": .string(failed.name), "expression": .string(failed.expression), "expected": .string(expected),
            "got": .string(got),
        ]
    }
}
