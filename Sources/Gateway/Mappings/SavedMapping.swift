internal import Indicators
internal import PlumblineKit
internal import RecordFiles
internal import YAMLDocument

/// What the columns of a file mean, kept in `mappings/` for the next file with the same columns.
public struct SavedMapping: Sendable {
    /// The name, under which its records are stored as a stream.
    public let name: String
    /// The connection whose records the rows become.
    public let connection: String
    /// Recognises the columns: depends on their names, not on their order.
    public let fingerprint: String
    /// What makes records of the rows.
    public let stream: StreamMapping
    /// The file that holds it, such as `mappings/july.yaml`.
    public let file: String
    /// The columns that identify a record.
    let idFields: [String]
    let zone: Zone
    let answers: Answers

    /// The folder of saved mappings in a workspace.
    static let folder = "mappings"

    /// Whether nobody could tell which of two mappings is meant, or which of them stored a record.
    func conflicts(with other: SavedMapping) -> Bool {
        connection == other.connection && (name == other.name || fingerprint == other.fingerprint)
    }

    /// What a person has said about files of these columns.
    struct Answers: Sendable, Hashable {
        var encoding: FileForm.TextEncoding?
        var dateOrder: DateOrder?
        var decimalMark: WrittenNumber.DecimalMark?
    }

    /// What a file means whose columns this was saved for. What a person says now goes before what was said then.
    func target(_ file: ImportFile, _ workspace: Workspace) -> ImportTarget {
        var file = file
        file.request.encoding = file.request.encoding ?? answers.encoding
        file.request.dateOrder = file.request.dateOrder ?? answers.dateOrder
        file.request.decimalMark = file.request.decimalMark ?? answers.decimalMark
        return ImportTarget(
            file: file, connection: connection, zone: zone, stream: stream, idFields: idFields,
            forms: FieldForms(
                stream.mapping.type, stream.mapping.handedOnColumns, file, workspace, zone: zone, isTemplate: false),
            remarks: [
                LocalizedText(zh: "按为这些列保存的映射 \(self.file) 读取", en: "mapping \(self.file), saved for these columns")
            ])
    }
}

/// Reads saved mappings from YAML; logs every problem at its place.
struct SavedMappingReader {
    let types: [String: RecordType]
    let connections: [Connection]
    let calendar: WorkCalendar
    let reportedValues: ReportedValues
    let log: ProblemLog

    static let keys = [
        "mapping", "connection", "record", "columns", "id", "encoding", "date_order", "decimal_mark", "where", "map",
    ]

    /// The mapping of a document; nil where a problem was logged.
    func mapping(_ document: YAMLNode) -> SavedMapping? {
        let before = log.problems.count
        let map = MapReader(document, what: "a saved mapping", known: Self.keys, log: log)
        guard let name = map.requiredText("mapping"), let fingerprint = map.requiredText("columns"),
            let type = type(map)
        else { return nil }
        let idFields = map.texts("id")
        if idFields.isEmpty {
            log.add(document.place, "a saved mapping needs 'id', the columns that identify a record")
        }
        let connection = map.text("connection") ?? HandConnection.name
        let zone = zone(of: connection, map)
        let answers = answers(map)
        guard let stream = stream(map, name, type, zone), log.problems.count == before else { return nil }
        return SavedMapping(
            name: name, connection: connection, fingerprint: fingerprint, stream: stream, file: document.place.file,
            idFields: idFields, zone: zone, answers: answers)
    }

    private func type(_ map: MapReader) -> RecordType? {
        guard let name = map.requiredText("record") else { return nil }
        if let type = types[name] { return type }
        log.add(
            map.place(of: "record"), "unknown record type '\(name)'\(proposal(for: name, among: types.keys.sorted()))")
        return nil
    }

    private func zone(of connection: String, _ map: MapReader) -> Zone {
        if connection == HandConnection.name { return calendar.zone }
        if let known = connections.first(where: { $0.name == connection }) {
            if known.idFields.isEmpty {
                log.add(map.place(of: "connection"), "'\(connection)' is no file connection: its records are pulled")
            }
            return known.zone
        }
        let names = [HandConnection.name] + connections.filter { !$0.idFields.isEmpty }.map(\.name)
        log.add(
            map.place(of: "connection"),
            "there is no connection '\(connection)'\(proposal(for: connection, among: names)); "
                + "known: \(names.joined(separator: ", "))")
        return calendar.zone
    }

    private func answers(_ map: MapReader) -> SavedMapping.Answers {
        var answers = SavedMapping.Answers()
        answers.encoding = map.choice("encoding")
        answers.dateOrder = map.choice("date_order")
        answers.decimalMark = map.choice("decimal_mark", of: DecimalMarkName.self).map {
            $0 == .comma ? .comma : .point
        }
        return answers
    }

    private func stream(_ map: MapReader, _ name: String, _ type: RecordType, _ zone: Zone) -> StreamMapping? {
        let mapping = Mapping(
            map.map("map"), condition: ExpressionText(map["where"]), onto: type, at: map.place(of: "map"),
            environment: Mapping.environment(calendar: calendar, zone: zone), zone: calendar.zone, log: log)
        guard var mapping else { return nil }
        if type.name == ReportedValues.recordType { mapping.check = reportedValues }
        return StreamMapping(
            name: name, source: "records", deletions: .neverKnown, mapping: mapping,
            version: version(map.node, type, zone))
    }

    /// What decides how rows are mapped: not how the mapping is called and which columns it was saved for.
    private func version(_ node: YAMLNode, _ type: RecordType, _ zone: Zone) -> String {
        let fields = type.fields.map { "\($0.name):\($0.typeText)" }.joined(separator: ",")
        let parts = ["where", "id", "date_order", "decimal_mark", "map"].map { node[$0]?.canonicalText ?? "" }
        return ShortHash.of(
            (["saved", type.name, fields, zone.identifier, calendar.fingerprint] + parts).joined(separator: "|"))
    }
}

/// The decimal marks as options and saved mappings name them.
public enum DecimalMarkName: String, Sendable, CaseIterable {
    case point, comma
}

extension Mapping {
    /// The column that each field merely hands on, by the field's name.
    var handedOnColumns: [String: String] {
        Dictionary(handedOn.map { ($0.field, $0.column) }, uniquingKeysWith: { first, _ in first })
    }
}
