public import Indicators
public import PlumblineKit
public import YAMLDocument

/// A live connection: which connector reads which system, and how its streams are mapped.
public struct Connection: Sendable {
    public let name: String
    public let connector: any Connector.Type
    /// The settings as the file says them; secrets are still references.
    let settings: [String: ConnectionSetting]
    public let zone: Zone
    public let transport: TransportOptions
    public let schedule: String?
    public let streams: [StreamMapping]
    /// Where accounts are described, so that identity can match them.
    let accounts: AccountStream?
    public let tests: [MappingTest]
    public let place: SourcePlace

    public var description: ConnectorDescription { connector.description }
}

/// One setting of a connection with its place.
struct ConnectionSetting: Sendable {
    enum Content: Sendable {
        case input(SettingInput)
        case secret(SecretStore.Reference)
    }

    let content: Content
    let place: SourcePlace
}

/// A stream of the connector, mapped onto a record type.
public struct StreamMapping: Sendable {
    /// The name under which its records are stored.
    public let name: String
    /// The connector's stream that is read.
    public let source: String
    public let deletions: Deletions
    public let mapping: Mapping
    /// Changes with the mapping's text and the record type.
    public let version: String
}

/// A stream that describes accounts: what the source tells about the people it knows.
struct AccountStream: Sendable {
    let source: String
    let mapping: AccountMapping
}

/// A test of a mapping that stands in the connection itself.
public struct MappingTest: Sendable {
    public let stream: String
    public let record: YAMLNode
    /// The expected fields; empty where the record is to be left out or rejected.
    public let expect: YAMLNode?
    public let outcome: Outcome

    public enum Outcome: String, Sendable, CaseIterable {
        case mapped
        case leftOut = "left_out"
        case rejected
    }
}
