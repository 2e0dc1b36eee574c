import Callbacks
import Gateway
import PlumblineKit
import Synchronization

/// Answers for the connections `desk` and `slow-lane` as a test wants, and remembers what it was asked.
final class ScriptedAnswering: CallbackAnswering {
    private let connections: [String: CallbackLimits]
    private let reply: CallbackReply
    private let asked = Mutex<[CallbackRequest]>([])

    init(
        bodyBytes: Int = 1_000, perSecond: Int = 100_000, reply: CallbackReply = CallbackReply(status: 200)
    ) {
        connections = ["desk": CallbackLimits(bodyBytes: bodyBytes, requestsPerSecond: perSecond)]
        self.reply = reply
    }

    /// What came, in the order in which it came.
    var requests: [CallbackRequest] { asked.withLock { $0 } }
    /// The bodies that came, as text.
    var bodies: [String] { requests.map { String(decoding: $0.body, as: UTF8.self) } }

    func limits(of connection: String) -> CallbackLimits? { connections[connection] }

    func answer(_ request: CallbackRequest, for connection: String) async -> CallbackReply {
        asked.withLock { $0.append(request) }
        return reply
    }
}
