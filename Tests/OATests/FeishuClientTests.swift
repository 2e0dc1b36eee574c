import FeishuTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Tokens, envelopes and limits.
@Suite struct FeishuClientTests {
    typealias Scene = FeishuScene

    @Test func `a run of hours asks for a token whenever one is about to end, and no more often`() async throws {
        var feishu = Scene.seven()
        feishu.tokenSeconds = 2400
        let service = EmulatedService(feishu, pace: 200)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        let hours = service.requests.count * 200 / 1800
        #expect((2...hours + 2).contains(service.system.tokensGiven), "\(service.system.tokensGiven) tokens")
    }

    @Test(arguments: [200, 400, 401], 2...12)
    func `a token that ends within a run is replaced once`(status: Int, request: Int) async throws {
        var feishu = Scene.seven()
        feishu.invalidTokenStatus = status
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("approvals")
        service.meanwhile { feishu, number, _ in if number == request { feishu.tokens = [:] } }
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        #expect(service.system.tokensGiven == 2)
    }

    @Test func `tokens that are never taken end the run as a refusal with the mark of the call`() async throws {
        let service = EmulatedService(Scene.seven())
        service.meanwhile { feishu, _, _ in feishu.tokens = [:] }
        let error = await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service).page(of: "approvals", after: nil)
        }
        guard case .refused(400, let hint) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(hint.contains("code 99991663") && hint.contains("X-Tt-Logid 20261015LOG"))
        #expect(!hint.contains("0123456789abcdef") && service.requests.count == 4)
    }

    @Test func `a wrong secret is refused, without the secret in the message`() async throws {
        let service = EmulatedService(Scene.seven())
        let connector = try Scene.connector(service, ["app_secret": .secret(Secret("another-secret-01"))])
        let error = await #expect(throws: ConnectorError.self) { try await connector.check() }
        guard case .refused(_, let hint) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(hint.contains("code 10014") && !hint.contains("another-secret-01"))
    }

    @Test(arguments: [429, 400])
    func `a limit is kept by waiting as long as Feishu says, whatever its status`(status: Int) async throws {
        var feishu = Scene.seven()
        (feishu.limit, feishu.limitStatus) = (RequestWindow(limit: 20, seconds: 60), status)
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("approvals")
        var waited: [Int] = []
        try await ledger.run(try Scene.connector(service)) {
            waited.append($0)
            service.wait(seconds: $0)
        }
        #expect(!waited.isEmpty && waited.allSatisfy { (2...60).contains($0) }, "\(waited)")
        Scene.expectExact(ledger, service)
    }

    @Test func `a missing scope is refused and named`() async throws {
        var feishu = Scene.seven()
        feishu.missingScopes = ["/open-apis/contact": "contact:contact.base:readonly"]
        let connector = try Scene.connector(EmulatedService(feishu))
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "people", after: nil) }
        guard case .refused(400, let hint) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(hint.contains("code 99991672") && hint.contains("the app lacks contact:contact.base:readonly"))
    }

    @Test func `an error of the platform's own is worth another try`() async throws {
        let service = EmulatedService(Scene.seven())
        service.fail(request: 2, with: .json(#"{"code":1228000,"msg":"internal"}"#))
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: ["approvals", "people", "key_results"], 1...13)
    func `a run that dies goes on where it stood, a broken server only takes time`(
        stream: String, request: Int
    ) async throws {
        let service = EmulatedService(FeishuKeyResultTests.withObjectives(Scene.seven()))
        var whole = StreamLedger(stream)
        try await Scene.run(&whole, service)
        let other = EmulatedService(FeishuKeyResultTests.withObjectives(Scene.seven()))
        var ledger = StreamLedger(stream)
        other.fail(request: request, with: .html)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, other) }
        other.fail(request: 1, with: .broken)
        try await Scene.run(&ledger, other)
        #expect(ledger.records == whole.records && ledger.rejected == whole.rejected)
        #expect(other.system.faults == [])
    }
}
