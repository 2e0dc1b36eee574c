internal import Expressions
internal import Foundation
internal import Indicators
internal import OpenSSLCrypto
internal import PlumblineKit
internal import RecordFiles
internal import ReviewStore
internal import YAMLDocument

/// A file that is being imported: recognised, opened, and read row by row into a stream's mapping.
struct ImportSource {
    let file: ImportedFile
    let form: FileForm
    let remarks: [String]
    /// Which of the columns that are read the file has, as if it was one record; of no record where it has no columns.
    let shape: SourceShape
    private let stream: StreamMapping
    private let idFields: [String]
    private let cells: CellReading
    private var reader: any RecordReader
    private let fields: [String]
    /// The language of reasons, `zh` or `en`.
    private let language: String

    /// Rows of a page: one transaction takes all of them, so this bounds memory only.
    private static let pageSize = 5000

    /// Opens the file.
    ///
    /// - Throws: `HostError.invalid` where it cannot be read, or where only a person can say how: every open question
    ///   with the option that answers it.
    init(
        _ request: ImportRequest, _ stream: StreamMapping, idFields: [String], zone: Zone, language: String
    ) throws(HostError) {
        self.language = language
        do throws(FileFault) {
            let (recognised, workbook) = try Self.recognise(request, language)
            let form = recognised.form
            let selection = FieldSelection.wanted(stream.mapping.sourceFields, idFields)
            reader = try Self.reader(request.path, workbook, form, selection)
            self.form = form
            fields = selection.names
            shape = Self.shape(reader.columns, selection)
            remarks = recognised.remarks
            cells = CellReading(recognised.columns, stream.mapping, request, zone: zone)
            file = try Self.describe(request.path)
        } catch {
            throw .invalid("\(request.path): \(error.text(in: language))")
        }
        self.stream = stream
        self.idFields = idFields
        try refuseMissingColumns(request)
    }

    /// How much of the file was read so far, 0 to 1; nil where nobody knows.
    var fractionRead: Double? { reader.fractionRead }

    /// What the next rows say; nil behind the last.
    mutating func next() throws(HostError) -> ImportPage? {
        var batch = SourceBatch(fields: fields)
        let hasMore: Bool
        do throws(FileFault) {
            hasMore = try reader.read(Self.pageSize, into: &batch)
        } catch {
            throw .invalid("\(file.name): \(error.text(in: language))")
        }
        if batch.count == 0, batch.rejected.isEmpty, !hasMore { return nil }
        let rows = batch.count + batch.rejected.count
        cells.rewrite(&batch)
        let identifiers = batch.identify(by: idFields)
        let page = BatchPage(batch: batch, identifiers: identifiers, cursor: nil, hasMore: hasMore)
        return ImportPage(rows: rows, mapped: PageMapper(stream: stream).mapRead(page, language: language))
    }
}

/// Rows of a file, mapped.
struct ImportPage {
    let rows: Int
    let mapped: PageMapper.ReadResult

    /// What is wrong, with the contents: who imports a file knows what is in it.
    var rejected: [ImportReport.RejectedRow] {
        mapped.rejected.map { .init(line: $0.line, identifier: $0.identifier, reason: $0.reason) }
    }
}

extension ImportSource {
    /// How the file is written: what a person said, and what was recognised where nobody said anything.
    private static func recognise(
        _ request: ImportRequest, _ language: String
    ) throws(FileFault) -> (RecognisedFile, Workbook?) {
        let isWorkbook = try FileKind(FileRecognition.head(of: request.path)) == .workbook
        let workbook = isWorkbook ? try Workbook(path: request.path) : nil
        var file =
            if let workbook { try WorkbookRecognition.recognise(workbook, sheet: request.sheet) } else {
                try FileRecognition.recognise(path: request.path)
            }
        file.form.encoding = request.encoding ?? file.form.encoding
        file.form.headerLine = request.headerLine ?? file.form.headerLine
        if case .table = file.form.format, let delimiter = request.delimiter {
            file.form.format = .table(delimiter: delimiter)
        }
        let open = file.questions.compactMap { request.answer(to: $0, language) }
        if !open.isEmpty {
            let questions = open.map { "\n  \($0)" }.joined()
            throw FileFault(zh: "请说明如何读取：" + questions, en: "a person must say how to read it:" + questions)
        }
        return (file, workbook)
    }

    private static func reader(
        _ path: String, _ workbook: Workbook?, _ form: FileForm, _ selection: FieldSelection
    ) throws(FileFault) -> any RecordReader {
        if let workbook { return try WorkbookReader(workbook, form: form, selection: selection) }
        return switch form.format {
        case .table, .workbook: try CSVReader(path: path, form: form, selection: selection)
        case .jsonLines: try JSONLinesReader(path: path, form: form, selection: selection)
        case .json: try JSONReader(path: path, form: form, selection: selection)
        }
    }

    private static func shape(_ columns: [String], _ selection: FieldSelection) -> SourceShape {
        guard !columns.isEmpty, case .fields(let fields) = selection else { return SourceShape() }
        // A file's columns are those of all its rows.
        var shape = SourceShape(records: Self.pageSize)
        for field in fields {
            shape.add(field, kind: columns.contains(field) ? "text" : SourceShape.missing, records: Self.pageSize)
        }
        return shape
    }

    private static func describe(_ path: String) throws(FileFault) -> ImportedFile {
        let bytes = try FileBytes(path: path)
        var hasher = SHA256()
        var count = 0
        var chunk = [UInt8](repeating: 0, count: FileBytes.chunkSize)
        while true {
            let read = try chunk.withUnsafeMutableBufferPointer { buffer throws(FileFault) in
                try bytes.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if read == 0 { break }
            chunk.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<read])) }
            count += read
        }
        return ImportedFile(
            name: URL(filePath: path).lastPathComponent, digest: Hex.encode(hasher.finish()), byteCount: count)
    }

    /// A column that the mapping reads and the file lacks would reject every row with the same words.
    private func refuseMissingColumns(_ request: ImportRequest) throws(HostError) {
        guard !reader.columns.isEmpty, let read = stream.mapping.sourceFields else { return }
        let missing = (idFields + stream.mapping.requiredSourceFields).filter { !reader.columns.contains($0) }
        guard let first = missing.first else { return }
        let near = nearest(to: first, among: reader.columns)
        let (columns, wanted) = (reader.columns.joined(separator: ", "), read.joined(separator: ", "))
        let text = Reason(
            zh: "连接“\(request.connection)”要读取的列“\(first)”不存在" + (near.map { "，也许是“\($0)”" } ?? "")
                + "；文件的列有：\(columns)；映射读取：\(wanted)",
            en: "there is no column '\(first)'" + (near.map { ", perhaps '\($0)'" } ?? "")
                + ", which connection '\(request.connection)' reads; the file has: \(columns); the mapping reads: \(wanted)"
        )
        throw .invalid("\(request.path): \(text.text(in: language))")
    }
}

extension FieldSelection {
    /// The fields that a mapping reads, and those that identify a record; the whole record where it is read so.
    fileprivate static func wanted(_ fields: [String]?, _ idFields: [String]) -> FieldSelection {
        guard let fields else { return .whole }
        return .fields(fields + idFields.filter { !fields.contains($0) })
    }
}

extension ImportRequest {
    /// A question that is still open, with the option that answers it; nil where it was answered.
    fileprivate func answer(to question: FileQuestion, _ language: String) -> String? {
        let (isGiven, option): (Bool, Reason) =
            switch question {
            case .encoding(let encoding):
                (
                    self.encoding != nil,
                    Reason(zh: "是则加 --encoding \(encoding.rawValue)", en: "--encoding \(encoding.rawValue) says yes")
                )
            case .dateOrder:
                (
                    dateOrder != nil,
                    Reason(
                        zh: "加 --date-order dmy 或 --date-order mdy", en: "--date-order dmy or --date-order mdy")
                )
            case .decimalMark:
                (
                    decimalMark != nil,
                    Reason(
                        zh: "加 --decimal-mark comma 或 --decimal-mark point",
                        en: "--decimal-mark comma or --decimal-mark point")
                )
            case .sheet: (sheet != nil, Reason(zh: "加 --sheet 名称", en: "--sheet NAME"))
            case .header, .secondHeader:
                (
                    headerLine != nil,
                    Reason(
                        zh: "加 --header-line N，即表头的最后一行", en: "--header-line N, the last line of the header")
                )
            }
        return isGiven ? nil : "\(question.text(in: language)) \(option.text(in: language))"
    }
}
