import PlumblineKit

/// The bytes that a sender signs, such as `v0:{timestamp}:{body}`.
struct SignedTemplate: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case text(String)
        /// The body as it came.
        case body
        /// The sender's time, as it was written.
        case timestamp
        /// The id in the header that the rule names.
        case id
        /// Another header.
        case header(String)
        /// The secret itself, for hashes without a key.
        case secret
    }

    let parts: [Part]

    init(_ parts: [Part]) {
        self.parts = parts
    }

    /// Reads the parts between braces: `{body}`, `{timestamp}`, `{id}`, `{secret}`, `{header:NAME}`.
    init(_ text: String) throws(TemplateFault) {
        var parts: [Part] = []
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            guard let end = rest[brace...].firstIndex(of: "}") else {
                throw TemplateFault(part: String(rest[brace...]))
            }
            parts.append(try Self.part(rest[rest.index(after: brace)..<end]))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func part(_ name: Substring) throws(TemplateFault) -> Part {
        switch name {
        case "body": return .body
        case "timestamp": return .timestamp
        case "id": return .id
        case "secret": return .secret
        default:
            guard name.hasPrefix("header:"), name.count > "header:".count else {
                throw TemplateFault(part: "{\(name)}")
            }
            return .header(String(name.dropFirst("header:".count)))
        }
    }

    func contains(_ part: Part) -> Bool { parts.contains(part) }

    /// The bytes under one key. `values` has those of all other parts that the template holds, in its order.
    func bytes(_ values: [[UInt8]], key: CallbackKey) -> [UInt8] {
        zip(parts, values).flatMap { $0 == .secret ? key.bytes : $1 }
    }

    /// The literal text behind the part at `place`, which that part's value may not hold.
    func mark(behind place: Int) -> String? {
        guard parts.indices.contains(place + 1), case .text(let mark) = parts[place + 1] else { return nil }
        return mark
    }
}

/// A template that cannot be read.
struct TemplateFault: Error {
    /// What stands there instead of a part.
    let part: String
}
