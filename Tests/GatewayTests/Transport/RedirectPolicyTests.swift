import PlumblineKit
import Testing

@testable import Gateway

@Suite struct RedirectPolicyTests {
    private func hop(_ url: String = "https://rt.example/a/b?c=1", _ method: HTTPMethod = .get) throws -> Hop {
        let headers: HTTPHeaders = [
            "Authorization": "token s3cret", "Cookie": "sid=1", "X-Api-Key": "k", "Accept": "text/plain",
            "Content-Type": "application/json",
        ]
        return Hop(url: try HTTPURL(url), request: HTTPRequest(method, url, headers: headers, body: [1]))
    }

    private func next(_ hop: Hop, _ status: Int, _ location: String?) throws(ConnectorError) -> Hop? {
        var policy = RedirectPolicy()
        return try policy.next(after: hop, status: status, location: location)
    }

    @Test(arguments: [
        ("/login", "https://rt.example/login"), ("d", "https://rt.example/a/d"), ("../e?x", "https://rt.example/e?x"),
        ("?page=2", "https://rt.example/a/b?page=2"), ("https://rt.example/z#top", "https://rt.example/z"),
        ("//rt.example/y", "https://rt.example/y"), ("./", "https://rt.example/a/"),
    ])
    func `a location on the same host is followed with its credentials`(location: String, expected: String) throws {
        let next = try #require(try next(hop(), 302, location))
        #expect(next.url.description == expected)
        #expect(next.request.headers["Authorization"] == "token s3cret")
    }

    @Test(arguments: [
        "https://evil.example/", "//evil.example", "https://rt.example.evil.example/", "http://127.0.0.1/",
    ])
    func `another host is an error that names both`(location: String) throws {
        let error = #expect(throws: ConnectorError.self) { try next(hop(), 302, location) }
        guard case .unexpected(let reason) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.contains("rt.example redirects to another host") && !reason.contains("s3cret"))
        #expect(reason.contains("evil.example") || reason.contains("127.0.0.1"))
    }

    @Test func `encryption is never given up`() throws {
        let error = #expect(throws: ConnectorError.self) { try next(hop(), 301, "http://rt.example/a") }
        #expect("\(try #require(error))".contains("not encrypted"))
    }

    @Test func `credentials do not go to another port or scheme`() throws {
        for (from, to) in [
            ("https://rt.example/", "https://rt.example:8443/"), ("http://rt.example/", "https://rt.example/"),
        ] {
            let next = try #require(try next(hop(from), 307, to))
            #expect(next.request.headers.fields.map(\.name) == ["Accept", "Content-Type"])
        }
    }

    @Test(arguments: [
        (HTTPMethod.post, 301, HTTPMethod.get, false), (.post, 302, .get, false), (.post, 303, .get, false),
        (.post, 307, .post, true), (.post, 308, .post, true), (.put, 302, .put, true), (.put, 303, .get, false),
        (.head, 303, .head, false), (.get, 308, .get, true),
    ])
    func `the method follows the status`(
        method: HTTPMethod, status: Int, expected: HTTPMethod, keepsBody: Bool
    ) throws {
        let next = try #require(try next(hop("https://rt.example/", method), status, "/x"))
        #expect(next.request.method == expected && (next.request.body != nil) == keepsBody)
    }

    @Test(arguments: [(200, "/x"), (304, "/x"), (300, "/x"), (302, nil)] as [(Int, String?)])
    func `other answers are no redirect`(status: Int, location: String?) throws {
        #expect(try next(hop(), status, location) == nil)
    }

    @Test func `the sixth redirect is too many`() throws {
        var policy = RedirectPolicy()
        var hop = try hop()
        for step in 1...5 { hop = try #require(try policy.next(after: hop, status: 302, location: "/\(step)")) }
        #expect(throws: ConnectorError.self) { try policy.next(after: hop, status: 302, location: "/6") }
    }
}
