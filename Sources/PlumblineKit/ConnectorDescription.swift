/// What a connector is, told once: lint, `describe`, the documentation and the console's form all read this.
public struct ConnectorDescription: Sendable, Hashable {
    /// `family.system` in lower case, such as `ticketing.roundup`.
    public let id: String
    /// The family, which the id repeats.
    public let family: Family
    /// The system's name for people.
    public let name: LocalizedText
    /// The version of the source's interface that this connector was written against, such as `REST 2.0 (RT 5)`.
    public let apiVersion: String
    /// The vendor's page or document that the code follows.
    public let documentation: String
    /// The settings, in the order in which forms show them.
    public let settings: [SettingField]
    /// The streams, the main one first.
    public let streams: [StreamDescription]
    /// What holds of every further stream, where the source itself says which it has: a connection may then name any, and
    /// whether there is one of that name shows when the source is asked. Nil where `streams` are all.
    public let discovered: StreamDescription?

    /// A description.
    public init(
        id: String, family: Family, name: LocalizedText, apiVersion: String, documentation: String,
        settings: [SettingField], streams: [StreamDescription], discovered: StreamDescription? = nil
    ) {
        self.id = id
        self.family = family
        self.name = name
        self.apiVersion = apiVersion
        self.documentation = documentation
        self.settings = settings
        self.streams = streams
        self.discovered = discovered
    }

    /// The stream called `name`, nil when there can be none.
    public func stream(named name: String) -> StreamDescription? {
        streams.first { $0.name == name } ?? discovered.map { $0.named(name) }
    }
}

/// The kind of system a connector reads. Its raw value is the first half of the connector's id.
public enum Family: String, Sendable, Hashable, CaseIterable {
    case ticketing, oa, erp, survey, attendance, file, webhook, process
}

/// One sequence of records that a connector can read.
public struct StreamDescription: Sendable, Hashable {
    /// As a connection names it, such as `tickets`.
    public let name: String
    /// What the records are, in a few words.
    public let help: LocalizedText
    /// The record type that a mapping would usually target; nil where it depends on the source's content.
    public let recordType: String?
    /// The ways in which this stream can learn of deletions, best first.
    public let deletions: [Deletions]
    /// Whether a later run reads only what changed since the last one.
    public let isIncremental: Bool
    /// The fields of a source record; empty where the source decides.
    public let fields: [SourceField]

    /// A stream.
    public init(
        name: String, help: LocalizedText, recordType: String? = nil, deletions: [Deletions], isIncremental: Bool,
        fields: [SourceField] = []
    ) {
        self.name = name
        self.help = help
        self.recordType = recordType
        self.deletions = deletions
        self.isIncremental = isIncremental
        self.fields = fields
    }

    /// The same under another name.
    func named(_ name: String) -> StreamDescription {
        StreamDescription(
            name: name, help: help, recordType: recordType, deletions: deletions, isIncremental: isIncremental,
            fields: fields)
    }
}

/// How a stream learns that a record no longer exists. Raw values are what a connection writes under `deletes`.
public enum Deletions: String, Sendable, Hashable, CaseIterable {
    /// Pages name deleted records.
    case reported
    /// A sweep over all identifiers shows what is missing.
    case fullList = "full_list"
    /// The source does not tell; the value says so.
    case neverKnown = "never_known"
}

/// A field of a source record, for people who write mappings.
public struct SourceField: Sendable, Hashable {
    /// The member's key in the record.
    public let name: String
    /// The type in words: `string`, `int`, `time`, `list<time>`, with `?` where the field may be null.
    public let type: String
    /// What it means.
    public let help: LocalizedText

    /// A field.
    public init(_ name: String, _ type: String, _ help: LocalizedText) {
        self.name = name
        self.type = type
        self.help = help
    }
}

extension ConnectorError {
    /// For connectors that are asked for a stream they do not have.
    public static func unknownStream(_ name: String, of description: ConnectorDescription) -> ConnectorError {
        let known = description.streams.map(\.name).joined(separator: ", ")
        return .settings(field: "streams", reason: "\(description.id) has no stream '\(name)'; it has: \(known)")
    }
}
