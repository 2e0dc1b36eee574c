import Foundation
import PlumblineKit
import Synchronization

@testable import Gateway

/// A launcher whose limits are short, with what it logged.
final class SandboxScene: Sendable {
    let programs: SandboxedPrograms
    private let log = Log()

    /// What was logged.
    var lines: [String] { log.lines }

    init(_ change: (inout SandboxOptions) -> Void = { _ in }, workspace: String = "/nonexistent/workspace") {
        var options = SandboxOptions()
        options.timeOut = .seconds(60)
        options.grace = .milliseconds(300)
        options.linger = .milliseconds(300)
        change(&options)
        programs = SandboxedPrograms(options: options, workspace: workspace) { [log] line in log.append(line) }
    }

    convenience init(_ change: (inout SandboxOptions) -> Void = { _ in }, workspace: () -> String) {
        self.init(change, workspace: workspace())
    }
}

/// A folder of a test's own, gone with it.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(UUID().uuidString)").path
        _ = try folder("", mode: 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A folder in it, with these rights.
    func folder(_ name: String, mode: Int) throws -> String {
        let path = name.isEmpty ? path : "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
        return path
    }
}

private final class Log: Sendable {
    private let kept = Mutex<[String]>([])
    func append(_ line: String) { kept.withLock { $0.append(line) } }
    var lines: [String] { kept.withLock { $0 } }
}

/// What suites do with shell scripts under a sandbox.
protocol SandboxSuite {}

extension SandboxSuite {
    func order(_ script: String, _ environment: [String: String] = [:]) -> ProgramOrder {
        ProgramOrder(
            command: ["sh", "-c", script], environment: environment, redaction: Redaction(secrets: ["hush-hush"]))
    }

    /// All lines and the end of a shell script.
    func run(
        _ script: String, _ scene: SandboxScene = SandboxScene(), _ environment: [String: String] = [:]
    ) async throws(ConnectorError) -> (lines: [ProgramLine], end: ProgramEnd) {
        let program = try await scene.programs.start(order(script, environment))
        var lines: [ProgramLine] = []
        while let more = try await program.lines() { lines += more }
        return (lines, try await program.end())
    }

    func texts(_ script: String, _ scene: SandboxScene = SandboxScene(), _ environment: [String: String] = [:])
        async throws
        -> [String]
    {
        try await run(script, scene, environment).lines.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// Processes whose command line or environment holds a text that no other has.
    func processes(with mark: String) -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { Int($0) != nil } ?? []
        return numbers.filter { number in
            let texts = ["cmdline", "environ"].compactMap {
                FileManager.default.contents(atPath: "/proc/\(number)/\($0)")
            }
            return texts.contains { $0.range(of: Data(mark.utf8)) != nil }
        }
    }

    func mark() -> String { "mark-\(UInt64.random(in: 0...(.max)))" }
}
