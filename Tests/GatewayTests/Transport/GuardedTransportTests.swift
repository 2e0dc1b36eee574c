import PlumblineKit
import PlumblineTesting
import Testing

@testable import Gateway

/// Requests and answers as they go over a real socket.
@Suite struct GuardedTransportTests {
    private let fixture = TransportFixture()

    @Test func `a request arrives as it was written`() async throws {
        try await withServer(.json("{}")) { server in
            try await fixture.withTransport(server.baseURL) { transport in
                let query = [("query", "id>0 AND Queue='支持'"), ("@page_size", "100"), ("a&b", "c=d+e%")]
                let request = try HTTPRequest(
                    .post, at: server.baseURL + "/REST/2.0/", path: ["ticket", "a/b", "历史"], query: query,
                    headers: ["Authorization": "token abc", "Host": "other.example", "Content-Length": "99"],
                    body: Array("{\"x\":1}".utf8))
                _ = try await transport.send(request)
            }
            let seen = try #require(server.requests.first)
            #expect(seen.method == "POST" && seen.path == "/REST/2.0/ticket/a%2Fb/%E5%8E%86%E5%8F%B2")
            #expect(seen.query("query") == "id>0 AND Queue='支持'")
            #expect(seen.query("@page_size") == "100" && seen.query("a&b") == "c=d+e%")
            #expect(seen.headers["Authorization"] == "token abc" && seen.headers["User-Agent"] == "Plumbline")
            #expect(seen.headers.values(of: "Host") == ["127.0.0.1:\(server.port)"])
            #expect(seen.headers["Content-Length"] == "7" && seen.body == Array("{\"x\":1}".utf8))
        }
    }

    @Test(arguments: [200, 201, 400, 404, 409, 422])
    func `answers that are the connector's to understand are delivered`(status: Int) async throws {
        try await withServer(.json("{\"a\": 1}", status: status)) { server in
            let response = try await fixture.get(server.baseURL)
            let value = try response.json()["a"]
            #expect(response.status == status && value == .int(1))
            #expect(response.url == server.baseURL + "/" && response.mediaType == "application/json")
        }
    }

    @Test func `a page instead of JSON names the request and the page's first words`() async throws {
        try await withServer(.html("<html><title>Please log in</title>")) { server in
            let response = try await fixture.get(server.baseURL)
            #expect(
                throws: ConnectorError.unexpected(
                    reason: "expected JSON from GET /, got text/html: <html><title>Please log in</title>")
            ) { try response.json() }
        }
    }

    @Test func `a header value with a line break is stopped and not shown`() async throws {
        let error = try await fixture.failure("http://127.0.0.1:1", headers: ["Authorization": "abc\u{1}\nX: y"])
        guard case .settings("Authorization", let reason) = error else {
            Issue.record("got \(error)")
            return
        }
        #expect(!reason.contains("abc"))
    }

    @Test func `the log shows each attempt without credentials`() async throws {
        try await withServer(.json("{}", status: 500), .json("{}")) { server in
            try await fixture.withTransport(server.baseURL) { transport in
                let query = [("token", "s3cret-value"), ("page", "2")]
                _ = try await transport.send(HTTPRequest(.get, at: server.baseURL, path: ["x"], query: query))
            }
            #expect(fixture.log.map(\.url) == [String](repeating: server.baseURL + "/x?token=***&page=2", count: 2))
            #expect(fixture.log.map(\.status) == [500, 200] && fixture.log.map(\.attempt) == [1, 2])
            #expect(fixture.log.allSatisfy { $0.method == .get && $0.failure == nil })
        }
    }

    @Test func `no more requests run at once than the connection allows`() async throws {
        var answer = TestHTTPServer.Answer.json("{}")
        answer.delay = .milliseconds(20)
        let server = try TestHTTPServer(answers: [answer])
        defer { server.stop() }
        let options = TransportFixture.options { $0.concurrentRequests = 2 }
        try await fixture.withTransport(server.baseURL, options) { transport in
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 { group.addTask { _ = try await transport.send(HTTPRequest(.get, server.baseURL)) } }
                try await group.waitForAll()
            }
        }
        #expect(server.requests.count == 8 && server.mostAtOnce <= 2)
    }

    /// One that waited for the answer would wait for an hour.
    @Test(.timeLimit(.minutes(10))) func `a cancelled request does not wait for its answer`() async throws {
        var answer = TestHTTPServer.Answer.json("{}")
        answer.delay = .seconds(3600)
        try await withServer(answer) { server in
            try await fixture.withTransport(server.baseURL) { transport in
                let task = Task { try await transport.send(HTTPRequest(.get, server.baseURL)) }
                while server.requests.isEmpty { await Task.yield() }
                task.cancel()
                await #expect(throws: ConnectorError.cancelled) { try await task.value }
            }
        }
    }

    @Test func `after the end no request is sent`() async throws {
        try await withServer(.json("{}")) { server in
            try await fixture.withTransport(server.baseURL) { transport in
                await transport.shutdown()
                await #expect(throws: ConnectorError.self) {
                    try await transport.send(HTTPRequest(.get, server.baseURL))
                }
            }
            #expect(server.requests.isEmpty)
        }
    }
}
