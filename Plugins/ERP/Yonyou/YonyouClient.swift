import PlumblineKit

/// The calls that the connector needs, one at a time, under a token that is kept as long as the client lives.
///
/// The token stands in the query, as Yonyou wants it: no message repeats an address, and what the server says is shown
/// without token and secret.
actor YonyouClient {
    private struct Token {
        let text: String
        let end: Instant
    }

    private struct Addresses {
        let gateway: String
        let token: String
        let tokenPath: String
    }

    private let settings: Settings
    private let signer: YonyouSigner
    private let transport: any Transport
    private let now: @Sendable () -> Instant
    private let successCodes: Set<String>
    private let limitCodes: Set<String>
    private let tokenCodes: Set<String>
    private var token: Token?
    private var addresses: Addresses?

    init(settings: Settings, context: ConnectorContext) {
        self.settings = settings
        (transport, now) = (context.transport, context.now)
        signer = YonyouSigner(
            appKey: settings[YonyouSettings.appKey], appSecret: settings[YonyouSettings.appSecret],
            hash: context.hmacSHA256)
        successCodes = Set(settings[YonyouSettings.successCodes])
        limitCodes = Set(settings[YonyouSettings.limitCodes])
        tokenCodes = Set(settings[YonyouSettings.tokenCodes])
    }

    /// A page of a list. A token that has ended before its time is followed by another, once.
    ///
    /// - Throws: `.refused` where no token of ours is taken, `.unavailable` where we called too often.
    func page(_ body: JSON, of path: String) async throws(ConnectorError) -> YonyouPage {
        var answer = try await ask(path, body)
        if answer == nil {
            token = nil
            answer = try await ask(path, body)
        }
        guard let answer else { throw .refused(status: 200, hint: "\(path): a new token is not taken either") }
        switch answer {
        case .data(let data): return try YonyouPage(data, of: path)
        case .failure(let code, let message): throw failure(code, message, of: path)
        }
    }

    /// Nil where the token is not taken.
    private func ask(_ path: String, _ body: JSON) async throws(ConnectorError) -> YonyouAnswer? {
        let token = try await currentToken()
        let request = try HTTPRequest(
            .post, at: try await currentAddresses().gateway, path: path.split(separator: "/").map(String.init),
            query: [("access_token", token)],
            headers: ["Content-Type": "application/json", "Accept": "application/json"], body: body.bytes,
            isIdempotent: true)
        do throws(ConnectorError) {
            let answer = try await send(request, hiding: token)
            if case .failure(let code, _) = answer, tokenCodes.contains(code) { return nil }
            return answer
        } catch {
            guard case .refused(401, _) = error else { throw error }
            return nil
        }
    }

    private func send(_ request: HTTPRequest, hiding token: String?) async throws(ConnectorError) -> YonyouAnswer {
        let redaction = Redaction(secrets: [signer.appSecret.reveal(), token].compactMap(\.self))
        do throws(ConnectorError) {
            let response = try await transport.send(request)
            return try YonyouAnswer(response, succeeding: successCodes, redaction: redaction)
        } catch {
            throw error.concealed(by: redaction)
        }
    }

    private func failure(_ code: String, _ message: String, of call: String) -> ConnectorError {
        guard limitCodes.contains(code) else {
            return .unexpected(reason: "\(call): the server says \(code) \(message)")
        }
        return .unavailable(
            reason: "\(call) was called too often: \(code) \(message)",
            retryAfter: settings[YonyouSettings.limitWait])
    }
}

// MARK: - Token and addresses

extension YonyouClient {
    private func currentToken() async throws(ConnectorError) -> String {
        if let token, now() < token.end { return token.text }
        let addresses = try await currentAddresses()
        let request = try HTTPRequest(
            .get, at: addresses.token, path: addresses.tokenPath.split(separator: "/").map(String.init),
            query: try signer.parameters(at: now()), headers: ["Accept": "application/json"])
        let data = try await answer(to: request, call: "getAccessToken")
        guard let text = data["access_token"]?.string, !text.isEmpty,
            let life = data["expire"]?.scalarText.flatMap({ Int($0) }), life > 0
        else { throw .unexpected(reason: "the answer to getAccessToken has no 'access_token' with its 'expire'") }
        // Asked for a while before it ends: the clocks may differ.
        let kept = min(life, 86_400)
        token = Token(text: text, end: now().advanced(bySeconds: kept - min(300, kept / 2)))
        return text
    }

    private func currentAddresses() async throws(ConnectorError) -> Addresses {
        if let addresses { return addresses }
        let path = settings[YonyouSettings.tokenPath]
        guard let tenant = settings[YonyouSettings.tenantID] else {
            let fixed = Addresses(
                gateway: settings[YonyouSettings.baseURL], token: settings[YonyouSettings.tokenURL],
                tokenPath: path ?? "open-auth/selfAppAuth/getAccessToken")
            addresses = fixed
            return fixed
        }
        let request = try HTTPRequest(
            .get, at: settings[YonyouSettings.lookupURL],
            path: settings[YonyouSettings.lookupPath].split(separator: "/").map(String.init),
            query: [(settings[YonyouSettings.tenantParameter], tenant)], headers: ["Accept": "application/json"])
        let data = try await answer(to: request, call: "getGatewayAddress")
        guard let gateway = data["gatewayUrl"]?.string, let token = data["tokenUrl"]?.string else {
            throw .unexpected(reason: "the answer to getGatewayAddress has no 'gatewayUrl' with a 'tokenUrl'")
        }
        let found = Addresses(
            gateway: gateway, token: token, tokenPath: path ?? "open-auth/selfAppAuth/base/v1/getAccessToken")
        addresses = found
        return found
    }

    private func answer(to request: HTTPRequest, call: String) async throws(ConnectorError) -> JSON {
        switch try await send(request, hiding: nil) {
        case .data(let data): return data
        case .failure(let code, let message) where limitCodes.contains(code): throw failure(code, message, of: call)
        case .failure(let code, let message):
            throw .refused(status: 200, hint: "\(call): the server says \(code) \(message)")
        }
    }
}

extension ConnectorError {
    /// The same without secrets.
    fileprivate func concealed(by redaction: Redaction) -> ConnectorError {
        switch self {
        case .refused(let status, let hint): .refused(status: status, hint: redaction.conceal(hint))
        case .unavailable(let reason, let wait): .unavailable(reason: redaction.conceal(reason), retryAfter: wait)
        case .unexpected(let reason): .unexpected(reason: redaction.conceal(reason))
        case .settings, .cancelled: self
        }
    }
}
