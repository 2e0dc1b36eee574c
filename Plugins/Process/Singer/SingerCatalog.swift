import PlumblineKit

/// The catalog that a tap gives when it is asked to discover.
struct SingerCatalog: Sendable {
    let json: JSON

    init(_ answer: (lines: [ProgramLine], end: ProgramEnd)) throws(ConnectorError) {
        guard answer.end.isSuccess else { throw .unavailable(reason: "'--discover': \(answer.end)", retryAfter: nil) }
        let text = answer.lines.map(\.bytes).joined(separator: [0x0A])
        do throws(JSONSyntaxError) {
            json = try JSON.parse(Array(text), depth: 256)
        } catch {
            if answer.lines.contains(where: \.isCut) { throw .tooLong("--discover") }
            throw .unexpected(reason: "'--discover' did not print a catalog: \(error)")
        }
        guard json["streams"]?.array != nil else {
            throw .unexpected(reason: "'--discover' printed no catalog: it has no list 'streams'")
        }
    }

    init(_ json: JSON) { self.json = json }

    private var streams: [JSON] { json["streams"]?.array ?? [] }

    /// The streams' names, as connections name them.
    var names: [String] { streams.compactMap(\.singerName) }

    /// One line about each stream, for people who write a connection.
    var remarks: [String] {
        streams.map { stream in
            let keys = RecordKeys(stream["key_properties"]) ?? RecordKeys(stream.tableKeys)
            let incremental = stream["replication_key"]?.string.map { ", goes on by \($0)" } ?? ""
            let fields = SchemaShape(stream["schema"]).fields.joined(separator: ", ")
            return "stream \(stream.singerName ?? "?"): key \(keys?.text ?? "none")\(incremental), fields \(fields)"
        }
    }

    /// What messages about a stream call it: the name in messages need not be the one in the catalog.
    func messageNames(of stream: String) throws(ConnectorError) -> Set<String> {
        let entry = try entry(stream)
        return Set([entry["stream"]?.string, entry["tap_stream_id"]?.string].compactMap(\.self))
    }

    /// The key that the catalog names.
    func keys(of stream: String) -> RecordKeys? {
        guard let entry = try? entry(stream) else { return nil }
        return RecordKeys(entry["key_properties"]) ?? RecordKeys(entry.tableKeys)
    }

    /// What a setting says of a stream, whichever of its names it uses; throws where it names one that is not there.
    func value<Value>(
        of stream: String, in setting: [String: Value], _ field: String
    ) throws(ConnectorError) -> Value? {
        let wanted = try entry(stream).singerName
        var found: Value?
        for (name, value) in setting.sorted(by: { $0.key < $1.key })
        where try entry(name, field: field).singerName == wanted { found = value }
        return found
    }

    /// Throws where a setting names a stream that is not there.
    func check(_ names: some Sequence<String>, _ field: String) throws(ConnectorError) {
        for name in names.sorted() { _ = try entry(name, field: field) }
    }

    /// By `tap_stream_id`, which is unique, else by `stream`, which need not be.
    private func entry(_ stream: String, field: String = "streams") throws(ConnectorError) -> JSON {
        if let exact = streams.first(where: { $0["tap_stream_id"]?.string == stream }) { return exact }
        let found = streams.filter { $0["stream"]?.string == stream }
        guard let first = found.first else { throw .noStream(stream, known: names, field: field) }
        if found.count > 1 { throw .ambiguous(stream, found.compactMap(\.singerName), field: field) }
        return first
    }

    /// The catalog with one stream selected, all that may be read of it, and no other.
    func selecting(_ stream: String) throws(ConnectorError) -> JSON {
        let chosen = try entry(stream)
        var object = json.object ?? JSONObject()
        object["streams"] = .array(streams.map { $0.selected($0 == chosen) })
        return .object(object)
    }
}

extension JSON {
    fileprivate var singerName: String? { self["tap_stream_id"]?.string ?? self["stream"]?.string }

    /// The metadata of the stream itself.
    fileprivate var streamMetadata: JSON? {
        self["metadata"]?.array?.first { $0["breadcrumb"]?.array?.isEmpty == true }?["metadata"]
    }

    fileprivate var tableKeys: JSON? { streamMetadata?["table-key-properties"] }

    /// A stream of a catalog with its own mark, and with those of its fields where it is to be read.
    fileprivate func selected(_ isSelected: Bool) -> JSON {
        guard var stream = object else { return self }
        var metadata = self["metadata"]?.array ?? []
        if streamMetadata == nil { metadata.insert(["breadcrumb": [], "metadata": [:]], at: 0) }
        stream["metadata"] = .array(metadata.map { $0.marked(isSelected) })
        // What taps looked at before there was metadata.
        if streamMetadata == nil, var schema = stream["schema"]?.object {
            schema["selected"] = .bool(isSelected)
            stream["schema"] = .object(schema)
        }
        return .object(stream)
    }

    /// One entry of a stream's metadata: the stream's own mark, or a field's where nothing was said of it.
    private func marked(_ isSelected: Bool) -> JSON {
        guard var entry = object, var metadata = self["metadata"]?.object else { return self }
        if self["breadcrumb"]?.array?.isEmpty == true {
            metadata["selected"] = .bool(isSelected)
        } else if isSelected, metadata["inclusion"]?.string != "unsupported", metadata["selected"] == nil,
            metadata["selected-by-default"]?.bool != false
        {
            metadata["selected"] = true
        }
        entry["metadata"] = .object(metadata)
        return .object(entry)
    }
}
