import Foundation
import PlumblineKit
import Testing

/// A workspace that `plumbline serve` serves in a process of its own, until `body` is over.
struct ServedFolder {
    let folder: TemporaryFolder
    let program: Plumbline
    let process: RunningProcess
    let port: Int

    /// What a page answered.
    struct Answer {
        let status: Int
        let text: String
        let fields: [String: String]
    }

    /// Makes a workspace with these files besides and serves it at a free port, until it dies at `crashPoint`.
    init(_ files: [String: String] = [:], crashPoint: String? = nil, _ options: String...) async throws {
        folder = try TemporaryFolder()
        program = Plumbline(workspace: folder.url)
        #expect(try await program.run("init").status == 0)
        for (name, text) in files { try folder.write(text, to: name) }
        var serving = program
        serving.environment["PLUMBLINE_CRASH_AT"] = crashPoint
        process = try serving.start(["serve", "--port", "0"] + options)
        port = try await Self.port(of: process)
    }

    /// Serves the workspace of one that has ended once more.
    init(reviving other: ServedFolder) async throws {
        (folder, program) = (other.folder, other.program)
        process = try program.start(["serve", "--port", "0"])
        port = try await Self.port(of: process)
    }

    /// The port in what the server prints once it takes requests.
    private static func port(of process: RunningProcess) async throws -> Int {
        let digits = try await wanted("the server listens\n\(try process.errors())") {
            let output = try process.output()
            let digits = output.components(separatedBy: "127.0.0.1:").dropFirst().first?.prefix { $0.isNumber }
            return output.hasSuffix("\n") ? digits : nil
        }
        return try #require(Int(digits))
    }

    /// Asks until there is an answer, which there must be within a minute.
    static func wanted<Value>(_ what: String, _ ask: () async throws -> Value?) async throws -> Value {
        let limit = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < limit {
            if let value = try await ask() { return value }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Plumbline.Failure(description: "not within a minute: \(what)")
    }

    /// Asks for a page with curl.
    func get(_ path: String, _ options: String...) async throws -> Answer {
        let finished = try await RunningProcess(
            URL(filePath: "/usr/bin/curl"), ["-si", "--max-time", "20"] + options + ["http://127.0.0.1:\(port)\(path)"]
        ).finish(timeout: .seconds(30))
        let parts = finished.output.replacing("\r\n", with: "\n").components(separatedBy: "\n\n")
        let lines = parts[0].split(separator: "\n")
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        let fields = lines.dropFirst().map { line -> (String, String) in
            let words = line.split(separator: ":", maxSplits: 1)
            return (words[0].lowercased(), String(words[1].drop { $0 == " " }))
        }
        return Answer(
            status: status, text: parts.dropFirst().joined(separator: "\n\n"),
            fields: Dictionary(fields) { first, _ in first })
    }

    /// Asks the server to end and waits until it has.
    func stop(_ signal: Int32 = SIGTERM) async throws -> Plumbline.Finished {
        process.send(signal)
        return try await process.finish(timeout: .seconds(60))
    }
}
