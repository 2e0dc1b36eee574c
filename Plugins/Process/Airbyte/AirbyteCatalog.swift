import PlumblineKit

/// A stream as a source describes it.
struct AirbyteStream: Sendable {
    let json: JSON
    let schema: SchemaShape
    fileprivate let name: String
    fileprivate let namespace: String?
    /// The namespaces of other streams of the same name; an empty text for none.
    fileprivate(set) var namesakes: Set<String> = []

    init?(_ json: JSON) {
        guard let name = json["name"]?.string else { return nil }
        self.json = json
        self.name = name
        namespace = Self.namespace(of: json)
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
        message[key]?.string == name && Self.namespace(of: message) == namespace
    }

    /// Whether a record has this stream's name and comes from a namespace in which the source has no such stream.
    func isStray(_ record: JSON) -> Bool {
        let other = Self.namespace(of: record)
        return record["stream"]?.string == name && other != namespace && !namesakes.contains(other ?? "")
    }

    /// Some sources write an empty one for none.
    private static func namespace(of message: JSON) -> String? {
        message["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A record with null in the place of fields that its schema names and that were left out.
    func completed(_ data: JSONObject) -> JSONObject {
        var data = data
        data.fill(schema.fields, with: .null)
        return data
    }
}

/// The catalog that a source discovers.
struct AirbyteCatalog: Sendable {
    let streams: [AirbyteStream]

    init(_ catalog: JSON) {
        let all = (catalog["streams"]?.array ?? []).compactMap { AirbyteStream($0) }
        let namespaces = Dictionary(grouping: all, by: \.name).mapValues { Set($0.map { $0.namespace ?? "" }) }
        streams = all.map { stream in
            var stream = stream
            stream.namesakes = (namespaces[stream.name] ?? []).subtracting([stream.namespace ?? ""])
            return stream
        }
    }

    /// The stream of a name, which `field` says. A name without its namespace does where only one has it.
    func stream(_ name: String, field: String = "streams") throws(ConnectorError) -> AirbyteStream {
        if let exact = streams.first(where: { $0.title == name }) { return exact }
        let found = streams.filter { $0.isCalled(name) }
        guard let first = found.first else { throw .noStream(name, known: streams.map(\.title), field: field) }
        if found.count > 1 { throw .ambiguous(name, found.map(\.title), field: field) }
        return first
    }

    /// What a setting says of a stream, with or without its namespace; throws where it names one that is not there.
    func value<Value>(
        of entry: AirbyteStream, in setting: [String: Value], _ field: String
    ) throws(ConnectorError) -> Value? {
        var found: Value?
        for (name, value) in setting.sorted(by: { $0.key < $1.key })
        where try stream(name, field: field).title == entry.title { found = value }
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
