import PlumblineKit

/// A stream as a source describes it.
struct AirbyteStream: Sendable {
    let json: JSON
    let schema: SchemaShape
    private let name: String
    private let namespace: String?

    init?(_ json: JSON) {
        guard let name = json["name"]?.string else { return nil }
        self.json = json
        self.name = name
        namespace = json["namespace"]?.string
        schema = SchemaShape(json["json_schema"])
    }

    /// As a connection names it: with its namespace in front where it has one.
    var title: String { namespace.map { "\($0).\(name)" } ?? name }

    func isCalled(_ text: String) -> Bool { text == title || text == name }

    /// The key that the source declares.
    var keys: RecordKeys? { RecordKeys(json["source_defined_primary_key"]) }

    /// Whether the source can tell what changed since a state.
    var isIncremental: Bool { json["supported_sync_modes"]?.array?.contains("incremental") == true }

    var cursorField: JSON { json["default_cursor_field"] ?? [] }

    /// Whether a record, or a descriptor, is about this stream.
    func isMeant(by message: JSON, name key: String) -> Bool {
        message[key]?.string == name && message["namespace"]?.string == namespace
    }

    /// A record with null in the place of fields that its schema names and that were left out.
    func completed(_ data: JSONObject) -> JSONObject {
        var data = data
        let known = Set(data.members.map(\.key))
        for field in schema.fields where !known.contains(field) { data[field] = .null }
        return data
    }
}

/// The catalog that a source discovers.
struct AirbyteCatalog: Sendable {
    let streams: [AirbyteStream]

    init(_ catalog: JSON) { streams = (catalog["streams"]?.array ?? []).compactMap { AirbyteStream($0) } }

    func stream(_ name: String) throws(ConnectorError) -> AirbyteStream {
        let exact = streams.first { $0.title == name }
        guard let found = exact ?? streams.first(where: { $0.isCalled(name) }) else {
            throw .noStream(name, known: streams.map(\.title))
        }
        return found
    }

    /// One line about each stream, for people who write a connection.
    var remarks: [String] {
        streams.map { stream in
            let way = stream.isIncremental ? "incremental" : "full refresh"
            let fields = stream.schema.fields.joined(separator: ", ")
            return "stream \(stream.title): key \(stream.keys?.text ?? "none"), \(way), fields \(fields)"
        }
    }
}

extension AirbyteStream {
    /// The configured catalog with this stream alone.
    func configured(isIncremental: Bool, cursorField own: String?, keys: RecordKeys?) -> JSON {
        let paths = (keys ?? self.keys)?.paths ?? []
        let entry: JSON = [
            "stream": json,
            "sync_mode": .string(isIncremental ? "incremental" : "full_refresh"),
            "destination_sync_mode": .string(isIncremental ? "append_dedup" : "overwrite"),
            "cursor_field": own.map { [.string($0)] } ?? cursorField,
            "primary_key": .array(paths.map { .array($0.map(JSON.string)) }),
        ]
        return ["streams": [entry]]
    }
}
