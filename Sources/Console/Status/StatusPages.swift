internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PlumblineKit

/// The addresses by which machines learn how the gateway is: `/healthz`, `/readyz`, `/metrics`.
struct StatusPages: Sendable {
    let served: ServedGateway
    let board: WorkerBoard
    let hooks: HookTally
    let http: HTTPTally
    let status: StatusCache
    let access: StatusAccess
    let version: String

    /// Adds the addresses to a router.
    func add(to router: Router<GatewayContext>) {
        router.get("healthz") { _, _ in Self.page(.ok, "text/plain; charset=utf-8", "alive\n") }
        router.get("readyz") { request, context in readiness(Peer(context.remoteAddress, request.headers)) }
        router.get("metrics") { request, context in await metrics(Peer(context.remoteAddress, request.headers)) }
    }

    private func readiness(_ peer: Peer) -> Response {
        let readiness = Readiness(
            workers: board.workers, configuration: served.trouble, connections: served.answering.faults)
        let mayKnow = access.decide(peer, token: served.metricsToken) == .granted
        return Self.page(
            readiness.isReady ? .ok : .serviceUnavailable, "application/json",
            readiness.json(withReasons: mayKnow).text + "\n")
    }

    private func metrics(_ peer: Peer) async -> Response {
        let decision = access.decide(peer, token: served.metricsToken)
        if let advice = decision.advice {
            var response = Self.page(
                decision == .noToken ? .forbidden : .unauthorized, "text/plain; charset=utf-8", advice)
            if decision == .wrongToken { response.headers[.wwwAuthenticate] = "Bearer" }
            return response
        }
        let metrics = GatewayMetrics(
            status: try? await status.status(), workers: board.workers, hooks: hooks, http: http,
            isConfigurationValid: served.trouble == nil, faults: served.answering.faults, version: version,
            process: ProcessMeasures())
        return Self.page(.ok, MetricsText.mediaType, metrics.text)
    }

    private static func page(_ status: HTTPResponse.Status, _ type: String, _ text: String) -> Response {
        var headers = HTTPFields.answer
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// A request with the address it came from.
struct GatewayContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
