import PlumblineKit
import Testing

@Suite struct HTTPURLTests {
    @Test(arguments: [
        ("https://RT.Example/REST/2.0?a=b#c", "https://rt.example/REST/2.0?a=b"), ("http://h", "http://h/"),
        ("HTTP://h:80/x", "http://h/x"), ("https://h:8443", "https://h:8443/"), ("https://h.:443?q", "https://h/?q"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"), ("http://h/支持", "http://h/%E6%94%AF%E6%8C%81"),
        ("http://h:/a{b}", "http://h/a%7Bb%7D"),
    ])
    func `an address has one normal form`(text: String, normal: String) throws {
        let url = try HTTPURL(text)
        #expect(url.description == normal)
        #expect(try HTTPURL(normal) == url)
    }

    @Test(arguments: [
        "", "rt.example", "ftp://h/", "file:///etc/passwd", "https:/h", "https://", "https:///x", "https://u:p@h/",
        "http://a.example\\@b.example/", "http://h /", "http://h\n/", "http://%6d/", "http://h:0/", "http://h:65536/",
        "http://h:8x/", "http://[::1", "http://[zz]/", "http://[1]/", "http://例子.example/", "http://a..b/",
        "http://.h/",
        "http://h:80:80/", "http://a,b/",
    ])
    func `what parsers could read in two ways is refused`(text: String) {
        #expect(throws: HTTPURL.Invalid.self) { try HTTPURL(text) }
    }

    @Test func `the reason of a refusal does not repeat the address`() {
        let error = #expect(throws: HTTPURL.Invalid.self) { try HTTPURL("https://admin:hunter2@rt.example") }
        #expect(error?.reason.contains("hunter2") == false)
    }

    @Test func `paths and queries are added as plain text`() throws {
        let base = try HTTPURL("https://h/REST/2.0/?x=1")
        #expect(base.appending(["a/b", "c d"]).description == "https://h/REST/2.0/a%2Fb/c%20d?x=1")
        let query = [("query", "id>0 AND Queue='支持'"), ("@page_size", "100")]
        let expected = "query=id%3E0%20AND%20Queue%3D%27%E6%94%AF%E6%8C%81%27&%40page_size=100"
        #expect(try HTTPURL("https://h").appending(["t"], query: query).query == expected)
        #expect(base.appending([], query: [("y", "")]).query == "x=1&y=")
    }

    @Test(
        arguments: [
            ("../c", "http://h/a/c"), ("../../../c", "http://h/c"), ("c/.", "http://h/a/b/c/"), ("", "http://h/a/b/?q"),
            ("http:c", nil), ("javascript:x", nil), ("x:y", nil), ("/a:b", "http://h/a:b"), ("//u@h/", nil),
            ("?a:b", "http://h/a/b/?a:b"),
        ] as [(String, String?)])
    func `references are resolved`(reference: String, expected: String?) throws {
        #expect((try? HTTPURL("http://h/a/b/?q").resolving(reference))?.description == expected)
    }

    @Test func `encoding and decoding are inverse`() {
        let text = "a b&c=d+e%/?#[]@!$'()*,;:支持~-._"
        #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
        #expect(PercentEncoding.decode("%") == nil && PercentEncoding.decode("%zz") == nil)
        #expect(PercentEncoding.decode("%FF") == nil && PercentEncoding.decode("a+b") == "a+b")
    }
}
