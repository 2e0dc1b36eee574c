public import PlumblineKit

/// The transport that the host gives to a connection: the only code that opens a connection to a source.
///
/// It reaches only the hosts the connection names, and never an address that ``AddressPolicy`` forbids. It resolves a
/// name once and connects to the address it checked. It keeps the rate budget, honours `Retry-After`, backs off with
/// jitter, follows redirects on the same host only, and bounds every answer in size and time. No error and no log entry
/// holds a credential.
///
/// Create one per connection; call ``shutdown()`` when the connection is no longer used.
///
/// With a proxy, the proxy resolves the names of sources: their addresses are checked only where the connection writes
/// them as numbers. Every request, plain ones too, goes through a `CONNECT` tunnel.
public final class GuardedTransport: Transport {
    private let options: TransportOptions
    private let environment: TransportEnvironment
    private let hosts: HostPolicy
    private let gate: RateGate
    private let shelf: ClientShelf
    private let log: @Sendable (RequestLogEntry) -> Void

    /// A transport for one connection. Nothing is resolved or connected yet.
    ///
    /// - Parameters:
    ///   - baseURL: the connection's `base_url`; its host and port may be reached.
    ///   - options: limits, further hosts, certificate authorities, proxy.
    ///   - log: receives every attempt.
    /// - Throws: `ConnectorError.settings` for `base_url`, `allowed_hosts` or `ca_file`.
    public convenience init(
        baseURL: String, options: TransportOptions = TransportOptions(),
        log: @escaping @Sendable (RequestLogEntry) -> Void = { _ in }
    ) throws(ConnectorError) {
        try self.init(baseURL: baseURL, options: options, environment: .system, log: log)
    }

    init(
        baseURL: String, options: TransportOptions, environment: TransportEnvironment,
        log: @escaping @Sendable (RequestLogEntry) -> Void = { _ in }
    ) throws(ConnectorError) {
        let base: HTTPURL
        do {
            base = try HTTPURL(baseURL)
        } catch {
            throw .settings(field: "base_url", reason: error.reason)
        }
        if case .refused(let reason) = AddressPolicy.read(host: base.origin.host) {
            throw .settings(field: "base_url", reason: reason)
        }
        hosts = try HostPolicy(base: base, allowedHosts: options.allowedHosts)
        shelf = try ClientShelf(options: options, environment: environment)
        let budget = RateBudget(
            requestsPerSecond: options.requestsPerSecond, concurrentRequests: options.concurrentRequests,
            longestPause: options.retry.totalTime)
        gate = RateGate(budget, environment: environment)
        self.options = options
        self.environment = environment
        self.log = log
    }

    /// Ends all connections. Requests under way fail, and so do later ones.
    public func shutdown() async { await shelf.shutdown() }

    /// Sends a request, with all redirects and repetitions it needs.
    public func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        var hop = try Self.hop(for: request)
        let mask = RequestMask(request)
        var redirects = RedirectPolicy()
        var schedule = RetrySchedule(
            options.retry, isIdempotent: request.isIdempotent, startingAt: environment.uptime())
        while true {
            try hosts.check(hop.url)
            let response = try await answer(to: hop, mask: mask, schedule: &schedule)
            let location = response.headers["Location"]
            guard let next = try redirects.next(after: hop, status: response.status, location: location) else {
                return response
            }
            hop = next
        }
    }

    /// Sends a request once and gives whatever answer comes, redirects and refusals too: for those who have a schedule of
    /// their own, as the outbox has.
    func sendOnce(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        let hop = try Self.hop(for: request)
        try hosts.check(hop.url)
        switch await attempt(hop, mask: RequestMask(request), number: 1) {
        case .success(let response): return response
        case .failure(.final(let error)): throw error
        case .failure(let failure):
            throw .unavailable(
                reason: "\(hop.request.method.rawValue) \(hop.url.origin): \(failure.reason)", retryAfter: nil)
        }
    }

    private static func hop(for request: HTTPRequest) throws(ConnectorError) -> Hop {
        for field in request.headers.fields where !field.isWellFormed {
            throw .settings(
                field: field.name, reason: "the value for this header holds a line break or another control character")
        }
        do {
            return Hop(url: try HTTPURL(request.url), request: request)
        } catch {
            throw .unexpected(reason: "a request to a malformed address was stopped: \(error.reason)")
        }
    }
}

// MARK: - Attempts

extension GuardedTransport {
    /// Tries until an answer comes that the connector should see.
    private func answer(
        to hop: Hop, mask: RequestMask, schedule: inout RetrySchedule
    ) async throws(ConnectorError) -> HTTPResponse {
        while true {
            let outcome = await attempt(hop, mask: mask, number: schedule.failures + 1)
            let problem: Problem
            switch outcome {
            case .success(let response):
                guard let found = try trouble(with: response, source: hop.request.sourceHeaders) else {
                    return response
                }
                problem = found
            case .failure(.final(let error)): throw error
            case .failure(.notConnected(let reason)):
                problem = Problem(reason: reason, failure: .init(wasSent: false))
            case .failure(.interrupted(let reason)): problem = Problem(reason: reason, failure: .init())
            }
            try await recover(from: problem, of: hop, schedule: &schedule)
        }
    }

    private struct Problem {
        let reason: String
        let failure: RetrySchedule.Failure
    }

    private func trouble(
        with response: HTTPResponse, source: SourceHeaders
    ) throws(ConnectorError) -> Problem? {
        let verdict = ResponseVerdict(
            status: response.status, headers: response.headers, unixTime: environment.unixTime(), source: source)
        let words = response.words + source.trace(in: response.headers)
        switch verdict {
        case .deliver: return nil
        case .refuse: throw .refused(status: response.status, hint: words)
        case .retry(let wait):
            return Problem(
                reason: "status \(response.status): \(words)",
                failure: .init(wasSent: true, retryAfter: wait))
        }
    }

    /// Waits for the next attempt, or throws what is left to say.
    private func recover(
        from problem: Problem, of hop: Hop, schedule: inout RetrySchedule
    ) async throws(ConnectorError) {
        // Also where this request gives up: the others are to know.
        if let wait = problem.failure.retryAfter { await gate.hold(for: wait) }
        let action = schedule.next(after: problem.failure, at: environment.uptime(), random: environment.random)
        switch action {
        case .giveUp:
            let count = schedule.failures == 1 ? "" : " (\(schedule.failures) attempts)"
            throw .unavailable(
                reason: "\(hop.request.method.rawValue) \(hop.url.origin): \(problem.reason)\(count)",
                retryAfter: problem.failure.retryAfter)
        case .retry(let delay):
            do {
                try await environment.sleep(delay)
            } catch {
                throw .cancelled
            }
        }
    }

    private func attempt(_ hop: Hop, mask: RequestMask, number: Int) async -> Result<HTTPResponse, AttemptFailure> {
        do {
            try await gate.enter()
        } catch let pause as SourcePause {
            let reason = "\(hop.request.method.rawValue) \(hop.url.origin): the source has asked for a pause"
            return .failure(.final(.unavailable(reason: reason, retryAfter: pause.rest)))
        } catch {
            return .failure(.final(.cancelled))
        }
        let start = environment.uptime()
        let outcome = await exchange(hop, redaction: mask.redaction)
        let elapsed = environment.uptime() - start
        await gate.leave()
        log(
            RequestLogEntry(
                method: hop.request.method, url: mask.show(hop.url), status: (try? outcome.get())?.status,
                failure: outcome.failureReason.map(mask.redaction.conceal), milliseconds: elapsed.milliseconds,
                attempt: number))
        return outcome
    }

    /// Sends once, over each address of the host until one takes the connection.
    private func exchange(_ hop: Hop, redaction: Redaction) async -> Result<HTTPResponse, AttemptFailure> {
        while true {
            do throws(AttemptFailure) {
                let lease = try await shelf.lease(for: hop.url.origin.host)
                let exchange = Exchange(hop: hop, options: options, redaction: redaction)
                let outcome = await exchange.run(on: lease.client)
                await shelf.giveBack(lease)
                guard case .failure(.notConnected) = outcome else { return outcome }
                guard await shelf.reportUnreachable(lease) else { return outcome }
            } catch {
                return .failure(error)
            }
        }
    }
}

extension Result where Failure == AttemptFailure {
    fileprivate var failureReason: String? {
        if case .failure(let failure) = self { failure.reason } else { nil }
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

extension HTTPHeaders.Field {
    /// Whether name and value can stand in a header line (RFC 9110, section 5).
    fileprivate var isWellFormed: Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            && value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }
}

extension HTTPResponse {
    /// The answer's first words, without markup and credentials, for a person.
    var words: String {
        let start = excerpt(600)
        let markup = /<(style|script)[\s\S]*?(<\/\1>|$)|<[^>]*>/
        let plain = start.hasPrefix("<") ? start.replacing(markup, with: " ") : start
        let words = plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? "no explanation" : String(words.prefix(160))
    }
}
