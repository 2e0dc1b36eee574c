public import Gateway
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

/// Serves a workspace: the addresses of its connections, what tells how it is, and the workers behind them.
///
/// Life: make one, ``run(_:)`` it, and ``stop()`` it from elsewhere. It is used once.
public final class GatewayServer: Sendable {
    /// Where the server is to listen.
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        /// A name or an address of this machine.
        public var host: String
        /// The port; 0 lets the system choose one.
        public var port: Int

        /// A place to listen at.
        public init(host: String, port: Int) { (self.host, self.port) = (host, port) }

        /// Whether only processes of this machine can come here.
        public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

        /// As it stands in the address of a page.
        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    private let address: Address
    private let served: ServedGateway
    private let inbox: InboxReception
    private let board: WorkerBoard
    private let hooks: HookTally
    private let limits: HTTPLimits
    private let schemas: [String: String]
    private let version: String
    private let logger: Logger
    private let state = Mutex(State.new)

    private enum State {
        case new
        case running(ServiceGroup)
        case stopped
    }

    /// For so long the requests and workers that have begun may go on after the server was told to stop.
    public static let longestDrain = Duration.seconds(40)

    /// A server of `served` at `address`; `hooks` counts what becomes of callbacks, here and in what answers them, and what
    /// arrives in `inbox` is used. `schemas` holds JSON Schemas of what may be sent, by the names under `/schemas/`.
    public init(
        _ served: ServedGateway, inbox: InboxReception, at address: Address, board: WorkerBoard, hooks: HookTally,
        limits: HTTPLimits = HTTPLimits(), schemas: [String: String] = [:], version: String, logger: Logger
    ) {
        self.served = served
        self.inbox = inbox
        self.address = address
        self.board = board
        self.hooks = hooks
        self.limits = limits
        self.schemas = schemas
        self.version = version
        self.logger = logger
    }

    /// Serves until it is stopped. `listening` is told where, once requests are taken.
    ///
    /// - Throws: `ServingError.cannotListen` where the address is taken or is none of this machine.
    public func run(_ listening: @escaping @Sendable (Address) -> Void) async throws(ServingError) {
        let start = StartSignal()
        let services = GatewayServices(served: served, inbox: inbox, board: board, logger: logger, start: start)
        let application = application { [address] port in
            listening(Address(host: address.host, port: port ?? address.port))
            start.send()
        }
        let hangups = HangupListener(
            served: served, logger: logger, signals: await UnixSignalsSequence(trapping: .sighup))
        var configuration = ServiceGroupConfiguration(
            services: services.supervised + [hangups, application], logger: Self.quiet(logger))
        configuration.maximumGracefulShutdownDuration = Self.longestDrain
        let group = ServiceGroup(configuration: configuration)
        guard begin(group) else { return }
        do { try await group.run() } catch { throw ServingError(error, address) }
    }

    /// False where the server was stopped before it ran.
    private func begin(_ group: ServiceGroup) -> Bool {
        state.withLock { state in
            guard case .new = state else { return false }
            state = .running(group)
            return true
        }
    }

    /// Takes no more requests, lets those that have begun and the workers end, and makes ``run(_:)`` return.
    public func stop() async {
        let group = state.withLock { state -> ServiceGroup? in
            defer { state = .stopped }
            if case .running(let group) = state { return group }
            return nil
        }
        await group?.triggerGracefulShutdown()
    }

    /// The workspace as it is served now.
    public var workspace: Workspace { served.current.host.workspace }

    func application(_ listening: @escaping @Sendable (Int?) -> Void) -> GatewayApplication {
        let tally = HTTPTally()
        return GatewayApplication(
            gateway: responder(tally),
            hooks: HookResponder(served: served, unproven: RateLimits(), tally: hooks),
            address: .hostname(address.host, port: address.port), limits: limits,
            tally: tally, logger: Self.quiet(logger), listening: listening)
    }

    private func responder(_ tally: HTTPTally) -> GatewayResponder {
        let current = served.current
        let pages = StatusPages(
            served: served, board: board, hooks: hooks, http: tally,
            status: StatusCache(now: { .now }) { () async throws(HostError) in try await current.host.status() },
            access: StatusAccess(isLoopbackOnly: address.isLoopback), version: version)
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        pages.add(to: router)
        SchemaPages(schemas: schemas).add(to: router)
        return GatewayResponder(pages: router.buildResponder())
    }

    /// What the libraries below tell is of interest only where it is an error.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .error)
        return logger
    }
}
