import PlumblineKit
import Testing

@testable import Gateway

@Suite struct ResponseVerdictTests {
    private static let now: Int64 = 784_111_777  // Sun, 06 Nov 1994 08:49:37 GMT

    @Test(arguments: [200, 201, 204, 302, 304, 400, 404, 409, 422])
    func `the connector sees what is its own to understand`(status: Int) {
        #expect(ResponseVerdict(status: status, headers: [:], unixTime: 0) == .deliver)
    }

    @Test(arguments: [401, 403])
    func `missing credentials are a refusal`(status: Int) {
        #expect(ResponseVerdict(status: status, headers: [:], unixTime: 0) == .refuse)
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func `what may pass is tried again`(status: Int) {
        #expect(ResponseVerdict(status: status, headers: [:], unixTime: 0) == .retry(after: nil))
    }

    @Test(
        arguments: [
            ("7", Duration.seconds(7)), ("Sun, 06 Nov 1994 08:50:37 GMT", .seconds(60)),
            ("Sunday, 06-Nov-94 08:49:40 GMT", .seconds(3)), ("Sun Nov  6 08:49:38 1994", .seconds(1)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", .zero), ("99999999999999999999999", .seconds(86_400)),
            ("soon", nil), ("-5", nil), ("1.5", nil), ("", nil),
        ] as [(String, Duration?)])
    func `both forms of Retry-After are understood`(value: String, expected: Duration?) {
        let verdict = ResponseVerdict(status: 429, headers: ["retry-after": value], unixTime: Self.now)
        #expect(verdict == .retry(after: expected))
    }

    @Test(
        arguments: [
            (["x-reset": "9"], 9), (["Retry-After": "7", "X-Reset": "9"], 7), (["x-other": "9"], nil),
        ] as [([String: String], Int?)])
    func `a source's own header tells the pause where Retry-After does not`(headers: [String: String], wait: Int?) {
        let verdict = ResponseVerdict(
            status: 429, headers: HTTPHeaders(headers.map { ($0.key, $0.value) }), unixTime: Self.now,
            source: SourceHeaders(wait: "X-Reset"))
        #expect(verdict == .retry(after: wait.map { .seconds($0) }))
    }
}

@Suite struct AddressBookTests {
    private var book = AddressBook(host: "rt.example")
    private let lan = IPAddress(bytes: [10, 0, 0, 8])
    private let other = IPAddress(bytes: [10, 0, 0, 9])
    private let metadata = IPAddress(bytes: [169, 254, 169, 254])

    @Test mutating func `a name is resolved once`() throws {
        let lan = try #require(lan)
        #expect(book.handle(.asked) == .resolve)
        #expect(book.handle(.resolved([lan])) == .connect(lan))
        #expect(book.handle(.asked) == .connect(lan))
    }

    @Test mutating func `a later answer of the resolver changes nothing`() throws {
        let (lan, other) = (try #require(lan), try #require(other))
        _ = book.handle(.resolved([lan]))
        #expect(book.handle(.resolved([other])) == .connect(lan))
    }

    @Test mutating func `forbidden addresses are passed over`() throws {
        let (lan, metadata) = (try #require(lan), try #require(metadata))
        #expect(book.handle(.resolved([metadata, lan])) == .connect(lan))
    }

    @Test mutating func `a name with only forbidden addresses is refused`() throws {
        guard case .refuse(let reason) = book.handle(.resolved([try #require(metadata)])) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("rt.example") && reason.contains("169.254.169.254"))
    }

    @Test mutating func `the next address is tried, then the name is resolved anew`() throws {
        let (lan, other) = (try #require(lan), try #require(other))
        _ = book.handle(.resolved([lan, other]))
        #expect(book.handle(.failed(lan)) == .connect(other))
        #expect(book.handle(.failed(lan)) == .connect(other))
        #expect(book.handle(.failed(other)) == .exhausted)
        #expect(book.handle(.asked) == .resolve)
    }

    @Test func `an address needs no resolver, before and after a failure`() throws {
        let lan = try #require(lan)
        var book = AddressBook(host: "10.0.0.8")
        #expect(book.handle(.asked) == .connect(lan))
        #expect(book.handle(.failed(lan)) == .exhausted)
        #expect(book.handle(.asked) == .connect(lan))
    }
}

@Suite struct BodyCollectorTests {
    @Test func `pieces are taken up to the limit`() {
        var body = BodyCollector(limit: 4, expected: nil)
        #expect(body.append([1, 2, 3]) && body.append([4]) && !body.append([5]))
        #expect(body.bytes == [1, 2, 3, 4])
    }

    @Test func `a body says how much of it came`() {
        var body = BodyCollector(limit: 100, expected: 10)
        _ = body.append([1, 2, 3])
        #expect(body.isShort && body.progress == "3 of 10 bytes")
        #expect(BodyCollector(limit: 100, expected: nil).progress == "0 bytes")
        #expect(BodyCollector(limit: 9, expected: 10).isAnnouncedTooLarge)
    }
}

@Suite struct RequestMaskTests {
    private let request = HTTPRequest(
        .get, "https://rt.example/hook/s3cret-path?token=q%2Fuery-secret&page=2&access_token=abcd1234&Sign=zz",
        headers: ["Authorization": "Bearer header-secret", "X-Hook": "s3cret-path", "X-Auth-Token": "s3cret-path"])

    @Test func `an address is shown without its credentials`() throws {
        let shown = RequestMask(request).show(try HTTPURL(request.url))
        #expect(shown == "https://rt.example/hook/***?token=***&page=2&access_token=***&Sign=***")
    }

    @Test(arguments: ["header-secret", "Bearer header-secret", "q/uery-secret", "q%2Fuery-secret", "abcd1234"])
    func `a secret of the request is hidden wherever it turns up`(secret: String) {
        let shown = RequestMask(request).redaction.conceal("the token '\(secret)' has expired")
        #expect(!shown.contains(secret) && shown.hasSuffix("has expired"))
    }
}

extension RequestMaskTests {
    @Test func `the password inside Basic credentials is hidden`() {
        let request = HTTPRequest(.get, "http://h", headers: ["Authorization": "Basic YWRtaW46aHVudGVyMjI="])
        #expect(RequestMask(request).redaction.conceal("admin may not use hunter22") == "admin may not use ***")
    }
}

@Suite struct TransportOptionsTests {
    @Test(arguments: [
        ("proxy.example:3128", "proxy.example", 3128), ("http://10.0.0.1:80", "10.0.0.1", 80),
        ("[::1]:8080", "::1", 8080),
    ])
    func `a proxy is host and port`(text: String, host: String, port: Int) throws {
        let proxy = try #require(TransportOptions.ProxyAddress(text))
        #expect(proxy.host == host && proxy.port == port)
    }

    @Test(arguments: [
        "", "proxy", "proxy:", "https://proxy:1", "u:p@proxy:1", "proxy:1/x", "socks5://proxy:1", "[::1]",
    ])
    func `anything else is no proxy`(text: String) {
        #expect(TransportOptions.ProxyAddress(text) == nil)
    }
}
