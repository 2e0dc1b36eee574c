internal import Gateway
internal import NIOCore
internal import NIOHTTP1

/// What goes back over a connection for a request to `/hooks/<connection>`.
struct HookAnswer: Sendable {
    let status: HTTPResponseStatus
    /// What is said besides what every answer says.
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Whether the client is told to stop, instead of being listened to for nothing.
    var isLast = false

    /// An answer without a body.
    init(_ status: HTTPResponseStatus) { self.status = status }

    /// What the connection says to its sender.
    init(_ reply: CallbackReply) {
        status = HTTPResponseStatus(statusCode: reply.status)
        if let type = reply.contentType { headers.append(("Content-Type", type)) }
        if let seconds = reply.retryAfter { headers.append(("Retry-After", String(seconds))) }
        body = reply.body
    }

    /// The header as it is sent. Nobody is to keep the answer, or to take it for something else than it says it is.
    func head(date: String) -> HTTPResponseHead {
        var fields: [(String, String)] = [
            ("Content-Length", String(body.count)), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Server", "plumbline"), ("Date", date),
        ]
        fields += headers.map { ($0.name, $0.value) }
        if isLast { fields.append(("Connection", "close")) }
        return HTTPResponseHead(version: .http1_1, status: status, headers: HTTPHeaders(fields))
    }
}
