internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import PlumblineKit
internal import RecordFiles
internal import ReviewStore

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import a file by hand, all of it or nothing.",
        discussion: """
            The file is recognised: encoding, delimiter, header, dates and numbers; what only a person can say is asked \
            as an option. What the columns mean is said by a mapping that was saved for them, else by the connection's own \
            mapping, else by the headings of a template: those need no --connection. --propose proposes it for any other \
            file, and --save keeps the proposal in mappings/. Bad rows come back beside the file, as NAME.rejected.csv (or .xlsx, .jsonl), with row number and reason. JSON: \
            {import, rows, new, changed, unchanged, left_out, repeated, rejected: [{line, external_id, reason}], \
            rejected_file, unmatched: [account], remarks: [{zh, en}], values: {changed, unchanged, refused: [text]}, changes, gate: [{connection, stream, run, first, holds: [as of gate list]}]}; import is null where nothing was stored. With \
            --propose: {record, connection, columns, fields: [{field, label: {zh, en}, type, required, certainty, column, \
            reason, expression, candidates: [{column, reason}], values: [{value, code}]}], unread: [column], questions: \
            [text], yaml, saved}; certainty is sure, asked or not_found. Exit code 1 where a row is bad.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "The file: an XLSX workbook, CSV, JSON or JSON Lines.") var file: String
    @Option(name: .long, help: "The connection whose mapping is used; none for a template or a saved mapping.")
    var connection: String?
    @Option(name: .long, help: "The record type, where the columns fit several; with --propose what a row is.")
    var record: String?
    @Option(name: .long, help: "The connection's stream, where it has several.") var stream: String?
    @Option(name: .long, help: "The sheet of a workbook, where it has several.") var sheet: String?
    @Option(name: .long, help: "utf-8, utf-16le, utf-16be or gb18030.") var encoding: String?
    @Option(name: .long, help: "comma, semicolon, tab or pipe.") var delimiter: Delimiter?
    @Option(name: .long, help: "The line that names the columns.") var headerLine: Int?
    @Option(name: .long, help: "ymd, dmy or mdy: in which order dates are written.") var dateOrder: Order?
    @Option(name: .long, help: "point or comma: the decimal mark of numbers.") var decimalMark: DecimalMark?
    @Flag(name: .long, help: "Take the good rows although others are bad.") var partial = false
    @Flag(name: .long, help: "Show what would change, values included; store nothing.") var preview = false
    @Flag(name: .long, help: "Propose what the columns mean; import nothing.") var propose = false
    @Option(name: .long, help: "With --propose: keep the mapping as mappings/NAME.yaml, if no question is open.")
    var save: String?
    @Option(
        name: .customLong("map"),
        help: "With --propose: FIELD=COLUMN, FIELD=EXPRESSION, or FIELD.VALUE=CODE; may be repeated.")
    var told: [String] = []

    enum Delimiter: String, ExpressibleByArgument, CaseIterable {
        case comma, semicolon, tab, pipe

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .semicolon: UInt8(ascii: ";")
            case .tab: UInt8(ascii: "\t")
            case .pipe: UInt8(ascii: "|")
            }
        }
    }

    enum Order: String, ExpressibleByArgument, CaseIterable {
        case ymd, dmy, mdy
    }

    enum DecimalMark: String, ExpressibleByArgument, CaseIterable {
        case point, comma
    }

    func validate() throws {
        if let encoding, FileForm.TextEncoding(rawValue: encoding) == nil {
            throw ValidationError("--encoding is one of utf-8, utf-16le, utf-16be, gb18030, not '\(encoding)'")
        }
        if !propose, save != nil || !told.isEmpty { throw ValidationError("--save and --map go with --propose") }
        if let bad = told.first(where: { !$0.contains("=") }) {
            throw ValidationError("--map wants FIELD=COLUMN or FIELD=EXPRESSION, not '\(bad)'")
        }
    }

    func run() async throws {
        if propose {
            return try ProposalCommand(workspace: options.read(), isJSON: options.isJSON).run(
                request, told, saveAs: save)
        }
        let host = try await options.host()
        let progress = ProgressLine()
        let report =
            preview
            ? try await host.previewImport(request) { progress.show($0) }
            : try await host.importFile(request) { progress.show($0) }
        progress.clear()
        var rejectedFile: String?
        if !report.rejected.isEmpty {
            let rows = RejectedRowsFile(report, of: file, language: host.workspace.configuration.language)
            try rows.write()
            rejectedFile = rows.target
        }
        if options.isJSON {
            printJSON(report.json(rejectedFile))
        } else {
            StandardOutput.write(
                ImportText(
                    report: report, rejectedFile: rejectedFile, isPreview: preview, workspace: host.workspace
                ).text)
        }
        if !report.rejected.isEmpty { throw ExitCode.failure }
    }

    private var request: ImportRequest {
        var request = ImportRequest(path: file, connection: connection)
        request.record = record
        request.stream = stream
        request.sheet = sheet
        request.encoding = encoding.flatMap { FileForm.TextEncoding(rawValue: $0) }
        request.delimiter = delimiter?.byte
        request.headerLine = headerLine
        request.dateOrder = dateOrder.flatMap { DateOrder(rawValue: $0.rawValue) }
        request.decimalMark = decimalMark.map { $0 == .comma ? .comma : .point }
        request.isPartial = partial
        return request
    }
}

struct Imports: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List imports, the newest first.",
        discussion: "JSON: an array of {import, connection, stream, file, bytes, digest, run, state, at, actor, new, "
            + "changed, unchanged, rejected, undone_at, undone_by}.")

    @OptionGroup var options: WorkspaceOptions

    func run() async throws {
        let imports = try await options.host().imports()
        if options.isJSON { return printJSON(.array(imports.map(\.json))) }
        var table = Table("ID", "CONNECTION", "FILE", "AT", "NEW", "CHANGED", "SAME", "REJECTED", "")
        for entry in imports {
            let counters = entry.run.counters
            table.add(
                "\(entry.id)", "\(entry.run.connection)/\(entry.run.stream)", entry.file.name,
                entry.run.started.rfc3339,
                "\(counters.inserted)", "\(counters.updated)", "\(counters.unchanged)", "\(counters.rejected)",
                entry.undone == nil ? "" : "undone")
        }
        StandardOutput.write(
            table.text(empty: "Nothing was imported yet; 'plumbline import FILE' does."))
    }
}

struct Undo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take an import back: records and values are as they were before.",
        discussion: """
            Refused where a record was changed since by another run, and where a value of a locked period would change. \
            JSON: {import, values: {changed, unchanged, refused}}.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "The import's number, from 'plumbline imports'.") var id: Int64

    func run() async throws {
        let host = try await options.host()
        let values = try await host.undoImport(id)
        if options.isJSON { return printJSON(["import": .int(Int(id)), "values": values.json]) }
        let language = host.workspace.configuration.language
        let done = LocalizedText(zh: "导入 \(id) 已撤销。", en: "Import \(id) is undone. ").text(in: language)
        StandardOutput.write("\(done)\(values.sentence(in: language))\n")
    }
}

extension ImportReport {
    fileprivate func json(_ rejectedFile: String?) -> JSON {
        [
            "import": id.map { .int(Int($0)) } ?? .null, "rows": .int(rows), "new": .int(new), "changed": .int(changed),
            "unchanged": .int(unchanged), "left_out": .int(leftOut), "repeated": .int(repeated),
            "rejected": .array(
                rejected.map {
                    ["line": .int($0.line), "external_id": .text($0.identifier), "reason": .string($0.reason)]
                }),
            "rejected_file": .text(rejectedFile), "unmatched": .array(unmatched.map(JSON.string)),
            "remarks": .array(remarks.map(\.json)), "values": values.json, "changes": changes.json,
            "gate": values.judgements.json,
        ]
    }
}

extension ImportEntry {
    fileprivate var json: JSON {
        let counters = run.counters
        return [
            "import": .int(Int(id)), "connection": .string(run.connection), "stream": .string(run.stream),
            "file": .string(file.name), "bytes": .int(file.byteCount), "digest": .string(file.digest),
            "run": .int(Int(run.id)), "state": .string(run.state.rawValue), "at": .string(run.started.rfc3339),
            "actor": .string(actor), "new": .int(counters.inserted), "changed": .int(counters.updated),
            "unchanged": .int(counters.unchanged), "rejected": .int(counters.rejected),
            "undone_at": .text(undone?.rfc3339), "undone_by": .text(undoneBy),
        ]
    }
}
