import PlumblineKit
import RecordFiles
import Testing

@Suite struct CSVParserTests {
    @Test(arguments: [1, 2, 3, 7, 1000])
    func `quotes, line ends in cells, a byte order mark and empty cells`(size: Int) {
        let text = "\u{FEFF}id,s\r\n1,\"a, \"\"b\"\"\"\r\n2,\r\n3,\"x\r\ny\"\n\n4,\"\"\n5,最后"
        let reading = TextReading.csv(text, by: size)
        #expect(reading.rows == [["1", "a, \"b\""], ["2", nil], ["3", "x\r\ny"], ["4", nil], ["5", "最后"]])
        #expect(reading.places.map(\.line) == [2, 3, 4, 7, 8])
        #expect(reading.rejected.isEmpty && reading.fault == nil && reading.columns == ["id", "s"])
    }

    @Test(arguments: [",", ";", "\t", "|"])
    func `other delimiters`(delimiter: String) {
        let text = ["id", "s"].joined(separator: delimiter) + "\n" + ["1", "a b"].joined(separator: delimiter) + "\n"
        #expect(TextReading.csv(text, delimiter: delimiter).rows == [["1", "a b"]])
    }

    @Test(arguments: [
        "sep=;\nid;s\n1;a\n", "sep=;\r\nid;s\r\n1;a\r\n", "\u{FEFF}\"sep=;\"\nid;s\n1;a", "SEP=;\rid;s\r1;a\r",
    ])
    func `a first line that names the delimiter is believed`(text: String) {
        for size in [1, 4, 100] {
            let reading = TextReading.csv(text, by: size)
            #expect(reading.rows == [["1", "a"]])
            #expect(reading.places.map(\.line) == [3])
        }
    }

    @Test func `a header may begin like the line that names the delimiter`() {
        let reading = TextReading.csv(Array("sep=ration,id\nx,1\n".utf8), ["id"])
        #expect(reading.rows == [["1"]])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `line ends of every kind`(end: String) {
        let reading = TextReading.csv(["id,s", "1,a", "", "2,b"].joined(separator: end) + end, by: 1)
        #expect(reading.rows == [["1", "a"], ["2", "b"]])
        #expect(reading.places.map(\.line) == [2, 4])
    }

    @Test func `line ends of all kinds in one file`() {
        let reading = TextReading.csv("id,s\r1,a\n2,b\r\n3,c", by: 1)
        #expect(reading.rows == [["1", "a"], ["2", "b"], ["3", "c"]])
    }

    @Test(arguments: [
        ("1,a\"b", "a\"b"), ("1,5\" disk \"x\"", "5\" disk \"x\""), ("1,\"a \"b\" c\"", "a \"b\" c"),
        ("1,\"a\"  ", "a"),
        ("1, \"a\"", " \"a\""), ("1,=1+1", "=1+1"), ("1,１２３", "１２３"), ("1,\u{A0}12\u{A0}", "\u{A0}12\u{A0}"),
        ("1,12.5%", "12.5%"), ("1,￥1", "￥1"), ("1, a ", " a "), ("1,'", "'"), ("1,\\", "\\"),
    ])
    func `texts stay as they stand, and stray quotes are forgiven where one thing is meant`(row: String, cell: String) {
        let reading = TextReading.csv("id,s\n\(row)\n2,z\n", by: 1)
        #expect(reading.rows == [["1", cell], ["2", "z"]])
        #expect(reading.rejected.isEmpty)
    }

    @Test(arguments: [
        ("1,\"a\"b", "line 2, column 6: expected the delimiter after the closing quote"),
        ("1,\"a\"b,c\"", "line 2, column 6: expected the delimiter after the closing quote"),
        ("1,\"open", "line 2: a quote is not closed"),
        ("1,a,b", "line 2: expected 2 cells as in the header, got 3"),
        ("1", "line 2: expected 2 cells as in the header, got 1"),
        ("1,a\u{0}b", "line 2, column 4: a NUL byte, which no text has"),
    ])
    func `a broken row costs no other`(row: String, reason: String) {
        for size in [1, 5, 1000] {
            let reading = TextReading.csv("id,s\n\(row)\n2,c\n3,d\n", by: size)
            #expect(reading.rows == [["2", "c"], ["3", "d"]])
            #expect(reading.rejected.map(\.id) == ["line 2"] && reading.reasons == [reason])
            #expect(String(decoding: reading.rejected[0].raw, as: UTF8.self) == row + "\n")
        }
    }

    @Test func `a quote that opens in a later line of a row is told with that line`() {
        let reading = TextReading.csv("id,s\n\"a\nb\",\"open\n2,c\n")
        #expect(reading.rows == [["2", "c"]])
        #expect(reading.rejected.map(\.id) == ["line 3"] && reading.reasons == ["line 3: a quote is not closed"])
    }

    @Test func `a quote open for a thousand lines is taken as one that is not closed`() {
        let rows = (0..<3000).map { "\($0),x\n" }.joined()
        let reading = TextReading.csv("id,s\na,\"open\n" + rows)
        #expect(reading.rows.count == 3000 && reading.reasons == ["line 2: a quote is not closed"])
    }

    @Test func `broken bytes reject their row`() {
        let reading = TextReading.csv(Array("id,s\n1,a\n2,x".utf8) + [0xC4, 0xE3] + Array("\n3,c\n".utf8), by: 1)
        #expect(reading.rows == [["1", "a"], ["3", "c"]])
        #expect(reading.reasons == ["line 3, column 4: the text is not valid UTF-8"])
    }

    @Test func `broken bytes in a row over several lines are told with their own line`() {
        let reading = TextReading.csv(Array("id,s\n1,\"a\nb".utf8) + [0xFF] + Array("\"\n3,c\n".utf8))
        #expect(reading.reasons == ["line 3, column 2: the text is not valid UTF-8"])
        #expect(reading.rejected.map(\.id) == ["line 2"] && reading.rows == [["3", "c"]])
    }

    @Test func `empty cells behind the last column and rows without content are skipped`() {
        let reading = TextReading.csv("id,s,,\n1,a,,\n,,,\n2,b\n3,c,,,,\n  \n", by: 3)
        #expect(reading.rows == [["1", "a"], ["2", "b"], ["3", "c"]])
        #expect(reading.columns == ["id", "s"])
        #expect(reading.reasons == ["line 6: expected 2 cells as in the header, got 1"])
    }

    @Test func `an empty cell in quotes is a row of a table with one column`() {
        let reading = TextReading.csv(Array("id\n\"\"\n\n1\n".utf8), ["id"])
        #expect(reading.rows == [[nil], ["1"]])
    }

    @Test func `titles above the header are left out`() {
        let reading = TextReading.csv("Report, \"July\n\n\rid,s\n1,a\n", headerLine: 4, by: 1)
        #expect(reading.rows == [["1", "a"]] && reading.places.map(\.line) == [5])
    }

    @Test(arguments: [
        ("", 1, "the file is empty; its first line must name the columns"),
        ("\n\n", 1, "the file is empty; its first line must name the columns"),
        ("\u{FEFF}", 1, "the file is empty; its first line must name the columns"),
        ("a\nb\n", 3, "the file ends before line 3, which must name the columns"),
        ("id,s,id\n", 1, "line 1: the header names 'id' twice"),
        ("id,\"s\n1,a\n", 1, "line 1: in the header, a quote is not closed"),
        ("id,\u{0}\n", 1, "line 1, column 4: in the header, a NUL byte, which no text has"),
    ])
    func `a header that cannot be read is told`(text: String, line: Int, reason: String) {
        #expect(TextReading.csv(text, headerLine: line).fault?.description == reason)
    }

    @Test func `columns that nobody wants may have no name, or the name of another`() throws {
        var parser = try CSVParser(
            FileForm(format: .table(delimiter: 0x2C)), .fields(["id", "z"]), limits: FileLimits())
        Array(",id,x,x\n0,1,2,3\n".utf8).withUnsafeBytes { parser.feed($0) }
        var batch = SourceBatch(fields: ["id", "z"])
        #expect(try parser.parse(9, into: &batch) == .hungry)
        #expect(batch.count == 1 && batch.cell(1, of: 0).kind == .missing)
    }

    @Test func `a record as a whole is a JSON object of its named cells`() throws {
        let bytes = Array("id, 名 ,,q\n1,\"a\"\"\n\",x,\n".utf8)
        let form = FileForm(format: .table(delimiter: 0x2C))
        let reading = TextReading(CSVParser.self, form, bytes, .whole)
        #expect(reading.rows == [["{\"id\":\"1\",\"名\":\"a\\\"\\n\",\"q\":null}"]] && reading.kinds == [[.json]])
    }

    @Test func `only a header is a file without rows`() {
        for text in ["id,s", "id,s\n", "id,s\r\n\r\n"] {
            let reading = TextReading.csv(text, by: 1)
            #expect(reading.rows.isEmpty && reading.rejected.isEmpty && reading.fault == nil)
        }
    }
}
