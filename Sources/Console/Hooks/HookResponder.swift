internal import Callbacks
internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PlumblineKit

/// Answers `/hooks/<connection>`: whose it is, how large and how often it may be, what the connection says to it.
struct HookResponder: Sendable {
    let served: ServedGateway
    /// How often requests that prove nothing are told so. Those that do prove themselves have a budget of their own, which
    /// whoever knows no secret cannot spend: see ``RateLimits``.
    let unproven: RateLimits
    let tally: HookTally

    /// A client that has so much to send still is told to stop, instead of being listened to for nothing.
    private static let harmlessRest = 64 * 1024

    func respond(to request: Request, at path: HookPath) async throws -> Response {
        let answering = served.answering
        guard let limits = answering.limits(of: path.connection) else {
            return refuse(request, "", .notFound, "unknown_connection")
        }
        guard let method = Self.method(request, limits) else {
            var response = refuse(request, path.connection, .methodNotAllowed, "method")
            response.headers[.allow] = limits.answersHead ? "GET, HEAD, POST" : "GET, POST"
            return response
        }
        if let length = HookBody.announced(request), length > limits.bodyBytes {
            return refuse(request, path.connection, .contentTooLarge, "too_large")
        }
        switch try await HookBody.read(request, limit: limits.bodyBytes) {
        case .whole(let body):
            return await answer(request, method, path, body, answering, limits)
        case .tooLarge:
            return refuse(request, path.connection, .contentTooLarge, "too_large")
        case .cutOff:
            return refuse(request, path.connection, .badRequest, "cut_off")
        }
    }

    private func answer(
        _ request: Request, _ method: PlumblineKit.HTTPMethod, _ path: HookPath, _ body: [UInt8],
        _ answering: any CallbackAnswering, _ limits: CallbackLimits
    ) async -> Response {
        let callback: CallbackRequest
        do throws(CallbackRefusal) {
            callback = try CallbackRequest(
                method: method, query: path.query, headers: HTTPHeaders(request.headers), body: body)
        } catch {
            return refuse(request, path.connection, .badRequest, "query")
        }
        let reply = await answering.answer(callback, for: path.connection)
        if !reply.isProven, let wait = unproven.wait(for: path.connection, perSecond: limits.requestsPerSecond) {
            var response = refuse(request, path.connection, .tooManyRequests, "unproven_rate")
            response.headers[.retryAfter] = String(wait)
            return response
        }
        if reply.status == 429 { tally.refused(path.connection, reason: "rate") }
        tally.answered(path.connection, outcome: Self.outcome(reply.status))
        return Response(reply)
    }

    private static func method(_ request: Request, _ limits: CallbackLimits) -> PlumblineKit.HTTPMethod? {
        switch request.method {
        case .post: .post
        case .get: .get
        case .head where limits.answersHead: .head
        default: nil
        }
    }

    private static func outcome(_ status: Int) -> String {
        switch status {
        case 200..<300: "received"
        case 503: "busy"
        case 500...: "failed"
        default: "refused"
        }
    }

    private func refuse(
        _ request: Request, _ connection: String, _ status: HTTPResponse.Status, _ reason: String
    ) -> Response {
        tally.answered(connection, outcome: "refused")
        tally.refused(connection, reason: reason)
        var response = Response(status: status, headers: .answer)
        let isLong = HookBody.announced(request).map { $0 > Self.harmlessRest }
        if isLong ?? request.headers.contains(.transferEncoding) { response.headers[.connection] = "close" }
        return response
    }
}

extension Response {
    /// What goes back to the sender, as HTTP.
    fileprivate init(_ reply: CallbackReply) {
        var headers = HTTPFields.answer
        if let type = reply.contentType { headers[.contentType] = type }
        if let seconds = reply.retryAfter { headers[.retryAfter] = String(seconds) }
        self.init(
            status: HTTPResponse.Status(code: reply.status), headers: headers,
            body: reply.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}

extension PlumblineKit.HTTPHeaders {
    /// The same header lines, in the same order.
    fileprivate init(_ fields: HTTPFields) {
        self.init(fields.map { ($0.name.rawName, $0.value) })
    }
}

extension HTTPFields {
    /// What every answer says: nobody is to keep it, or to take it for something else than it says it is.
    static let answer: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]
}
