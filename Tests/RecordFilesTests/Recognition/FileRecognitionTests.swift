import PlumblineKit
import RecordFiles
import Testing

@Suite struct FileRecognitionTests {
    private func recognise(_ text: String, isWhole: Bool = true) throws -> RecognisedFile {
        try FileRecognition.recognise(Array(text.utf8), isWhole: isWhole)
    }

    @Test(arguments: [",", ";", "\t", "|"])
    func `the delimiter is the one that cuts all rows alike`(delimiter: String) throws {
        let rows = [["id", "note, long; a|b", "n"], ["1", "x, y; z", "3"], ["2", "a;b", "4"], ["3", "p|q, r", "5"]]
        let text = rows.map { row in
            row.map { $0.contains(delimiter) ? "\"\($0)\"" : $0 }.joined(separator: delimiter)
        }.joined(separator: "\n")
        let file = try recognise(text)
        #expect(file.form == FileForm(format: .table(delimiter: delimiter.utf8.first ?? 0)))
        #expect(file.columns.map(\.name) == rows[0] && file.questions.isEmpty)
    }

    @Test func `types, orders of dates and samples of columns`() throws {
        let file = try recognise(
            """
            工号,姓名,日期,时间,德文,金额,比例,在职,数量
            007,张三,2026/7/1,2026-07-01 09:00,31.12.2026,"1,234.50",12.5%,是,3
            008,李四,2026/7/2,2026-07-02 下午2:30,1.1.2026,"2,000.00",8%,否,-4
            """)
        #expect(
            file.columns.map(\.type) == [
                .text, .text, .date, .dateTime, .date, .decimal, .decimal, .boolean, .integer,
            ])
        #expect(
            file.columns.map(\.dateOrder) == [
                nil, nil, .yearMonthDay, .yearMonthDay, .dayMonthYear, nil, nil, nil, nil,
            ])
        #expect(file.columns[5].decimalMark == .point && file.columns[0].samples == ["007", "008"])
        #expect(file.questions.isEmpty && file.remarks.isEmpty)
    }

    @Test(arguments: [
        (["1/7/2026", "2/8/2026"], nil), (["1/7/2026", "13/7/2026"], DateOrder.dayMonthYear),
        (["1/7/2026", "7/13/2026"], .monthDayYear), (["1/7/26", "3/4/26"], nil), (["2026/7/1"], .yearMonthDay),
    ])
    func `the order of dates is asked where more than one fits`(values: [String], order: DateOrder?) throws {
        let file = try recognise("id,day\n" + values.map { "x,\($0)\n" }.joined())
        #expect(file.columns[1].type == .date && file.columns[1].dateOrder == order)
        #expect(file.questions == (order == nil ? [.dateOrder(column: "day", sample: values[0])] : []))
    }

    @Test func `a comma that may mean two things is asked about`() throws {
        let file = try recognise("id;n\na;1,234\nb;5,678\n")
        #expect(file.columns[1].type == .decimal && file.columns[1].decimalMark == nil)
        #expect(file.questions == [.decimalMark(column: "n", sample: "1,234")])
        let clear = try recognise("id;n\na;1,234\nb;5,67\n")
        #expect(clear.columns[1].decimalMark == .comma && clear.questions.isEmpty)
    }

    @Test func `titles above the header are skipped`() throws {
        let file = try recognise("七月报表,,\n\n打印于 2026-08-01,,\n工号,姓名,数量\n1,张三,2\n2,李四,3\n")
        #expect(file.form.headerLine == 4 && file.columns.map(\.name) == ["工号", "姓名", "数量"])
        #expect(file.remarks.map(\.en) == ["the columns are named in line 4; what stands above is not read"])
    }

    @Test func `a second header is asked about`() throws {
        let file = try recognise("工号,数量\nStaff no.,Count\n1,2\n3,4\n5,6\n")
        #expect(file.form.headerLine == 1 && file.columns.map(\.type) == [.integer, .integer])
        #expect(file.questions == [.secondHeader(line: 2)])
    }

    @Test func `a table without a header is asked about`() throws {
        #expect(try recognise("1,2\n3,4\n5,6\n").questions.contains(.header))
    }

    @Test func `columns without a name and names twice are told`() throws {
        let file = try recognise("id,,x,x,,\n1,2,3,4,,\n1,2,3,4,,\n")
        #expect(file.columns.map(\.name) == ["id", "", "x", "x"])
        #expect(file.remarks.map(\.en) == ["column 2 has no name in the header", "the header names 'x' twice"])
    }

    @Test func `a first line that names the delimiter counts as a line`() throws {
        let file = try recognise("sep=;\r\na,b;c\r\nx;y\r\n")
        #expect(file.form == FileForm(format: .table(delimiter: 0x3B), headerLine: 2))
        #expect(file.columns.map(\.name) == ["a,b", "c"])
        #expect(TextReading.csv(Array("sep=;\r\na,b;c\r\nx;y\r\n".utf8), ["c"], headerLine: 2).rows == [["y"]])
    }

    @Test func `the fingerprint depends on the names alone`() throws {
        let one = try recognise("Id, Name ,数量\n1,a,2\n")
        let other = try recognise("数量;NAME;ｉｄ\n5;b;6\n")
        #expect(one.fingerprint == other.fingerprint && one.fingerprint.count == 16)
        #expect(try recognise("id,name\n1,a\n").fingerprint != one.fingerprint)
        #expect(try recognise("id\n1\n").fingerprint == "08b72e07b55c3ac0", "kept with mappings: never another")
    }

    @Test func `JSON Lines, a list, and a list under a key`() throws {
        let lines = try recognise("{\"id\":1,\"at\":\"2026-07-01T01:00:00Z\",\"x\":[1]}\n{\"id\":2,\"b\":true}\n")
        #expect(lines.form.format == .jsonLines && lines.columns.map(\.name) == ["id", "at", "x", "b"])
        #expect(lines.columns.map(\.type) == [.integer, .dateTime, .nested, .boolean])
        #expect(try recognise("\n[\n{\"id\":1}]").form.format == .json(key: nil))
        #expect(try recognise("{\"n\":1,\"e\":[],\"m\":[1],\"items\":[{\"id\":1}]}").form.format == .json(key: "items"))
        #expect(
            try recognise("{\n \"items\": [\n{\"id\":1},\n{\"id\"", isWhole: false).form.format == .json(key: "items"))
    }

    @Test func `encodings are found, and one that is a guess is asked about`() throws {
        let text = "工号,姓名\n1,张三\n2,李四\n"
        let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(
            try FileRecognition.recognise([0xFF, 0xFE] + little, isWhole: true).form.encoding == .utf16LittleEndian)
        #expect(try FileRecognition.recognise(little, isWhole: true).form.encoding == .utf16LittleEndian)
        let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(try FileRecognition.recognise(big, isWhole: true).form.encoding == .utf16BigEndian)
        let gbk: [UInt8] = [0xB9, 0xA4, 0xBA, 0xC5, 0x2C, 0x78, 0x0A, 0x31, 0x2C, 0x32, 0x0A]
        let file = try FileRecognition.recognise(gbk, isWhole: true)
        #expect(file.form.encoding == .gb18030 && file.columns[0].name == "工号")
        #expect(file.questions == [.encoding(.gb18030)])
    }

    @Test func `a text in no encoding is refused with the first byte that is bad`() {
        #expect(
            throws: FileFault(
                at: .init(line: 2, column: 3),
                "byte 7 of the file is valid neither in UTF-8 nor in GB 18030; save the file as UTF-8")
        ) { try FileRecognition.recognise(Array("id,s\n1,".utf8) + [0xFF, 0xFF, 0x0A], isWhole: true) }
    }

    @Test func `one broken byte among much UTF-8 is a remark`() throws {
        let bytes = Array(("id,s\n" + String(repeating: "1,准绳考核\n", count: 20)).utf8) + [0xFF]
        let file = try FileRecognition.recognise(bytes + Array("\n".utf8), isWhole: true)
        #expect(file.form.encoding == .utf8 && file.remarks.count == 1)
    }

    @Test func `a head that is cut in a character, a row or an object is enough`() throws {
        let table = Array("id,s\n1,准\n2,\"准".utf8).dropLast()
        #expect(try FileRecognition.recognise(Array(table), isWhole: false).columns.map(\.samples) == [["1"], ["准"]])
        let lines = try recognise("{\"id\":1}\n{\"id\":2", isWhole: false)
        #expect(lines.columns.map(\.samples) == [["1"]])
    }

    @Test(arguments: [
        ("\u{1}", "old XLS form"), ("%PDF-1.7", "PDF"), ("<html><table>", "web page"),
        ("\n  <!DOCTYPE html>", "web page"), ("<?xml version=\"1.0\"?>", "XML"), ("PK\u{3}\u{4}rest", "zip"),
        ("PK\u{3}\u{4} xl/workbook.bin", "XLSB"),
        ("PK\u{3}\u{4}mimetypeapplication/vnd.oasis.opendocument", "OpenDocument"),
        ("", "empty"), (" \n\n ", "empty"),
    ])
    func `what is no text is named`(content: String, word: String) {
        var bytes = Array(content.utf8)
        if content == "\u{1}" { bytes = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0] }
        let fault = #expect(throws: FileFault.self) { try FileRecognition.recognise(bytes, isWhole: true) }
        #expect(fault?.reason.contains(word) == true)
    }

    @Test func `a workbook is told from other packed files`() throws {
        #expect(try FileKind(Array("PK\u{3}\u{4}....xl/workbook.xml".utf8)) == .workbook)
    }

    @Test func `every beginning of a file is recognised or refused`() {
        let text = Array("报表,,\n工号,日期,\"x\"\"y\"\n1,1/7/2026,{\n".utf8)
        for end in 0...text.count {
            for isWhole in [true, false] { _ = try? FileRecognition.recognise(Array(text[..<end]), isWhole: isWhole) }
        }
    }
}
