public import PlumblineKit

/// What a canned transport answers.
public enum CannedAnswer: Sendable {
    /// An answer as it came over the wire.
    case response(status: Int, headers: HTTPHeaders, body: [UInt8])
    /// What a guarded transport would throw.
    case failure(ConnectorError)
    /// One after the other; the last one stays.
    indirect case inTurn([CannedAnswer])
}

extension CannedAnswer {
    /// JSON from a text.
    public static func json(_ text: String, status: Int = 200) -> CannedAnswer {
        .response(status: status, headers: ["Content-Type": "application/json; charset=utf-8"], body: Array(text.utf8))
    }

    /// JSON from a fixture.
    public static func file(_ name: String, of fixtures: Fixtures) throws -> CannedAnswer {
        .json(try fixtures.text(name))
    }

    /// Plain text, as from a server that refuses.
    public static func text(_ text: String, status: Int) -> CannedAnswer {
        .response(status: status, headers: ["Content-Type": "text/plain"], body: Array(text.utf8))
    }

    /// A login page where JSON was expected.
    public static let html = CannedAnswer.response(
        status: 200, headers: ["Content-Type": "text/html"],
        body: Array("<!DOCTYPE html><html><head><title>Login</title></head><body>Please log in</body></html>".utf8))

    /// JSON that ends half way.
    public static let cutOff = CannedAnswer.json(#"{"items":[{"id":"1","Subject":"VPN d"#)

    /// Too many requests, with a time to wait.
    public static let rateLimited = CannedAnswer.response(status: 429, headers: ["Retry-After": "30"], body: [])

    /// A server that broke.
    public static let broken = CannedAnswer.text("Internal Server Error", status: 500)
}
