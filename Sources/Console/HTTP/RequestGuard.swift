internal import NIOCore
internal import NIOHTTP1

/// Stands behind the parser of a connection: refuses what has two meanings, closes on slow clients, and ends a connection
/// whose last answer says so.
///
/// It belongs to one connection and is used on that connection's event loop alone.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: HTTPLimits
    private let tally: HTTPTally
    private var patience: ClientPatience
    private var clock: Scheduled<Void>?
    /// Whether nothing more of the client is believed.
    private var isRefused = false
    /// Whether the request that came last is the client's last.
    private var isLastRequest = false
    private var unanswered = 0
    /// Whether the answer that is being written is the last.
    private var isLastAnswer = false
    private var isClosing = false

    init(limits: HTTPLimits, tally: HTTPTally) {
        (self.limits, self.tally) = (limits, tally)
        patience = ClientPatience(limits: limits, openedAt: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { watch(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        watch(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        clock?.cancel()
        clock = nil
    }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isRefused || isClosing { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if isLastRequest {
                isRefused = true
                return
            }
            if RequestFault(head) != nil { return refuse(context) }
            isLastRequest = !head.isKeepAlive
            unanswered += 1
            patience.note(.head, at: .now())
            inviteBody(head, context)
        case .end: patience.note(.end, at: .now())
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { tally.note(.malformed) }
        context.fireErrorCaught(error)
    }

    /// The server answers 400 to the parser's errors, and closes.
    private func refuse(_ context: ChannelHandlerContext) {
        isRefused = true
        tally.note(.malformed)
        context.fireErrorCaught(HTTPParserError.invalidInternalState)
    }

    /// Some clients wait for this before they send a long body.
    private func inviteBody(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.version == .http1_1, head.headers.contains(where: { $0.name.isSameHeader(as: "expect") }) else {
            return
        }
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    // MARK: What goes

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            isLastAnswer = head.headers.contains {
                $0.name.isSameHeader(as: "connection") && $0.value.isSameHeader(as: "close")
            }
            if isLastRequest, unanswered == 1, !isLastAnswer {
                isLastAnswer = true
                head.headers.add(name: "Connection", value: "close")
                return context.write(wrapOutboundOut(.head(head)), promise: promise)
            }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            unanswered -= 1
            patience.note(isLastAnswer ? .closing : .answered, at: .now())
            context.write(data, promise: promise)
            if isLastAnswer { close(context) }
        }
    }

    /// Ends our side. What the client still sends is read and thrown away for a while: to close on unread bytes would
    /// make the system reset the connection, and the client would not see the answer.
    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        context.flush()
        context.close(mode: .output, promise: nil)
    }

    // MARK: Slow clients

    private func watch(_ context: ChannelHandlerContext) {
        guard clock == nil else { return }
        clock = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.tick)) {
            self.clock = nil
            self.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        guard patience.deadline <= .now() else { return watch(context) }
        if !isClosing { tally.note(.slow) }
        context.close(promise: nil)
    }
}
