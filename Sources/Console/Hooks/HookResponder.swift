internal import Callbacks
internal import Gateway
internal import NIOHTTP1
internal import PlumblineKit

/// A request to a connection, from its system or from a device, that may send its body.
struct HookRequest: Sendable {
    /// The connection's name.
    let connection: String
    /// How long the body may be.
    let bodyBytes: Int
    /// The length that the header announces; nil where the body comes in chunks, or there is none.
    let announced: Int?
    /// The answer, once the body has come as a whole.
    let answer: @Sendable (_ body: [UInt8]) async -> HookAnswer
}

/// A request to `/hooks/<connection>` as its header tells.
private struct CallbackHead {
    let path: HookPath
    let method: PlumblineKit.HTTPMethod
    let headers: NIOHTTP1.HTTPHeaders
    let limits: CallbackLimits
    let answering: any CallbackAnswering
}

/// Answers `/hooks/<connection>`: whose it is, how large and how often it may be, what the connection says to it.
struct HookResponder: Sendable {
    let served: ServedGateway
    /// How often requests that prove nothing are told so. Those that do prove themselves have a budget of their own, which
    /// whoever knows no secret cannot spend: see ``RateLimits``.
    let unproven: RateLimits
    let tally: HookTally

    /// What a header leads to.
    enum Admission: Sendable {
        /// Its body is read.
        case admitted(HookRequest)
        /// It is answered before its body has come.
        case refused(HookAnswer)
    }

    /// A client that has so much to send still is told to stop, instead of being listened to for nothing.
    private static let harmlessRest = 64 * 1024

    /// Decides a request by its header.
    func admit(_ head: HTTPRequestHead, at path: HookPath) -> Admission {
        let answering = served.answering
        guard let limits = answering.limits(of: path.connection) else {
            return .refused(refuse(head, "", .notFound, "unknown_connection"))
        }
        guard let method = PlumblineKit.HTTPMethod(head.method, limits) else {
            var answer = refuse(head, path.connection, .methodNotAllowed, "method")
            answer.headers.append(("Allow", limits.answersHead ? "GET, HEAD, POST" : "GET, POST"))
            return .refused(answer)
        }
        let announced = head.announcedLength
        if let announced, announced > limits.bodyBytes {
            return .refused(refuse(head, path.connection, .payloadTooLarge, "too_large"))
        }
        let request = CallbackHead(
            path: path, method: method, headers: head.headers, limits: limits, answering: answering)
        return .admitted(
            HookRequest(connection: path.connection, bodyBytes: limits.bodyBytes, announced: announced) {
                await answer(request, body: $0)
            })
    }

    /// The answer to a request whose body has come as a whole.
    func answer(_ request: HookRequest, body: [UInt8]) async -> HookAnswer { await request.answer(body) }

    private func answer(_ request: CallbackHead, body: [UInt8]) async -> HookAnswer {
        let callback: CallbackRequest
        do throws(CallbackRefusal) {
            callback = try CallbackRequest(
                method: request.method, query: request.path.query,
                headers: PlumblineKit.HTTPHeaders(request.headers.map { ($0.name, $0.value) }), body: body)
        } catch {
            note(request.path.connection, "query")
            return HookAnswer(.badRequest)
        }
        let reply = await request.answering.answer(callback, for: request.path.connection)
        return reply.isProven ? proven(reply, request) : answer(unproven: reply, request)
    }

    private func proven(_ reply: CallbackReply, _ request: CallbackHead) -> HookAnswer {
        if reply.status == 429 { tally.refused(request.path.connection, reason: "rate") }
        return counted(reply, request.path.connection)
    }

    private func answer(unproven reply: CallbackReply, _ request: CallbackHead) -> HookAnswer {
        let connection = request.path.connection
        guard let wait = unproven.wait(for: connection, perSecond: request.limits.requestsPerSecond) else {
            return counted(reply, connection)
        }
        note(connection, "unproven_rate")
        var answer = HookAnswer(.tooManyRequests)
        answer.headers.append(("Retry-After", String(wait)))
        return answer
    }

    private func counted(_ reply: CallbackReply, _ connection: String) -> HookAnswer {
        tally.answered(connection, outcome: Self.outcome(reply.status))
        return HookAnswer(reply)
    }

    /// The answer to a body that turns out longer than it may be.
    func refuseLong(_ request: HookRequest) -> HookAnswer {
        note(request.connection, "too_large")
        var answer = HookAnswer(.payloadTooLarge)
        answer.isLast = true
        return answer
    }

    /// Counts a request whose client went before it had sent what it had announced.
    func noteCutOff(_ request: HookRequest) { note(request.connection, "cut_off") }

    private static func outcome(_ status: Int) -> String {
        switch status {
        case 200..<300: "received"
        case 503: "busy"
        case 500...: "failed"
        default: "refused"
        }
    }

    private func refuse(
        _ head: HTTPRequestHead, _ connection: String, _ status: HTTPResponseStatus, _ reason: String
    ) -> HookAnswer {
        refuse(head, connection, HookAnswer(status), reason)
    }

    private func refuse(
        _ head: HTTPRequestHead, _ connection: String, _ answer: HookAnswer, _ reason: String
    ) -> HookAnswer {
        note(connection, reason)
        var answer = answer
        let isLong = head.announcedLength.map { $0 > Self.harmlessRest }
        answer.isLast = isLong ?? head.headers.contains(name: "transfer-encoding")
        return answer
    }

    private func note(_ connection: String, _ reason: String) {
        tally.answered(connection, outcome: "refused")
        tally.refused(connection, reason: reason)
    }
}

// MARK: - Devices

extension HookResponder {
    /// Decides a request to any address by its header; nil where the address is neither a connection's nor devices'.
    func admit(_ head: HTTPRequestHead) -> Admission? {
        if let path = HookPath(head.uri) { return admit(head, at: path) }
        guard let devices = served.answering.devices, let address = devices.address(head.uri) else { return nil }
        return admit(head, at: address, devices)
    }

    private func admit(_ head: HTTPRequestHead, at address: DeviceAddress, _ devices: DeviceReceiver) -> Admission {
        let announced = head.announcedLength
        let method = PlumblineKit.HTTPMethod(head.method, CallbackLimits(bodyBytes: 0, requestsPerSecond: 0))
        switch devices.admit(address, method, announced: announced) {
        case .refused(let refusal):
            var answer = HookAnswer(refusal.reply)
            if refusal.reply.status == 405 { answer.headers.append(("Allow", "GET, POST")) }
            return .refused(refuse(head, refusal.connection, answer, refusal.reason))
        case .admitted(let caller):
            return .admitted(
                HookRequest(connection: caller.connection, bodyBytes: caller.bodyBytes, announced: announced) {
                    counted(await devices.answer(caller, body: $0), caller.connection)
                })
        }
    }
}

extension HTTPRequestHead {
    /// The length of the body that is announced; nil where it comes in chunks, or there is none.
    fileprivate var announcedLength: Int? { headers.first(name: "content-length").flatMap { Int($0) } }
}

extension PlumblineKit.HTTPMethod {
    /// The verb, where it is one that a connection takes.
    fileprivate init?(_ method: NIOHTTP1.HTTPMethod, _ limits: CallbackLimits) {
        switch method {
        case .POST: self = .post
        case .GET: self = .get
        case .HEAD where limits.answersHead: self = .head
        default: return nil
        }
    }
}
