/// Requests as nobody should send them, from a seed: the same seed gives the same requests.
///
/// Every request holds ``secret`` somewhere, so that a test can look for it where it must not turn up.
public struct HTTPFuzz: Sendable {
    /// Stands in every request.
    public static let secret = "S3CRET-0f9a1c-do-not-log"
    private let path: String
    private var state: UInt64

    /// Requests to `path`.
    public init(path: String, seed: UInt64) { (self.path, state) = (path, seed) }

    /// The next request, in the pieces in which it is sent.
    public mutating func next() -> [[UInt8]] {
        switch below(40) {
        case 0..<5: [noise()]
        case 5..<12: [Array(plain().prefix(below(plain().count)))]
        case 12..<18: [flipped()]
        case 18..<26: [framed()]
        case 26..<31: [crowded()]
        case 31..<35: [cutOff()]
        case 35..<39: [plain() + flipped() + plain() + noise()]
        default: below(5) == 0 ? long() : [plain()]
        }
    }

    // MARK: Chance

    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private mutating func below(_ limit: Int) -> Int { limit < 1 ? 0 : Int(random() % UInt64(limit)) }

    private mutating func one(of choices: [String]) -> String { choices[below(choices.count)] }

    // MARK: Requests

    private mutating func noise() -> [UInt8] {
        (0..<below(600)).map { _ in UInt8(truncatingIfNeeded: random()) } + Array(Self.secret.utf8)
    }

    private mutating func head(_ fields: String) -> [UInt8] {
        let isOrdinary = below(3) > 0
        let verb = isOrdinary ? "POST" : one(of: ["GET", "PUT", "get", "BREW", "OPTIONS", "CONNECT", "HEAD"])
        let long = "?" + String(repeating: "q", count: below(9_000))
        let query = one(of: isOrdinary ? ["", "?sign=\(Self.secret)"] : ["", "?a=%zz", long])
        let version = isOrdinary ? "HTTP/1.1" : one(of: ["HTTP/1.1", "HTTP/1.0", "HTTP/3.7", "XTTP/1.1"])
        let lines = "\(verb) \(path)\(query) \(version)\r\nHost: x\r\nAuthorization: Bearer \(Self.secret)\r\n"
        return Array("\(lines)\(fields)\r\n".utf8)
    }

    private mutating func plain() -> [UInt8] {
        let body = "{\"token\":\"\(Self.secret)\",\"n\":\(below(1_000_000))}"
        let type = one(of: Self.types)
        return head("Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n") + Array(body.utf8)
    }

    private static let types = [
        "application/json", "text/xml; charset=gbk", "multipart/form-data", "image/png; \u{1}", "", "a/b/c;;;=",
        "application/json, application/json",
    ]

    private mutating func flipped() -> [UInt8] {
        var bytes = plain()
        for _ in 0...below(6) { bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: random()) }
        return bytes
    }

    /// Lengths and chunks that contradict each other, or themselves.
    private mutating func framed() -> [UInt8] {
        let lengths = [
            "Content-Length: 5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: -1\r\n", "",
        ]
        let codings = [
            "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding:\u{B}chunked\r\n",
            "Transfer-Encoding: CHUNKED\r\n",
        ]
        let bodies = [
            "5\r\nhello\r\n0\r\n\r\n", "5;\(Self.secret)\r\nhello\r\n0\r\nX-T: \(Self.secret)\r\n\r\n",
            "FFFFFFFFFFFFFFFF\r\nhello",
            "5\nhello\n0\n\n", "-5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5\r\nhello world\r\n0\r\n\r\n",
            "\(String(repeating: "0", count: below(3_000)))5\r\nhello\r\n0\r\n\r\n", "1\r\n\r\n\r\n", "5\r\nhel",
        ]
        return head(one(of: lengths) + one(of: codings)) + Array(one(of: bodies).utf8)
    }

    /// The same headers again and again, and long ones.
    private mutating func crowded() -> [UInt8] {
        let names = ["Host", "Content-Length", "Content-Type", "X-Signature", "Cookie", "Expect", "Upgrade", "X Y", ""]
        let fields = (0..<below(140)).map { _ in
            let value = one(of: [
                Self.secret, "1", "100-continue", "h2c", " x", String(repeating: "v", count: below(400)),
            ])
            return "\(one(of: names)): \(value)\(one(of: ["\r\n", "\r\n", "\r\n", "\n", "\r\n "]))"
        }
        return head(fields.joined()) + Array(Self.secret.utf8)
    }

    private mutating func cutOff() -> [UInt8] {
        head("Content-Length: \(100 + below(1 << 20))\r\n") + Array(Self.secret.utf8)
    }

    /// Ten megabytes, announced or in chunks.
    private mutating func long() -> [[UInt8]] {
        let megabyte = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        if below(2) == 0 {
            return [head("Content-Length: 10485760\r\n")] + Array(repeating: megabyte, count: 10)
        }
        let chunk = Array("100000\r\n".utf8) + megabyte + Array("\r\n".utf8)
        return [head("Transfer-Encoding: chunked\r\n")] + Array(repeating: chunk, count: 10) + [Array("0\r\n\r\n".utf8)]
    }
}
