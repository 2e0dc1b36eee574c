package import PlumblineKit

/// The calls of DingTalk's two APIs that connectors need, with a token for each that is kept until it is about to expire.
///
/// A token that the system no longer takes is dropped, and another one asked for, once. Errors hold neither the secret
/// nor a token, wherever the system repeats them.
package actor DingTalkClient {
    private let baseURL: String
    private let apiURL: String
    private let appKey: String
    private let appSecret: Secret
    private let transport: any Transport
    private let now: @Sendable () -> Instant
    private var tokens: [DingTalkGeneration: Token] = [:]
    /// How often in a row we were told that we call too often.
    private var refusals = 0

    private struct Token {
        let text: String
        let end: Instant
    }

    /// A client; `apiURL` is not needed where only the legacy API is asked.
    package init(settings: Settings, apiURL: String? = nil, context: ConnectorContext) {
        baseURL = settings[DingTalkSettings.baseURL]
        self.apiURL = apiURL ?? baseURL
        appKey = settings[DingTalkSettings.appKey]
        appSecret = settings[DingTalkSettings.appSecret]
        transport = context.transport
        now = context.now
    }

    /// Calls the legacy API; nil where the answer is one of the errors `absences`.
    package func legacy(
        _ path: String, _ body: JSON, orNilOn absences: Set<String> = []
    ) async throws(ConnectorError) -> JSON? {
        let reading = try await reading(from: .legacy) { token throws(ConnectorError) in
            try HTTPRequest(
                .post, at: baseURL, path: Self.segments(path), query: [("access_token", token)], headers: Self.headers,
                body: body.bytes, isIdempotent: true)
        }
        return try answer(reading, path, absences)
    }

    /// Calls the legacy API.
    package func legacy(_ path: String, _ body: JSON) async throws(ConnectorError) -> JSON {
        guard let answer = try await legacy(path, body, orNilOn: []) else {
            throw .unexpected(reason: "\(path) gave no answer")
        }
        return answer
    }

    /// Calls the new API: with a body as POST, without as GET. Nil where the answer is one of the errors `absences`,
    /// however their letters are written; `hint` says what to do about an error that is not known.
    package func new(
        _ path: String, query: [(String, String)] = [], _ body: JSON? = nil, orNilOn absences: Set<String> = [],
        hint: String = ""
    ) async throws(ConnectorError) -> JSON? {
        let reading = try await reading(from: .new) { token throws(ConnectorError) in
            var headers = Self.headers
            headers["x-acs-dingtalk-access-token"] = token
            return try HTTPRequest(
                body == nil ? .get : .post, at: apiURL, path: Self.segments(path), query: query, headers: headers,
                body: body?.bytes, isIdempotent: true)
        }
        return try answer(reading, path, absences, hint)
    }

    private func answer(
        _ reading: DingTalkReading, _ call: String, _ absences: Set<String>, _ hint: String = ""
    ) throws(ConnectorError) -> JSON? {
        switch reading {
        case .answer(let answer): return answer
        case .failure(let code, _) where absences.contains { $0.lowercased() == code.lowercased() }: return nil
        case .failure(let code, let text): throw concealed(DingTalkFailure.error(code, text, of: call, hint: hint))
        }
    }

    private static let headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json"]

    private static func segments(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }
}

// MARK: - Tokens

extension DingTalkClient {
    private func reading(
        from generation: DingTalkGeneration, _ request: (String) throws(ConnectorError) -> HTTPRequest
    ) async throws(ConnectorError) -> DingTalkReading {
        let first = try await send(request(token(of: generation)), to: generation)
        guard case .failure(let code, _) = first, DingTalkFailure.isAboutToken(code) else { return first }
        tokens[generation] = nil
        let second = try await send(request(token(of: generation)), to: generation)
        guard case .failure(let code, let text) = second, DingTalkFailure.isAboutToken(code) else { return second }
        throw concealed(.refused(status: 401, hint: "DingTalk takes no token of ours: \(code) \(text)"))
    }

    private func token(of generation: DingTalkGeneration) async throws(ConnectorError) -> String {
        if let token = tokens[generation], now() < token.end { return token.text }
        let reading = try await send(tokenRequest(generation), to: generation, isForToken: true)
        guard case .answer(let answer) = reading else {
            guard case .failure(let code, let text) = reading, !DingTalkFailure.isAboutQuota(code) else {
                throw DingTalkFailure.usedUp
            }
            throw concealed(.refused(status: 401, hint: "DingTalk takes app_key and app_secret not: \(code) \(text)"))
        }
        let (name, life) = generation == .legacy ? ("access_token", "expires_in") : ("accessToken", "expireIn")
        guard let text = answer[name]?.string, !text.isEmpty, let seconds = answer[life]?.int, seconds > 0 else {
            throw .unexpected(reason: "the answer to the question for a token has no '\(name)' with an '\(life)'")
        }
        // Asked for a while before it ends: the clocks may differ.
        tokens[generation] = Token(text: text, end: now().advanced(bySeconds: seconds - min(300, seconds / 2)))
        return text
    }

    private func tokenRequest(_ generation: DingTalkGeneration) throws(ConnectorError) -> HTTPRequest {
        let secret = appSecret.reveal()
        if generation == .legacy {
            return try HTTPRequest(
                .get, at: baseURL, path: ["gettoken"], query: [("appkey", appKey), ("appsecret", secret)],
                headers: ["Accept": "application/json"])
        }
        let body: JSON = ["appKey": .string(appKey), "appSecret": .string(secret)]
        return try HTTPRequest(
            .post, at: apiURL, path: ["v1.0", "oauth2", "accessToken"], headers: Self.headers, body: body.bytes,
            isIdempotent: true)
    }
}

// MARK: - Sending

extension DingTalkClient {
    private func send(
        _ request: HTTPRequest, to generation: DingTalkGeneration, isForToken: Bool = false
    ) async throws(ConnectorError) -> DingTalkReading {
        do throws(ConnectorError) {
            let reading = try DingTalkReading(try await transport.send(request), from: generation)
            if case .failure(let code, let text) = reading, DingTalkFailure.isAboutRate(code) {
                throw tooManyCalls("\(code) \(text)")
            }
            refusals = 0
            return reading
        } catch {
            guard generation == .new, case .refused(let status, let hint) = error else { throw concealed(error) }
            if status == 401, !isForToken { return .failure(code: "InvalidAuthentication", text: hint) }
            if DingTalkFailure.isAboutQuota(hint) { throw DingTalkFailure.usedUp }
            throw DingTalkFailure.isAboutRate(hint) ? tooManyCalls(hint) : concealed(error)
        }
    }

    /// No answer says how long to wait: a second, then two, then four.
    private func tooManyCalls(_ what: String) -> ConnectorError {
        defer { refusals = min(refusals + 1, 2) }
        return concealed(
            .unavailable(
                reason: "DingTalk allows fewer calls a second (\(what)); lower requests_per_second",
                retryAfter: .seconds(1 << refusals)))
    }

    private func concealed(_ error: ConnectorError) -> ConnectorError {
        let secrets = Redaction(secrets: [appSecret.reveal()] + tokens.values.map(\.text))
        return switch error {
        case .refused(let status, let hint): .refused(status: status, hint: secrets.conceal(hint))
        case .unavailable(let reason, let wait): .unavailable(reason: secrets.conceal(reason), retryAfter: wait)
        case .unexpected(let reason): .unexpected(reason: secrets.conceal(reason))
        case .settings, .cancelled: error
        }
    }
}
