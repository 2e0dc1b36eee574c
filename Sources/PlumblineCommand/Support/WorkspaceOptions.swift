internal import ArgumentParser
internal import AttendanceConnectors
internal import ERPConnectors
internal import Expressions
internal import FileConnectors
internal import Foundation
internal import Gateway
internal import Indicators
internal import OAConnectors
internal import OpenSSLCrypto
internal import ProcessConnectors
internal import ReviewStore
internal import SurveyConnectors
internal import TicketingConnectors
internal import WebhookConnectors

/// How a command prints.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}

/// The option that every command has.
struct FormatOption: ParsableArguments {
    @Option(name: .long, help: "table for people, json for programs.")
    var format: OutputFormat = .table
}

/// The options of commands that work in a workspace.
struct WorkspaceOptions: ParsableArguments {
    @Option(name: .long, help: "The company's folder.")
    var workspace = "."

    @OptionGroup var output: FormatOption

    /// All connectors of the program.
    static func registry() throws -> ConnectorRegistry {
        try ConnectorRegistry(
            AttendanceFamily.connectors, ERPFamily.connectors, FileFamily.connectors, OAFamily.connectors,
            ProcessFamily.connectors, SurveyFamily.connectors, TicketingFamily.connectors,
            WebhookFamily.connectors)
    }

    func read() throws -> Workspace {
        try Workspace.read(workspace, registry: try Self.registry())
    }

    /// Reads the workspace's files again whenever it is called.
    func reader() throws -> @Sendable () throws(WorkspaceError) -> Workspace {
        let (folder, registry) = (workspace, try Self.registry())
        return { () throws(WorkspaceError) in try Workspace.read(folder, registry: registry) }
    }

    /// The workspace with its store opened and ready.
    func host() async throws -> WorkspaceHost {
        let workspace = try read()
        let configuration = try configuration(of: workspace)
        let host: WorkspaceHost
        do throws(StoreError) {
            host = self.host(
                workspace, try SQLiteReviewStore(path: workspace.databasePath, configuration: configuration))
            try await host.prepare()
        } catch {
            throw HostError.store(error)
        }
        return host
    }

    /// The workspace with its store opened for reading only; nil where nothing has been stored yet.
    func readingHost() throws -> WorkspaceHost? {
        let workspace = try read()
        guard FileManager.default.fileExists(atPath: workspace.databasePath) else { return nil }
        let configuration = try configuration(of: workspace)
        do throws(StoreError) {
            return host(
                workspace,
                try SQLiteReviewStore(
                    readingOnly: workspace.databasePath, recordTypes: Array(workspace.recordTypes.values),
                    configuration: configuration))
        } catch {
            throw HostError.store(error)
        }
    }

    private func configuration(of workspace: Workspace) throws -> StoreConfiguration {
        let key = try WorkspaceMaker(folder: self.workspace).key()
        return StoreConfiguration(zone: workspace.calendar.zone, keys: StoreKeys(secret: key), now: Self.now)
    }

    private func host(_ workspace: Workspace, _ store: any ReviewStore) -> WorkspaceHost {
        var host = WorkspaceHost(
            workspace: workspace, store: store,
            secrets: SecretStore(workspace: self.workspace, environment: ProcessInfo.processInfo.environment),
            now: Self.now, actor: "cli")
        host.log = { StandardError.write($0.onOneLine + "\n") }
        return host
    }

    @Sendable static func now() -> Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    var isJSON: Bool { output.format == .json }
}

/// Turns the store's errors into the command's.
func storing<T>(_ work: () async throws(StoreError) -> T) async throws(HostError) -> T {
    do throws(StoreError) {
        return try await work()
    } catch {
        throw .store(error)
    }
}
