/// One record as the source tells it, before any mapping.
public struct SourceRecord: Sendable, Hashable {
    /// The source's own identifier, unique and stable within connection and stream.
    public let id: String
    /// The source's own mark of age, where it has one.
    public let version: SourceVersion?
    /// What expressions read as `source`.
    public let json: JSON

    /// A record.
    public init(id: String, version: SourceVersion?, json: JSON) {
        self.id = id
        self.version = version
        self.json = json
    }
}

/// The source's mark of a record's age: a transaction number, or an update time in one fixed form.
///
/// Two whole numbers compare as numbers, anything else as text.
public struct SourceVersion: Sendable, Hashable, Comparable {
    /// The mark as the source writes it.
    public let text: String

    /// A mark of age.
    public init(_ text: String) {
        self.text = text
    }

    /// Whether `one` is older than `other`.
    public static func < (one: SourceVersion, other: SourceVersion) -> Bool {
        guard let left = Int(one.text), let right = Int(other.text) else { return one.text < other.text }
        return left < right
    }
}
