import CZip
import Foundation
import PlumblineKit

@testable import RecordFiles

/// A workbook made by hand, part by part.
struct TestWorkbook {
    static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    static let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    static let package = "http://schemas.openxmlformats.org/package/2006"

    /// The parts by name.
    var parts: [String: [UInt8]]
    /// What zip packs them by.
    var method = ZIP_CM_DEFLATE

    /// One visible sheet named `Sheet1`; `sheet` is the content of its `sheetData`.
    init(_ sheet: String, shared: [String] = [], styles: String = "", behind: String = "", before: String = "") {
        let items = shared.map { $0.hasPrefix("<") ? "<si>\($0)</si>" : "<si><t xml:space=\"preserve\">\($0)</t></si>" }
        parts = [
            "[Content_Types].xml": Array("<Types xmlns=\"\(Self.package)/content-types\"/>".utf8),
            "_rels/.rels": Self.list([("rId1", "officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": Self.book(["<sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/>"]),
            "xl/_rels/workbook.xml.rels": Self.list([
                ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml"),
                ("rId3", "sharedStrings", "sharedStrings.xml"),
            ]),
            "xl/styles.xml": Array("<styleSheet xmlns=\"\(Self.main)\">\(styles)</styleSheet>".utf8),
            "xl/worksheets/sheet1.xml": Self.sheet(sheet, behind: behind, before: before),
            "xl/sharedStrings.xml": Array("<sst xmlns=\"\(Self.main)\">\(items.joined())</sst>".utf8),
        ]
    }

    static func sheet(_ rows: String, behind: String = "", before: String = "") -> [UInt8] {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        return Array(
            "\(head)<worksheet xmlns=\"\(main)\">\(before)<sheetData>\(rows)</sheetData>\(behind)</worksheet>".utf8)
    }

    static func book(_ sheets: [String], properties: String = "") -> [UInt8] {
        Array(
            "<workbook xmlns=\"\(main)\" xmlns:r=\"\(relationships)\">\(properties)<sheets>\(sheets.joined())</sheets></workbook>"
                .utf8)
    }

    static func list(_ targets: [(id: String, kind: String, target: String)]) -> [UInt8] {
        let items = targets.map {
            "<Relationship Id=\"\($0.id)\" Type=\"\(relationships)/\($0.kind)\" Target=\"\($0.target)\"/>"
        }
        return Array("<Relationships xmlns=\"\(package)/relationships\">\(items.joined())</Relationships>".utf8)
    }

    /// Styles with these number formats: 0 is the general one, then one for each code, from 1 on.
    static func formats(_ codes: [String]) -> String {
        let custom = codes.enumerated().map {
            "<numFmt numFmtId=\"\(164 + $0)\" formatCode=\"\($1.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;"))\"/>"
        }
        let cells = codes.indices.map { "<xf numFmtId=\"\(164 + $0)\"/>" }
        return "<numFmts>\(custom.joined())</numFmts><cellXfs><xf numFmtId=\"0\"/>\(cells.joined())</cellXfs>"
    }

    /// Writes the file and calls `body` with its path.
    func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "book.xlsx").path
            try Zip.write(parts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, method: method, to: path)
            return try body(path)
        }
    }

    /// All records of a sheet, read into batches.
    func read(
        _ selection: FieldSelection? = nil, sheet: String = "", headerLine: Int = 1, limits: FileLimits = FileLimits()
    ) throws -> Records {
        try withFile {
            try Records(path: $0, selection, sheet: sheet, headerLine: headerLine, limits: limits)
        }
    }

    /// The fault that reading the file ends with.
    func fault(limits: FileLimits = FileLimits()) throws -> String {
        do {
            _ = try read(limits: limits)
            return "none"
        } catch let fault as FileFault { return fault.description }
    }
}

/// The records of a sheet as tests compare them.
struct Records {
    let columns: [String]
    let fields: [String]
    /// Null is `-`, missing `?`; texts are in quotes.
    let rows: [[String]]
    let lines: [Int]
    let rejected: [String]
    let hiddenRows: Int

    init(
        path: String, _ selection: FieldSelection? = nil, sheet: String = "", headerLine: Int = 1,
        limits: FileLimits = FileLimits(), batch size: Int = 7
    ) throws {
        let workbook = try Workbook(path: path, limits: limits)
        let form = FileForm(format: .workbook(sheet: sheet), headerLine: headerLine)
        columns = try WorkbookReader(workbook, form: form, selection: .whole).columns
        let selection = selection ?? .fields(columns)
        var reader = try WorkbookReader(workbook, form: form, selection: selection)
        var batch = SourceBatch(fields: selection.names)
        var rows: [[String]] = []
        var (lines, rejected): ([Int], [String]) = ([], [])
        while true {
            batch.removeAll()
            let more = try reader.read(size, into: &batch)
            rows += (0..<batch.count).map { row in batch.fields.indices.map { Self.text(batch, $0, row) } }
            lines += batch.rows.map(\.line)
            rejected += batch.rejected.map { "\($0.id): \($0.reason)" }
            if !more { break }
        }
        fields = selection.names
        self.rows = rows
        self.lines = lines
        self.rejected = rejected
        hiddenRows = reader.hiddenRows
    }

    private static func text(_ batch: SourceBatch, _ field: Int, _ row: Int) -> String {
        let cell = batch.cell(field, of: row)
        let range = Int(cell.start)..<Int(cell.start + cell.count)
        let text = String(decoding: batch.bytes[range], as: UTF8.self)
        return switch cell.kind {
        case .missing: "?"
        case .null: "-"
        case .no: "no"
        case .yes: "yes"
        case .number, .json: text
        case .text: "'\(text)'"
        }
    }
}

/// Makes zip files with libzip.
enum Zip {
    struct Failure: Error {}

    static func write(_ parts: [(name: String, bytes: [UInt8])], method: CInt = ZIP_CM_DEFLATE, to path: String) throws
    {
        var code: CInt = 0
        guard let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else { throw Failure() }
        var kept: [UnsafeMutableRawPointer] = []
        defer { for copy in kept { free(copy) } }
        for (name, bytes) in parts {
            guard let copy = malloc(max(bytes.count, 1)) else { throw Failure() }
            copy.copyMemory(from: bytes, byteCount: bytes.count)
            kept.append(copy)
            let source = zip_source_buffer(archive, copy, zip_uint64_t(bytes.count), 0)
            guard let source else { throw Failure() }
            let index = zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
            guard index >= 0 else { throw Failure() }
            zip_set_file_compression(archive, zip_uint64_t(index), zip_int32_t(method), 1)
        }
        guard zip_close(archive) == 0 else { throw Failure() }
    }
}

/// A folder for one test, deleted after it.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "workbook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
