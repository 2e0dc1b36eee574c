internal import ArgumentParser
internal import Foundation
internal import Gateway

/// The command `plumbline`.
@main struct Plumbline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plumbline",
        abstract: "From the systems a company has to indicator values that explain themselves.",
        discussion: """
            Exit codes: 0 done; 1 done, but something is wrong (a failed test, a stream that could not be read, a broken \
            audit chain); 2 the workspace or a file has mistakes; 64 the command line is wrong.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "Set up", subcommands: [Init.self, Connectors.self, Lint.self, Test.self, Check.self]),
            CommandGroup(
                name: "Read and compute",
                subcommands: [Preview.self, Pull.self, Inbox.self, Rebuild.self]),
            CommandGroup(
                name: "Bring by hand",
                subcommands: [Template.self, Import.self, Record.self, Imports.self, Undo.self]),
            CommandGroup(name: "Look", subcommands: [Values.self, Explain.self, Verify.self]),
            CommandGroup(name: "Tell", subcommands: [Outbox.self, Sinks.self]),
            CommandGroup(
                name: "Decide", subcommands: [Gate.self, Streams.self, People.self, Rejects.self, Periods.self]),
            CommandGroup(
                name: "Operate",
                subcommands: [
                    Serve.self, Schedule.self, Examine.self, Backup.self, Backups.self, Restore.self, Retention.self,
                ]),
            CommandGroup(name: "Expressions", subcommands: [Eval.self]),
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as any CommandFailure {
            StandardError.write("plumbline: \(error.message)\n")
            exit(withError: error.exitCode)
        } catch {
            exit(withError: error)
        }
    }
}

/// An error that tells a person what to do, and the program its exit code.
protocol CommandFailure: Error {
    var message: String { get }
    var exitCode: ExitCode { get }
}

extension HostError: CommandFailure {
    var message: String { description }
    var exitCode: ExitCode {
        switch self {
        case .workspace, .invalid, .unknownIndicator: .mistakes
        case .store, .connector: .failure
        }
    }
}

extension BackupError: CommandFailure {
    var message: String { description }
    var exitCode: ExitCode {
        switch self {
        case .damaged, .disk, .underWay, .store: .failure
        case .noBackup, .newerForm, .wrongKey, .notEmpty, .fileExists: .mistakes
        }
    }
}

extension WorkspaceError: CommandFailure {
    var message: String { description }
    var exitCode: ExitCode { .mistakes }
}

extension ExitCode {
    /// The workspace, a file or an argument has mistakes that a person must mend.
    static let mistakes = ExitCode(2)
}

/// Writes to standard error, where progress and complaints belong.
enum StandardError {
    /// Text, which cannot steer the terminal whatever a source put into it.
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.harmless.utf8)) }
    /// Writes the line that a terminal shows last anew; an empty text takes it away.
    static func replaceLine(_ text: String) {
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text.onOneLine)".utf8))
    }
    static var isTerminal: Bool { isatty(2) == 1 }
}

/// Writes to standard output.
enum StandardOutput {
    /// Text, which cannot steer the terminal whatever a source put into it.
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.harmless.utf8)) }
    /// One line, whatever breaks stand in the text.
    static func line(_ text: String) { write(text.onOneLine + "\n") }
}
