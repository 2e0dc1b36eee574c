import DingTalkTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Tokens, limits and refusals of DingTalk's two APIs.
@Suite struct DingTalkAccessTests {
    typealias Scene = DingTalkScene

    private func failure(
        _ dingTalk: DingTalkEmulator, stream: String, _ changes: [String: SettingInput] = [:]
    ) async throws -> ConnectorError {
        let service = EmulatedService(dingTalk)
        let error = await Scene.failure { _ = try await Scene.connector(service, changes).page(of: stream, after: nil) }
        let found = try #require(error)
        for secret in service.system.secrets { #expect(!"\(found)".contains(secret)) }
        return found
    }

    // MARK: Tokens

    @Test(arguments: ["people", "approvals"], 2...9)
    func `a token that ends within a run is asked for again, once`(stream: String, request: Int) async throws {
        for refusal in DingTalkEmulator.Refusal.allCases {
            var dingTalk = Scene.seven()
            dingTalk.newTokenRefusal = refusal
            let service = EmulatedService(dingTalk)
            service.meanwhile { dingTalk, number, _ in if number == request { dingTalk.endTokens() } }
            var ledger = StreamLedger(stream)
            try await Scene.run(&ledger, service)
            #expect(service.system.tokenRequests == 2)
            #expect(ledger.records.count == (stream == "people" ? 7 : 6))
        }
    }

    @Test(arguments: [33001, 40001, 42001, 40014], [false, true])
    func `every code for an invalid token is known, beside 88 as well`(code: Int, bySubCode: Bool) async throws {
        var dingTalk = DingTalkEmulator.company()
        (dingTalk.legacyTokenCode, dingTalk.saysErrorsBySubCode) = (code, bySubCode)
        let service = EmulatedService(dingTalk)
        service.meanwhile { dingTalk, number, _ in if number == 4 { dingTalk.endTokens() } }
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service)
        #expect(ledger.records.count == 7 && service.system.tokenRequests == 2)
    }

    @Test(arguments: ["people", "approvals"])
    func `one token serves a run, and is renewed before it ends`(stream: String) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger(stream)
        try await Scene.run(&ledger, service)
        #expect(service.system.tokenRequests == 1)
        var short = Scene.seven()
        short.lifetime = 10
        let hurried = EmulatedService(short)
        var other = StreamLedger(stream)
        try await Scene.run(&other, hurried)
        #expect(hurried.system.tokenRequests > 2 && other.records == ledger.records)
        let calls = [service, hurried].map { $0.requests.count - $0.system.tokenRequests }
        #expect(calls[0] == calls[1], "it was renewed, never refused")
    }

    @Test(arguments: ["people", "approvals"])
    func `a wrong secret is told without repeating it`(stream: String) async throws {
        let error = try await failure(
            Scene.seven(), stream: stream, ["app_secret": .secret(Secret("a-wrong-secret"))])
        guard case .refused(401, let hint) = error else {
            Issue.record("got \(error)")
            return
        }
        #expect(hint.contains("app_secret") && !hint.contains("a-wrong-secret"))
    }

    @Test(arguments: ["people", "approvals"])
    func `a system that takes no token is asked twice, not for ever`(stream: String) async throws {
        let service = EmulatedService(Scene.seven())
        service.meanwhile { dingTalk, number, _ in if number.isMultiple(of: 2) { dingTalk.endTokens() } }
        let error = await Scene.failure { _ = try await Scene.connector(service).page(of: stream, after: nil) }
        guard case .refused(401, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(service.requests.count == 4)
    }

    // MARK: Limits

    @Test(arguments: ["people", "approvals"], [90002, 90018, 90019])
    func `more calls a second than are allowed only take time`(stream: String, code: Int) async throws {
        for bySubCode in [false, true] {
            var dingTalk = Scene.seven()
            dingTalk.rateCode = code
            var window = RequestWindow(limit: 22, seconds: 60)
            for _ in 0..<12 { _ = window.refuse(at: FixedClock().moment) }
            (dingTalk.calls, dingTalk.saysErrorsBySubCode) = (window, bySubCode)
            let service = EmulatedService(dingTalk)
            var (ledger, waited) = (StreamLedger(stream), [Int]())
            let connector = try Scene.connector(service)
            try await ledger.run(connector) {
                waited.append($0)
                service.wait(seconds: $0)
            }
            #expect(ledger.records.count == (stream == "people" ? 7 : 6))
            #expect(waited.starts(with: [1, 2, 4, 4]), "a second, then two, then four: \(waited)")
        }
    }

    @Test(arguments: ["people", "approvals"])
    func `tokens that are asked for too often only take time`(stream: String) async throws {
        var dingTalk = Scene.seven()
        dingTalk.tokenCalls = RequestWindow(limit: 1, seconds: 30)
        let service = EmulatedService(dingTalk)
        service.meanwhile { dingTalk, number, _ in if number == 6 { dingTalk.endTokens() } }
        var (ledger, waited) = (StreamLedger(stream), 0)
        let connector = try Scene.connector(service)
        try await ledger.run(connector) {
            waited += $0
            service.wait(seconds: $0)
        }
        #expect(ledger.records.count == (stream == "people" ? 7 : 6) && waited > 10)
        #expect(service.system.tokenRequests > 2 && service.system.faults == [])
    }

    @Test(arguments: ["people", "approvals"])
    func `the month's quota is an error that says that waiting does not help`(stream: String) async throws {
        for bySubCode in [false, true] {
            var dingTalk = Scene.seven()
            (dingTalk.hasQuota, dingTalk.saysErrorsBySubCode) = (false, bySubCode)
            let error = try await failure(dingTalk, stream: stream)
            guard case .refused = error else {
                Issue.record("got \(error)")
                return
            }
            #expect("\(error)".contains("waiting does not help"))
        }
    }

    @Test(arguments: ["people", "approvals"], DingTalkEmulator.Denial.allCases)
    func `an address that called too often waits five minutes`(
        stream: String, denial: DingTalkEmulator.Denial
    ) async throws {
        var dingTalk = Scene.seven()
        dingTalk.denial = denial
        guard case .unavailable(_, .some(.seconds(300))) = try await failure(dingTalk, stream: stream) else {
            Issue.record("it is not told to wait")
            return
        }
    }

    @Test(arguments: ["people", "approvals"])
    func `a page or broken text in the middle of a run is unexpected`(stream: String) async throws {
        for answer in [CannedAnswer.html, .cutOff, .text("", status: 200)] {
            let service = EmulatedService(Scene.seven())
            service.fail(request: 3, with: answer)
            let error = await Scene.failure { for try await _ in try Scene.connector(service).pages(of: stream) {} }
            guard case .unexpected = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    // MARK: Settings and check

    @Test func `settings that contradict each other are refused`() {
        let wrong: [(String, SettingInput)] = [
            ("api_url", .text("dingtalk")), ("since", .text("yesterday")),
            ("processes", .map(["a": "PROC-1", "b": "PROC-1"])),
        ]
        for (key, value) in wrong {
            #expect {
                _ = try Scene.connector(EmulatedService(.company()), [key: value])
            } throws: { error in
                if case .settings(key, _)? = error as? ConnectorError { true } else { false }
            }
        }
    }

    @Test func `without processes there are no approvals to read`() async throws {
        let error = try await failure(Scene.seven(), stream: "approvals", ["processes": .map([:])])
        guard case .settings("processes", _) = error else {
            Issue.record("got \(error)")
            return
        }
    }

    @Test func `the check tells how many people and approvals there are`() async throws {
        let report = try await Scene.connector(EmulatedService(Scene.seven())).check()
        #expect(report.remarks == ["7 people", "purchase: 1 approvals in 30 days", "service: 0 approvals in 30 days"])
    }
}
