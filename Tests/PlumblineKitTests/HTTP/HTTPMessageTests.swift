import PlumblineKit
import Testing

@Suite struct HTTPMessageTests {
    @Test func `header names are compared without regard to case`() {
        var headers: HTTPHeaders = ["Accept": "a", "Set-Cookie": " x \r", "set-cookie": "y"]
        #expect(headers["ACCEPT"] == "a" && headers.values(of: "SET-COOKIE") == ["x", "y"])
        headers["accept"] = "b"
        headers["Set-Cookie"] = nil
        #expect(headers.fields.map(\.name) == ["accept"] && headers["Accept"] == "b")
    }

    @Test func `a request under a base address that is none is an error of the setting`() {
        let error = #expect(throws: ConnectorError.self) { try HTTPRequest(.get, at: "rt.example", path: ["x"]) }
        guard case .settings("base_url", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test func `only requests with the same effect when repeated are idempotent`() {
        #expect(HTTPRequest(.put, "http://h").isIdempotent && !HTTPRequest(.post, "http://h").isIdempotent)
        #expect(HTTPRequest(.post, "http://h", isIdempotent: true).isIdempotent)
    }

    private func reason(_ body: String, type: String?, redaction: Redaction = Redaction()) -> String? {
        let headers: HTTPHeaders = type.map { ["Content-Type": $0] } ?? [:]
        let url = "https://rt.example/REST/2.0/tickets?token=abcdef"
        let response = HTTPResponse(
            status: 200, headers: headers, body: Array(body.utf8), url: url, redaction: redaction)
        let error = #expect(throws: ConnectorError.self) { try response.json() }
        guard case .unexpected(let reason) = error else { return nil }
        return reason
    }

    @Test func `what came instead of JSON is named`() {
        let expected = "expected JSON from GET /REST/2.0/tickets, got "
        #expect(
            reason("<html>\n <b>Login</b>", type: "Text/HTML; charset=x") == expected + "text/html: <html> <b>Login</b>"
        )
        #expect(reason("sorry", type: nil) == expected + "no content type: sorry")
        #expect(reason("<html>", type: "application/json") == expected + "application/json: <html>")
        #expect(reason("", type: "application/json") == expected + "an empty body with status 200")
        let long = String(repeating: "x", count: 100)
        #expect(reason(long, type: "text/plain") == expected + "text/plain: " + long.prefix(80) + "…")
    }

    @Test func `broken JSON is named with its place`() throws {
        let words = try #require(reason("{\"a\": 1,\n \"b\": tru", type: "application/vnd.api+json"))
        #expect(words.hasPrefix("broken JSON from GET /REST/2.0/tickets at line 2, column "))
    }

    @Test func `the source's words do not give a credential away`() throws {
        let redaction = Redaction(secrets: ["hunter22"])
        let words = try #require(reason("<p>bad login hunter22, token=x1y2", type: "text/html", redaction: redaction))
        #expect(words.hasSuffix("text/html: <p>bad login ***, token=***"))
    }
}

@Suite struct ExcerptTests {
    @Test func `a credential that the excerpt's end cuts in two does not show`() {
        let body = "a" + String(repeating: " ", count: 825) + "hunter22-and-more"
        let response = HTTPResponse(
            status: 200, body: Array(body.utf8), url: "http://h", redaction: Redaction(secrets: ["hunter22-and-more"]))
        #expect(response.excerpt() == "a")
    }
}

@Suite struct RedactionTests {
    @Test(arguments: [
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("{\"access_token\": \"abc\"}", "{\"access_token\": \"***\"}"),
        ("password=a&user=b", "password=***&user=b"), ("https://h/?appsecret=1x&a=2", "https://h/?appsecret=***&a=2"),
        ("the token was wrong", "the token was wrong"),
        ("{\"code\": 401, \"key\": \"ABC-1\"}", "{\"code\": 401, \"key\": \"ABC-1\"}"),
        ("Set-Cookie: sid=1; x", "Set-Cookie: ***; x"), ("pwd : 'x y'", "pwd : '*** y'"),
    ])
    func `values after telling names are hidden`(text: String, expected: String) {
        #expect(Redaction().conceal(text) == expected)
    }

    @Test func `known secrets are hidden, also encoded, the longest first`() {
        let redaction = Redaction(secrets: ["a b/c", "a b/c/d", "xyz"])
        #expect(redaction.conceal("1 a b/c/d 2 a%20b%2Fc 3 xyz") == "1 *** 2 *** 3 xyz")
    }

    @Test(arguments: [
        "Authorization", "PRIVATE-TOKEN", "X-Api-Key", "access_token", "sign", "Cookie", "key", "client_secret",
    ])
    func `telling names are known`(name: String) {
        #expect(Redaction.isSecretName(name))
    }

    @Test(arguments: ["Accept", "page", "query", "@page_size", "keyword", "design", "assignee", "Content-Type"])
    func `other names are not`(name: String) {
        #expect(!Redaction.isSecretName(name))
    }
}
