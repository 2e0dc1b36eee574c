public import Callbacks
internal import PlumblineKit

/// Answers what other systems send to the addresses of connections, `POST /hooks/<connection>`.
///
/// The order of an answer: whose connection, how large, whose signature, which time, how often, seen before, stored on
/// disk, answered. Nothing is mapped before it is answered.
public protocol CallbackAnswering: Sendable {
    /// What a connection allows before anything of a request is read; nil where no connection takes requests by this name.
    func limits(of connection: String) -> CallbackLimits?

    /// The connections that take no requests although their files say that they do.
    var faults: [CallbackFault] { get }

    /// What answers devices that call by themselves; nil where no connection lists any.
    var devices: DeviceReceiver? { get }

    /// The answer to a request within the limits. Where it says that the request was received, the event is on disk.
    func answer(_ request: CallbackRequest, for connection: String) async -> CallbackReply
}

extension CallbackAnswering {
    /// None.
    public var faults: [CallbackFault] { [] }

    /// None.
    public var devices: DeviceReceiver? { nil }
}

/// Why a connection takes no requests although its file says that it does.
public struct CallbackFault: Sendable, Hashable, CustomStringConvertible {
    /// The connection's name.
    public let connection: String
    /// What a person must mend, with its place; it may name files.
    public let reason: String

    /// What is wrong with a connection.
    public init(connection: String, reason: String) { (self.connection, self.reason) = (connection, reason) }

    /// One line.
    public var description: String { reason }
}

/// What a connection allows before anything of a request is read.
public struct CallbackLimits: Sendable, Hashable {
    /// How long a body may be, in bytes.
    public var bodyBytes: Int
    /// How many requests that prove themselves are taken in a second, beside a burst of as many; and how many that do not
    /// are told so.
    public var requestsPerSecond: Int
    /// Whether the system asks with HEAD if somebody is there.
    public var answersHead: Bool

    /// Limits of one connection.
    public init(bodyBytes: Int, requestsPerSecond: Int, answersHead: Bool = false) {
        self.answersHead = answersHead
        self.bodyBytes = bodyBytes
        self.requestsPerSecond = requestsPerSecond
    }
}

/// What goes back to the sender.
public struct CallbackReply: Sendable, Hashable {
    /// The status of HTTP.
    public var status: Int
    /// The media type of the body; nil where there is no body.
    public var contentType: String?
    /// The body.
    public var body: [UInt8]
    /// After how many seconds the sender may come again, where it shall.
    public var retryAfter: Int?
    /// Whether the request proved to be the system's own. Those that did not have a budget of their own.
    public var isProven = true

    /// An answer; what is left out is empty.
    public init(status: Int, contentType: String? = nil, body: [UInt8] = [], retryAfter: Int? = nil) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.retryAfter = retryAfter
    }

    /// The answer that a system's own rules want.
    public init(_ answer: CallbackAnswer) {
        self.init(status: answer.status, contentType: answer.contentType, body: answer.body)
    }
}
