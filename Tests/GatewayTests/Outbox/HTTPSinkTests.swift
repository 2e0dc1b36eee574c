import Callbacks
import Expressions
import Foundation
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import ReviewStore
import Testing

@testable import Gateway

/// The receiving side of Standard Webhooks as others wrote it.
private let python = PythonEnvironment.python(
    named: "webhook-receiver", packages: ["standardwebhooks==1.1.0", "cryptography"],
    modules: ["standardwebhooks", "cryptography"])

/// Signed requests to a real server.
@Suite struct HTTPSinkTests {
    typealias Company = TestWorkspace
    typealias Answer = TestHTTPServer.Answer

    /// A company whose portal answers so.
    private func company(
        _ answers: Answer..., more: String = "", secrets: [String: String] = [:]
    ) throws -> (Company, TestHTTPServer) {
        let server = try TestHTTPServer(answers: answers)
        let secrets = ["portal": Company.webhookSecret].merging(secrets) { $1 }
        return (try Company.telling(["portal": Company.portal(server.baseURL + "/in", more)], secrets: secrets), server)
    }

    @Test func `what is sent is taken by our own receiving side, and by no other key`() async throws {
        let (company, server) = try company(Answer())
        defer { server.stop() }
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let report = try await host.deliverDue()
        #expect(report.sinks.map(\.delivered) == [1] && report.isComplete)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.path == "/in")
        #expect(request.headers["Content-Type"] == "application/json")
        let body = try JSON.parse(request.body)
        #expect(body["type"] == "connection.failed" && body["data"]?["connection"] == "helpdesk")
        #expect(body["timestamp"]?.string == "2026-10-15T00:00:00Z")
        let key = try await host.store.deliveries(DeliveryFilter(), limit: 1).first?.event.key
        guard case .verified(let callback) = try request.verified(by: Company.webhookSecret, company) else {
            Issue.record("it was not taken")
            return
        }
        #expect(callback.body == request.body && callback.dedupeKey?.text == key && callback.isBodySigned)
        #expect(throws: CallbackRefusal.self) { try request.verified(by: Company.olderSecret, company) }
    }

    @Test func `while a secret is exchanged, both are signed with, and a private key beside them`() async throws {
        let seed = [UInt8](repeating: 0x5A, count: 32)
        let (company, server) = try company(
            Answer(), more: "previous_secret: ${file:older}\nprivate_key: ${file:private}",
            secrets: ["older": Company.olderSecret, "private": "whsk_" + Base64.encode(seed)])
        defer { server.stop() }
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        _ = try await host.deliverDue()
        let request = try #require(server.requests.first)
        _ = try request.verified(by: Company.webhookSecret, company)
        _ = try request.verified(by: Company.olderSecret, company)
        let publicKey = "whpk_" + Base64.encode(try Ed25519.publicKey(of: seed))
        let settings = ["public_key": SettingInput.text(publicKey)]
        _ = try standardWebhooks(settings).verify(request.callback(), now: company.instant)
        #expect(request.headers["webhook-signature"]?.split(separator: " ").count == 3)
    }

    @Test(.enabled(if: SharedFolder.isCI || python != nil, "Python's standardwebhooks cannot be had"))
    func `the receivers' own library takes what is sent`() async throws {
        let python = try #require(python)
        let seed = [UInt8](repeating: 0x5A, count: 32)
        let (company, server) = try company(
            Answer(), more: "private_key: ${file:private}", secrets: ["private": Base64.encode(seed)])
        defer { server.stop() }
        company.clock.set(Timestamp(seconds: Int64(Date().timeIntervalSince1970)).rfc3339)
        let host = try await company.host()
        try await company.publish(points: "7", host)
        _ = try await host.deliverDue()
        let request = try #require(server.requests.first)
        let script = """
            import base64, json, sys
            from standardwebhooks.webhooks import Webhook, WebhookVerificationError
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
            body, headers = base64.b64decode(sys.argv[1]), json.loads(sys.argv[2])
            told = Webhook(sys.argv[3]).verify(body, headers)
            signed = (headers["webhook-id"] + "." + headers["webhook-timestamp"] + ".").encode() + body
            v1a = [s[4:] for s in headers["webhook-signature"].split() if s.startswith("v1a,")][0]
            Ed25519PublicKey.from_public_bytes(base64.b64decode(sys.argv[4])).verify(base64.b64decode(v1a), signed)
            try:
                Webhook(sys.argv[3]).verify(body.replace(b'"7"', b'"8"'), headers)
                print("taken")
            except WebhookVerificationError:
                print(told["type"], [v["decimal"] for v in told["data"]["values"] if v["indicator"] == "deed_points"][0])
            """
        let headers = JSON.object(
            JSONObject(
                ["webhook-id", "webhook-timestamp", "webhook-signature"].map { ($0, .text(request.headers[$0])) }))
        let printed = try PythonEnvironment.run(
            python,
            [
                "-c", script, Base64.encode(request.body), headers.text, Company.webhookSecret,
                Base64.encode(try Ed25519.publicKey(of: seed)),
            ])
        #expect(printed == "values.published 7.00\n")
    }

    @Test func `an event that fails comes again under the same key, with a new time and signature`() async throws {
        let (company, server) = try company(Answer.text("no", status: 500), Answer())
        defer { server.stop() }
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let first = try await host.deliverDue()
        #expect(first.sinks.map(\.failed) == [1] && first.sinks.map(\.lastError) == ["status 500: no"])
        #expect(try await host.deliverDue().sinks.map(\.failed) == [0], "it is not due yet")
        company.goOn(by: .seconds(6))
        #expect(try await host.deliverDue().sinks.map(\.delivered) == [1])
        let sent = server.requests
        #expect(Set(sent.map { $0.headers["webhook-id"] }).count == 1 && Set(sent.map(\.body)).count == 1)
        #expect(Set(sent.map { $0.headers["webhook-signature"] }).count == 2)
        _ = try sent[1].verified(by: Company.webhookSecret, company)
        #expect(try await host.store.attempts(of: 1).map(\.status) == [500, 200])
    }

    @Test func `a redirect is a failure and is not followed`() async throws {
        let (company, server) = try company(Answer.redirect(to: "/elsewhere"))
        defer { server.stop() }
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let report = try await host.deliverDue()
        #expect(report.sinks.first?.lastError?.hasPrefix("status 302: it redirects") == true)
        #expect(server.requests.map(\.path) == ["/in"])
    }

    @Test func `410 disables the sink until a person enables it`() async throws {
        let (company, server) = try company(Answer.text("gone", status: 410), Answer())
        defer { server.stop() }
        let host = try await company.host()
        try await company.tell("one", "two", host: host)
        _ = try await host.deliverDue()
        #expect(server.requests.count == 1)
        try await company.tell("three", host: host)
        #expect(try await host.deliveryStates() == ["1 disabled 1", "2 disabled 0", "3 disabled 0"])
        company.goOn(by: .seconds(200_000))
        _ = try await host.deliverDue()
        #expect(server.requests.count == 1)
        #expect(try await host.enableSink("portal") == 3)
        #expect(try await host.deliverDue().sinks.map(\.delivered) == [3])
    }

    @Test(arguments: ["120", "Thu, 15 Oct 2026 00:02:00 GMT"])
    func `a pause that the receiver asks for holds for all events`(retryAfter: String) async throws {
        let (company, server) = try company(Answer.tooManyRequests(retryAfter: retryAfter), Answer())
        defer { server.stop() }
        let host = try await company.host()
        try await company.tell("one", "two", host: host)
        let report = try await host.deliverDue()
        #expect(server.requests.count == 1 && report.sinks.first?.next == company.clock.now() + .seconds(120))
        company.goOn(by: .seconds(119))
        _ = try await host.deliverDue()
        #expect(server.requests.count == 1)
        company.goOn(by: .seconds(1))
        #expect(try await host.deliverDue().sinks.map(\.delivered) == [2])
    }

    @Test func `five failures open the circuit, so that the rest is spared`() async throws {
        let (company, server) = try company(Answer.text("", status: 503))
        defer { server.stop() }
        let host = try await company.host()
        for number in 1...8 { try await company.tell("c\(number)", host: host) }
        _ = try await host.deliverDue()
        #expect(server.requests.count == 5)
        company.goOn(by: .seconds(60))
        _ = try await host.deliverDue()
        #expect(server.requests.count == 6, "one probe")
    }

    @Test func `a receiver that hangs up or cannot be reached is a failure with its reason`() async throws {
        let (company, server) = try company(Answer.hangUp)
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        #expect(try await host.deliverDue().sinks.first?.lastError?.contains("closed the connection") == true)
        server.stop()
        company.goOn(by: .seconds(10))
        let reason = try await host.deliverDue().sinks.first?.lastError
        #expect(reason?.contains("127.0.0.1") == true && reason?.contains(Company.webhookSecret) == false)
    }

    @Test func `a secret that is absent stops the sink, says where, and loses nothing`() async throws {
        let (company, server) = try company(Answer())
        defer { server.stop() }
        try company.remove("secrets/portal")
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let report = try await host.deliverDue()
        #expect(
            report.sinks.first?.fault
                == "sinks/portal.yaml:1:1: secret 'portal': there is no readable file secrets/portal in the workspace")
        #expect(try await host.deliveryStates() == ["1 waiting 0"] && !report.isComplete)
    }

    @Test(arguments: ["whsec_" + Base64.encode([1, 2, 3]), "no base64!"])
    func `a secret that is none stops the sink without showing it`(secret: String) async throws {
        let (company, server) = try company(Answer(), secrets: ["portal": secret])
        defer { server.stop() }
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let fault = try await host.deliverDue().sinks.first?.fault
        #expect(fault?.contains("secret must be 24 to 64 bytes in base64") == true && fault?.contains(secret) == false)
    }

    @Test func `metadata addresses are refused`() async throws {
        let company = try Company.telling(
            ["portal": Company.portal("https://169.254.169.254/latest")], secrets: ["portal": Company.webhookSecret])
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        #expect(try await host.deliverDue().sinks.first?.fault?.contains("169.254.169.254") == true)
    }

    @Test func `a test is sent at once and kept nowhere`() async throws {
        let (company, server) = try company(Answer.text("who are you", status: 401), Answer())
        defer { server.stop() }
        let host = try await company.host()
        let refused = try await host.testSink("portal")
        #expect(!refused.isAccepted && refused.status == 401 && refused.error == "status 401: who are you")
        let taken = try await host.testSink("portal")
        #expect(taken.isAccepted && taken.status == 200 && server.requests[1].headers["webhook-id"] == taken.key)
        #expect(try JSON.parse(server.requests[1].body)["type"] == "sink.test")
        #expect(try await host.deliveryStates().isEmpty)
        await #expect(throws: HostError.self) { try await host.testSink("porta") }
    }

    @Test func `two processes that deliver at once send each event once`() async throws {
        let (company, server) = try company(Answer())
        defer { server.stop() }
        let host = try await company.host()
        for number in 1...30 { try await company.tell("c\(number)", host: host) }
        try company.reopen()
        let (one, other) = (try await company.host(), try await company.otherProcess())
        async let first = one.deliverDue()
        async let second = other.deliverDue()
        let reports = try await [first, second].flatMap(\.sinks)
        #expect(reports.reduce(0) { $0 + $1.delivered } == 30 && server.requests.count == 30)
        #expect(Set(server.requests.map { $0.headers["webhook-id"] }).count == 30)
    }

    @Test func `a connection that cannot be opened is told`() async throws {
        let (company, server) = try company(Answer())
        defer { server.stop() }
        try company.edit("connectors/diary.yaml", "script: script.json", "script: script.json\n  token: ${file:absent}")
        let host = try await company.host()
        _ = try await host.pull([])
        _ = try await host.pull([])
        _ = try await host.deliverDue()
        #expect(server.requests.count == 1)
        let body = try JSON.parse(try #require(server.requests.first).body)
        #expect(body["data"]?["connection"] == "diary" && body["data"]?["reason"]?.string?.contains("absent") == true)
    }
}

/// Our own receiving side.
private func standardWebhooks(_ settings: [String: SettingInput]) throws -> any CallbackScheme {
    let kind = try #require(CallbackSchemeKind.named("standard-webhooks"))
    return try kind.scheme(try Settings(settings, against: kind.settings))
}

extension TestHTTPServer.Request {
    fileprivate func callback() throws -> CallbackRequest {
        try CallbackRequest(method: .post, query: "", headers: headers, body: body)
    }

    /// What our own receiving side makes of it.
    fileprivate func verified(by secret: String, _ company: TestWorkspace) throws -> CallbackOutcome {
        try standardWebhooks(["secret": .secret(Secret(secret))]).verify(callback(), now: company.instant)
    }
}

extension TestWorkspace {
    fileprivate var instant: Instant { Instant(microseconds: clock.now().microseconds) }
}
