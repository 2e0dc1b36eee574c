internal import Callbacks
internal import Console
internal import Expressions
internal import Foundation
internal import Gateway
internal import Indicators
internal import Logging
internal import OpenSSLCrypto
internal import ReviewStore

/// Serves `/hooks/x` with an answer that is given at once, so that what is measured is HTTP alone:
/// `serve-hooks PORT`, then `wrk -t1 -c32 -d10s -s post.lua http://127.0.0.1:PORT/hooks/x`.
@main struct ServeHooks {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
        let folder = FileManager.default.temporaryDirectory.appending(path: "serve-hooks-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let maker = WorkspaceMaker(folder: folder.path)
        _ = try maker.make()
        let host = try host(folder.path, key: try maker.key())
        let served = try await ServedGateway(
            host,
            read: { () throws(WorkspaceError) in
                throw .notAWorkspace(path: "")
            }
        ) { _ in AnswersAtOnce() }
        let server = GatewayServer(
            served, inbox: InboxReception(host.store), at: GatewayServer.Address(host: "127.0.0.1", port: port),
            board: WorkerBoard(), hooks: HookTally(), version: "0", logger: Logger(label: "bench"))
        try await server.run { print("http://\($0)") }
    }

    private static func host(_ folder: String, key: SymmetricKey) throws -> WorkspaceHost {
        let workspace = try Workspace.read(folder, registry: try ConnectorRegistry([]))
        let now: @Sendable () -> Timestamp = { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) }
        let store = try SQLiteReviewStore(
            path: workspace.databasePath,
            configuration: StoreConfiguration(zone: workspace.calendar.zone, keys: StoreKeys(secret: key), now: now))
        return WorkspaceHost(
            workspace: workspace, store: store, secrets: SecretStore(workspace: folder, environment: [:]), now: now,
            actor: "bench")
    }
}

private struct AnswersAtOnce: CallbackAnswering {
    func limits(of connection: String) -> CallbackLimits? {
        connection == "x" ? CallbackLimits(bodyBytes: 1_000_000, requestsPerSecond: 10_000_000) : nil
    }

    func answer(_ request: CallbackRequest, for connection: String) async -> CallbackReply {
        CallbackReply(status: request.body.count == 600 ? 200 : 400)
    }
}
