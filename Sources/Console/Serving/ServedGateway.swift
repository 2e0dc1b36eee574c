public import Callbacks
public import Gateway
internal import PlumblineKit
internal import Synchronization

/// What is served of one workspace: its host, and who answers for its connections.
///
/// Changed files replace it as a whole. Whoever has begun with the old one ends with it: a request keeps what it got
/// from ``answering``, a worker what it got from ``current``. Files with mistakes replace nothing.
public final class ServedGateway: Sendable {
    /// Makes what answers for a workspace's connections.
    public typealias MakeAnswering = @Sendable (WorkspaceHost) async throws(HostError) -> any CallbackAnswering
    /// Reads the workspace's files anew.
    public typealias ReadFiles = @Sendable () throws(WorkspaceError) -> Workspace

    /// The host for the next piece of work.
    public let current: CurrentHost
    private let state: Mutex<State>
    private let read: ReadFiles
    private let makeAnswering: MakeAnswering

    private struct State {
        var answering: any CallbackAnswering
        var metricsToken: Secret?
        var trouble: String?
        var replaced: (@Sendable () -> Void)?
        /// How many readings have begun, and which of them is the newest that has told its result.
        var begun = 0
        var told = 0
    }

    /// Begins with `host`, reads files with `read` and makes what answers with `answering`.
    public init(
        _ host: WorkspaceHost, read: @escaping ReadFiles, answering: @escaping MakeAnswering
    ) async throws(HostError) {
        current = CurrentHost(host)
        (self.read, makeAnswering) = (read, answering)
        state = Mutex(State(answering: try await answering(host), metricsToken: host.metricsToken()))
    }

    /// Who answers the next request.
    var answering: any CallbackAnswering { state.withLock { $0.answering } }
    /// What those who ask for metrics from another machine must bring.
    var metricsToken: Secret? { state.withLock { $0.metricsToken } }
    /// Why the files as they are now are not what is served; nil where they are.
    public var trouble: String? { state.withLock { $0.trouble } }

    /// Whom to tell when another host has taken the place of the one before.
    func onReplacement(_ tell: @escaping @Sendable () -> Void) { state.withLock { $0.replaced = tell } }

    /// Reads the files anew and serves what they say. Where they have mistakes, what was served stays, and ``trouble``
    /// tells why.
    public func reload() async {
        let reading = state.withLock { state in
            state.begun += 1
            return state.begun
        }
        do throws(HostError) {
            let host = try await current.host.working(on: try files())
            let answering = try await makeAnswering(host)
            tell(reading) { state in
                current.replace(host)
                (state.answering, state.metricsToken, state.trouble) = (answering, host.metricsToken(), nil)
            }
            state.withLock(\.replaced)?()
        } catch {
            tell(reading) { $0.trouble = error.description }
        }
    }

    /// A reading that was overtaken by a later one changes nothing.
    private func tell(_ reading: Int, _ change: (inout State) -> Void) {
        state.withLock { state in
            guard reading > state.told else { return }
            state.told = reading
            change(&state)
        }
    }

    private func files() throws(HostError) -> Workspace {
        do throws(WorkspaceError) { return try read() } catch { throw .workspace(error) }
    }
}

/// Answers for no connection: a workspace whose connections take no requests.
public struct NoCallbacks: CallbackAnswering {
    /// Answers for none.
    public init() {}

    /// Nil for every name.
    public func limits(of connection: String) -> CallbackLimits? { nil }

    /// Not found.
    public func answer(_ request: CallbackRequest, for connection: String) async -> CallbackReply {
        CallbackReply(status: 404)
    }
}
