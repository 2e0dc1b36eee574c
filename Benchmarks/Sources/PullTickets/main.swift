// Pulls a workspace as `plumbline pull` does, with the workload's connector beside the product's:
// pull-tickets WORKSPACE
internal import Expressions
internal import FileConnectors
internal import Foundation
internal import Gateway
internal import Indicators
internal import OpenSSLCrypto
internal import PlumblineKit
internal import ReviewStore
internal import TicketAPI

@Sendable func now() -> Timestamp {
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
}

func host(_ folder: String) async throws -> WorkspaceHost {
    let registry = try ConnectorRegistry(FileFamily.connectors, [TicketAPIConnector.self])
    let workspace = try Workspace.read(folder, registry: registry)
    let store = try SQLiteReviewStore(
        path: workspace.databasePath,
        configuration: StoreConfiguration(
            zone: workspace.calendar.zone, keys: StoreKeys(secret: try WorkspaceMaker(folder: folder).key()), now: now))
    let host = WorkspaceHost(
        workspace: workspace, store: store, secrets: SecretStore(workspace: folder, environment: [:]), now: now,
        actor: "benchmark")
    try await host.prepare()
    return host
}

let report = try await host(CommandLine.arguments[1]).pull([])
for stream in report.streams {
    let counters = stream.run.counters
    print(
        "{\"inserted\": \(counters.inserted), \"updated\": \(counters.updated), \"unchanged\": \(counters.unchanged), "
            + "\"rejected\": \(counters.rejected)}")
}
exit(report.isComplete ? 0 : 1)
