internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import RecordFiles
internal import YAMLDocument

/// What the columns of a file mean, and where its records go.
struct ImportTarget {
    let file: ImportFile
    let connection: String
    /// The zone of times that the file writes without one.
    let zone: Zone
    let stream: StreamMapping
    /// The columns that identify a record.
    let idFields: [String]
    /// How cells are read beyond what every file's are; nil where the connection's own mapping says all.
    var forms: FieldForms?
    /// How the columns were recognised, in words.
    var remarks: [LocalizedText] = []

    var place: ImportPlace { ImportPlace(connection: connection, stream: stream) }
}

/// Where records of an import are stored, and as what.
struct ImportPlace: Sendable {
    let connection: String
    let stream: String
    let recordType: String
    let version: String

    init(connection: String, stream: StreamMapping) {
        self.connection = connection
        self.stream = stream.name
        recordType = stream.mapping.type.name
        version = stream.version
    }
}

/// Finds out what the columns of a file mean: by a mapping that was saved for them, the connection's own mapping, or the
/// headings of a template, in that order.
struct ImportTargets {
    private let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    static let advice = Reason(
        zh: "'plumbline import FILE --record TYPE --propose' 会提出各列的含义，'plumbline template TYPE' 会写出列已知的文件",
        en: "'plumbline import FILE --record TYPE --propose' proposes what the columns mean, and "
            + "'plumbline template TYPE' writes a file whose columns are known")

    /// - Throws: `HostError.invalid` where the file is nothing that is read, or nobody has said what its columns mean.
    func target(of request: ImportRequest) throws(HostError) -> ImportTarget {
        let connection = try connection(request)
        do throws(FileFault) {
            let file = try ImportFile(request)
            if request.stream != nil { return try own(connection, file) }
            let isOwn = connection.map { fits(file, $0) } ?? false
            // Looking at all sheets takes another reading of each.
            let sheets = [file] + (isOwn ? [] : try file.otherSheets())
            if let saved = saved(sheets) { return saved }
            if isOwn { return try own(connection, file) }
            if let template = try template(sheets, connection) { return template }
            return try own(connection, file)
        } catch {
            throw .invalid("\(request.path): \(error.text(in: workspace.configuration.language))")
        }
    }

    /// The connection that a person named; nil where none was named, or the one that needs no file.
    private func connection(_ request: ImportRequest) throws(HostError) -> Connection? {
        guard let name = request.connection, name != HandConnection.name else { return nil }
        let connection: Connection
        do throws(WorkspaceError) { connection = try workspace.connection(name) } catch { throw .workspace(error) }
        guard !connection.idFields.isEmpty else {
            throw .invalid(
                "connection '\(name)' is no file connection with 'id_field'; files go into one whose connector is "
                    + "file.import, file.csv or file.jsonl")
        }
        return connection
    }
}

extension ImportTargets {
    /// By a mapping that was saved for columns like these.
    private func saved(_ sheets: [ImportFile]) -> ImportTarget? {
        Self.only(
            sheets.compactMap { file in
                let fingerprint = file.fingerprint
                let found = workspace.mappings.first { mapping in
                    mapping.fingerprint == fingerprint
                        && (file.request.connection == nil || mapping.connection == file.request.connection)
                        && (file.request.record == nil || mapping.stream.mapping.type.name == file.request.record)
                }
                return found.map { (file, $0) }
            }
        ).map { file, mapping in mapping.target(file, workspace) }
    }

    /// The only sheet that is meant. Of several the first, which still asks.
    private static func only<Meaning>(_ found: [(file: ImportFile, meaning: Meaning)]) -> (ImportFile, Meaning)? {
        guard var first = found.first else { return nil }
        if found.count == 1 { first.file.chooseSheet() }
        return first
    }

    /// Whether the file has every column that the connection's only stream cannot do without.
    private func fits(_ file: ImportFile, _ connection: Connection) -> Bool {
        guard let stream = connection.streams.first, connection.streams.count == 1 else { return false }
        if let record = file.request.record, record != stream.mapping.type.name { return false }
        let names = Set(file.recognised.columns.map(\.name))
        return names.isSuperset(of: connection.idFields + stream.mapping.requiredSourceFields)
    }

    /// By the headings of a template.
    private func template(_ sheets: [ImportFile], _ connection: Connection?) throws(FileFault) -> ImportTarget? {
        let headings = TemplateHeadings(workspace)
        var found: [(ImportFile, TemplateColumns)] = []
        for file in sheets {
            let columns = try headings.columns(of: file.columnNames, as: file.request.record)
            if let columns { found.append((file, columns)) }
        }
        guard let (file, columns) = Self.only(found) else { return nil }
        return try HandConnection(workspace).target(file, columns, connection)
    }

    /// By the mapping that stands in the connection.
    private func own(_ connection: Connection?, _ file: ImportFile) throws(FileFault) -> ImportTarget {
        guard let connection else {
            try file.refuseOpenForm()
            throw Self.unknownColumns(file)
        }
        let named = connection.streams.filter { file.request.stream == nil || $0.name == file.request.stream }
        guard let stream = named.first, named.count == 1 else { throw Self.unknownStream(connection, file) }
        return ImportTarget(
            file: file, connection: connection.name, zone: connection.zone, stream: stream,
            idFields: connection.idFields)
    }

    private static func unknownColumns(_ file: ImportFile) -> FileFault {
        let columns = file.columnNames.joined(separator: ", ")
        return FileFault(
            zh: "没有人说明过各列的含义：\(columns)。\(advice.zh)；映射读取这些列的连接用 --connection 指定",
            en:
                "nobody has said what its columns mean: \(columns). \(advice.en); a connection whose mapping reads them is "
                + "named with --connection")
    }

    private static func unknownStream(_ connection: Connection, _ file: ImportFile) -> FileFault {
        let (name, columns) = (connection.name, file.columnNames.joined(separator: ", "))
        if connection.streams.isEmpty {
            return FileFault(
                zh: "连接“\(name)”没有数据流，也没有保存过的映射符合这些列：\(columns)。\(advice.zh)",
                en:
                    "connection '\(name)' has no streams, and no saved mapping fits the columns: \(columns). \(advice.en)"
            )
        }
        let known = connection.streams.map(\.name).joined(separator: ", ")
        return FileFault(
            zh: "请用 --stream 说明是“\(name)”的哪个数据流；有：\(known)",
            en: "say with --stream which stream of '\(name)' is meant; it has: \(known)")
    }
}
