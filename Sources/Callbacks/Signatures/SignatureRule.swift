import OpenSSLCrypto
import PlumblineKit

/// A way to sign, as data: which header, which digest, which encoding, which bytes, which time.
///
/// Most systems differ from each other in nothing else, so that their schemes are one rule each.
struct SignatureRule: Sendable {
    /// The header that carries the signature, and how.
    var place: SignaturePlace
    /// What the signature is made with.
    var digest: SignatureDigest
    /// How its bytes are written.
    var encoding: SignatureEncoding
    /// The bytes that are signed.
    var signed: SignedTemplate
    /// Where the sender's time stands; nil where there is none.
    var time: TimeRule?
    /// The header of the template's `{id}`.
    var idHeader: String?
    /// What an event is known by.
    var identity: EventIdentity?
    /// Whether the system asks with HEAD, unsigned, if somebody is there.
    var answersHead = false
}

/// The header that carries a signature.
struct SignaturePlace: Sendable, Hashable {
    let header: String
    /// What stands before the signature, such as `sha256=`.
    var prefix = ""
    /// What separates several signatures; nil where the header holds one.
    var separator: Character?

    /// More signatures than any sender needs to exchange its keys.
    static let limit = 16

    /// The signatures of our kind, without their prefix; others are skipped.
    func candidates(in value: String) throws(CallbackRefusal) -> [String] {
        let elements = elements(of: value)
        guard elements.count <= Self.limit else { throw .oversize(.header(header), limit: Self.limit) }
        return elements.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// What stands between the separators.
    func elements(of value: String) -> [Substring] {
        guard let separator else { return [value[...]] }
        return value.split(separator: separator)
    }
}

/// What a signature is made with.
enum SignatureDigest: Sendable, Hashable {
    case hmac(HashFunction)
    /// A hash without a key: the template holds the secret.
    case hash(HashFunction)
    /// The connection holds the public key.
    case ed25519
    /// No signature: the header is the secret itself.
    case token
}

/// How a signature's bytes are written. Compared as text, so that each signature has one form.
enum SignatureEncoding: String, Sendable, Hashable, CaseIterable {
    case hex
    case base64

    func text(_ bytes: [UInt8]) -> String {
        switch self {
        case .hex: Hex.encode(bytes)
        case .base64: Base64.encode(bytes)
        }
    }

    /// The bytes of a text that is exactly what `text` would give.
    func bytes(_ text: String) -> [UInt8]? {
        let bytes = self == .hex ? Hex.decode(text) : Base64.decode(text)
        return bytes.flatMap { self.text($0) == text ? $0 : nil }
    }
}

/// What an event is known by.
enum EventIdentity: Sendable, Hashable {
    /// A header, signed or not; some deliveries may lack it.
    case header(String)
    /// A member of the body, by the names on the way to it.
    case field([String])
}

/// Where and how the sender writes its time.
struct TimeRule: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        case header(String)
        /// An element of the signature's header, behind this prefix.
        case element(String)
    }

    let place: Place
    let form: TimeForm
}

/// How a time is written.
enum TimeForm: String, Sendable, Hashable, CaseIterable {
    case seconds
    case milliseconds
    case rfc3339

    /// The moment, or nil for anything but digits, or but RFC 3339.
    func read(_ text: String) -> Instant? {
        guard self != .rfc3339 else { return Instant(rfc3339: text) }
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(text)
        else { return nil }
        return self == .seconds ? Instant(seconds: count) : Instant(microseconds: count * 1000)
    }

    /// The moment in this form.
    func write(_ time: Instant) -> String {
        switch self {
        case .seconds: String(time.microseconds / 1_000_000)
        case .milliseconds: String(time.microseconds / 1000)
        case .rfc3339: time.rfc3339
        }
    }

    var form: CallbackForm {
        switch self {
        case .seconds: .seconds
        case .milliseconds: .milliseconds
        case .rfc3339: .rfc3339
        }
    }
}

/// How far a sender's time may lie from ours.
struct TimeWindow: Sendable, Hashable {
    let tolerance: Duration

    /// Both ends count as inside.
    func check(_ time: Instant, now: Instant) throws(CallbackRefusal) {
        let seconds = tolerance.components.seconds
        let difference = now.microseconds - time.microseconds
        guard difference.magnitude <= UInt64(seconds) * 1_000_000 else {
            throw .time(secondsAgo: difference / 1_000_000, tolerance: seconds)
        }
    }
}
