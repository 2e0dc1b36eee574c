/// An absolute `http` or `https` address, read strictly.
///
/// The reading is narrower than RFC 3986 on purpose: one text must never mean one host to a check and another to the
/// client that connects. User names, control characters, backslashes and unencoded host names are refused; the
/// fragment is dropped; scheme and host are lower case; the port is always known.
public struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is no address we would send a request to.
    public struct Invalid: Error, Sendable, Hashable {
        /// What was seen and what was expected; never repeats the text, which may hold a credential.
        public let reason: String
    }

    /// Scheme, host and port: what a credential belongs to.
    public struct Origin: Sendable, Hashable, CustomStringConvertible {
        /// Whether the scheme is `https`.
        public let isSecure: Bool
        /// Lower case, without a final dot; an IPv6 address stands without brackets.
        public let host: String
        /// 80 or 443 when the text named none.
        public let port: Int

        /// The host as it stands in a URL, with brackets around an IPv6 address.
        public var urlHost: String { host.contains(":") ? "[\(host)]" : host }

        /// Host, and the port unless it is the scheme's own: the form of a `Host` header.
        public var authority: String {
            port == (isSecure ? 443 : 80) ? urlHost : "\(urlHost):\(port)"
        }

        /// `https://example.com:8443`.
        public var description: String { "\(isSecure ? "https" : "http")://\(authority)" }
    }

    /// Scheme, host and port.
    public let origin: Origin
    /// Begins with a slash; percent-encoded.
    public let path: String
    /// What follows the question mark, percent-encoded; nil without one.
    public let query: String?

    /// The whole address in normal form.
    public var description: String { "\(origin)\(path)\(query.map { "?" + $0 } ?? "")" }

    /// Reads an absolute address.
    public init(_ text: some StringProtocol) throws(Invalid) {
        let clean = try Self.clean(text)
        guard let mark = clean.firstRange(of: "://") else {
            throw Invalid(reason: "expected an address that begins with http:// or https://")
        }
        let isSecure: Bool
        switch clean[..<mark.lowerBound].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: throw Invalid(reason: "expected an address that begins with http:// or https://")
        }
        let rest = clean[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        origin = try Self.origin(of: rest[..<end], isSecure: isSecure)
        (path, query) = Self.split(rest[end...])
    }

    init(origin: Origin, path: String, query: String?) {
        self.origin = origin
        self.path = path
        self.query = query
    }

    /// This address with `segments` added to its path, each encoded, and `items` added to its query.
    ///
    /// A slash at the end of the path makes no difference: `https://host/REST/2.0` and `https://host/REST/2.0/` give
    /// the same result.
    public func appending(_ segments: [String], query items: [(String, String)] = []) -> HTTPURL {
        var path = path
        for segment in segments {
            if !path.hasSuffix("/") { path += "/" }
            path += PercentEncoding.encode(segment)
        }
        let parts = [query, items.isEmpty ? nil : PercentEncoding.form(items)].compactMap(\.self)
        return HTTPURL(origin: origin, path: path, query: parts.isEmpty ? nil : parts.joined(separator: "&"))
    }

    /// The address that a `Location` or a link means when it stands in a document at this address
    /// (RFC 3986, section 5.2).
    public func resolving(_ reference: some StringProtocol) throws(Invalid) -> HTTPURL {
        let clean = try Self.clean(reference.trimmingHTTPSpace())
        if let colon = clean.firstIndex(of: ":"), !clean[..<colon].contains(where: { "/?".contains($0) }) {
            return try HTTPURL(clean)
        }
        if clean.hasPrefix("//") { return try HTTPURL("\(origin.isSecure ? "https" : "http"):\(clean)") }
        if clean.isEmpty { return self }
        let (target, query) = Self.split(clean[...])
        if clean.hasPrefix("?") { return HTTPURL(origin: origin, path: path, query: query) }
        let folder = path[..<(path.lastIndex(of: "/").map(path.index(after:)) ?? path.endIndex)]
        let joined = clean.hasPrefix("/") ? target : String(folder + target.dropFirst())
        return HTTPURL(origin: origin, path: Self.removingDots(joined), query: query)
    }
}

extension HTTPURL {
    /// `text` without its fragment, with bytes outside ASCII encoded; refuses what parsers read in different ways.
    private static func clean(_ text: some StringProtocol) throws(Invalid) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "#"): return String(decoding: bytes, as: UTF8.self)
            case 0...0x20, 0x7F: throw Invalid(reason: "the address holds a space or a control character")
            case UInt8(ascii: "\\"): throw Invalid(reason: "the address holds a backslash")
            case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "^"), UInt8(ascii: "`"),
                UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), 0x80...:
                PercentEncoding.append(byte, to: &bytes)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func origin(of authority: Substring, isSecure: Bool) throws(Invalid) -> Origin {
        if authority.contains("@") {
            throw Invalid(reason: "the address holds a user name; credentials belong in settings of their own")
        }
        var hostEnd = authority.endIndex
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else {
                throw Invalid(reason: "the IPv6 address lacks its closing bracket")
            }
            hostEnd = authority.index(after: bracket)
        } else if let colon = authority.firstIndex(of: ":") {
            hostEnd = colon
        }
        let host = try Self.host(authority[..<hostEnd])
        let port = try Self.port(authority[hostEnd...], isSecure: isSecure)
        return Origin(isSecure: isSecure, host: host, port: port)
    }

    private static func host(_ text: Substring) throws(Invalid) -> String {
        if text.first == "[" {
            let inner = text.dropFirst().dropLast().lowercased()
            guard inner.contains(":"), inner.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                throw Invalid(reason: "expected an IPv6 address between the brackets")
            }
            return inner
        }
        var host = text.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        let isName = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, !host.isEmpty, !host.hasPrefix("."), !host.contains("..") else {
            throw Invalid(reason: "the host name is not made of letters, digits, dots and hyphens")
        }
        return host
    }

    private static func port(_ text: Substring, isSecure: Bool) throws(Invalid) -> Int {
        if text.isEmpty || text == ":" { return isSecure ? 443 : 80 }
        let digits = text.dropFirst()
        guard text.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65535).contains(port)
        else { throw Invalid(reason: "expected a port from 1 to 65535 after the host name") }
        return port
    }

    private static func split(_ text: Substring) -> (path: String, query: String?) {
        let mark = text.firstIndex(of: "?")
        let path = String(text[..<(mark ?? text.endIndex)])
        let query = mark.map { String(text[text.index(after: $0)...]) }
        return (path.hasPrefix("/") ? path : "/" + path, query)
    }

    private static func removingDots(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for segment in segments {
            if segment == ".." { _ = kept.popLast() } else if segment != "." { kept.append(segment) }
        }
        if let last = segments.last, last == "." || last == ".." { kept.append("") }
        return "/" + kept.joined(separator: "/")
    }
}
