internal import Expressions
public import PlumblineKit
internal import ReviewStore

/// Decides what devices send to the connections that list them, and has it on disk before it answers.
///
/// The order of an answer: which device, which verb, how often, how large, what it tells, stored on disk, answered. A device
/// that does not hear what it wants sends the same again: whatever goes wrong here must sound like that.
public final class DeviceReceiver: Sendable {
    /// Why connections take no requests of their devices although they list some.
    public let faults: [CallbackFault]
    private let doors: [String: [String: Door]]
    private let types: [String: any DeviceAnswering.Type]
    private let roots: Set<String>
    private let inbox: InboxReception
    private let now: @Sendable () -> Timestamp

    /// A device's connection, by root and serial number.
    private struct Door: Sendable {
        let connection: String
        /// Nil where the connection cannot be opened: its devices are to come later.
        let connector: (any DeviceAnswering)?
    }

    /// Requests of devices that nobody lists are told so at most so often in a second, and noted as often.
    private static let strangersPerSecond = 5

    /// Opens the doors of a workspace's connections to the devices that they list.
    init(_ host: WorkspaceHost, inbox: InboxReception) {
        var doors: [String: [String: Door]] = [:]
        var types: [String: any DeviceAnswering.Type] = [:]
        var faults: [CallbackFault] = []
        for connection in host.workspace.connections {
            guard let type = connection.connector as? any DeviceAnswering.Type else { continue }
            types[type.deviceRoot] = type
            var connector: (any DeviceAnswering)?
            do throws(HostError) {
                connector = try OpenConnection(connection, host: host).connector as? any DeviceAnswering
            } catch {
                faults.append(CallbackFault(connection: connection.name, reason: error.description))
            }
            for device in connection.devices?.all ?? [] {
                doors[type.deviceRoot, default: [:]][device.serial] = Door(
                    connection: connection.name, connector: connector)
            }
        }
        (self.doors, self.types, self.faults, self.inbox, now) = (doors, types, faults, inbox, host.now)
        roots = Set(types.keys)
    }

    /// What a device asks for; nil where the address is not one of devices.
    public func address(_ target: String) -> DeviceAddress? {
        roots.isEmpty ? nil : DeviceAddress(target, roots: roots)
    }

    /// Decides a request by its header; `method` is nil for a verb that devices do not use.
    public func admit(_ address: DeviceAddress, _ method: HTTPMethod?, announced: Int?) -> DeviceAdmission {
        let parameters = DeviceParameters(query: address.query)
        guard let serial = serial(at: address, parameters), let door = doors[address.root]?[serial] else {
            return .refused(refuseStranger(at: address, parameters))
        }
        guard let connector = door.connector else { return .refused(.init(.later, door.connection, "closed")) }
        guard let method, method == .get || method == .post else {
            return .refused(.init(CallbackReply(status: 405), door.connection, "method"))
        }
        let rules = connector.deviceRules
        if let wait = inbox.rates.wait(for: "\(door.connection)/\(serial)", perSecond: rules.requestsPerSecond) {
            alarm("calls more often than it may", serial, door.connection)
            return .refused(.init(.tooOften(wait), door.connection, "rate"))
        }
        if let announced, announced > rules.bodyBytes {
            alarm("sends more at once than max_body allows, and will again", serial, door.connection)
            return .refused(.init(CallbackReply(status: 413), door.connection, "too_large"))
        }
        return .admitted(
            DeviceCaller(
                connection: door.connection, bodyBytes: rules.bodyBytes, serial: serial, address: address,
                parameters: parameters, method: method, connector: connector))
    }

    /// The answer to a request whose body has come. Where it is what the device wants, all that is to be kept is on disk.
    public func answer(_ caller: DeviceCaller, body: [UInt8]) async -> CallbackReply {
        let now = now()
        inbox.calls.note(caller.serial, at: caller.connection, now: now)
        let request = DeviceRequest(
            serial: caller.serial, method: caller.method, path: caller.address.path, parameters: caller.parameters,
            body: body, received: Instant(microseconds: now.microseconds))
        do throws(InboxReception.Refusal) {
            let state = try await inbox.state(of: caller.serial, at: caller.connection)
            let answer = caller.connector.answer(request, in: state)
            if let complaint = answer.complaint {
                inbox.refuse(.notAllowed, "device \(caller.serial): \(complaint)", at: caller.connection, now: now)
            }
            if !answer.entries.isEmpty {
                guard try await keep(answer, of: caller, now) else { return .later }
            }
            return CallbackReply(status: answer.status, contentType: answer.contentType, body: answer.body)
        } catch {
            return .later
        }
    }
}

// MARK: - Keeping

extension DeviceReceiver {
    /// Whether what a device tells is on disk: not where it has told more today than any does.
    private func keep(
        _ answer: DeviceAnswer, of caller: DeviceCaller, _ now: Timestamp
    ) async throws(InboxReception.Refusal) -> Bool {
        let name = "\(caller.connection)/\(caller.serial)"
        guard !inbox.quota.isSpent(by: name, of: caller.connector.deviceRules.newEntriesPerDay, now: now) else {
            alarm("tells more that is new in a day than it may", caller.serial, caller.connection)
            return false
        }
        CrashPoint.received.pass()
        inbox.quota.note(
            try await inbox.keep(DeviceArrival(answer, of: caller, received: now)), of: name, now: now)
        CrashPoint.stored.pass()
        return true
    }

    private func alarm(_ what: String, _ serial: String, _ connection: String) {
        inbox.alarms.note(.refused, "device \(serial) \(what)", at: connection, now: now())
    }
}

// MARK: - Strangers

extension DeviceReceiver {
    private func serial(at address: DeviceAddress, _ parameters: DeviceParameters) -> String? {
        types[address.root].flatMap { $0.serial(in: parameters) }
    }

    /// A device that nobody lists. IT needs its number to list it; more of it is not looked at.
    private func refuseStranger(at address: DeviceAddress, _ parameters: DeviceParameters) -> DeviceRefusal {
        if let wait = inbox.rates.wait(for: address.root, perSecond: Self.strangersPerSecond) {
            return DeviceRefusal(.tooOften(wait), "", "unproven_rate")
        }
        let first = doors[address.root]?.values.map(\.connection).min() ?? ""
        let name = serial(at: address, parameters).flatMap(\.asSerial) ?? "without a usual serial number"
        inbox.alarms.note(.refused, "device \(name) is not listed", at: first, now: now())
        return DeviceRefusal(
            CallbackReply(status: 403, contentType: "text/plain", body: Array("unknown device\n".utf8)), "",
            "unknown_device")
    }
}

extension DeviceRefusal {
    fileprivate init(_ reply: CallbackReply, _ connection: String, _ reason: String) {
        self.init(reply: reply, connection: connection, reason: reason)
    }
}

extension String {
    /// The text, where it looks like a serial number: letters, digits and dashes.
    fileprivate var asSerial: String? {
        (1...32).contains(utf8.count)
            && utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == UInt8(ascii: "-")
            } ? self : nil
    }
}

extension DeviceArrival {
    fileprivate init(_ answer: DeviceAnswer, of caller: DeviceCaller, received: Timestamp) {
        self.init(
            connection: caller.connection, serial: caller.serial,
            entries: answer.entries.map { entry in
                StoredDeviceEntry(
                    key: entry.key, account: entry.account,
                    placed: Timestamp(microseconds: entry.placed.microseconds), received: received,
                    contents: entry.contents)
            }, stamp: answer.stamp, received: received)
    }
}
