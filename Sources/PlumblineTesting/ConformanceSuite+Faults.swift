import PlumblineKit
import Testing

/// How it fails.
extension ConformanceSuite {
    func checkFaults() async throws {
        guard let asked = try await transportOfConnector() else { return }
        #expect(asked.beforeFirstPage == 0, "making a connector asks nothing")
        try await expect(.text("Unauthorized", status: 401), "refused") {
            if case .refused(401, _) = $0 { true } else { false }
        }
        try await expect(.rateLimited, "unavailable with its time to wait") {
            if case .unavailable(_, .some(.seconds(30))) = $0 { true } else { false }
        }
        try await expect(.html, "unexpected") { if case .unexpected = $0 { true } else { false } }
        try await expect(.cutOff, "unexpected") { if case .unexpected = $0 { true } else { false } }
        try await expect(.json("{}"), "unexpected") { if case .unexpected = $0 { true } else { false } }
        try await checkEcho()
    }

    /// A server that repeats our credentials must not get them into a message.
    private func checkEcho() async throws {
        let connector = try connector(makeContext().with(EchoingTransport()))
        let error = await failure { try await connector.page(of: stream, after: nil) }
        #expect(error != nil, "an answer with status 400 is an error")
        expectNoSecret(in: error)
    }

    /// No secret of the settings, nor its form in Basic authentication.
    private func expectNoSecret(in error: ConnectorError?) {
        guard let message = error.map({ "\($0)" }) else { return }
        let names = input.values.compactMap { if case .text(let text) = $0 { text } else { nil } }
        for case .secret(let secret) in input.values {
            let pairs = names.map { "\($0):\(secret.reveal())" } + [secret.reveal()]
            for form in [secret.reveal()] + pairs.map({ Base64.encode(Array($0.utf8)) }) {
                #expect(!message.contains(form), "an error never holds a secret")
            }
        }
    }

    /// How much a connector asks; nil for one that asks nothing over the network.
    private func transportOfConnector() async throws -> (beforeFirstPage: Int, all: Int)? {
        let context = try makeContext()
        let listening = ListeningTransport(context.transport)
        let connector = try connector(context.with(listening))
        let before = listening.count
        _ = try await connector.page(of: stream, after: nil)
        return listening.count == 0 ? nil : (before, listening.count)
    }

    private func expect(
        _ answer: CannedAnswer, _ wanted: String, _ fits: (ConnectorError?) -> Bool
    ) async throws {
        let connector = try connector(makeContext().with(CannedTransport(always: answer)))
        let error = await failure { try await connector.page(of: stream, after: nil) }
        #expect(fits(error), "\(answer) is \(wanted), got \(String(describing: error))")
        expectNoSecret(in: error)
    }

    func checkCancellation() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure { try await connector().page(of: stream, after: nil) }
        }
        #expect(await task.value == .cancelled, "a cancelled task ends with .cancelled")
    }

    func failure(_ action: () async throws -> Page) async -> ConnectorError? {
        do {
            _ = try await action()
            return nil
        } catch {
            return error as? ConnectorError
        }
    }
}

extension ConnectorContext {
    fileprivate func with(_ transport: any Transport) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: files, programs: programs, now: now, zone: zone, utcOffset: utcOffset,
            clocks: clocks, hmacSHA256: hmacSHA256, digest: digest, directory: directory, deviceLog: deviceLog,
            log: log)
    }
}
