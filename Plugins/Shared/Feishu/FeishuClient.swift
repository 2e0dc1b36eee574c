package import PlumblineKit

/// The calls of the open platform that connectors need, with a token that begins with the first of them.
///
/// A token is asked for anew ten minutes before its end, and once, where a call says that it is not valid.
package actor FeishuClient {
    private let baseURL: String
    private let appID: String
    private let appSecret: Secret
    private let transport: any Transport
    private let now: @Sendable () -> Instant
    private var token: Token?

    private struct Token {
        let text: String
        let renewed: Instant
    }

    /// What a call has given.
    package enum Outcome: Sendable {
        /// The kept part of `data`.
        case data(JSON)
        /// This call alone has failed.
        case failed(FeishuFailure)
    }

    package init(settings: Settings, context: ConnectorContext) {
        baseURL = settings[FeishuSettings.baseURL]
        appID = settings[FeishuSettings.appID]
        appSecret = settings[FeishuSettings.appSecret]
        transport = context.transport
        now = context.now
    }

    /// The kept part of `data`.
    package func data(of call: FeishuCall) async throws(ConnectorError) -> JSON {
        switch try await outcome(of: call) {
        case .data(let data): return data
        case .failed(let failure): throw .unexpected(reason: failure.reason)
        }
    }

    /// As `data(of:)`; what is wrong with this call alone is no error.
    package func outcome(of call: FeishuCall) async throws(ConnectorError) -> Outcome {
        if case .outcome(let outcome) = try await answer(to: call, with: try await validToken()) { return outcome }
        token = nil
        switch try await answer(to: call, with: try await validToken()) {
        case .outcome(let outcome): return outcome
        case .invalidToken(let error): throw error
        }
    }

    private enum Answer {
        case outcome(Outcome)
        case invalidToken(ConnectorError)
    }

    private func answer(to call: FeishuCall, with token: String) async throws(ConnectorError) -> Answer {
        let response: HTTPResponse
        do throws(ConnectorError) {
            response = try await transport.send(try call.request(to: baseURL, token: token))
        } catch {
            guard case .refused(status: 401, _) = error else { throw error }
            return .invalidToken(error)
        }
        let envelope = try Self.envelope(response, of: call.route)
        let redaction = Redaction(secrets: [token, appSecret.reveal()])
        guard let failure = FeishuFailure(envelope, of: response, to: call.route, redaction: redaction) else {
            return .outcome(.data((envelope["data"] ?? [:]).kept(call.mask)))
        }
        if failure.isInvalidToken { return .invalidToken(failure.refusal) }
        if let error = failure.endOfRun { throw error }
        return .outcome(.failed(failure))
    }

    private func validToken() async throws(ConnectorError) -> String {
        if let token, now() < token.renewed { return token.text }
        let route = "auth/v3/tenant_access_token/internal"
        let secret = appSecret.reveal()
        let call = FeishuCall.post(
            route, body: ["app_id": .string(appID), "app_secret": .string(secret)], keeping: true)
        let asked = now()
        let response = try await transport.send(try call.request(to: baseURL, token: nil))
        let envelope = try Self.envelope(response, of: route)
        let redaction = Redaction(secrets: [secret])
        if let failure = FeishuFailure(envelope, of: response, to: route, redaction: redaction) {
            throw failure.endOfRun ?? failure.refusal
        }
        guard let text = envelope.filled("tenant_access_token"), let seconds = envelope["expire"]?.int, seconds > 0
        else {
            throw .unexpected(reason: "\(route) gave no token with an 'expire'" + FeishuFailure.trace(of: response))
        }
        token = Token(text: text, renewed: asked.advanced(bySeconds: seconds - min(600, seconds / 2)))
        return text
    }

    /// The answer as an object with a `code`. Nothing of a body that is broken is repeated: it may tell of people.
    private static func envelope(_ response: HTTPResponse, of route: String) throws(ConnectorError) -> JSON {
        let trace = FeishuFailure.trace(of: response)
        guard let envelope = try? JSON.parse(response.body) else {
            let start = response.excerpt()
            let seen = start.hasPrefix("<") ? start : "\(response.body.count) bytes that are no JSON"
            throw .unexpected(reason: "\(route) answered \(response.status): \(seen)\(trace)")
        }
        guard envelope["code"]?.int != nil else {
            throw .unexpected(reason: "\(route) answered \(response.status) without a 'code'\(trace)")
        }
        return envelope
    }
}

// MARK: - Lists

extension FeishuClient {
    /// The items of a paged list, repetitions included.
    package func list(_ call: FeishuCall, items: String = "items", size: Int) async throws(ConnectorError) -> [JSON] {
        try await pages(call, items: items, size: size).items
    }

    /// The items of a paged list, as two readings of it agree where it has several pages.
    package func settledList(
        _ call: FeishuCall, items: String = "items", size: Int
    ) async throws(ConnectorError) -> [JSON] {
        let first = try await pages(call, items: items, size: size)
        if first.count == 1 { return first.items }
        return try await Self.settled(call.route) { () async throws(ConnectorError) in
            try await list(call, items: items, size: size)
        }
    }

    private func pages(
        _ call: FeishuCall, items: String, size: Int
    ) async throws(ConnectorError) -> (items: [JSON], count: Int) {
        var (found, count) = ([JSON](), 0)
        var place: String?
        while true {
            var call = call
            call.query += [("page_size", String(size))] + (place.map { [("page_token", $0)] } ?? [])
            let data = try await data(of: call)
            guard let hasMore = data["has_more"]?.bool else {
                throw .unexpected(reason: "\(call.route) gave no list '\(items)' with a has_more")
            }
            found += data[items]?.array ?? []
            count += 1
            guard hasMore else { return (found, count) }
            guard let next = data.filled("page_token"), next != place else {
                throw .unexpected(reason: "\(call.route) has more and does not move on")
            }
            place = next
        }
    }

    /// What two readings one after the other agree on: pages of a list may shift while it changes.
    package static func settled<Value: Equatable>(
        _ what: String, isolation: isolated (any Actor)? = #isolation,
        _ read: () async throws(ConnectorError) -> Value?
    ) async throws(ConnectorError) -> Value {
        let attempts = 6
        var last: Value?
        for _ in 1...attempts {
            let next = try await read()
            if let next, next == last { return next }
            last = next
        }
        throw .unavailable(
            reason: "\(what) changed during each of \(attempts) readings, so that none of them is sure to be whole",
            retryAfter: .seconds(60))
    }
}
