import Foundation

/// A process whose output is kept in files, so that no pipe can block it.
///
/// Foundation's `Process` waits until every descendant that inherited its socket is gone, which a server that was started
/// in the background never is. This one waits for the process alone.
final class RunningProcess {
    private let number: pid_t
    private let folder: TemporaryFolder

    init(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, name) in [(Int32(1), "output"), (2, "errors")] {
            let file = folder.url.appending(path: name).path
            posix_spawn_file_actions_addopen(&actions, descriptor, file, O_WRONLY | O_CREAT, 0o600)
        }
        let all = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        var number: pid_t = 0
        let failure = Self.withCStrings([program.path] + arguments) { arguments in
            Self.withCStrings(all.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&number, program.path, &actions, nil, arguments, environment)
            }
        }
        guard failure == 0 else {
            throw Plumbline.Failure(description: "cannot start \(program.path): \(String(cString: strerror(failure)))")
        }
        self.number = number
    }

    /// Ends the process at once, without any chance to tidy up. Not to be called after `finish`.
    func kill() { Foundation.kill(number, SIGKILL) }

    /// Sends a signal. Not to be called after `finish`.
    func send(_ signal: Int32) { Foundation.kill(number, signal) }

    /// What the process has written so far to standard output.
    func output() throws -> String { try folder.text("output") }
    /// What the process has written so far to standard error.
    func errors() throws -> String { try folder.text("errors") }

    /// What the process left behind where it has ended; nil, a moment later, where it goes on. Not to be called after that.
    func poll() async throws -> Plumbline.Finished? {
        var status: Int32 = 0
        guard waitpid(number, &status, WNOHANG) != 0 else {
            try? await Task.sleep(for: .milliseconds(1))
            return nil
        }
        return try finished(status)
    }

    /// The most memory that the process has held in RAM, in KiB.
    func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(number)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let line, let size = Int(line.filter(\.isNumber)) else {
            throw Plumbline.Failure(description: "the system does not tell the memory of process \(number)")
        }
        return size
    }

    /// Waits for the end; kills the process when `timeout` is over or the test is cancelled.
    func finish(timeout: Duration) async throws -> Plumbline.Finished {
        let limit = ContinuousClock.now + timeout
        var status: Int32 = 0
        while waitpid(number, &status, WNOHANG) == 0 {
            if ContinuousClock.now > limit || Task.isCancelled { kill() }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return try finished(status)
    }

    private func finished(_ status: Int32) throws -> Plumbline.Finished {
        let signal = status & 0x7F
        return Plumbline.Finished(
            status: status >> 8 & 0xFF, wasKilled: signal != 0, output: try folder.text("output"),
            errors: try folder.text("errors"))
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
