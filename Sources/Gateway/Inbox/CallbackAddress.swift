internal import ReviewStore

/// Where a connection's system may send.
public struct CallbackAddress: Sendable, Hashable {
    /// The connection's name.
    public let connection: String
    /// The path of the address.
    public let path: String
    /// How a request proves itself, such as `github`; of devices, which prove nothing, `serial number`.
    public let scheme: String
    /// Why nothing is taken there; nil where it is ready.
    public let fault: String?
}

extension WorkspaceHost {
    /// The addresses of all connections that have `callback` or list devices, by the connections' names.
    public func callbackAddresses() -> [CallbackAddress] {
        workspace.connections.flatMap { [address(of: $0), deviceAddress(of: $0)].compactMap(\.self) }
            .sorted { ($0.connection, $0.path) < ($1.connection, $1.path) }
    }

    /// Where the devices of a connection call: they append the path to the server that is entered at them.
    private func deviceAddress(of connection: Connection) -> CallbackAddress? {
        guard let devices = connection.devices else { return nil }
        var fault: String?
        do throws(HostError) { _ = try OpenConnection(connection, host: self) } catch { fault = error.description }
        return CallbackAddress(
            connection: connection.name, path: devices.root, scheme: "serial number", fault: fault)
    }

    private func address(of connection: Connection) -> CallbackAddress? {
        guard let rules = connection.callback else { return nil }
        var fault: String?
        do throws(HostError) {
            _ = try CallbackDoor(connection, host: self)
        } catch {
            fault = error.description
        }
        return CallbackAddress(
            connection: connection.name, path: "/hooks/\(connection.name)", scheme: rules.schemeName, fault: fault)
    }

    /// Forgets the alarms of a connection, or all, which a person has seen.
    public func clearAlarms(of connection: String?) async throws(HostError) -> Int {
        try await storing { () throws(StoreError) in try await store.clearAlarms(of: connection, actor: actor) }
    }
}
