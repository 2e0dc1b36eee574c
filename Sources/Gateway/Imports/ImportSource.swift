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
    let remarks: [LocalizedText]
    /// Which of the columns that are read the file has, as if it was one record; of no record where it has no columns.
    let shape: SourceShape
    private let stream: StreamMapping
    private let idFields: [String]
    private let forms: FieldForms?
    private let cells: CellReading?
    private var reader: any RecordReader
    private let fields: [String]
    /// The language of reasons, `zh` or `en`.
    private let language: String

    /// Rows of a page: one transaction takes all of them, so this bounds memory only.
    private static let pageSize = 5000

    /// Opens the file to read it as `target` says.
    ///
    /// - Throws: `HostError.invalid` where it cannot be read, or where only a person can say how: every open question
    ///   with the option that answers it.
    init(_ target: ImportTarget, language: String) throws(HostError) {
        self.language = language
        let (opened, stream) = (target.file, target.stream)
        do throws(FileFault) {
            try opened.refuseOpenQuestions()
            let selection = FieldSelection.wanted(stream.mapping.sourceFields, target.idFields)
            reader = try opened.reader(selection)
            fields = selection.names
            shape = Self.shape(reader.columns, selection)
            cells = CellReading(
                opened.recognised.columns, stream.mapping, opened.request, zone: target.zone)
            file = try Self.describe(opened.request.path)
        } catch {
            throw .invalid("\(opened.request.path): \(error.text(in: language))")
        }
        form = opened.recognised.form
        remarks = opened.recognised.remarks + target.remarks
        (forms, self.stream, idFields) = (target.forms, stream, target.idFields)
        try refuseMissingColumns(target)
    }

    /// A source that is no file: one row that a person gives.
    init(_ row: HandRow, _ target: (stream: StreamMapping, idFields: [String]), language: String) {
        (self.language, shape) = (language, SourceShape())
        (file, form, remarks) = (row.file, FileForm(format: .jsonLines), [])
        (stream, idFields, forms) = (target.stream, target.idFields, nil)
        (cells, reader, fields) = (nil, row.reader, row.fields)
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
        let passed = forms?.rewrite(&batch) ?? PassedRows()
        cells?.rewrite(&batch)
        let identifiers = batch.identify(by: idFields)
        let page = BatchPage(batch: batch, identifiers: identifiers, cursor: nil, hasMore: hasMore)
        return ImportPage(
            rows: rows, passed: passed, mapped: PageMapper(stream: stream).mapRead(page, language: language))
    }
}

/// Rows of a file, mapped.
struct ImportPage {
    let rows: Int
    /// Rows that say nothing.
    let passed: PassedRows
    let mapped: PageMapper.ReadResult

    /// What is wrong, with the contents: who imports a file knows what is in it.
    var rejected: [ImportReport.RejectedRow] {
        mapped.rejected.map { .init(line: $0.line, identifier: $0.identifier, reason: $0.reason) }
    }
}

extension ImportSource {
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
    private func refuseMissingColumns(_ target: ImportTarget) throws(HostError) {
        guard !reader.columns.isEmpty, let read = stream.mapping.sourceFields else { return }
        let wanted = idFields.filter { target.forms?.makes($0) != true } + stream.mapping.requiredSourceFields
        let missing = wanted.filter { !reader.columns.contains($0) && target.forms?.makes($0) != true }
        guard let first = missing.first else { return }
        let near = nearest(to: first, among: reader.columns)
        let (columns, listed) = (reader.columns.joined(separator: ", "), read.joined(separator: ", "))
        let advice = ImportTargets.advice
        let text = Reason(
            zh: "连接“\(target.connection)”要读取的列“\(first)”不存在" + (near.map { "，也许是“\($0)”" } ?? "")
                + "；文件的列有：\(columns)；映射读取：\(listed)。\(advice.zh)",
            en: "there is no column '\(first)'" + (near.map { ", perhaps '\($0)'" } ?? "")
                + ", which connection '\(target.connection)' reads; the file has: \(columns); the mapping reads: \(listed). \(advice.en)"
        )
        throw .invalid("\(target.file.request.path): \(text.text(in: language))")
    }
}

extension FieldSelection {
    /// The fields that a mapping reads, and those that identify a record; the whole record where it is read so.
    fileprivate static func wanted(_ fields: [String]?, _ idFields: [String]) -> FieldSelection {
        guard let fields else { return .whole }
        return .fields(fields + idFields.filter { !fields.contains($0) })
    }
}
