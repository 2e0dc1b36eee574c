internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import ServiceLifecycle

/// The gateway as an application of Hummingbird.
///
/// It runs Hummingbird's server by itself, as callbacks are answered within the pipeline of their connection.
struct GatewayApplication: ApplicationProtocol {
    let gateway: GatewayResponder
    let hooks: HookResponder
    let address: BindAddress
    let limits: HTTPLimits
    let tally: HTTPTally
    let logger: Logger
    /// Called with the port, once the server listens.
    let listening: @Sendable (Int?) async -> Void

    var responder: GatewayResponder { get async throws { gateway } }
    var server: HTTPServerBuilder {
        HTTPServerBuilder {
            GuardedChannel(responder: $0, hooks: hooks, date: date, limits: limits, tally: tally)
        }
    }
    private let date = DateLine()

    func run() async throws {
        let configuration = ServerConfiguration(
            address: address, availableConnectionsDelegate: .maximum(limits.connections, logger: logger))
        let service = try server.buildServer(
            configuration: configuration, eventLoopGroup: eventLoopGroup, logger: logger,
            responder: { request, writer, channel in
                var response = try await answer(request, channel)
                response.headers[.server] = "plumbline"
                response.headers[.date] = date.text
                do {
                    try await writer.write(response: response.head, body: response.body)
                } catch is HTTPParserError {
                    throw AnswerInterrupted()
                }
            }, onServerRunning: { await listening($0.localAddress?.port) })
        try await service.run()
    }

    private func answer(_ request: Request, _ channel: any Channel) async throws -> Response {
        do {
            let context = GatewayContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            return try await gateway.respond(to: request, context: context)
        } catch let error as HTTPParserError {
            throw error
        } catch is ChannelError {
            throw AnswerInterrupted()
        } catch {
            logger.error("a request could not be answered", metadata: ["kind": "\(type(of: error))"])
            return Response(status: .internalServerError, headers: .answer)
        }
    }
}

/// The client was gone, or broke the rules, while its answer was written. Nothing more goes to it.
private struct AnswerInterrupted: Error {}
