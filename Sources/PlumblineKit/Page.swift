/// One answer of a connector: a value that can be saved, tested and read again.
public struct Page: Sendable, Hashable {
    /// The records, in the order in which the source gave them.
    public var records: [SourceRecord]
    /// What could not be made into a record. The host keeps it as dead letters; the run goes on.
    public var rejected: [RejectedRecord]
    /// What the source says is deleted.
    public var deleted: [DeletedRecord]
    /// Where the stream stands after this page; nil leaves the stored cursor as it is.
    public var cursor: Cursor?
    /// Whether another page follows in this run.
    public var hasMore: Bool
    /// What is odd but usable: the record is emitted as the source tells it.
    public var anomalies: [Anomaly]

    /// A page; what is left out is empty.
    public init(
        records: [SourceRecord] = [], rejected: [RejectedRecord] = [], deleted: [DeletedRecord] = [], cursor: Cursor?,
        hasMore: Bool, anomalies: [Anomaly] = []
    ) {
        self.records = records
        self.rejected = rejected
        self.deleted = deleted
        self.cursor = cursor
        self.hasMore = hasMore
        self.anomalies = anomalies
    }
}

/// A record that the source says is deleted.
public struct DeletedRecord: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The record's identifier.
    public let id: String
    /// The source's own version of the deletion, with which its states are compared; nil where it gives none.
    public let version: SourceVersion?

    /// A deleted record.
    public init(id: String, version: SourceVersion? = nil) {
        self.id = id
        self.version = version
    }

    /// A deleted record of whose deletion nothing but the identifier is known.
    public init(stringLiteral id: String) { self.init(id: id) }
}

/// Part of a source's payload that is not a usable record.
public struct RejectedRecord: Sendable, Hashable {
    /// The record's identifier, or its place (`line 12`) where the identifier is what is missing.
    public let id: String
    /// What is wrong with it, for a person who mends it.
    public let texts: LocalizedText
    /// The payload as it came. Sealed by the host, shown only masked.
    public let raw: [UInt8]
    /// The line that it begins in, or the row of a sheet, from 1; nil where the source has no lines.
    public let line: Int?

    /// A rejected part of a payload.
    public init(id: String, reason: String, raw: [UInt8], line: Int? = nil) {
        self.init(id: id, texts: LocalizedText(untranslated: reason), raw: raw, line: line)
    }

    /// A rejected part of a payload, with a reason for people of either language.
    public init(id: String, texts: LocalizedText, raw: [UInt8], line: Int? = nil) {
        self.id = id
        self.texts = texts
        self.raw = raw
        self.line = line
    }

    /// A rejected line of a file, which has no other name.
    public init(line: Int, texts: LocalizedText, raw: [UInt8]) {
        self.init(id: "line \(line)", texts: texts, raw: raw, line: line)
    }

    /// What is wrong with it, in English.
    public var reason: String { texts.en }

    /// The reason in a language, without the line that it may begin with.
    public func reasonWithoutLine(in language: String) -> String {
        let text = texts.text(in: language)
        guard let line, let start = ["line \(line)", "第 \(line) 行"].first(where: text.hasPrefix) else { return text }
        return String(text.dropFirst(start.count).drop { ":, ：，".contains($0) })
    }
}

/// Something about a record that a person should know although it was taken as it is.
public struct Anomaly: Sendable, Hashable {
    /// The record's identifier.
    public let id: String
    /// What is odd.
    public let reason: String

    /// An anomaly of the record `id`.
    public init(id: String, reason: String) {
        self.id = id
        self.reason = reason
    }
}

/// One answer of a sweep over identifiers.
public struct IdentifierPage: Sendable, Hashable {
    /// The identifiers, each once in a sweep.
    public let identifiers: [String]
    /// Where the sweep goes on; nil on the last page.
    public let cursor: Cursor?
    /// Whether another page follows.
    public let hasMore: Bool

    /// A page of a sweep.
    public init(identifiers: [String], cursor: Cursor?, hasMore: Bool) {
        self.identifiers = identifiers
        self.cursor = cursor
        self.hasMore = hasMore
    }
}
