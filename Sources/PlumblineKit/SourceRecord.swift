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
