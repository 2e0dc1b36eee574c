import Callbacks
import Gateway
import PlumblineKit
import Synchronization

/// Answers for the connections `desk` and `slow-lane` as a test wants, and remembers what it was asked.
final class ScriptedAnswering: CallbackAnswering {
    private let connections: [String: CallbackLimits]
    private let reply: CallbackReply
    /// The body of requests that prove themselves; nil where all do.
    private let proven: String?
    let faults: [CallbackFault]
    private let asked = Mutex<[CallbackRequest]>([])

    init(
        bodyBytes: Int = 1_000, perSecond: Int = 100_000, reply: CallbackReply = CallbackReply(status: 200),
        answersHead: Bool = false, proven: String? = nil, faults: [CallbackFault] = []
    ) {
        connections = [
            "desk": CallbackLimits(bodyBytes: bodyBytes, requestsPerSecond: perSecond, answersHead: answersHead)
        ]
        (self.proven, self.faults) = (proven, faults)
        self.reply = reply
    }

    /// What came, in the order in which it came.
    var requests: [CallbackRequest] { asked.withLock { $0 } }
    /// The bodies that came, as text.
    var bodies: [String] { requests.map { String(decoding: $0.body, as: UTF8.self) } }

    func limits(of connection: String) -> CallbackLimits? { connections[connection] }

    func answer(_ request: CallbackRequest, for connection: String) async -> CallbackReply {
        asked.withLock { $0.append(request) }
        if let proven, proven != String(decoding: request.body, as: UTF8.self) {
            var refusal = CallbackReply(status: 401)
            refusal.isProven = false
            return refusal
        }
        return reply
    }
}
