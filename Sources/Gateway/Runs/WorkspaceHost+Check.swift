internal import PlumblineKit

/// What a probe of a connection found.
public struct ConnectionCheck: Sendable {
    /// The connection's name.
    public let connection: String
    /// The source's name and version as it tells them.
    public let source: String?
    /// What else the connector noticed, one line each.
    public let remarks: [String]
    /// Why the source cannot be read; nil where it can.
    public let failure: HostError.ConnectorFailure?
}

extension WorkspaceHost {
    /// Asks the source of each connection whether it is there and lets us in.
    public func check(_ connection: Connection) async -> ConnectionCheck {
        let open: OpenConnection
        do throws(HostError) {
            open = try OpenConnection(connection, host: self)
            _ = try CallbackDoor(connection, host: self)
        } catch {
            return ConnectionCheck(
                connection: connection.name, source: nil, remarks: [],
                failure: .init(message: error.description, isTemporary: false))
        }
        let result: ConnectionCheck
        do throws(ConnectorError) {
            let report = try await open.connector.check()
            result = ConnectionCheck(
                connection: connection.name, source: report.source, remarks: report.remarks, failure: nil)
        } catch {
            result = ConnectionCheck(
                connection: connection.name, source: nil, remarks: [], failure: connection.failure(error))
        }
        await open.close()
        return result
    }
}
