import CZip
import Foundation
import PlumblineKit
import Testing

@testable import RecordFiles

@Suite struct WorkbookHostileTests {
    private let header = "<row r=\"1\">\(text("A1", "a"))\(text("B1", "b"))</row>"

    private func fault(ofFile bytes: [UInt8]) throws -> String {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "book.xlsx")
            try Data(bytes).write(to: file)
            do {
                _ = try Workbook(path: file.path)
                return "none"
            } catch let fault as FileFault { return fault.description }
        }
    }

    @Test func `an old workbook is refused with what to do`() throws {
        let ole: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
        let fault = try fault(ofFile: ole + Array(repeating: 0, count: 4096))
        #expect(fault == "this is a workbook of Excel 97-2003 (.xls); open it in Excel or WPS and save it as .xlsx")
    }

    @Test func `an encrypted workbook is refused with what to do`() throws {
        var bytes: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + Array(repeating: 0, count: 4096)
        bytes[30] = 9
        bytes[48] = 2
        let name = "EncryptedPackage".utf8.flatMap { [$0, UInt8(0)] }
        bytes.replaceSubrange((3 * 512 + 256)..<(3 * 512 + 256 + name.count), with: name)
        #expect(
            try fault(ofFile: bytes)
                == "the workbook is protected by a password; open it in Excel or WPS, remove the password and save it")
    }

    @Test func `other files are told apart from workbooks`() throws {
        #expect(try fault(ofFile: []) == "the file is empty")
        let html = try fault(ofFile: Array("<html><table><tr><td>1</td></tr></table></html>".utf8))
        #expect(html.hasPrefix("the file is no XLSX workbook (some systems give HTML or CSV under that name)"))
        #expect(try fault(ofFile: Array("PK\u{3}\u{4} but no zip".utf8)).hasPrefix("the workbook is damaged"))
        #expect(throws: FileFault.self) { try Workbook(path: "/nowhere/book.xlsx") }
        var document = TestWorkbook("")
        document.parts["xl/workbook.xml"] = Array("<document/>".utf8)
        #expect(try document.fault().hasPrefix("the file is a zip archive but no XLSX workbook"))
        document.parts["_rels/.rels"] = nil
        #expect(try document.fault().hasPrefix("the file is a zip archive but no XLSX workbook"))
        document.parts["_rels/.rels"] = TestWorkbook.list([("rId1", "officeDocument", "xl/workbook.bin")])
        #expect(try document.fault() == "this is a binary workbook (.xlsb); open it in Excel and save it as .xlsx")
    }

    @Test func `a damaged zip is refused wherever it is damaged`() throws {
        let book = TestWorkbook(header + "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>")
        let bytes = try book.withFile { try Array(Data(contentsOf: URL(filePath: $0))) }
        #expect(try fault(ofFile: Array(bytes.dropLast(30))).hasPrefix("the workbook is damaged"))
        // A changed byte anywhere gives a fault or, in names and times, nothing: never a crash.
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var changed = bytes
            changed[place] ^= 0xFF
            _ = try withTemporaryFolder { folder in
                let file = folder.appending(path: "book.xlsx")
                try Data(changed).write(to: file)
                return try? Records(path: file.path)
            }
        }
    }

    /// Blanks, which pack to a thousandth.
    private func bomb(bytes: Int) -> [UInt8] {
        Array("<worksheet><sheetData>".utf8) + [UInt8](repeating: 32, count: bytes)
    }

    @Test func `a part that grows beyond its ratio is refused early`() throws {
        var book = TestWorkbook("")
        book.parts["xl/worksheets/sheet1.xml"] = bomb(bytes: 17 << 20)
        #expect(
            try book.fault().hasSuffix(
                "the part 'xl/worksheets/sheet1.xml' unpacks to more than 16 MB, far more than its packed size allows: "
                    + "it looks made to exhaust memory"))
    }

    @Test func `4 GB in a few KB are refused`() throws {
        // Deflate cannot pack 4 GB into a few KB; bzip2 can, and no workbook uses it.
        var book = TestWorkbook("")
        book.parts["xl/worksheets/sheet1.xml"] = bomb(bytes: 17 << 20)
        book.method = ZIP_CM_BZIP2
        #expect(try book.fault().contains("is packed by method 12, which no workbook uses"))
    }

    @Test func `an honest sheet that repeats itself is read`() throws {
        let rows = (2...20_000).map {
            "<row r=\"\($0)\"><c r=\"A\($0)\"><v>1</v></c><c r=\"B\($0)\"><v>1</v></c></row>"
        }
        #expect(try TestWorkbook(header + rows.joined()).read(.fields(["a"])).rows.count == 19_999)
    }

    @Test func `all parts together may unpack to no more than the limit`() throws {
        var limits = FileLimits()
        limits.unpackedBytes = 2 << 20
        let long = (0..<300).map { "<!--\(String(repeating: "x", count: 9_000 + $0))-->" }.joined()
        #expect(
            try TestWorkbook(header + long).fault(limits: limits).hasSuffix(
                "the workbook unpacks to more than 2 MB; split it"))
    }

    @Test func `a zip of too many parts is refused`() throws {
        var book = TestWorkbook(header)
        for number in 0..<100_000 { book.parts["xl/media/\(number).png"] = [] }
        #expect(try book.fault() == "the workbook has 100007 parts; at most 10000 are read")
    }

    @Test func `two parts of one name are refused`() throws {
        var book = TestWorkbook(header)
        book.parts["XL/Worksheets/sheet1.xml"] = TestWorkbook.sheet("")
        #expect(try book.fault().hasPrefix("the workbook has two parts named 'xl/worksheets/sheet1.xml'"))
    }

    @Test func `parts that share their packed bytes give no other part's contents`() throws {
        let bytes = try TestWorkbook(header).withFile { try Array(Data(contentsOf: URL(filePath: $0))) }
        let name = Array("xl/worksheets/sheet1.xml".utf8)
        // The entry of the list names the place of the part 42 bytes behind its mark: all may point to the first.
        let entry = try #require(
            bytes.indices.last {
                bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) && bytes[($0 + 46)...].starts(with: name)
            })
        var overlapping = bytes
        overlapping.replaceSubrange((entry + 42)..<(entry + 46), with: [0, 0, 0, 0])
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "book.xlsx")
            try Data(overlapping).write(to: file)
            #expect(throws: FileFault.self) { try Records(path: file.path) }
        }
    }

    @Test func `a workbook within a workbook is not opened`() throws {
        var book = TestWorkbook(header)
        book.parts["xl/embeddings/inner.xlsx"] = try book.withFile { try Array(Data(contentsOf: URL(filePath: $0))) }
        #expect(try book.read().columns == ["a", "b"])
    }

    @Test(arguments: ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
    func `document types and entities are refused`(part: String) throws {
        var book = TestWorkbook(header)
        let bomb =
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><worksheet><sheetData>&b;</sheetData></worksheet>"
        book.parts[part] = Array(bomb.utf8)
        #expect(try book.fault().hasSuffix("'\(part)' declares a document type, which no workbook does: it is refused"))
        book.parts[part] = Array("<workbook><sheets>&undefined;</sheets></workbook>".utf8)
        #expect(try book.fault().contains("undefined entity"))
    }

    @Test(arguments: ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
    func `deep XML is refused`(part: String) throws {
        var book = TestWorkbook(header)
        book.parts[part] = Array((String(repeating: "<a>", count: 100_000)).utf8)
        #expect(try book.fault().hasSuffix("'\(part)' nests deeper than 128 elements"))
    }

    @Test(arguments: ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
    func `an endless tag or comment is refused`(part: String) throws {
        var book = TestWorkbook(header)
        // Not all the same, so that the ratio allows it.
        var state: UInt32 = 1
        let noise = [UInt8](unsafeUninitializedCapacity: 5 << 20) { buffer, count in
            for place in 0..<(5 << 20) {
                state = state &* 1_664_525 &+ 1_013_904_223
                buffer[place] = UInt8(97 + state >> 29)
            }
            count = 5 << 20
        }
        for start in ["<a b='", "<!--", "<"] {
            book.parts[part] = Array("<x>\(start)".utf8) + noise
            let fault = try book.fault()
            #expect(fault.contains("a tag or comment over 4194304 bytes") || fault.contains("is damaged"))
        }
    }

    @Test func `missing parts are named`() throws {
        for part in ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"] {
            var book = TestWorkbook(header)
            book.parts[part] = nil
            #expect(try book.fault().contains("lacks its part '\(part)'"))
        }
        var book = TestWorkbook(header)
        book.parts["xl/_rels/workbook.xml.rels"] = nil
        #expect(try book.fault().contains("the place of the sheet 'Sheet1'"))
    }

    @Test func `wrong content types hinder nothing, and texts and styles may be absent`() throws {
        var book = TestWorkbook(header + "<row r=\"2\"><c r=\"A2\" s=\"5\"><v>1</v></c></row>")
        book.parts["[Content_Types].xml"] = Array("<nonsense".utf8)
        book.parts["xl/_rels/workbook.xml.rels"] = TestWorkbook.list([
            ("rId1", "worksheet", "../xl/./worksheets/sheet1.xml")
        ])
        #expect(try book.read().rows == [["1", "-"]])
    }

    @Test(arguments: ["../../../etc/passwd", "/../x.xml"])
    func `a part outside the workbook is refused`(target: String) throws {
        var book = TestWorkbook(header)
        book.parts["xl/_rels/workbook.xml.rels"] = TestWorkbook.list([("rId1", "worksheet", target)])
        #expect(try book.fault() == "the workbook names a part outside itself: '\(target)'")
    }

    @Test func `an index without a shared text rejects its row`() throws {
        let records = try TestWorkbook(
            header
                + "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>7</v></c></row><row r=\"3\"><c r=\"A3\" t=\"s\"><v>-1</v></c></row>"
                + "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>99999999999999999999</v></c></row>", shared: ["x"]
        ).read()
        #expect(records.rejected.count == 3)
        #expect(
            records.rejected[0].hasSuffix("column A: the workbook is damaged: it has no text number 7 for the cell"))
    }

    @Test func `rows that go backwards end the reading`() throws {
        let book = TestWorkbook(header + "<row r=\"5\"><c r=\"A5\"><v>1</v></c></row><row r=\"3\"/>")
        #expect(
            try book.fault() == "sheet 'Sheet1', row 5: the row behind it is numbered '3'; rows must ascend")
    }

    @Test func `cells that are there twice or go backwards reject their row`() throws {
        let records = try TestWorkbook(
            header + "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>"
                + "<row r=\"3\"><c r=\"B3\"><v>1</v></c><c r=\"A3\"><v>2</v></c></row><row r=\"4\"><c r=\"B4\"><v>1</v></c></row>"
        ).read()
        #expect(records.rows == [["-", "1"]])
        #expect(
            records.rejected.allSatisfy {
                $0.hasSuffix("column A: the cell is there twice, or stands behind a later one")
            })
        #expect(records.rejected.count == 2)
    }

    @Test func `column 16385 is refused`() throws {
        let book = TestWorkbook("<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>")
        #expect(
            try book.fault()
                == "sheet 'Sheet1', row 1: there is a cell beyond the 16384 columns that a sheet may have")
        let counted = "<row>" + String(repeating: "<c><v>1</v></c>", count: 16_385) + "</row>"
        #expect(try TestWorkbook(counted).fault().hasSuffix("16384 columns that a sheet may have"))
        #expect(try TestWorkbook("<row><c r=\"1A\"/></row>").fault().hasSuffix("'1A' is no place of a cell"))
    }

    @Test(arguments: [[0x00], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE4, 0xB8], [0x01]] as [[UInt8]])
    func `bytes that are no text are refused with their row`(bytes: [UInt8]) throws {
        var book = TestWorkbook("")
        let before = header + "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"3\"><c t=\"str\"><v>"
        let sheet = "<worksheet><sheetData>\(before)".utf8 + bytes + "</v></c></row></sheetData></worksheet>".utf8
        book.parts["xl/worksheets/sheet1.xml"] = Array(sheet)
        #expect(try book.fault().contains("the workbook is damaged"))
        book.parts["xl/worksheets/sheet1.xml"] = TestWorkbook.sheet(header)
        book.parts["xl/sharedStrings.xml"] = Array("<sst><si><t>".utf8 + bytes + "</t></si></sst>".utf8)
        #expect(try book.fault().contains("the workbook is damaged"))
    }

    @Test func `a text over the limit rejects its row`() throws {
        let long = String(repeating: "x", count: (1 << 20) + 1)
        let records = try TestWorkbook(
            header + "<row r=\"2\">\(text("A2", long))</row><row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c></row>"
                + "<row r=\"4\">\(text("A4", "ok"))<c r=\"B4\" t=\"s\"><v>1</v></c></row>", shared: [long, "next"]
        ).read()
        #expect(records.rows == [["'ok'", "'next'"]])
        #expect(
            records.rejected == [
                "row 2: sheet 'Sheet1', row 2, column A: the text is longer than 1048576 bytes",
                "row 3: sheet 'Sheet1', row 3, column B: the text is longer than 1048576 bytes",
            ])
    }

    @Test func `a row that repeats a long text is rejected, and batches stay small`() throws {
        let long = String(repeating: "x", count: 1 << 20)
        let wide = "<row r=\"1\">" + (0..<40).map { "<c t=\"str\"><v>c\($0)</v></c>" }.joined() + "</row>"
        let full = "<row>" + String(repeating: "<c t=\"s\"><v>0</v></c>", count: 40) + "</row>"
        let thin = String(repeating: "<row><c t=\"s\"><v>0</v></c></row>", count: 100)
        let book = TestWorkbook(wide + full + thin, shared: [long])
        try book.withFile { path in
            var reader = try WorkbookReader(
                Workbook(path: path), form: FileForm(format: .workbook(sheet: "")),
                selection: .fields((0..<40).map { "c\($0)" }))
            var batch = SourceBatch(fields: (0..<40).map { "c\($0)" })
            #expect(try reader.read(1000, into: &batch))
            #expect(batch.bytes.count <= 34 << 20)
            #expect(batch.rejected.map(\.reason) == ["sheet 'Sheet1', row 2: the row is longer than 16777216 bytes"])
        }
    }

    @Test func `shared texts are bounded`() throws {
        var limits = FileLimits()
        limits.sharedTextBytes = 1 << 20
        let texts = (0..<30).map { String(repeating: Character("\($0 % 10)"), count: 50_000) }
        #expect(
            try TestWorkbook(header, shared: texts).fault(limits: limits)
                == "the workbook's texts take more than 1 MB; split it")
    }

    @Test(arguments: [
        "<worksheet><sheetData></worksheet>", "<worksheet>", "", "text", "<a/><b/>", "<worksheet/>text",
        "<worksheet><sheetData><row r=1></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r=\"1\" r=\"1\"/></sheetData></worksheet>",
        "<worksheet><sheetData><row r=\"<\"/></sheetData></worksheet>", "<worksheet><![CDATA[x", "<worksheet a>",
        "<worksheet>&#0;</worksheet>", "<worksheet>&amp</worksheet>", "</worksheet>", "< worksheet/>",
    ])
    func `XML that is not well-formed is refused by both readers`(xml: String) throws {
        for scanning in [true, false] {
            #expect(throws: FileFault.self) {
                let rows = try SheetRows(sheet: "s", limits: FileLimits(), scanning: scanning) { () throws(FileFault) in
                    MemoryPart(Array(xml.utf8))
                }
                try rows.skipToEnd()
            }
        }
    }
}
