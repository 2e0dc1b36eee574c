import Callbacks
import Gateway
import NIOHTTP1
import PlumblineKit
import Testing

@testable import Console

/// What is answered at `/hooks/<connection>`, without sockets.
@Suite(.timeLimit(.minutes(15))) struct HookTests {
    private func answer(
        _ uri: String = "/hooks/desk", _ method: NIOHTTP1.HTTPMethod = .POST, _ headers: [(String, String)] = [],
        body: String = "", script: ScriptedAnswering = ScriptedAnswering(), gateway: TestGateway? = nil
    ) async throws -> HookAnswer {
        let gateway = if let gateway { gateway } else { try await TestGateway(answering: script) }
        return try await answer(uri, method, headers, body: body, from: responder(gateway))
    }

    private func responder(_ gateway: TestGateway) -> HookResponder {
        HookResponder(
            served: gateway.served, unproven: RateLimits(now: { [clock = gateway.clock] in clock.now }),
            tally: gateway.hooks)
    }

    private func answer(
        _ uri: String = "/hooks/desk", _ method: NIOHTTP1.HTTPMethod = .POST, _ headers: [(String, String)] = [],
        body: String = "", from responder: HookResponder
    ) async throws -> HookAnswer {
        let length = body.isEmpty ? [] : [("content-length", String(body.utf8.count))]
        let head = HTTPRequestHead(
            version: .http1_1, method: method, uri: uri, headers: NIOHTTP1.HTTPHeaders(headers + length))
        switch responder.admit(head, at: try #require(HookPath(uri))) {
        case .refused(let answer): return answer
        case .admitted(let request): return await responder.answer(request, body: Array(body.utf8))
        }
    }

    @Test func `what comes is given on as it came, with all its header lines`() async throws {
        let script = ScriptedAnswering()
        let headers = [("X-Sign", "a"), ("X-Sign", "b")]
        let answer = try await answer("/hooks/desk?sign=a%2Bb+c&x=1", .POST, headers, body: "{}", script: script)
        let request = try #require(script.requests.first)
        #expect(answer.status == .ok && request.headers.values(of: "x-sign") == ["a", "b"])
        #expect(request.method == .post && script.bodies == ["{}"])
    }

    @Test func `an answer is what the connection says, and nobody keeps it`() async throws {
        let reply = CallbackReply(status: 503, contentType: "text/plain", body: Array("später".utf8), retryAfter: 7)
        let answer = try await answer(script: ScriptedAnswering(reply: reply))
        #expect(answer.status.code == 503 && answer.body == Array("später".utf8))
        let head = answer.head(date: "today").headers
        #expect(head["retry-after"] == ["7"] && head["content-type"] == ["text/plain"] && head["date"] == ["today"])
        #expect(head["cache-control"] == ["no-store"] && head["x-content-type-options"] == ["nosniff"])
        #expect(head["content-length"] == ["7"] && !head.contains(name: "connection"))
    }

    @Test func `an address check comes as GET`() async throws {
        let script = ScriptedAnswering()
        #expect(try await answer("/hooks/desk?echostr=1", .GET, script: script).status == .ok)
        #expect(script.requests.first?.method == .get)
    }

    @Test(arguments: [
        "/hooks/other", "/hooks/", "/hooks/desk/", "/hooks/desk/x", "/hooks/%64esk", "/hooks//desk",
    ])
    func `a name that no connection has is not found`(uri: String) async throws {
        let script = ScriptedAnswering()
        #expect(try await answer(uri, script: script).status == .notFound && script.requests.isEmpty)
    }

    @Test(arguments: [NIOHTTP1.HTTPMethod.PUT, .DELETE, .HEAD, .PATCH, .OPTIONS])
    func `other verbs are not allowed`(method: NIOHTTP1.HTTPMethod) async throws {
        let script = ScriptedAnswering()
        let answer = try await answer("/hooks/desk", method, script: script)
        #expect(answer.status == .methodNotAllowed && script.requests.isEmpty)
        #expect(answer.head(date: "").headers["allow"] == ["GET, POST"])
    }

    @Test func `a body may be as long as the limit and no longer`() async throws {
        let script = ScriptedAnswering(bodyBytes: 8)
        #expect(try await answer(body: "12345678", script: script).status == .ok)
        #expect(try await answer(body: "123456789", script: script).status == .payloadTooLarge)
        #expect(script.bodies == ["12345678"])
    }

    @Test func `a client with much to send still is told to stop`() async throws {
        let script = ScriptedAnswering(bodyBytes: 8)
        #expect(try await !answer(body: "123456789", script: script).isLast)
        #expect(try await answer(body: String(repeating: "a", count: 70_000), script: script).isLast)
        #expect(try await answer("/hooks/x", .POST, [("Transfer-Encoding", "chunked")], script: script).isLast)
    }

    @Test func `a query with a broken escape is refused`() async throws {
        let script = ScriptedAnswering()
        #expect(try await answer("/hooks/desk?a=%zz", script: script).status == .badRequest && script.requests.isEmpty)
    }

    @Test func `a HEAD is for connections whose system asks with one`() async throws {
        let script = ScriptedAnswering(answersHead: true)
        let asked = try await answer("/hooks/desk", .HEAD, script: script)
        #expect(asked.status == .ok && script.requests.map(\.method) == [.head])
        let refused = try await answer("/hooks/desk", .PUT, script: script).head(date: "").headers
        #expect(refused["allow"] == ["GET, HEAD, POST"])
    }

    @Test func `who proves nothing too often is told when to come again, and is listened to all the same`()
        async throws
    {
        let script = ScriptedAnswering(perSecond: 2, proven: "good")
        let gateway = try await TestGateway(answering: script)
        let hooks = responder(gateway)
        for _ in 0..<2 { #expect(try await answer(body: "bad", from: hooks).status == .unauthorized) }
        let third = try await answer(body: "bad", from: hooks)
        #expect(third.status == .tooManyRequests && third.head(date: "").headers["retry-after"] == ["1"])
        for _ in 0..<5 { #expect(try await answer(body: "good", from: hooks).status == .ok) }
        gateway.clock.advance(.milliseconds(500))
        #expect(try await answer(body: "bad", from: hooks).status == .unauthorized)
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
