public import PlumblineKit

/// How one system proves that a request to us is its own.
///
/// Life: a ``CallbackSchemeKind`` makes a scheme from the settings of a connection, once, and refuses empty or short
/// keys; `verify` is then called for each request. Schemes hold keys and nothing that changes.
///
/// ```swift
/// let scheme = try CallbackSchemeKind.named("github")?.scheme(settings)
/// switch try scheme.verify(request, now: now) {
/// case .verified(let callback): // store callback.body, then answer with callback.answer
/// case .addressCheck(let answer): // answer, and store nothing
/// }
/// ```
public protocol CallbackScheme: Sendable {
    /// Says whose request this is: decides by signature, then by time, then decrypts.
    ///
    /// `now` is compared with the time that the sender gives; a request as far in the future as too far in the past is
    /// refused. The same request with the same `now` is decided in the same way each time: whether it came before is
    /// for the caller to find out by ``VerifiedCallback/dedupeKey``.
    ///
    /// - Throws: `CallbackRefusal` with the reason for the log. Whoever sent the request should learn nothing of it.
    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome
}

/// What an authentic request is.
public enum CallbackOutcome: Sendable, Hashable {
    /// An event, to be stored before it is answered.
    case verified(VerifiedCallback)
    /// The system asks whether this address is ours: answer, and store nothing.
    case addressCheck(CallbackAnswer)
}

/// A request that the system's keys prove to be its own. There is no other way to one than ``CallbackScheme/verify(_:now:)``.
public struct VerifiedCallback: Sendable, Hashable {
    /// The body as the system meant it: decrypted where it was encrypted, else the very bytes that came.
    public let body: [UInt8]
    /// What stays the same when the system sends this event again; nil where the scheme has no such thing, so that the
    /// connection must say what an event is known by.
    public let dedupeKey: DedupeKey?
    /// When the system says it sent the request; nil where it does not say.
    public let sentAt: Instant?
    /// Whether the proof covers the body. Where it does not (GitLab's token, wjx's sign), the body is as good as the way
    /// it came: read the record again from the system before it counts.
    public let isBodySigned: Bool
    /// A hash of all that the signature covers, where that is the body and not the key; else nil.
    ///
    /// A request that is sent again under another key has the same, for nobody but the system can sign another. Where the
    /// system signs a time as well, an equal body that it sends later has another.
    public let proof: String?
    /// What the system wants to hear once the event is stored.
    public let answer: CallbackAnswer

    init(
        body: [UInt8], dedupeKey: DedupeKey? = nil, sentAt: Instant? = nil, isBodySigned: Bool = true,
        proof: String? = nil, answer: CallbackAnswer = .received
    ) {
        self.body = body
        self.dedupeKey = dedupeKey
        self.sentAt = sentAt
        self.isBodySigned = isBodySigned
        self.proof = proof
        self.answer = answer
    }
}

/// What an event is known by.
public struct DedupeKey: Sendable, Hashable {
    /// The key, at most 512 bytes.
    public let text: String
    /// Whether the proof covers the key. One that it does not cover can be exchanged by whoever repeats a request that
    /// he has seen: compare bodies as well.
    public let isSigned: Bool
}

/// What goes back to the system.
public struct CallbackAnswer: Sendable, Hashable {
    /// The status of HTTP.
    public let status: Int
    /// The media type of the body; nil where there is no body.
    public let contentType: String?
    /// The bytes, encrypted where the system wants that.
    public let body: [UInt8]

    /// An answer without a body: all that most systems want.
    public static let received = CallbackAnswer(status: 200, contentType: nil, body: [])

    static func json(_ value: JSON) -> CallbackAnswer {
        CallbackAnswer(status: 200, contentType: "application/json", body: value.bytes)
    }

    static func text(_ bytes: [UInt8]) -> CallbackAnswer {
        CallbackAnswer(status: 200, contentType: "text/plain", body: bytes)
    }
}
