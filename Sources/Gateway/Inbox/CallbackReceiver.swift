public import Callbacks
internal import Expressions
internal import PlumblineKit
internal import ReviewStore

/// Decides what systems send to the connections of one workspace, and has it on disk before it answers.
///
/// All refusals of a request that does not prove itself are alike for the sender; the alarm tells them apart.
public final class CallbackReceiver: CallbackAnswering {
    /// Why connections take no requests although their files say that they do, one line each.
    public let faults: [String]
    private let doors: [String: CallbackDoor]
    /// The limits of connections whose doors cannot be opened: senders are to come later, once they are mended.
    private let closed: [String: CallbackLimits]
    private let inbox: InboxReception
    private let now: @Sendable () -> Timestamp

    /// Opens the doors of a workspace's connections; what arrives goes through `inbox`, which outlives reloads.
    public init(_ host: WorkspaceHost, inbox: InboxReception) {
        var doors: [String: CallbackDoor] = [:]
        var closed: [String: CallbackLimits] = [:]
        var faults: [String] = []
        for connection in host.workspace.connections {
            do throws(HostError) {
                doors[connection.name] = try CallbackDoor(connection, host: host)
            } catch {
                faults.append(error.description)
                closed[connection.name] = connection.callback?.limits
            }
        }
        (self.doors, self.closed, self.faults, self.inbox, now) = (doors, closed, faults, inbox, host.now)
    }

    /// The connections that take requests, by name, with the scheme of each.
    public var connections: [(name: String, scheme: String)] {
        doors.values.map { ($0.connection, $0.rules.schemeName) }.sorted { $0.name < $1.name }
    }

    /// What a connection allows, as ``CallbackAnswering`` says.
    public func limits(of connection: String) -> CallbackLimits? {
        doors[connection]?.rules.limits ?? closed[connection]
    }

    /// The answer to a request, as ``CallbackAnswering`` says.
    public func answer(_ request: CallbackRequest, for connection: String) async -> CallbackReply {
        guard let door = doors[connection] else { return closed[connection] == nil ? .notFound : .later }
        let now = now()
        let outcome: CallbackOutcome
        do throws(CallbackRefusal) {
            outcome = try door.scheme.verify(request, now: Instant(microseconds: now.microseconds))
        } catch {
            if case .unavailable = error { return .later }
            inbox.refuse(.refused, error.kind, at: connection, now: now)
            return .refused
        }
        switch outcome {
        case .addressCheck(let answer): return CallbackReply(answer)
        case .verified(let callback): return await take(callback, request, door, now)
        }
    }

    private func take(
        _ callback: VerifiedCallback, _ request: CallbackRequest, _ door: CallbackDoor, _ now: Timestamp
    ) async -> CallbackReply {
        guard let key = door.key(of: callback) else {
            inbox.refuse(
                .refused, "no key: say in the file by what an event is known", at: door.connection, now: now)
            return .withoutKey
        }
        let received = door.received(callback, request, now: now)
        let complaints = door.connector.complaints(about: received, allowing: door.permissions)
        guard complaints.isEmpty else {
            for field in Set(complaints.filter(\.isForbidden).compactMap(\.field)) {
                inbox.refuse(.notAllowed, field, at: door.connection, now: now)
            }
            return CallbackReply(complaints)
        }
        let arrival = InboxArrival(
            connection: door.connection, key: key, contents: received.contents, received: now)
        return await store(arrival, CallbackReply(callback.answer))
    }

    private func store(_ arrival: InboxArrival, _ answer: CallbackReply) async -> CallbackReply {
        CrashPoint.received.pass()
        do throws(InboxReception.Refusal) {
            let receipt = try await inbox.take(arrival)
            CrashPoint.stored.pass()
            guard case .contradicted = receipt else { return answer }
            inbox.refuse(.contradicted, "key", at: arrival.connection, now: arrival.received)
            return .contradicted
        } catch {
            return .later
        }
    }
}

extension CallbackReply {
    /// The same for every request that does not prove itself.
    static let refused = error(401, "refused", "the request does not prove that it is the system's own")
    static let notFound = error(404, "not_found", "no connection takes requests here")
    static let withoutKey = error(
        422, "no_key", "nothing says what this event is known by: the connection needs 'dedupe'")
    static let contradicted = error(
        409, "contradicted", "another event came before under the same key; this one is kept apart")
    /// Nothing was stored, and the sender is to come again.
    static var later: CallbackReply {
        var reply = error(503, "later", "the event could not be stored now; send it again")
        reply.retryAfter = 2
        return reply
    }

    private static func error(_ status: Int, _ code: String, _ message: String) -> CallbackReply {
        json(status, ["error": ["code": .string(code), "message": .string(message)]])
    }

    private static func json(_ status: Int, _ json: JSON) -> CallbackReply {
        CallbackReply(status: status, contentType: "application/json", body: json.bytes)
    }

    /// So many complaints are told; their number is told in any case.
    private static let mostTold = 20

    /// What is wrong with a request, item by item.
    init(_ complaints: [CallbackComplaint]) {
        let isForbidden = complaints.contains(where: \.isForbidden)
        let told = complaints.prefix(Self.mostTold).map { complaint in
            JSON.object(
                JSONObject([
                    ("item", complaint.item.map { .int($0) } ?? .null), ("field", .text(complaint.field)),
                    ("zh", .string(complaint.reason.zh)), ("en", .string(complaint.reason.en)),
                ]))
        }
        self = Self.json(
            isForbidden ? 403 : 422,
            [
                "error": [
                    "code": .string(isForbidden ? "not_allowed" : "invalid"),
                    "message": "nothing of the request was taken",
                    "count": .int(complaints.count), "complaints": .array(told),
                ]
            ])
    }
}

extension CallbackRefusal {
    /// What kind of refusal it is, without what was seen.
    var kind: String {
        switch self {
        case .missing(let part): "missing \(part.name)"
        case .repeated(let part): "repeated \(part.name)"
        case .oversize(let part, _): "oversize \(part.name)"
        case .malformed(let part, _): "malformed \(part.name)"
        case .ambiguous(let part): "ambiguous \(part.name)"
        case .noSignature(let part, _): "no signature in \(part.name)"
        case .signature(let part): "wrong signature in \(part.name)"
        case .token(let part): "wrong token in \(part.name)"
        case .notATime(let part, _): "no time in \(part.name)"
        case .time: "time too far from ours"
        case .notEncrypted: "not encrypted"
        case .undecryptable: "cannot be decrypted"
        case .owner: "of another owner"
        case .unavailable: "not decided"
        }
    }
}

extension CallbackPart {
    fileprivate var name: String {
        switch self {
        case .header(let name): "header \(name)"
        case .query: "the address"
        case .parameter(let name): "parameter \(name)"
        case .body: "the body"
        case .field(let name): "field \(name)"
        }
    }
}
