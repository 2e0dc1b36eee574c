import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

/// A real system that a script of the shared folder starts, with the answers its seed must give.
actor RealServer {
    /// The server of the suite that runs.
    @TaskLocal static var current: RealServer?

    let system: System
    /// What the script tells of the server, such as `API_URL`.
    nonisolated let facts: [String: String]
    private var pulled: [String: ServedWorkspace] = [:]

    enum System: String {
        case requestTracker = "rt5"
        case survey = "djaodjin-survey"
        case roundup, tryton

        /// The folder in `Workspaces/`.
        var workspace: String { self == .requestTracker ? "request-tracker" : rawValue }
    }

    init(_ system: System, facts: [String: String]) {
        self.system = system
        self.facts = facts
    }

    /// A workspace whose company is in `zone`, pulled once and shared by the tests that only look.
    func workspace(zone: String) async throws -> ServedWorkspace {
        if let workspace = pulled[zone] { return workspace }
        let workspace = try await newWorkspace(zone: zone)
        let report = try await workspace.program.json("pull")
        #expect(report["failures"] == [])
        pulled[zone] = workspace
        return workspace
    }

    /// A workspace with its people imported and nothing pulled.
    func newWorkspace(zone: String) async throws -> ServedWorkspace {
        let workspace = try ServedWorkspace(system, facts: facts, zone: zone)
        _ = try await workspace.program.json("people", "import")
        return workspace
    }

    /// What every measure of every agent and month must be.
    nonisolated func expected() throws -> JSON {
        try JSON.parse(Array(Data(contentsOf: try SharedFolder.file("peers/\(system.rawValue)/expected.json"))))
    }
}

/// A workspace of `Workspaces/` that reads a real server.
final class ServedWorkspace: Sendable {
    nonisolated(unsafe) private let folder: TemporaryFolder
    let program: Plumbline

    init(_ system: RealServer.System, facts: [String: String], zone: String) throws {
        let folder = try TemporaryFolder()
        try folder.fill(from: Checkout.workspaces.appending(path: system.workspace))
        try folder.replace("zone: UTC", with: "zone: \(zone)", in: "plumbline.yaml")
        try system.connect(folder, facts)
        self.folder = folder
        program = Plumbline(
            workspace: folder.url, environment: ["REQUEST_TRACKER_TOKEN": facts["API_TOKEN"] ?? ""])
    }

    var database: URL { folder.url.appending(path: "plumbline.sqlite") }

    /// The staff numbers of the people file by the part of the e-mail before the @.
    func staffNumbers() throws -> [String: String] {
        let rows = try folder.text("people.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                (row.first { $0.contains("@") }.map { String($0.prefix { $0 != "@" }) } ?? "", String(row[0]))
            })
    }
}

extension RealServer.System {
    /// Puts the server's address and our password in the workspace.
    fileprivate func connect(_ folder: TemporaryFolder, _ facts: [String: String]) throws {
        switch self {
        case .requestTracker:
            try folder.replace(
                "http://127.0.0.1:1/REST/2.0", with: facts["API_URL"] ?? "", in: "connectors/request-tracker.yaml")
        case .roundup:
            try folder.replace(
                "http://127.0.0.1:1/support/rest", with: facts["API_URL"] ?? "", in: "connectors/roundup.yaml")
            try folder.write(facts["API_PASSWORD"] ?? "", to: "secrets/roundup-password")
        case .survey:
            try folder.replace("http://127.0.0.1:1", with: facts["BASE_URL"] ?? "", in: "connectors/djaodjin.yaml")
            try folder.write(facts["TOKEN"] ?? "", to: "secrets/survey-token")
            try folder.write("a long text that nobody can guess", to: "secrets/survey-hash-key")
        case .tryton:
            for name in ["tryton", "tryton-attendance"] {
                try folder.replace("http://127.0.0.1:1", with: facts["BASE_URL"] ?? "", in: "connectors/\(name).yaml")
            }
            try folder.write(facts["PASSWORD"] ?? "", to: "secrets/tryton-password")
        }
    }
}

/// Starts a real server before a suite's tests and stops it after them, whatever happens.
struct RealServerTrait: SuiteTrait, TestScoping {
    let system: RealServer.System

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let data = folder.url.appending(path: "server").path
        do {
            let output = try await script("up", data, String(Int.random(in: 20_000..<30_000)))
            let server = RealServer(system, facts: Self.facts(output))
            try await RealServer.$current.withValue(server) { try await function() }
        } catch {
            _ = try? await script("down", data)
            throw error
        }
        _ = try await script("down", data)
    }

    private func script(_ name: String, _ arguments: String...) async throws -> String {
        let program = try SharedFolder.file("peers/\(system.rawValue)/\(name)")
        let finished = try await RunningProcess(program, arguments).finish(timeout: .seconds(600))
        guard finished.status == 0 else {
            throw Plumbline.Failure(description: "\(system.rawValue)/\(name): \(finished.errors.suffix(2_000))")
        }
        return finished.output
    }

    private static func facts(_ output: String) -> [String: String] {
        let lines = output.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        return Dictionary(lines.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { _, last in last }
    }
}

extension Trait where Self == RealServerTrait {
    static func realServer(_ system: RealServer.System) -> Self { RealServerTrait(system: system) }
}
