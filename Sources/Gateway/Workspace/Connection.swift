public import Indicators
public import PlumblineKit
public import YAMLDocument

/// A live connection: which connector reads which system, and how its streams are mapped.
public struct Connection: Sendable {
    /// The name under which its records, runs and accounts are stored.
    public let name: String
    /// The connector that reads the source.
    public let connector: any Connector.Type
    /// The settings as the file says them; secrets are still references.
    let settings: [String: ConnectionSetting]
    /// The zone of times that the source writes without one; the company's where the file gives none.
    public let zone: Zone
    /// How the source may be reached, how fast and through which proxy.
    public let transport: TransportOptions
    /// What the connector's program may use, where it starts one.
    let sandbox: SandboxOptions
    /// When `serve` pulls it; nil where the file says nothing, and only `pull` does.
    public let schedule: PullSchedule?
    /// What the system may send to us, and how it proves itself; nil where it sends nothing.
    public let callback: CallbackRules?
    /// The devices that call us by themselves; nil where its connector has none.
    public let devices: ListedDevices?
    /// The streams in the order of the file; several may read the same stream of the connector.
    public let streams: [StreamMapping]
    /// Where accounts are described, so that identity can match them.
    let accounts: AccountStream?
    /// Where everybody who works here is told of; nil where the connection leads no directory.
    let directory: DirectoryStream?
    /// What the quality gate takes as usual in it.
    let gate: GateThresholds
    /// The tests that the file holds.
    public let tests: [MappingTest]
    /// Where the connection begins in its file.
    public let place: SourcePlace

    /// Whether its system only sends, so that there is nothing to pull.
    public var isPushedOnly: Bool { description.family == .webhook }

    /// What the connector says of itself.
    public var description: ConnectorDescription { connector.description }
}

/// The devices that a connection lists.
public struct ListedDevices: Sendable {
    /// What the paths begin with at which they call.
    public let root: String
    /// The devices, by serial number.
    public let all: [Device]
    /// What is allowed to them, and for how long what they tell is kept.
    public let rules: DeviceRules
    /// Where the list stands; nil where it is nowhere in particular.
    let place: SourcePlace?
}

/// One setting of a connection with its place.
struct ConnectionSetting: Sendable {
    enum Content: Sendable {
        /// A value that stands in the file.
        case input(SettingInput)
        /// A value that stands elsewhere.
        case secret(SecretStore.Reference)
        /// Values to any depth; texts among them may be references to secrets.
        case nested(YAMLNode)
    }

    let content: Content
    let place: SourcePlace

    /// The text that stands in the file; of what stands elsewhere a word in its place.
    var text: String? {
        switch content {
        case .input(.text(let text)): text
        case .input, .nested: nil
        case .secret: "<secret>"
        }
    }
}

/// A stream of the connector, mapped onto a record type.
public struct StreamMapping: Sendable {
    /// The name under which its records are stored.
    public let name: String
    /// The connector's stream that is read.
    public let source: String
    /// How the stream learns that a record is gone.
    public let deletions: Deletions
    /// What makes a canonical record of a source record.
    public let mapping: Mapping
    /// Changes with the mapping's text, the record type, the calendar, and the connector and its settings: what was read
    /// and mapped by another version is read and mapped again.
    public let version: String
}

/// A stream that describes accounts: what the source tells about the people it knows.
struct AccountStream: Sendable {
    let source: String
    let mapping: AccountMapping
}

/// A test of a mapping that stands in the connection itself.
public struct MappingTest: Sendable {
    /// The name of the stream whose mapping is tested; the connection's first where the test names none.
    public let stream: String
    /// The record as the source would give it.
    public let record: YAMLNode
    /// The expected fields; empty where the record is to be left out or rejected.
    public let expect: YAMLNode?
    /// What the mapping is to make of the record.
    public let outcome: Outcome

    /// What a mapping may make of a record.
    public enum Outcome: String, Sendable, CaseIterable {
        /// It maps, and has the expected fields.
        case mapped
        /// The stream's `where` leaves it out.
        case leftOut = "left_out"
        /// An expression fails on it, or a value does not fit.
        case rejected
    }
}
