internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import RecordFiles
internal import YAMLDocument

/// The connection of what people bring by hand in the form of templates. It needs no file: the headings say it all.
///
/// Its streams are named after the record types. Templates that are brought into another connection have streams of
/// their own there, such as `template-ticket`.
struct HandConnection {
    /// The name under which records, runs and accounts are stored.
    static let name = "by_hand"
    private static let prefix = "template-"

    private let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    /// What a filled template means.
    func target(
        _ file: ImportFile, _ columns: TemplateColumns, _ connection: Connection?
    ) throws(FileFault) -> ImportTarget {
        let zone = connection?.zone ?? workspace.calendar.zone
        let stream = try stream(columns, in: connection?.name, zone: zone)
        let type = columns.type
        let isReported = type.name == ReportedValues.recordType
        let remark = LocalizedText(
            zh: "各列即“\(type.title.zh)”模板的列", en: "the columns are those of the template '\(type.name)'")
        return ImportTarget(
            file: file, connection: connection?.name ?? Self.name, zone: zone, stream: stream,
            idFields: isReported ? ["id"] : type.key.compactMap { columns.headings[$0] },
            forms: FieldForms(type, columns.headings, file, workspace, zone: zone), remarks: [remark])
    }

    /// The mapping of a template's columns onto their fields.
    ///
    /// Its version does not depend on the headings: the same rows in another language are the same records.
    func stream(
        _ columns: TemplateColumns, in connection: String?, zone: Zone
    ) throws(FileFault) -> StreamMapping {
        let (type, log) = (columns.type, ProblemLog())
        let name = Self.streamName(of: type, in: connection)
        var mapping = Mapping(
            try Self.entries(columns), condition: nil, onto: type,
            at: SourcePlace(file: "template \(type.name)", line: 1, column: 1),
            environment: Mapping.environment(calendar: workspace.calendar, zone: zone), zone: workspace.calendar.zone,
            log: log)
        if type.name == ReportedValues.recordType { mapping?.check = workspace.reportedValues }
        guard let mapping else {
            throw FileFault(LocalizedText(untranslated: InvalidConfiguration(log.problems).description))
        }
        return StreamMapping(
            name: name, source: "records", deletions: .neverKnown, mapping: mapping, version: version(of: type, zone))
    }

    private static func entries(_ columns: TemplateColumns) throws(FileFault) -> [YAMLNode.Entry] {
        let isReported = columns.type.name == ReportedValues.recordType
        let lines = columns.type.fields.compactMap { field -> String? in
            let heading = isReported && field.name == "id" ? "id" : columns.headings[field.name]
            return heading.map { "\(field.name): " + JSON.string(FieldExpression.reading($0, as: field)).text }
        }
        do throws(Problem) {
            let document = try YAMLNode.parse(
                lines.joined(separator: "\n") + "\n", file: "template \(columns.type.name)")
            return document.entries ?? []
        } catch {
            throw FileFault(LocalizedText(untranslated: "\(error)"))
        }
    }

    static func streamName(of type: RecordType, in connection: String?) -> String {
        connection == nil || connection == name ? type.name : prefix + type.name
    }

    /// The record type of a stream that templates fill; nil for any other stream.
    func type(ofStream stream: String, in connection: String) -> RecordType? {
        if connection == Self.name { return workspace.recordTypes[stream] }
        guard stream.hasPrefix(Self.prefix) else { return nil }
        return workspace.recordTypes[String(stream.dropFirst(Self.prefix.count))]
    }

    func version(of type: RecordType, _ zone: Zone) -> String {
        let fields = type.fields.map { "\($0.name):\($0.typeText)" }.joined(separator: ",")
        return ShortHash.of("template|\(type.name)|\(fields)|\(zone.identifier)|\(workspace.calendar.fingerprint)")
    }
}

/// Expressions of mappings that read a column.
enum FieldExpression {
    /// Hands a column on to a field.
    static func reading(_ column: String, as field: RecordField) -> String {
        let source = "source[\(quoted(column))]"
        return field.kind == .employeeRef && !field.isList ? "account(\(source))" : source
    }

    /// A text as expressions write it.
    static func quoted(_ text: String) -> String {
        var quoted = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "'"
    }
}
