public import Callbacks
internal import Expressions
internal import PlumblineKit
internal import ReviewStore

/// Decides what systems send to the connections of one workspace, and has it on disk before it answers.
///
/// All refusals of a request that does not prove itself are alike for the sender; the alarm tells them apart.
public final class CallbackReceiver: CallbackAnswering {
    /// Why connections take no requests although their files say that they do.
    public let faults: [CallbackFault]
    /// What answers the devices that connections list.
    public let devices: DeviceReceiver?
    private let doors: [String: CallbackDoor]
    /// The limits of connections whose doors cannot be opened: senders are to come later, once they are mended.
    private let closed: [String: CallbackLimits]
    private let inbox: InboxReception
    private let now: @Sendable () -> Timestamp

    /// Opens the doors of a workspace's connections; what arrives goes through `inbox`, which outlives reloads.
    public init(_ host: WorkspaceHost, inbox: InboxReception) {
        var doors: [String: CallbackDoor] = [:]
        var closed: [String: CallbackLimits] = [:]
        var faults: [CallbackFault] = []
        for connection in host.workspace.connections {
            do throws(HostError) {
                doors[connection.name] = try CallbackDoor(connection, host: host)
            } catch {
                faults.append(CallbackFault(connection: connection.name, reason: error.description))
                closed[connection.name] = connection.callback?.limits
            }
        }
        let devices = DeviceReceiver(host, inbox: inbox)
        (self.doors, self.closed, self.devices, self.inbox, now) = (doors, closed, devices, inbox, host.now)
        self.faults = faults + devices.faults
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
        case .addressCheck(let answer):
            var reply = CallbackReply(answer)
            reply.isProven = false
            return reply
        case .verified(let callback):
            let perSecond = door.rules.limits.requestsPerSecond
            if let wait = inbox.rates.wait(for: connection, perSecond: perSecond) { return .tooOften(wait) }
            return await take(callback, request, door, now)
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
        let review = door.connector.review(of: received, allowing: door.permissions)
        guard review.isTaken else {
            for field in Set(review.complaints.filter(\.isForbidden).compactMap(\.field)) {
                inbox.refuse(.notAllowed, field, at: door.connection, now: now)
            }
            return CallbackReply(refusing: review)
        }
        let arrival = InboxArrival(
            connection: door.connection, key: key.text, proof: key.proof, contents: received.contents, received: now)
        return await store(arrival, CallbackReply(callback.answer, telling: review))
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
