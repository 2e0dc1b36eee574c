import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@testable import RecordFiles

/// Why a row of a file cannot be used, and why a whole file cannot, in Chinese.
@Suite struct RowReasonTests {
    private var limits: FileLimits {
        var limits = FileLimits()
        limits.cellBytes = 40
        limits.recordBytes = 60
        limits.depth = 3
        return limits
    }

    private func check(_ texts: LocalizedText) {
        #expect(ChineseText.fault(of: texts.zh) == nil)
        #expect(texts.zh != texts.en)
    }

    private func check(_ reading: TextReading) {
        let found = reading.rejected.map(\.texts) + [reading.fault?.placedTexts].compactMap { $0 }
        #expect(!found.isEmpty)
        found.forEach(check)
    }

    @Test(arguments: [
        "a,b\n1\n", "a,b\n1,2,3\n", "a,b\n\"1\"x,2\n", "a,b\n\"1,2\n", "a,b\n1\u{0},2\n",
        "a,b\n" + String(repeating: "x", count: 50) + ",2\n", "a,b\n" + String(repeating: "x", count: 90) + ",2\n", "",
        "a,a\n1,2\n", "a,\"b\n", "a,b\u{0}\n",
    ])
    func `what is wrong with a table`(text: String) {
        check(
            TextReading(
                CSVParser.self, FileForm(format: .table(delimiter: UInt8(ascii: ","))), Array(text.utf8),
                .fields(["a"]), limits: limits))
    }

    @Test func `bytes that are no text`() {
        let form = FileForm(format: .table(delimiter: UInt8(ascii: ",")))
        check(TextReading(CSVParser.self, form, Array("a,b\n".utf8) + [0xFF, 0x2C, 0x31, 0x0A], .fields(["a"])))
    }

    @Test(arguments: [
        "[1]", "3", "true", "\"x\"", "null", "{", "{\"a\":}", "{a:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
        "{\"a\":[1 2]}",
        "{\"a\":1} x", "{\"a\":-}", "{\"a\":01}", "{\"a\":\"\t\"}", "{\"a\":\"x", "{\"a\":\"\\q\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\ud800\"}", "{\"a\":1,\"a\":2}", "{\"a\":[[[[1]]]]}", "{\"a\":nil}",
        "{\"a\":\"" + String(repeating: "x", count: 50) + "\"}",
    ])
    func `what is wrong with a line or an element of JSON`(text: String) {
        let lines = TextReading(
            JSONLinesParser.self, FileForm(format: .jsonLines), Array((text + "\n").utf8), .fields(["a"]),
            limits: limits)
        check(lines)
        let list = TextReading(
            JSONListParser.self, FileForm(format: .json(key: nil)), Array("[\(text)]".utf8), .fields(["a"]),
            limits: limits)
        check(list)
    }

    @Test(arguments: [
        "", "{}", "{\"b\":1}", "{\"a\":1}", "{\"a\":[],\"a\":[]}", "{\"a\":[]", "{x", "{\"a\" []}", "{\"b\":1 2",
    ])
    func `what is wrong with what stands around a list`(text: String) {
        check(
            TextReading(
                JSONListParser.self, FileForm(format: .json(key: "a")), Array(text.utf8), .fields(["a"]), limits: limits
            ))
    }

    @Test func `every problem of JSON`() {
        let byte: [UInt8] = [UInt8(ascii: "x")]
        byte.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            for problem in JSONFault.Problem.allCases {
                for place in [0, 1] {
                    check(JSONFault(problem, at: place).reason(base, end: 1, limits: limits))
                }
            }
        }
    }

    @Test(arguments: [
        "<c r=\"A2\" t=\"e\"><v>#DIV/0!</v></c>", "<c r=\"A2\"><f>1+1</f></c>", "<c r=\"A2\" t=\"s\"><v>99</v></c>",
        "<c r=\"A2\"><v>1,5</v></c>", "<c r=\"A2\" t=\"b\"><v>maybe</v></c>",
        "<c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c>",
        "<c r=\"A2\" s=\"1\"><v>-1</v></c>", "<c r=\"A2\" s=\"1\"><v>0</v></c>", "<c r=\"A2\" s=\"1\"><v>60</v></c>",
        "<c r=\"A2\" s=\"1\"><v>99999999</v></c>",
    ])
    func `what is wrong with a row of a sheet`(cell: String) throws {
        let book = TestWorkbook(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c></row><row r=\"2\">\(cell)</row>",
            styles: TestWorkbook.formats(["yyyy-mm-dd"]))
        let rejected = try book.withFile { path in
            let workbook = try Workbook(path: path)
            let form = FileForm(format: .workbook(sheet: ""), headerLine: 1)
            var reader = try WorkbookReader(workbook, form: form, selection: .fields(["a"]))
            var batch = SourceBatch(fields: ["a"])
            while try reader.read(10, into: &batch) {}
            return batch.rejected
        }
        #expect(!rejected.isEmpty)
        for row in rejected {
            check(row.texts)
            #expect(row.texts.zh.hasPrefix("工作表“Sheet1”第 2 行 A 列："))
        }
    }

    @Test func `every fault of a date`() {
        for fault in SerialTime.Fault.allCases { check(fault.texts) }
    }

    @Test func `a record without an identifier`() {
        var batch = SourceBatch(fields: ["a"])
        for kind in [SourceBatch.Kind.null, .missing, .yes] {
            batch.cells.append(.init(kind))
            batch.rows.append(.init(line: batch.rows.count + 2, end: 0))
        }
        #expect(batch.identify(by: ["a"]).isEmpty)
        #expect(batch.rejected.count == 3)
        batch.rejected.map(\.texts).forEach(check)
    }

    @Test(arguments: [
        "PK\u{3}\u{4} xl/workbook.bin", "PK\u{3}\u{4} opendocument", "PK\u{3}\u{4}", "%PDF-1.7", "<html>",
        "<?xml version",
    ])
    func `a file that is no table`(head: String) {
        let error = #expect(throws: FileFault.self) { try FileKind(Array(head.utf8)) }
        if let error { check(error.texts) }
    }

    @Test func `places and lines are told once`() {
        let fault = FileFault(at: .init(line: 3, column: 7), zh: "引号没有闭合", en: "a quote is not closed")
        #expect(fault.text(in: "zh") == "第 3 行第 7 列：引号没有闭合")
        let rejected = RejectedRecord(line: 3, texts: fault.placedTexts, raw: [])
        #expect(rejected.reasonWithoutLine(in: "zh") == "第 7 列：引号没有闭合")
        #expect(rejected.reasonWithoutLine(in: "en") == "column 7: a quote is not closed")
        let whole = FileFault(at: .init(line: 3), zh: "单元格太多", en: "too many cells")
        let row = RejectedRecord(line: 3, texts: whole.placedTexts, raw: [])
        #expect(row.reasonWithoutLine(in: "zh") == "单元格太多" && row.reasonWithoutLine(in: "en") == "too many cells")
    }

    @Test func `a reader tells how much of its file was read`() throws {
        let path = NSTemporaryDirectory() + "plumbline-\(UUID().uuidString).csv"
        let rows = (0..<60_000).map { "\($0),some text that takes its place\n" }.joined()
        try Data(("id,text\n" + rows).utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let form = FileForm(format: .table(delimiter: UInt8(ascii: ",")))
        let table = try CSVReader(path: path, form: form, selection: .fields(["id"]))
        let found = try fractions(table)
        #expect(found == found.sorted() && found.last == 1 && found.first ?? 1 < 0.5)
    }

    @Test func `a reader of a workbook tells how much of its sheet was read`() throws {
        let rows = (1...30_000).map {
            "<row r=\"\($0)\"><c r=\"A\($0)\" t=\"inlineStr\"><is><t>a\($0)</t></is></c></row>"
        }
        let found = try TestWorkbook(rows.joined()).withFile { path in
            let form = FileForm(format: .workbook(sheet: ""), headerLine: 1)
            return try fractions(try WorkbookReader(Workbook(path: path), form: form, selection: .fields(["a1"])))
        }
        #expect(found == found.sorted() && found.last == 1 && found.first ?? 1 < 0.5)
    }

    private func fractions(_ reader: some RecordReader) throws -> [Double] {
        var reader = reader
        var batch = SourceBatch(fields: ["id"])
        var found: [Double] = []
        var hasMore = true
        while hasMore {
            batch.removeAll()
            hasMore = try reader.read(10_000, into: &batch)
            found.append(((reader.fractionRead ?? -1) * 10).rounded() / 10)
        }
        return found
    }

    @Test(arguments: [
        FileQuestion.encoding(.gb18030), .dateOrder(column: "a", sample: "1/2/2026"), .header, .secondHeader(line: 2),
        .decimalMark(column: "a", sample: "1,5"), .sheet(["x", "y"]),
    ])
    func `questions are asked in Chinese`(question: FileQuestion) {
        #expect(ChineseText.fault(of: question.text(in: "zh")) == nil)
        #expect(question.text(in: "en") == "\(question)")
    }
}
