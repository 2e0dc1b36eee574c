public import Expressions
internal import Indicators
public import ReviewStore

/// A workspace at work: its connections, its store, and the moment.
///
/// What it does stands in the folders of this module: runs, identity, values, explanations.
public struct WorkspaceHost: Sendable {
    /// The workspace it works on.
    public let workspace: Workspace
    /// Where evidence, accounts, runs and values are kept.
    public let store: any ReviewStore
    let secrets: SecretStore
    let now: @Sendable () -> Timestamp
    /// Who acts, as a pseudonymous id.
    let actor: String
    /// Takes what connectors have to tell beside their records, a line at a time that begins with the connection's name.
    public var log: @Sendable (String) -> Void = { _ in }
    /// What transports take waiting, chance and names from.
    var transportEnvironment = TransportEnvironment.system

    /// A host that asks `now` for the moment and acts as `actor`, a pseudonymous id that the audit shows.
    public init(
        workspace: Workspace, store: any ReviewStore, secrets: SecretStore, now: @escaping @Sendable () -> Timestamp,
        actor: String
    ) {
        self.workspace = workspace
        self.store = store
        self.secrets = secrets
        self.now = now
        self.actor = actor
    }

    /// Makes the store ready for the workspace's record types and sinks. To be called once, before anything else.
    public func prepare() async throws(StoreError) {
        try await store.prepare(workspace.recordTypes.values.sorted { $0.name < $1.name })
        store.subscribe(workspace.subscriptions)
    }
}

/// Why the host could not do what was asked.
public enum HostError: Error, Sendable, CustomStringConvertible {
    /// The workspace cannot be used.
    case workspace(WorkspaceError)
    /// The store refused or failed.
    case store(StoreError)
    /// A source could not be read.
    case connector(connection: String, ConnectorFailure)
    /// No definition has that id; `proposal` is the nearest that has.
    case unknownIndicator(String, proposal: String?)
    /// What was asked makes no sense, for the reason given.
    case invalid(String)

    /// A connector's error with the place in the connection's file that it concerns.
    public struct ConnectorFailure: Sendable, Hashable {
        /// What went wrong and where, as one line.
        public let message: String
        /// Whether trying again later may help.
        public let isTemporary: Bool
        /// How long the source asks to be left alone; nil where it does not say.
        public var retryAfter: Duration?
    }

    /// The reason as a person is to read it.
    public var description: String {
        switch self {
        case .workspace(let error): error.description
        case .store(let error): error.description
        case .connector(let connection, let failure): "\(connection): \(failure.message)"
        case .unknownIndicator(let id, let proposal):
            "there is no indicator '\(id)'" + (proposal.map { ", perhaps '\($0)'" } ?? "")
        case .invalid(let reason): reason
        }
    }
}
