public import PlumblineKit

/// The connectors a program knows, by id. A registry is a value: a test makes its own with one connector.
public struct ConnectorRegistry: Sendable {
    private let connectors: [String: any Connector.Type]

    /// A registry of the given families' lists.
    ///
    /// - Throws: `DuplicateConnector` where two connectors have the same id.
    public init(_ families: [any Connector.Type]...) throws(DuplicateConnector) {
        var connectors: [String: any Connector.Type] = [:]
        for connector in families.joined() {
            let id = connector.description.id
            if connectors.updateValue(connector, forKey: id) != nil { throw DuplicateConnector(id: id) }
        }
        self.connectors = connectors
    }

    /// The connector with that id; nil where there is none.
    public subscript(id: String) -> (any Connector.Type)? { connectors[id] }

    /// All ids, ascending.
    public var ids: [String] { connectors.keys.sorted() }

    /// All descriptions, by id.
    public var descriptions: [ConnectorDescription] { ids.compactMap { connectors[$0]?.description } }
}

/// Two connectors with the same id.
public struct DuplicateConnector: Error, CustomStringConvertible {
    /// The id that two connectors claim.
    public let id: String
    /// Names the id.
    public var description: String { "two connectors have the id '\(id)'" }
}
