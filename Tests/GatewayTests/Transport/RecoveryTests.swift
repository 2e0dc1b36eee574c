import PlumblineKit
import PlumblineTesting
import Testing

@testable import Gateway

/// Sources that fail, over a real socket and without waiting.
@Suite struct RecoveryTests {
    private let fixture = TransportFixture()

    @Test(arguments: [("7", 7), ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sunday, 06-Nov-94 08:50:37 GMT", 60)])
    func `the pause that a source asks for is kept`(value: String, seconds: Int) async throws {
        try await withServer(.tooManyRequests(retryAfter: value), .json("[1]")) { server in
            let response = try await fixture.get(server.baseURL)
            #expect(response.body == Array("[1]".utf8) && fixture.slept.first == .seconds(seconds))
        }
    }

    @Test(arguments: [(429, "the pause is kept"), (401, "the refusal is told")])
    func `a source's own headers tell the pause and the mark of the call`(status: Int, what: Comment) async throws {
        var answer = TestHTTPServer.Answer.text("no", status: status)
        answer.headers["x-ogw-ratelimit-reset"] = "3600"
        answer.headers["X-Tt-Logid"] = "20261015ABC"
        try await withServer(answer) { server in
            var request = try HTTPRequest(.get, at: server.baseURL)
            request.sourceHeaders = SourceHeaders(wait: "x-ogw-ratelimit-reset", trace: "X-Tt-Logid")
            let asked = request
            try await fixture.withTransport(server.baseURL) { transport in
                let error = await #expect(throws: ConnectorError.self) { try await transport.send(asked) }
                let limited = ConnectorError.unavailable(
                    reason: "GET \(server.baseURL): status 429: no (X-Tt-Logid 20261015ABC)",
                    retryAfter: .seconds(3600))
                let refused = ConnectorError.refused(status: 401, hint: "no (X-Tt-Logid 20261015ABC)")
                #expect(error == (status == 429 ? limited : refused), what)
            }
            #expect(server.requests.count == 1 && fixture.slept.isEmpty)
        }
    }

    @Test func `a pause of an hour is left to the host`() async throws {
        try await withServer(.tooManyRequests(retryAfter: "3600")) { server in
            let error = try await fixture.failure(server.baseURL)
            let reason = "GET \(server.baseURL): status 429: slow down"
            #expect(error == .unavailable(reason: reason, retryAfter: .seconds(3600)))
            #expect(server.requests.count == 1 && fixture.slept.isEmpty)
        }
    }

    @Test func `while a long pause lasts, later requests end at once with the rest of it`() async throws {
        try await withServer(.tooManyRequests(retryAfter: "3600"), .json("{}")) { server in
            try await fixture.withTransport(server.baseURL) { transport in
                let request = try HTTPRequest(.get, at: server.baseURL)
                await #expect(throws: ConnectorError.self) { try await transport.send(request) }
                let reason = "GET \(server.baseURL): the source has asked for a pause"
                await #expect(throws: ConnectorError.unavailable(reason: reason, retryAfter: .seconds(3600))) {
                    try await transport.send(request)
                }
            }
            #expect(server.requests.count == 1 && fixture.slept.isEmpty)
        }
    }

    @Test(arguments: [500, 502, 503, 504, 429])
    func `a failing source is tried four times, with growing pauses`(status: Int) async throws {
        try await withServer(.html("<h1>Oops</h1><style>b{}</style> <p>later<script>x", status: status)) { server in
            let error = try await fixture.failure(server.baseURL)
            let reason = "GET \(server.baseURL): status \(status): Oops later (4 attempts)"
            #expect(error == .unavailable(reason: reason, retryAfter: nil))
            #expect(server.requests.count == 4)
            #expect(fixture.slept == [.milliseconds(250), .milliseconds(500), .seconds(1)])
        }
    }

    @Test func `a POST is sent once unless it only reads`() async throws {
        try await withServer(.text("oops", status: 500)) { server in
            try await fixture.withTransport(server.baseURL) { transport in
                let post = HTTPRequest(.post, server.baseURL, body: [1])
                await #expect(throws: ConnectorError.self) { try await transport.send(post) }
                #expect(server.requests.count == 1)
                let search = HTTPRequest(.post, server.baseURL, body: [1], isIdempotent: true)
                await #expect(throws: ConnectorError.self) { try await transport.send(search) }
                #expect(server.requests.count == 5)
            }
        }
    }

    @Test(arguments: [401, 403])
    func `a refusal gives the source's words without our credentials`(status: Int) async throws {
        let words = "RT/5.0.7 401 Credentials required: token abc-123-secret unknown, password=hunter22"
        try await withServer(.text(words, status: status)) { server in
            let error = try await fixture.failure(server.baseURL, headers: ["Authorization": "token abc-123-secret"])
            let hint = "RT/5.0.7 401 Credentials required: *** unknown, password=***"
            #expect(error == .refused(status: status, hint: hint))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a cut-off body is read again`() async throws {
        try await withServer(.cutOff("[1, 2, 3]", after: 4), .json("[1, 2, 3]")) { server in
            let response = try await fixture.get(server.baseURL)
            #expect(response.body == Array("[1, 2, 3]".utf8))
        }
    }

    @Test func `a body that is cut off each time says how much of it came`() async throws {
        try await withServer(.cutOff("[1, 2, 3]", after: 4)) { server in
            let words = try await fixture.failure(server.baseURL).description
            #expect(words.contains("cut off after 4 of 9 bytes") && words.contains("(4 attempts)"))
            #expect(server.requests.count == 4)
        }
    }

    @Test func `a chunked body that is cut off is no whole body`() async throws {
        var answer = TestHTTPServer.Answer.cutOff("[1, 2, 3]", after: 4)
        answer.isChunked = true
        try await withServer(answer) { server in
            let words = try await fixture.failure(server.baseURL).description
            #expect(words.contains("cut off after 4 bytes"))
        }
    }

    @Test func `a compressed body that is cut off is no whole body`() async throws {
        var answer = TestHTTPServer.Answer.body(Gzip.stored(Array("[1, 2, 3]".utf8)), type: "application/json")
        answer.headers["Content-Encoding"] = "gzip"
        answer.body.removeLast(12)
        answer.isChunked = true
        try await withServer(answer) { server in
            guard case .unavailable(let reason, nil) = try await fixture.failure(server.baseURL) else {
                Issue.record("not unavailable")
                return
            }
            #expect(reason.contains("cut off"))
        }
    }

    @Test func `an announced length that is too long counts as cut off`() async throws {
        var answer = TestHTTPServer.Answer.json("[1, 2, 3]")
        answer.announcedLength = 20
        try await withServer(answer) { server in
            let words = try await fixture.failure(server.baseURL).description
            #expect(words.contains("cut off after 9 of 20 bytes"))
        }
    }

    @Test func `an announced length that is too short is broken JSON`() async throws {
        var answer = TestHTTPServer.Answer.json("[1, 2, 3]")
        answer.announcedLength = 5
        try await withServer(answer) { server in
            let response = try await fixture.get(server.baseURL)
            #expect(response.body.count == 5)
            #expect(throws: ConnectorError.self) { try response.json() }
        }
    }

    @Test func `a source that hangs up is tried again`() async throws {
        try await withServer(.hangUp, .hangUp, .json("{}")) { server in
            let response = try await fixture.get(server.baseURL)
            #expect(response.status == 200)
            #expect(
                fixture.log.map(\.failure) == [
                    "the source closed the connection", "the source closed the connection", nil,
                ])
        }
    }

    @Test func `a source that is silent is given up after the read time-out`() async throws {
        var answer = TestHTTPServer.Answer.json("{}")
        answer.delay = .seconds(60)
        let options = TransportFixture.options {
            $0.readTimeout = .milliseconds(50)
            $0.retry.attempts = 1
        }
        try await withServer(answer) { server in
            let words = try await fixture.failure(server.baseURL, options).description
            #expect(words.contains("no byte came for 0.05 seconds"))
        }
    }

    @Test func `a source that dawdles is given up after the total time`() async throws {
        var answer = TestHTTPServer.Answer.json("[1, 2, 3, 4, 5, 6, 7, 8, 9]")
        (answer.pieceSize, answer.pause) = (1, .seconds(2))
        let options = TransportFixture.options {
            $0.timeout = .milliseconds(150)
            $0.retry.attempts = 1
        }
        try await withServer(answer) { server in
            let words = try await fixture.failure(server.baseURL, options).description
            #expect(words.contains("no whole answer within 0.15 seconds"))
        }
    }

    @Test func `a source that does not listen is unavailable`() async throws {
        // Port 1 (tcpmux) has no listener; the port of a stopped server could be given to another test's.
        let base = "http://127.0.0.1:1"
        let error = try await fixture.failure(base)
        let reason = "GET \(base): connection refused (4 attempts)"
        #expect(error == .unavailable(reason: reason, retryAfter: nil))
    }
}
