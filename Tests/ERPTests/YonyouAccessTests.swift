import ERPConnectors
import Foundation
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import Testing

/// Tokens, addresses and limits.
@Suite struct YonyouAccessTests {
    typealias Scene = YonyouScene

    private static let given = CannedAnswer.json(
        #"{"code":"00000","message":"","data":{"access_token":"b1946ac92492d234","expire":7200}}"#)

    private static let empty = CannedAnswer.json(
        #"{"code":"200","data":{"recordCount":0,"pageCount":0,"recordList":[]}}"#)

    private func orders(_ count: Int) -> YonyouEmulator {
        var server = Scene.server()
        for id in 1...count { server.putOrder(id, lines: id % 4, at: Scene.minute(id / 3)) }
        return server
    }

    // MARK: Signature

    /// Worked out with `openssl dgst -sha256 -hmac` over `appKey41832a3dtimestamp1568098531823`, and so on.
    @Test(arguments: [
        ("41832a3d", "s3cr3t-0001", 1_568_098_531_823, "ybenpgA5sLnD3boLGlWzcSMJhRCTLLBc%2BPKXlv%2FFNEg%3D"),
        (
            "k", "5f1c2d3e-aaaa-4bbb-9ccc-fedcba987654", 1_767_571_200_000,
            "22yppD4Rltbs2501%2FKFuQgQo8KQhhFg4%2BnpE7xnVs%2Fw%3D"
        ),
    ])
    func `a token is asked for with a signature over key and time`(
        _ key: String, _ secret: String, _ milliseconds: Int, _ signature: String
    ) async throws {
        let transport = CannedTransport(["GET *": Self.given, "POST *": Self.empty])
        let changes: [String: SettingInput] = ["app_key": .text(key), "app_secret": .secret(Secret(secret))]
        let moment = Instant(microseconds: Int64(milliseconds) * 1000)
        _ = try await Scene.connector(transport, now: { moment }, changes).page(of: "employees", after: nil)
        let url = try #require(transport.requests.first?.url)
        #expect(
            url == "https://open.example/open-auth/selfAppAuth/getAccessToken?appKey=\(key)&timestamp=\(milliseconds)"
                + "&signature=\(signature)")
    }

    @Test(.enabled(if: SharedFolder.isExpected, "needs the shared vectors"))
    func `the signature is that of the worked example`() async throws {
        let data = try Data(contentsOf: SharedFolder.file("vectors/callback-crypto.json"))
        let vectors = try JSON.parse(Array(data))["outgoing"]?.array ?? []
        let vector = try #require(vectors.first { $0["scheme"] == "yonyou" })
        let parameters = try #require(vector["params"])
        let (key, time) = (try parameters.text(at: "appKey"), try parameters.text(at: "timestamp"))
        let secret = try vector.object(at: "config").text(at: "app_secret")
        let moment = Instant(microseconds: try #require(Int64(time)) * 1000)
        let transport = CannedTransport(["GET *": Self.given, "POST *": Self.empty])
        let changes: [String: SettingInput] = ["app_key": .text(key), "app_secret": .secret(Secret(secret))]
        _ = try await Scene.connector(transport, now: { moment }, changes).page(of: "employees", after: nil)
        let url = try #require(transport.requests.first?.url)
        #expect(
            url.hasSuffix("?appKey=\(key)&timestamp=\(time)&signature=\(try vector.text(at: "expect_query_value"))"))
    }

    @Test func `without HMAC nothing is asked`() async throws {
        let transport = CannedTransport(always: Self.given)
        let context = ConnectorContext(
            transport: transport, files: NoFiles(), now: FixedClock().now, zone: "UTC", log: { _ in })
        let settings = try Settings(Scene.settings, against: YonyouConnector.description.settings)
        let connector = try YonyouConnector(settings: settings, context: context)
        await #expect(
            throws: ConnectorError.unexpected(
                reason: "the host offers no HMAC, without which a token cannot be asked for")
        ) { try await connector.page(of: "employees", after: nil) }
        #expect(transport.requests.isEmpty)
    }

    // MARK: Token

    @Test func `a run keeps one token, and its last minutes are not used`() async throws {
        let service = EmulatedService(orders(12))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        #expect(service.system.tokensGiven == 1)
        let connector = try Scene.connector(service, now: service.now)
        _ = try await connector.page(of: "employees", after: nil)
        service.wait(seconds: 6800)
        _ = try await connector.page(of: "purchases", after: nil)
        #expect(service.system.tokensGiven == 2)
        service.wait(seconds: 200)
        _ = try await connector.page(of: "approvals", after: nil)
        #expect(service.system.tokensGiven == 3 && service.system.faults == [])
    }

    @Test(arguments: 1...5, YonyouEmulator.TokenRefusal.allCases)
    func `a token that ends within a run is followed by another`(
        _ uses: Int, _ refusal: YonyouEmulator.TokenRefusal
    ) async throws {
        var server = orders(12)
        (server.tokenUses, server.tokenRefusal) = (uses, refusal)
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "\(uses) uses")
        #expect(service.system.tokensGiven > 1)
    }

    @Test(arguments: 1...12)
    func `tokens that end at any moment lose nothing`(_ request: Int) async throws {
        let service = EmulatedService(orders(12))
        service.meanwhile { server, number, _ in
            if number == request { server.endTokens() }
        }
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: YonyouEmulator.TokenRefusal.allCases)
    func `a token that is never taken is refused, not asked for without end`(
        _ refusal: YonyouEmulator.TokenRefusal
    ) async throws {
        var server = orders(3)
        (server.tokenUses, server.tokenRefusal) = (0, refusal)
        let service = EmulatedService(server)
        let connector = try Scene.connector(service, now: service.now)
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "purchases", after: nil)
        }
        guard case .refused = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(service.requests.count <= 4)
    }

    @Test func `an app that is not known is refused in the server's words and without the secret`() async throws {
        let service = EmulatedService(orders(3))
        let changes: [String: SettingInput] = ["app_secret": .secret(Secret("another-secret"))]
        await #expect(
            throws: ConnectorError.refused(status: 200, hint: "getAccessToken: the server says 310012 签名错误")
        ) { try await Scene.connector(service, now: service.now, changes).page(of: "purchases", after: nil) }
        #expect(service.requests.count == 1, "it is not tried again")
    }

    @Test(arguments: [
        #"{"code":"00000","data":{}}"#, #"{"code":"00000","data":{"access_token":"","expire":7200}}"#,
        #"{"code":"00000","data":{"access_token":"b1946ac9","expire":0}}"#, #"{"code":"00000"}"#, "[]",
    ])
    func `an answer without a token is unexpected`(_ answer: String) async throws {
        let connector = try Scene.connector(CannedTransport(always: .json(answer)), now: FixedClock().now)
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "employees", after: nil)
        }
        guard case .unexpected = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["b1946ac92492d234", YonyouEmulator.appSecret])
    func `no message holds the token or the secret`(_ secret: String) async throws {
        for answer in [
            CannedAnswer.json(#"{"code":"999","message":"no access for \#(secret)!"}"#),
            .json(#"{"code":"\#(secret)","message":""}"#), .text("no \(secret)!", status: 404),
            .json(#"{"code":"310046","message":"\#(secret)"}"#), .text("no \(secret)", status: 403),
            .text("<html>\(secret)</html>", status: 200),
        ] {
            let transport = CannedTransport(["GET *": Self.given, "POST *": answer])
            let connector = try Scene.connector(transport, now: FixedClock().now)
            let error = await #expect(throws: ConnectorError.self) {
                try await connector.page(of: "employees", after: nil)
            }
            let text = "\(String(describing: error))"
            #expect(!text.contains(secret) && text.contains("***"), "got \(text)")
        }
    }

    // MARK: Data centre

    @Test func `with a tenant the addresses of its data centre are looked up, once`() async throws {
        let service = EmulatedService(orders(12))
        let changes: [String: SettingInput] = [
            "tenant_id": .text(YonyouEmulator.tenant), "base_url": .text("https://nowhere.example"),
        ]
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, changes)
        Scene.expectExact(ledger, service)
        #expect(service.requests.count { $0.path.hasSuffix("getGatewayAddress") } == 1)
        #expect(service.requests.contains { $0.path.hasSuffix("/selfAppAuth/base/v1/getAccessToken") })
    }

    @Test func `a tenant that is not known is refused in the server's words`() async throws {
        let service = EmulatedService(orders(3))
        let connector = try Scene.connector(service, now: service.now, ["tenant_id": .text("other")])
        await #expect(
            throws: ConnectorError.refused(status: 200, hint: "getGatewayAddress: the server says 310002 租户不存在")
        ) { try await connector.page(of: "purchases", after: nil) }
    }

    @Test func `the parameter of the look-up and the path of tokens can be said`() async throws {
        let addresses = CannedAnswer.json(
            #"{"code":"00000","data":{"gatewayUrl":"https://g.example/gw/","tokenUrl":"https://t.example"}}"#)
        let transport = CannedTransport([
            "GET /open-auth/dataCenter/getGatewayAddress?yhtTenantId=t1": addresses, "GET /own/token": Self.given,
            "POST /gw/yonbip/digitalModel/staff/list?access_token=b1946ac92492d234": Self.empty,
        ])
        let changes: [String: SettingInput] = [
            "tenant_id": .text("t1"), "tenant_parameter": .text("yhtTenantId"), "token_path": .text("/own/token"),
        ]
        let page = try await Scene.connector(transport, now: FixedClock().now, changes).page(
            of: "employees", after: nil)
        #expect(page.records == [] && !page.hasMore)
    }

    // MARK: Limits

    @Test(arguments: [1, 3, 7])
    func `a limit told with status 200 is waited for, and nothing begins anew`(_ calls: Int) async throws {
        var server = orders(12)
        for path in YonyouEmulator.paths { server.lists[path]?.window = RequestWindow(limit: calls, seconds: 60) }
        for id in 41...52 { server.putEmployee(id, at: Scene.minute(id)) }
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        var people = StreamLedger("employees")
        try await Scene.run(&people, service)
        #expect(people.records.count == 12 && service.system.refusedForRate > 0 && service.system.faults == [])
    }

    @Test func `the wait is the one that the settings say, and codes are theirs`() async throws {
        let transport = CannedTransport(["GET *": Self.given, "POST *": .json(#"{"code":50000,"message":"慢一点"}"#)])
        let changes: [String: SettingInput] = ["limit_codes": .list(["50000"]), "limit_wait": .text("90s")]
        let connector = try Scene.connector(transport, now: FixedClock().now, changes)
        await #expect(
            throws: ConnectorError.unavailable(
                reason: "\(YonyouEmulator.staff) was called too often: 50000 慢一点", retryAfter: .seconds(90))
        ) { try await connector.page(of: "employees", after: nil) }
        let asking = CannedTransport(always: .json(#"{"code":"310046","message":"频繁"}"#))
        await #expect(
            throws: ConnectorError.unavailable(
                reason: "getAccessToken was called too often: 310046 频繁", retryAfter: .seconds(60))
        ) {
            try await Scene.connector(asking, now: FixedClock().now).page(of: "employees", after: nil)
        }
    }

    @Test func `codes of success are texts or numbers, and differ between services`() async throws {
        for code in [#""200""#, "200", #""00000""#] {
            let answer = CannedAnswer.json(#"{"code":\#(code),"data":{"recordCount":0,"recordList":[]}}"#)
            let transport = CannedTransport(["GET *": Self.given, "POST *": answer])
            let page = try await Scene.connector(transport, now: FixedClock().now).page(of: "employees", after: nil)
            #expect(page.records == [])
        }
        let failed = CannedTransport(["GET *": Self.given, "POST *": .json(#"{"code":"999","message":"服务端逻辑异常"}"#)])
        await #expect(
            throws: ConnectorError.unexpected(reason: "\(YonyouEmulator.staff): the server says 999 服务端逻辑异常")
        ) { try await Scene.connector(failed, now: FixedClock().now).page(of: "employees", after: nil) }
    }
}
