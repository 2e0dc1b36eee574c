import Foundation
import PlumblineKit

/// The built program, run as a process of its own, as people run it.
struct Plumbline {
    /// Where the program lies: beside the test bundle, or where `PLUMBLINE_PROGRAM` says.
    static let program: URL = {
        if let path = ProcessInfo.processInfo.environment["PLUMBLINE_PROGRAM"] { return URL(filePath: path) }
        return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "plumbline")
    }()

    let workspace: URL
    var environment: [String: String] = [:]
    var timeout: Duration = .seconds(240)

    /// What a run of the program left behind.
    struct Finished {
        let status: Int32
        /// Whether a signal ended it.
        let wasKilled: Bool
        let output: String
        let errors: String

        /// The output as JSON.
        func json() throws -> JSON { try JSON.parse(Array(output.utf8)) }
    }

    /// The program did not end as it had to.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a command in the workspace and waits for its end.
    func run(_ arguments: String...) async throws -> Finished {
        let running = try start(arguments)
        let finished = try await running.finish(timeout: timeout)
        if finished.wasKilled {
            throw Failure(description: "\(arguments): no end after \(timeout)\n\(finished.errors)")
        }
        return finished
    }

    /// Runs a command that must succeed, and gives its JSON.
    func json(_ arguments: String...) async throws -> JSON {
        let running = try start(arguments + ["--format", "json"])
        let finished = try await running.finish(timeout: timeout)
        guard finished.status == 0, !finished.wasKilled else {
            throw Failure(
                description: "\(arguments) ended with \(finished.status)\n\(finished.output)\n\(finished.errors)")
        }
        return try finished.json()
    }

    /// Starts a command and does not wait.
    func start(_ arguments: [String]) throws -> RunningProcess {
        try RunningProcess(Self.program, arguments + ["--workspace", workspace.path], environment: environment)
    }
}
