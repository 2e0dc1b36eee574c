package import PlumblineKit

/// The calls of WeCom's API, under a token that is kept as long as the client lives.
///
/// The token stands in the query, as WeCom wants it: no message repeats an address, and what WeCom says is shown without
/// token and secret. Every answer has status 200; what went wrong stands in `errcode`.
///
/// - Source: wechatpy 2.0.0a26 (`work/client/base.py`); developer.work.weixin.qq.com/document/path/90454.
package actor WeComClient {
    private struct Token {
        let text: String
        let until: Instant
    }

    private let baseURL: String
    private let corpID: String
    private let secret: Secret
    private let transport: any Transport
    private let now: @Sendable () -> Instant
    private var token: Token?
    private var block = WeComBlock()

    /// A client with the secret of an app; asks nothing yet.
    package init(settings: Settings, secret: Secret, context: ConnectorContext) {
        baseURL = settings[WeComSettings.baseURL]
        corpID = settings[WeComSettings.corpID]
        self.secret = secret
        (transport, now) = (context.transport, context.now)
    }

    /// What WeCom answers; an error that belongs to what was asked for is an answer too.
    ///
    /// - Throws: `.refused` where secret or rights do not suffice, `.unavailable` where WeCom asks to wait.
    package func ask(_ call: WeComCall) async throws(ConnectorError) -> WeComAnswer {
        let answer = try await send(call, token: try await currentToken())
        guard WeComCode.token.contains(answer.code) else { return try settled(answer, of: call) }
        token = nil
        let again = try await send(call, token: try await currentToken())
        guard WeComCode.token.contains(again.code) else { return try settled(again, of: call) }
        throw .refused(status: 200, hint: "\(call.path): a new token is not taken either: \(again.reason)")
    }

    /// What WeCom answers to a call that must succeed.
    package func body(_ call: WeComCall) async throws(ConnectorError) -> JSON {
        let answer = try await ask(call)
        switch answer.code {
        case 0: return answer.body
        case WeComCode.invisible: throw .refused(status: 200, hint: "\(call.path): \(answer.reason)")
        default: throw .unexpected(reason: "\(call.path) failed: \(answer.reason)")
        }
    }

    /// The elements of a list that the answer to a call must have.
    package func list(_ name: String, _ call: WeComCall) async throws(ConnectorError) -> [JSON] {
        guard let items = try await body(call)[name]?.array else {
            throw .unexpected(reason: "the answer to \(call.path) has no list '\(name)'")
        }
        return items
    }

    private func settled(_ answer: WeComAnswer, of call: WeComCall) throws(ConnectorError) -> WeComAnswer {
        switch answer.code {
        case WeComCode.frequency:
            let wait = block.next(for: call.path, now: now())
            throw .unavailable(reason: "\(call.path) was called too often: \(answer.reason)", retryAfter: wait)
        case WeComCode.concurrency:
            throw .unavailable(
                reason: "\(call.path): too many calls at once: \(answer.reason)", retryAfter: WeComBlock.concurrency)
        case WeComCode.busy: throw .unavailable(reason: "\(call.path): WeCom is busy", retryAfter: nil)
        case let code where WeComCode.rights.contains(code):
            throw .refused(status: 200, hint: "\(call.path): the app may not do this: \(answer.reason)")
        default:
            block.end(for: call.path)
            return answer
        }
    }
}

// MARK: - Token and transport

extension WeComClient {
    private func currentToken() async throws(ConnectorError) -> String {
        if let token, now() < token.until { return token.text }
        let call = WeComCall("gettoken", [("corpid", corpID), ("corpsecret", secret.reveal())])
        let answer = try await send(call, token: nil)
        if WeComCode.token.contains(answer.code) {
            throw .refused(status: 200, hint: "gettoken: corp_id or secret is wrong: \(answer.reason)")
        }
        _ = try settled(answer, of: call)
        guard answer.code == 0 else { throw .refused(status: 200, hint: "gettoken: \(answer.reason)") }
        guard let text = answer.body["access_token"]?.string, !text.isEmpty,
            let life = answer.body["expires_in"]?.int, life > 0
        else { throw .unexpected(reason: "the answer to gettoken has no access_token with its expires_in") }
        // A token that ends on its way would only cost another call; a tenth of a short life is enough.
        let kept = min(life, 86_400)
        token = Token(text: text, until: now().advanced(bySeconds: kept - min(60, kept / 10)))
        return text
    }

    private func send(_ call: WeComCall, token: String?) async throws(ConnectorError) -> WeComAnswer {
        let response = try await transport.send(
            try HTTPRequest(
                call.body == nil ? .get : .post, at: baseURL,
                path: ["cgi-bin"] + call.path.split(separator: "/").map(String.init),
                query: (token.map { [("access_token", $0)] } ?? []) + call.query,
                headers: call.body == nil ? [:] : ["Content-Type": "application/json"], body: call.body?.bytes,
                isIdempotent: true))
        let redaction = Redaction(secrets: [secret.reveal(), token].compactMap(\.self))
        guard response.isSuccess else {
            let excerpt = redaction.conceal(response.excerpt(200))
            throw .unexpected(reason: "\(call.path) answered with status \(response.status): \(excerpt)")
        }
        let body = try response.json()
        guard let code = body["errcode"]?.int else {
            throw .unexpected(reason: "the answer to \(call.path) has no errcode")
        }
        let message = redaction.conceal(body["errmsg"]?.string ?? "").prefix(200)
        return WeComAnswer(code: code, reason: "errcode \(code), \(message)", body: body)
    }
}

/// One call: a GET without a body, else a POST that only reads.
package struct WeComCall: Sendable {
    /// Such as `user/get`.
    package let path: String
    let query: [(String, String)]
    let body: JSON?

    /// A GET.
    package init(_ path: String, _ query: [(String, String)] = []) {
        (self.path, self.query, body) = (path, query, nil)
    }

    /// A POST.
    package init(_ path: String, body: JSON) {
        (self.path, query, self.body) = (path, [], body)
    }
}

/// What came back.
package struct WeComAnswer: Sendable {
    /// `errcode`, 0 where all is well.
    package let code: Int
    /// Code and message, without secrets.
    package let reason: String
    /// The whole answer.
    package let body: JSON
}
