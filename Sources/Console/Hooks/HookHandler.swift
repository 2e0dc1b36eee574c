internal import Gateway
internal import NIOCore
internal import NIOHTTP1

/// Answers requests to `/hooks/<connection>`, and of devices, on the connection's own event loop, and passes all others on to
/// Hummingbird.
///
/// Hummingbird gives each part of a request through several tasks and types. For a page that is nothing; of the CPU time that
/// a callback takes it was a fifth.
///
/// Requests of one connection are answered one after the other: what comes behind one that has no answer yet is held, and
/// nothing more is read meanwhile. It belongs to one connection and is used on that connection's event loop alone.
final class HookHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// The next part is the header of a request.
        case idle
        /// The body of a callback is coming.
        case reading(HookRequest)
        /// The rest of a callback that has its answer is coming.
        case skipping
        /// The answer of a callback is being made.
        case answering
        /// A request is Hummingbird's.
        case elsewhere(hasEnded: Bool, isAnswered: Bool)
    }

    /// What came while a request had no answer, in its order.
    private enum Held {
        case part(NIOAny)
        case event(Any)
        case error(any Error)
    }

    private let responder: HookResponder
    private let date: DateLine
    private let executor: LoopExecutor
    private var state = State.idle
    /// What has come of the body that is being read.
    private var body: [UInt8] = []
    private var held: [Held] = []
    private var isReadWanted = false
    /// Whether the server is to stop, so that the answer at hand is the connection's last.
    private var isStopping = false

    init(_ responder: HookResponder, date: DateLine, executor: LoopExecutor) {
        (self.responder, self.date, self.executor) = (responder, date, executor)
    }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isBusy {
            held.append(.part(data))
        } else {
            take(data, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (state, event) {
        case (.reading, is ChannelShouldQuiesceEvent), (.answering, is ChannelShouldQuiesceEvent): isStopping = true
        case (_, is ChannelShouldQuiesceEvent): context.fireUserInboundEventTriggered(event)
        default:
            if isHolding { held.append(.event(event)) } else { context.fireUserInboundEventTriggered(event) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isHolding { return held.append(.error(error)) }
        dropRequest()
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        dropRequest()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if isBusy { isReadWanted = true } else { context.read() }
    }

    /// Whether what comes now has to wait.
    private var isBusy: Bool {
        switch state {
        case .answering: true
        case .elsewhere(let hasEnded, _): hasEnded
        case .idle, .reading, .skipping: false
        }
    }

    /// Whether what comes beside parts has to wait as well, so that it stays in its order.
    private var isHolding: Bool {
        if case .answering = state { true } else { !held.isEmpty }
    }

    private func take(_ data: NIOAny, _ context: ChannelHandlerContext) {
        switch (state, unwrapInboundIn(data)) {
        case (.idle, .head(let head)):
            guard let admission = responder.admit(head) else {
                state = .elsewhere(hasEnded: false, isAnswered: false)
                return context.fireChannelRead(data)
            }
            begin(admission, context)
        case (.reading(let request), .body(let bytes)): add(bytes, to: request, context)
        case (.reading(let request), .end): answer(request, context)
        case (.skipping, .end): becomeIdle(context)
        case (.elsewhere(_, let isAnswered), .end):
            state = .elsewhere(hasEnded: true, isAnswered: isAnswered)
            context.fireChannelRead(data)
            leaveIfDone(context)
        case (.elsewhere, _): context.fireChannelRead(data)
        default: break
        }
    }

    private func dropRequest() {
        guard case .reading(let request) = state else { return }
        responder.noteCutOff(request)
        (state, body) = (.idle, [])
    }

    // MARK: Callbacks

    private func begin(_ admission: HookResponder.Admission, _ context: ChannelHandlerContext) {
        switch admission {
        case .refused(let answer):
            state = .skipping
            write(answer, context)
        case .admitted(let request):
            state = .reading(request)
            body.reserveCapacity(min(request.announced ?? 0, Self.reserved))
        }
    }

    /// Memory that is set aside before anything of a body has come.
    private static let reserved = 64 * 1024

    private func add(_ bytes: ByteBuffer, to request: HookRequest, _ context: ChannelHandlerContext) {
        guard body.count + bytes.readableBytes <= request.bodyBytes else {
            (state, body) = (.skipping, [])
            return write(responder.refuseLong(request), context)
        }
        body.append(contentsOf: bytes.readableBytesView)
    }

    private func answer(_ request: HookRequest, _ context: ChannelHandlerContext) {
        let body = body
        (state, self.body) = (.answering, [])
        let connection = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        Task.immediate(executorPreference: executor) { [responder] in
            let answer = await responder.answer(request, body: body)
            let (handler, context) = connection.value
            guard context.channel.isActive else { return }
            handler.write(answer, context)
            handler.becomeIdle(context)
        }
    }

    private func write(_ answer: HookAnswer, _ context: ChannelHandlerContext) {
        var answer = answer
        answer.isLast = answer.isLast || isStopping
        context.write(wrapOutboundOut(.head(answer.head(date: date.text))), promise: nil)
        if !answer.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    // MARK: Pages

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        guard case .elsewhere(let hasEnded, _) = state, case .end = unwrapOutboundIn(data) else { return }
        state = .elsewhere(hasEnded: hasEnded, isAnswered: true)
        leaveIfDone(context)
    }

    /// Ends a request of Hummingbird's once it has come and is answered.
    private func leaveIfDone(_ context: ChannelHandlerContext) {
        if case .elsewhere(hasEnded: true, isAnswered: true) = state { becomeIdle(context) }
    }

    // MARK: One after the other

    /// Goes on with what was held, up to the next request that has to be waited for.
    private func becomeIdle(_ context: ChannelHandlerContext) {
        state = .idle
        guard !held.isEmpty || isReadWanted else { return }
        var rest = held[...]
        held = []
        while !isBusy, let next = rest.popFirst() {
            switch next {
            case .part(let data): take(data, context)
            case .event(let event): userInboundEventTriggered(context: context, event: event)
            case .error(let error): errorCaught(context: context, error: error)
            }
        }
        held = rest + held
        context.fireChannelReadComplete()
        if isReadWanted, !isBusy {
            isReadWanted = false
            context.read()
        }
    }
}
