import Foundation

/// Programs of others that tests hold our work against, above all Python's libraries.
public enum PythonEnvironment {
    /// What a program said when it failed.
    public struct Failure: Error, CustomStringConvertible {
        /// Its standard error.
        public let description: String
    }

    /// The Python of an environment with `packages`, made once for all runs; nil where they cannot be had.
    ///
    /// `modules` is what must be importable for an environment that is already there to count.
    public static func python(named name: String, packages: [String], modules: [String]) -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(name)-python")
        let python = folder.appending(path: "bin/python").path
        if (try? run(python, ["-c", "import \(modules.joined(separator: ", "))"])) != nil { return python }
        guard (try? run("/usr/bin/python3", ["-m", "venv", folder.path])) != nil,
            (try? run(python, ["-m", "pip", "install", "-q"] + packages)) != nil
        else { return nil }
        return python
    }

    /// Runs a program and gives what it prints.
    ///
    /// - Throws: `Failure` where it ends with another status than 0.
    @discardableResult
    public static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let failure = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(decoding: failure, as: UTF8.self))
        }
        return String(decoding: printed, as: UTF8.self)
    }
}
