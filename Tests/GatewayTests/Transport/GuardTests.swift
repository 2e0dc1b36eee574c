import PlumblineKit
import PlumblineTesting
import Testing

@testable import Gateway

/// What is never reached, never followed and never taken in.
@Suite struct GuardTests {
    @Test func `a name is resolved once and keeps its place in the Host header`() async throws {
        let fixture = TransportFixture(names: ["rt.example": ["127.0.0.1"]])
        try await withServer(.json("{}")) { server in
            let base = "http://rt.example:\(server.port)"
            try await fixture.withTransport(base) { transport in
                for _ in 0..<3 { _ = try await transport.send(HTTPRequest(.get, base)) }
            }
            #expect(fixture.resolved == ["rt.example"])
            #expect(
                server.requests.map { $0.headers["Host"] } == [String](repeating: "rt.example:\(server.port)", count: 3)
            )
        }
    }

    @Test func `the next address is tried when the first does not listen`() async throws {
        let fixture = TransportFixture(names: ["rt.example": ["127.0.0.2", "127.0.0.1"]])
        try await withServer(.json("{}")) { server in
            let response = try await fixture.get("http://rt.example:\(server.port)")
            #expect(response.status == 200)
            #expect(fixture.resolved == ["rt.example"] && fixture.log.count == 1)
        }
    }

    @Test(arguments: ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "100.100.100.200"])
    func `a name that leads to a forbidden address is not reached`(address: String) async throws {
        let fixture = TransportFixture(names: ["rt.example": [address]])
        let error = try await fixture.failure("http://rt.example")
        guard case .unexpected(let reason) = error else {
            Issue.record("got \(error)")
            return
        }
        #expect(reason.contains("rt.example resolves to an address that is never reached"))
    }

    @Test(arguments: [
        "http://169.254.169.254/latest/meta-data", "http://metadata.google.internal", "http://2852039166",
    ])
    func `a forbidden base address is an error of the setting`(base: String) async throws {
        let error = #expect(throws: ConnectorError.self) { try GuardedTransport(baseURL: base) }
        guard case .settings("base_url", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test func `a host that the connection does not name is not reached`() async throws {
        let fixture = TransportFixture(names: ["other.example": ["127.0.0.1"]])
        try await withServer(.json("{}")) { server in
            try await fixture.withTransport(server.baseURL) { transport in
                for url in ["http://other.example:\(server.port)/", "http://169.254.169.254/", "ftp://x/", "nonsense"] {
                    await #expect(throws: ConnectorError.self) { try await transport.send(HTTPRequest(.get, url)) }
                }
            }
            #expect(server.requests.isEmpty && fixture.resolved.isEmpty && fixture.log.isEmpty)
        }
    }

    @Test func `an unknown name is unavailable`() async throws {
        let words = try await TransportFixture().failure("http://rt.example").description
        #expect(words.contains("rt.example cannot be resolved: Name not known (4 attempts)"))
    }

    @Test func `the system's resolver knows localhost`() async throws {
        let found = try await SystemResolver.addresses(of: "localhost")
        #expect(found.contains { $0.description == "127.0.0.1" || $0.description == "::1" })
        await #expect(throws: ResolutionFailure.self) { try await SystemResolver.addresses(of: "no-such-host.invalid") }
    }

    @Test func `a redirect on the same host is followed`() async throws {
        try await withServer(.redirect(to: "/b?x=1", status: 301), .json("{}")) { server in
            let response = try await TransportFixture().get(server.baseURL, headers: ["Authorization": "token abcdef"])
            #expect(response.url == server.baseURL + "/b?x=1")
            #expect(server.requests.map(\.target) == ["/", "/b?x=1"])
            #expect(server.requests.last?.headers["Authorization"] == "token abcdef")
        }
    }

    @Test(arguments: ["https://evil.example/login", "http://localhost:80/", "http://169.254.169.254/"])
    func `a redirect to another host is an error that names both`(location: String) async throws {
        try await withServer(.redirect(to: location)) { server in
            let error = try await TransportFixture().failure(server.baseURL)
            guard case .unexpected(let reason) = error else {
                Issue.record("got \(error)")
                return
            }
            let host = try HTTPURL(location).origin.host
            #expect(reason.contains("127.0.0.1 redirects to another host, \(host)"))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a redirect to another port needs to be named`() async throws {
        try await withServer(.json("{}")) { other in
            try await withServer(.redirect(to: other.baseURL)) { server in
                let words = try await TransportFixture().failure(server.baseURL).description
                #expect(words.contains("allowed_hosts") && other.requests.isEmpty)
                let options = TransportFixture.options { $0.allowedHosts = ["127.0.0.1:\(other.port)"] }
                let headers: HTTPHeaders = ["Authorization": "token abcdef", "Accept": "text/plain"]
                _ = try await TransportFixture().get(server.baseURL, options, headers: headers)
                let seen = try #require(other.requests.first)
                #expect(seen.headers["Authorization"] == nil && seen.headers["Accept"] == "text/plain")
            }
        }
    }

    @Test func `a circle of redirects ends`() async throws {
        try await withServer(.redirect(to: "/again")) { server in
            let words = try await TransportFixture().failure(server.baseURL).description
            #expect(words.contains("more than 5 times") && server.requests.count == 6)
        }
    }

    @Test(arguments: [true, false])
    func `an answer above the limit is not taken in`(isChunked: Bool) async throws {
        var answer = TestHTTPServer.Answer.text(String(repeating: "x", count: 300_000))
        answer.isChunked = isChunked
        answer.pieceSize = 10_000
        let options = TransportFixture.options { $0.maxResponseBytes = 100_000 }
        try await withServer(answer) { server in
            let error = try await TransportFixture().failure(server.baseURL, options)
            #expect("\(error)".contains("larger than 100000 bytes") && "\(error)".contains("max_response_bytes"))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a request may ask for less than the connection's limit`() async throws {
        try await withServer(.text("123456")) { server in
            try await TransportFixture().withTransport(server.baseURL) { transport in
                let response = try await transport.send(HTTPRequest(.get, server.baseURL, responseLimit: 6))
                #expect(response.text == "123456")
                await #expect(throws: ConnectorError.self) {
                    try await transport.send(HTTPRequest(.get, server.baseURL, responseLimit: 5))
                }
            }
        }
    }

    @Test func `a compressed answer is unpacked`() async throws {
        var answer = TestHTTPServer.Answer.body(Gzip.stored(Array("[1, 2, 3]".utf8)), type: "application/json")
        answer.headers["Content-Encoding"] = "gzip"
        try await withServer(answer) { server in
            let response = try await TransportFixture().get(server.baseURL)
            #expect(response.text == "[1, 2, 3]")
            #expect(server.requests.first?.headers["Accept-Encoding"] == "gzip, deflate")
        }
    }

    @Test func `a compressed answer that unpacks to far too much is not taken in`() async throws {
        var answer = TestHTTPServer.Answer.body(Gzip.zeros(runs: 40_000), type: "application/json")
        answer.headers["Content-Encoding"] = "gzip"
        try await withServer(answer) { server in
            let error = try await TransportFixture().failure(server.baseURL)
            guard case .unexpected(let reason) = error else {
                Issue.record("got \(error)")
                return
            }
            #expect(reason.contains("more than 100 times its size") && server.requests.count == 1)
        }
    }

    @Test func `requests go through the proxy by name`() async throws {
        let fixture = TransportFixture(names: ["proxy.example": ["127.0.0.1"]])
        let server = try TestHTTPServer { request, _ in
            var answer = TestHTTPServer.Answer.json("[7]")
            if request.method == "CONNECT" { (answer.body, answer.headers, answer.keepsOpen) = ([], [:], true) }
            return answer
        }
        defer { server.stop() }
        let options = TransportFixture.options { $0.proxy = .init("proxy.example:\(server.port)") }
        let response = try await fixture.get("http://rt.example/", options)
        #expect(response.text == "[7]")
        #expect(server.requests.map { "\($0.method) \($0.target)" } == ["CONNECT rt.example:80", "GET /"])
        #expect(fixture.resolved == ["proxy.example"])
    }

    @Test func `a source without TLS at an https address says so`() async throws {
        try await withServer(.json("{}")) { server in
            let words = try await TransportFixture().failure("https://127.0.0.1:\(server.port)").description
            #expect(words.contains("does not speak TLS"))
        }
    }

    @Test func `an unreadable file of authorities is an error of the setting`() throws {
        let options = TransportFixture.options { $0.caFiles = ["/nonexistent/ca.pem"] }
        let error = #expect(throws: ConnectorError.self) {
            try GuardedTransport(baseURL: "https://rt.example", options: options)
        }
        guard case .settings("ca_file", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }
}
