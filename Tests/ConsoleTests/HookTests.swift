import Callbacks
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import PlumblineKit
import Testing

@testable import Console

/// What is answered at `/hooks/<connection>`, without sockets.
@Suite(.timeLimit(.minutes(15))) struct HookTests {
    private func answer(
        _ uri: String = "/hooks/desk", _ method: HTTPRequest.Method = .post, _ headers: HTTPFields = [:],
        body: String = "", script: ScriptedAnswering = ScriptedAnswering(), gateway: TestGateway? = nil
    ) async throws -> TestResponse {
        let gateway = if let gateway { gateway } else { try await TestGateway(answering: script) }
        return try await gateway.server().application { _ in }.test(.router) { client in
            try await client.execute(
                uri: uri, method: method, headers: headers, body: body.isEmpty ? nil : ByteBuffer(string: body))
        }
    }

    @Test func `what comes is given on as it came, with all its header lines`() async throws {
        let script = ScriptedAnswering()
        let sign = try #require(HTTPField.Name("X-Sign"))
        let headers = HTTPFields([HTTPField(name: sign, value: "a"), HTTPField(name: sign, value: "b")])
        let answer = try await answer("/hooks/desk?sign=a%2Bb+c&x=1", .post, headers, body: "{}", script: script)
        let request = try #require(script.requests.first)
        #expect(answer.status == .ok && request.headers.values(of: "x-sign") == ["a", "b"])
        #expect(request.method == .post && script.bodies == ["{}"])
    }

    @Test func `an answer is what the connection says, and nobody keeps it`() async throws {
        let reply = CallbackReply(status: 503, contentType: "text/plain", body: Array("später".utf8), retryAfter: 7)
        let answer = try await answer(script: ScriptedAnswering(reply: reply))
        #expect(answer.status.code == 503 && String(buffer: answer.body) == "später")
        #expect(answer.headers[.retryAfter] == "7" && answer.headers[.contentType] == "text/plain")
        #expect(answer.headers[.cacheControl] == "no-store" && answer.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test func `an address check comes as GET`() async throws {
        let script = ScriptedAnswering()
        #expect(try await answer("/hooks/desk?echostr=1", .get, script: script).status == .ok)
        #expect(script.requests.first?.method == .get)
    }

    @Test(arguments: [
        "/hooks/other", "/hooks/", "/hooks/desk/", "/hooks/desk/x", "/hooks", "/hooks/%64esk", "/hooks//desk",
    ])
    func `a name that no connection has is not found`(uri: String) async throws {
        let script = ScriptedAnswering()
        #expect(try await answer(uri, script: script).status == .notFound && script.requests.isEmpty)
    }

    @Test(arguments: [HTTPRequest.Method.put, .delete, .head, .patch, .options])
    func `other verbs are not allowed`(method: HTTPRequest.Method) async throws {
        let script = ScriptedAnswering()
        let answer = try await answer(method: method, script: script)
        #expect(answer.status == .methodNotAllowed && answer.headers[.allow] == "GET, POST" && script.requests.isEmpty)
    }

    private func answer(method: HTTPRequest.Method, script: ScriptedAnswering) async throws -> TestResponse {
        try await answer("/hooks/desk", method, script: script)
    }

    @Test func `a body may be as long as the limit and no longer`() async throws {
        let script = ScriptedAnswering(bodyBytes: 8)
        #expect(try await answer(body: "12345678", script: script).status == .ok)
        #expect(try await answer(body: "123456789", script: script).status == .contentTooLarge)
        #expect(script.bodies == ["12345678"])
    }

    @Test func `a query with a broken escape is refused`() async throws {
        let script = ScriptedAnswering()
        #expect(try await answer("/hooks/desk?a=%zz", script: script).status == .badRequest && script.requests.isEmpty)
    }

    @Test func `a HEAD is for connections whose system asks with one`() async throws {
        let script = ScriptedAnswering(answersHead: true)
        let asked = try await answer("/hooks/desk", .head, script: script)
        #expect(asked.status == .ok && script.requests.map(\.method) == [.head])
        #expect(try await answer("/hooks/desk", .put, script: script).headers[.allow] == "GET, HEAD, POST")
    }

    @Test func `who proves nothing too often is told when to come again, and is listened to all the same`()
        async throws
    {
        let script = ScriptedAnswering(perSecond: 2, proven: "good")
        let gateway = try await TestGateway(answering: script)
        let hooks = HookResponder(
            served: gateway.served, unproven: RateLimits(now: { [clock = gateway.clock] in clock.now }),
            tally: gateway.hooks)
        let path = try #require(HookPath("/hooks/desk"))
        func send(_ body: String) async throws -> Response {
            let head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: nil)
            return try await hooks.respond(
                to: Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body))), at: path)
        }
        for _ in 0..<2 { #expect(try await send("bad").status == .unauthorized) }
        let third = try await send("bad")
        #expect(third.status == .tooManyRequests && third.headers[.retryAfter] == "1")
        for _ in 0..<5 { #expect(try await send("good").status == .ok) }
        gateway.clock.advance(.milliseconds(500))
        #expect(try await send("bad").status == .unauthorized)
        #expect(gateway.hooks.refusals[HookTally.Key(connection: "desk", what: "unproven_rate")] == 1)
    }

    @Test func `what became of requests is counted, and strange names are not kept`() async throws {
        let gateway = try await TestGateway(answering: ScriptedAnswering(bodyBytes: 1))
        for (uri, body) in [("/hooks/desk", "a"), ("/hooks/desk", "ab"), ("/hooks/x", "a"), ("/hooks/y", "a")] {
            _ = try await answer(uri, body: body, gateway: gateway)
        }
        typealias Key = HookTally.Key
        #expect(
            gateway.hooks.outcomes == [
                Key(connection: "desk", what: "received"): 1, Key(connection: "desk", what: "refused"): 1,
                Key(connection: "", what: "refused"): 2,
            ])
        #expect(
            gateway.hooks.refusals == [
                Key(connection: "desk", what: "too_large"): 1, Key(connection: "", what: "unknown_connection"): 2,
            ])
    }
}
