import OAConnectors
import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing
import WeComTesting

/// Tokens, limits and broken servers, and what may never be seen.
@Suite struct WeComClientTests {
    typealias Scene = WeComScene

    private func error(
        _ service: EmulatedService<WeComEmulator>, _ changes: [String: SettingInput] = [:]
    ) async -> ConnectorError? {
        do {
            _ = try await Scene.connector(service, changes).page(of: "approvals", after: nil)
            return nil
        } catch {
            return error as? ConnectorError
        }
    }

    // MARK: Tokens

    @Test func `a run has one token, for people and approvals alike, as long as it lives`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(service.requests.filter { $0.path == "/cgi-bin/gettoken" }.count == 1)
        #expect(service.requests.count > 8)
    }

    @Test func `a token is exchanged before it ends`() async throws {
        var weCom = Scene.seven()
        weCom.tokenLife = 10
        let service = EmulatedService(weCom, pace: 2)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        #expect(service.system.tokensGiven > 2)
    }

    @Test(arguments: 2...10, [40001, 40014, 42001])
    func `a token that somebody else ends is exchanged once, and nothing is lost`(request: Int, code: Int) async throws
    {
        let service = EmulatedService(Scene.seven())
        service.edit { $0.withdrawnCode = code }
        service.meanwhile { weCom, number, _ in if number == request { weCom.withdrawTokens() } }
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        #expect(service.system.tokensGiven == 2)
    }

    @Test func `a token that never holds is a refusal, after two`() async throws {
        let service = EmulatedService(Scene.seven())
        service.meanwhile { weCom, _, _ in weCom.withdrawTokens() }
        guard case .refused(200, let hint) = await error(service) else {
            Issue.record("it is refused")
            return
        }
        #expect(hint.contains("a new token is not taken either") && service.requests.count == 4)
    }

    @Test func `a wrong secret, a wrong corp id and a missing right are refusals that say what`() async throws {
        var weCom = Scene.seven()
        weCom.secrets = ["another"]
        let secret = await error(EmulatedService(weCom))
        let corp = await error(EmulatedService(Scene.seven()), ["corp_id": .text("ww00")])
        weCom = Scene.seven()
        weCom.mayReadApprovals = false
        let right = await error(EmulatedService(weCom))
        for (error, text) in [(secret, "secret is wrong"), (corp, "40013"), (right, "301055")] {
            guard case .refused(200, let hint) = error else {
                Issue.record("\(text): got \(String(describing: error))")
                continue
            }
            #expect(hint.contains(text))
        }
    }

    @Test func `people are read with a secret of their own where there is one`() async throws {
        var weCom = Scene.weCom()
        weCom.secrets.insert("contacts-secret-9876543210")
        let service = EmulatedService(weCom)
        var ledger = StreamLedger("people")
        let secret = SettingInput.secret(Secret("contacts-secret-9876543210"))
        try await Scene.run(&ledger, service, ["contacts_secret": secret])
        let asked = service.requests.filter { $0.path == "/cgi-bin/gettoken" }.map { $0["corpsecret"] }
        #expect(asked == ["contacts-secret-9876543210"])
    }

    // MARK: Limits

    @Test func `a call that is made too often waits a minute, and loses nothing`() async throws {
        var weCom = Scene.weCom()
        weCom.limits["oa/getapprovaldetail"] = RequestWindow(limit: 5, seconds: 60)
        for number in 1...12 { Scene.submit(number, at: Scene.minute(number), &weCom) }
        let service = EmulatedService(weCom)
        var (ledger, waited) = (StreamLedger("approvals"), [Int]())
        try await ledger.run(try Scene.connector(service)) {
            waited.append($0)
            service.wait(seconds: $0)
        }
        #expect(!waited.isEmpty && waited.allSatisfy { $0 == 60 })
        Scene.expectExact(ledger, service)
    }

    /// From 08:00 of China's day: a minute, an hour, and what is left of the day.
    @Test func `a call that is blocked longer waits an hour, then for the end of the day`() async throws {
        var weCom = Scene.seven()
        weCom.limits["oa/getapprovalinfo"] = RequestWindow(limit: 0, seconds: 86_400)
        weCom.blockSeconds = 50_000
        let service = EmulatedService(weCom, at: FixedClock("2026-10-15T00:00:00Z").moment, pace: 0)
        var (ledger, waited) = (StreamLedger("approvals"), [Int]())
        try await ledger.run(try Scene.connector(service)) {
            waited.append($0)
            service.wait(seconds: $0)
            if waited.count == 3 { service.edit { $0.limits = [:] } }
        }
        #expect(waited == [60, 3600, 57_600 - 3660])
    }

    @Test func `too many calls at once wait a little`() async throws {
        let service = EmulatedService(Scene.seven())
        service.edit { $0.busyCalls = 2 }
        var (ledger, waited) = (StreamLedger("approvals"), [Int]())
        try await ledger.run(try Scene.connector(service)) {
            waited.append($0)
            service.wait(seconds: $0)
        }
        #expect(waited == [10, 10])
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...10)
    func `a run that dies goes on where it stood, a broken server only takes time`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        service.fail(request: request, with: .html)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.fail(request: 1, with: .broken)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: What is never seen

    /// The emulator repeats tokens and secret in every error, and the canary in whatever no connector needs.
    @Test(arguments: ["approvals", "people"])
    func `neither secrets nor what is not needed is ever shown`(stream: String) async throws {
        let lines = Mutex<[String]>([])
        for code in [0, 40014, 45009, 45033, 48002, 60011, 60111, 301_025, 99_999] {
            let service = EmulatedService(Scene.seven())
            if code != 0 {
                service.edit { weCom in
                    for call in ["user/get", "oa/getapprovaldetail"] { weCom.refusals[call] = code }
                }
            }
            let settings = try Settings(Scene.settings, against: WeComOAConnector.description.settings)
            let connector = try WeComOAConnector(
                settings: settings,
                context: Scene.context(
                    service, now: service.now, log: { line in lines.withLock { $0.append(line) } }))
            do {
                let page = try await connector.page(of: stream, after: nil)
                lines.withLock { lines in
                    lines += page.records.map(\.json.text) + page.anomalies.map(\.reason)
                    lines += page.rejected.map { $0.reason + String(decoding: $0.raw, as: UTF8.self) }
                    lines += [page.cursor?.text ?? ""]
                }
            } catch {
                lines.withLock { $0.append("\(error)") }
            }
        }
        let all = lines.withLock { $0.joined(separator: "\n") }
        #expect(all.contains("errcode 99999") && all.contains(stream == "people" ? "chenjing" : Scene.number(1)))
        for text in [WeComEmulator.canary, WeComEmulator.secret, "token-1-"] { #expect(!all.contains(text), "\(text)") }
    }
}
