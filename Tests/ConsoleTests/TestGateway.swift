import Callbacks
import Expressions
import Foundation
import Gateway
import Indicators
import Logging
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import ReviewStore
import Synchronization
import Testing

@testable import Console

/// A workspace as `plumbline init` makes it, and what serves it, with answers from a script.
final class TestGateway: Sendable {
    let folder: URL
    let served: ServedGateway
    let board: WorkerBoard
    let hooks = HookTally()
    let log = TestLog()
    let clock = TestMoment()
    private let store: SQLiteReviewStore

    convenience init(answering: any CallbackAnswering = NoCallbacks(), files: [String: String] = [:]) async throws {
        try await self.init(files: files) { _ in answering }
    }

    init(files: [String: String] = [:], answering: @escaping ServedGateway.MakeAnswering) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(UUID().uuidString)")
        _ = try WorkspaceMaker(folder: folder.path).make()
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let registry = try ConnectorRegistry([])
        let path = folder.path
        let workspace = try Workspace.read(path, registry: registry)
        let now: @Sendable () -> Timestamp = { Timestamp(microseconds: 1_790_000_000_000_000) }
        store = try SQLiteReviewStore(
            path: workspace.databasePath,
            configuration: StoreConfiguration(
                zone: workspace.calendar.zone, keys: StoreKeys(secret: try SymmetricKey.random()), now: now))
        let host = WorkspaceHost(
            workspace: workspace, store: store, secrets: SecretStore(workspace: path, environment: [:]), now: now,
            actor: "test")
        try await host.prepare()
        board = WorkerBoard(now: { [clock] in clock.now })
        served = try await ServedGateway(
            host, read: { () throws(WorkspaceError) in try Workspace.read(path, registry: registry) },
            answering: answering)
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Lets every use of the store fail from now on.
    func closeStore() throws { try store.close() }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    func server(_ limits: HTTPLimits = HTTPLimits(), host: String = "127.0.0.1", port: Int = 0) -> GatewayServer {
        GatewayServer(
            served, inbox: InboxReception(store), at: GatewayServer.Address(host: host, port: port), board: board,
            hooks: hooks, limits: limits, schemas: ["metric.json": "{}"],
            version: "1.2.3", logger: log.logger)
    }

    /// Runs a server at a free port as long as `body` lasts.
    func serve<Result: Sendable>(
        _ limits: HTTPLimits = HTTPLimits(), _ body: @Sendable (RawClient) async throws -> Result
    ) async throws -> Result {
        let server = server(limits)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        // Not a child: a test that is cancelled must not cancel the server, which is to end as it always does. NIO ends
        // the process where a connection that was just accepted is dropped.
        let running = Task {
            defer { port.finish() }
            try await server.run { port.yield($0.port) }
        }
        let result: Swift.Result<Result, any Error>
        do {
            let port = try #require(await ports.first { _ in true }, "the server listens")
            result = .success(try await body(RawClient(port: port)))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        try await running.value
        return try result.get()
    }
}

/// A clock that stands still until it is moved.
final class TestMoment: Sendable {
    private let moment = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { moment.withLock { $0 } }

    func advance(_ duration: Duration) { moment.withLock { $0 += duration } }
}

/// A log that is kept in memory.
final class TestLog: Sendable {
    private let lines = Mutex("")

    var text: String { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in
            var handler = LineLogHandler(now: { "2026-11-26T09:20:00Z" }) { line in self.lines.withLock { $0 += line } }
            handler.logLevel = .trace
            return handler
        }
    }
}

extension HTTPLimits {
    /// For tests that are not about time: a machine that has much else to do is no slow client.
    static let patient: HTTPLimits = {
        var limits = HTTPLimits()
        (limits.headTime, limits.bodyTime, limits.answerTime) = (.seconds(300), .seconds(300), .seconds(300))
        return limits
    }()
}
