import PlumblineKit
import RecordFiles
import Testing

/// Files as nobody should write them: each is read right, or refused with place and reason, in little memory.
@Suite(.serialized) struct HostileFileTests {
    private let table = FileForm(format: .table(delimiter: 0x2C))
    private let megabyte = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)

    /// Hands out `start`, a megabyte of `filler` so many times, and `end`.
    private func pieces(_ start: String, _ filler: [UInt8], _ count: Int, _ end: String) -> () -> [UInt8]? {
        var left = count + 2
        return {
            left -= 1
            if left < 0 { return nil }
            return left == count + 1 ? Array(start.utf8) : left == 0 ? Array(end.utf8) : filler
        }
    }

    @Test(arguments: ["", "\""])
    func `a cell of 100 MB is refused with its place and costs no other row`(quote: String) {
        let before = PeakMemory.bytes
        let reading = TextReading(
            CSVParser.self, table, .fields(["id"]),
            pieces: pieces("id,s\n1,a\n2,\(quote)", megabyte, 100, "\(quote),x\n3,c\n"))
        #expect(reading.rows == [["1"], ["3"]])
        #expect(reading.reasons == ["line 3, column 3: the cell is longer than 1048576 bytes"])
        #expect(reading.rejected[0].raw.count <= 4096)
        #expect(PeakMemory.bytes - before < 180 << 20)
    }

    @Test func `a quote that opens in front of 20 MB and is never closed`() {
        let line = Array((String(repeating: "y", count: 1023) + "\n").utf8)
        let filler = Array([[UInt8]](repeating: line, count: 1024).joined())
        let reading = TextReading(
            CSVParser.self, table, .fields(["id"]), pieces: pieces("id,s\n1,\"", filler, 20, "3,c\n"))
        #expect(reading.rows == [["3"]], "the rows come back after a thousand lines")
        #expect(
            reading.reasons.first == "line 2: a quote is not closed"
                || reading.reasons.first?.hasPrefix("line 2, column 3") == true)
    }

    @Test func `a JSON text of 100 MB is refused with its place and costs no other line`() {
        let before = PeakMemory.bytes
        let reading = TextReading(
            JSONLinesParser.self, FileForm(format: .jsonLines), .fields(["id"]),
            pieces: pieces("{\"id\":1}\n{\"id\":\"", megabyte, 100, "\"}\n{\"id\":3}\n"))
        #expect(reading.rows == [["1"], ["3"]])
        #expect(reading.reasons == ["line 2, column 7: the value is longer than 1048576 bytes"])
        #expect(PeakMemory.bytes - before < 180 << 20)
    }

    @Test func `a JSON text of 40 MB in a list is refused with its place and costs no other element`() {
        let reading = TextReading(
            JSONListParser.self, FileForm(format: .json(key: nil)), .fields(["id"]),
            pieces: pieces("[{\"id\":1},{\"id\":\"", megabyte, 40, "\"},{\"id\":3}]"))
        #expect(reading.rows == [["1"], ["3"]] && reading.fault == nil)
        #expect(reading.reasons == ["line 1, column 17: the value is longer than 1048576 bytes"])
    }

    @Test func `a JSON list of many elements that together are too long`() {
        let filler = Array(String(repeating: "[1,2],", count: 1 << 17).utf8)
        let reading = TextReading(
            JSONLinesParser.self, FileForm(format: .jsonLines), .fields(["id"]),
            pieces: pieces("{\"x\":[", filler, 30, "1]}\n{\"id\":3}\n"))
        #expect(reading.rows == [["3"]])
        #expect(reading.reasons == ["line 1: the record is longer than 16777216 bytes"])
    }

    @Test func `a header of a million columns`() {
        let text = Array(String(repeating: "c,", count: 1_000_000).utf8)
        #expect(
            TextReading.csv(text + [0x0A]).fault?.description == "line 1: 1000001 columns; at most 16384 are read")
    }

    @Test func `a row of a million cells`() {
        let text = Array("id,s\n".utf8) + Array(String(repeating: "1,", count: 1_000_000).utf8) + Array("\n2,b\n".utf8)
        let reading = TextReading.csv(text)
        #expect(reading.rows == [["2", "b"]])
        #expect(reading.reasons == ["line 2: expected 2 cells as in the header, got 1000001"])
    }

    @Test func `as many columns as are read`() {
        let names = (0..<16_384).map { "c\($0)" }
        let text = names.joined(separator: ",") + "\n" + names.joined(separator: ",") + "\n"
        let reading = TextReading.csv(Array(text.utf8), ["c0", "c16383"])
        #expect(reading.rows == [["c0", "c16383"]])
    }

    @Test(arguments: [127, 128, 129, 100_000])
    func `nesting up to the limit`(depth: Int) {
        let nested = String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
        let reading = TextReading.lines("{\"id\":\(nested)}\n{\"id\":2}\n")
        #expect(reading.rows.count == (depth <= 128 ? 2 : 1))
        if depth > 128 {
            #expect(reading.reasons == ["line 1, column 134: brackets are nested too deeply"])
        }
    }

    @Test(arguments: [
        "1e999999999", "-0", "0.0000000000000000000000000000000000001", String(repeating: "9", count: 5000),
    ])
    func `numbers of any size keep their text`(number: String) {
        #expect(TextReading.lines("{\"id\":\(number)}").rows == [[number, "<missing>"]])
    }

    @Test(arguments: ["NaN", "Infinity", "+1", ".5", "0x10", "1e", "--1", "１", "True", "undefined"])
    func `what is no value of JSON is refused`(value: String) {
        let reading = TextReading.lines("{\"id\":\(value)}\n{\"id\":2}")
        #expect(reading.rows.count == 1 && reading.rejected.count == 1)
        #expect(reading.reasons[0].hasPrefix("line 1, column "))
    }

    @Test func `keys of nothing, of escapes and of other letters`() {
        let reading = TextReading.lines(#"{"":1,"\u0073":"x","ID":2,"id\u0000":3,"id ":4}"#)
        #expect(reading.rows == [["<missing>", "x"]])
    }

    @Test func `a NUL that is written as an escape is text`() {
        #expect(TextReading.lines(#"{"id":"a\u0000b"}"#).rows == [["a\u{0}b", "<missing>"]])
    }

    @Test func `a file of NUL bytes`() {
        let zeros = [UInt8](repeating: 0, count: 100_000)
        #expect(
            TextReading.csv(zeros).fault?.description
                == "line 1, column 1: in the header, a NUL byte, which no text has")
        let reading = TextReading.csv(Array("id,s\n".utf8) + zeros)
        #expect(reading.rows.isEmpty && reading.rejected.count == 1)
    }

    @Test func `a file of quotes`() {
        for count in [1, 2, 3, 100, 100_001] {
            let reading = TextReading.csv(Array("id,s\n".utf8) + [UInt8](repeating: 0x22, count: count))
            #expect(reading.rows.isEmpty && reading.rejected.count <= 1)
        }
    }

    @Test func `a hundred thousand quotes that open and never close take no long time`() {
        let reading = TextReading.csv("id,s\n" + String(repeating: "1,\"a\n", count: 100_000))
        #expect(reading.rows.count + reading.rejected.count >= 50_000)
    }

    @Test func `a file of delimiters and one of line ends`() {
        #expect(TextReading.csv("id,s\n" + String(repeating: ",\n", count: 1000)).rows.isEmpty)
        let reading = TextReading.csv("id,s\n" + String(repeating: "\r\n", count: 100_000) + "1,a\n")
        #expect(reading.rows == [["1", "a"]] && reading.places[0].line == 100_002)
    }

    @Test func `a second header in the middle is a row like others`() {
        #expect(TextReading.csv("id,s\n1,a\nid,s\n2,b\n").rows == [["1", "a"], ["id", "s"], ["2", "b"]])
    }

    @Test func `a broken row ends with both bytes of its line end, though they come apart`() {
        for size in 1...8 {
            let reading = TextReading.csv("id,s\r\n1,\"a\"b\r\n2,c\r\n", by: size)
            #expect(reading.rows == [["2", "c"]] && reading.places.map(\.line) == [3])
        }
    }

    @Test func `a field that is missing has nothing of the record before`() {
        let reading = TextReading(
            JSONLinesParser.self, FileForm(format: .jsonLines), Array("{\"id\":\"long\" 1}\n{\"x\":1}\n".utf8),
            .fields(["id"]))
        #expect(reading.rows == [["<missing>"]] && reading.cellBytes == [[0]])
    }

    @Test func `random bytes are refused or read, never more`() {
        var random = Random(7)
        for _ in 0..<300 {
            let bytes = (0..<random.below(400)).map { _ in UInt8(random.below(256)) }
            for encoding in FileForm.TextEncoding.allCases {
                _ = TextReading.csv(bytes, encoding: encoding, by: 1 + random.below(50))
            }
            _ = TextReading.lines(String(decoding: bytes, as: UTF8.self), by: 1 + random.below(50))
        }
    }

    @Test func `every beginning of a file is read without harm`() {
        let table = Array("\u{FEFF}sep=,\r\nid,s\r\n1,\"a \"\"准\"\"\r\nb\"\r\n2,x\r\n".utf8)
        let list = #"{"n":[1],"items":[{"id":1,"s":"\ud83d\ude00"},{"id":[{"a":null}]}],"m":"]"}"#
        for end in 0...table.count { _ = TextReading.csv(Array(table[..<end]), by: 3) }
        for end in list.indices {
            _ = TextReading.lines(String(list[..<end]), by: 2)
            #expect(TextReading.list(String(list[..<end]), key: "items", by: 2).fault != nil)
        }
    }

    @Test func `a batch is full before it takes much memory`() throws {
        var parser = try CSVParser(table, .fields(["id"]), limits: FileLimits())
        var batch = SourceBatch(fields: ["id"])
        Array("id\n".utf8).withUnsafeBytes { parser.feed($0) }
        for _ in 0..<40 { (megabyte.dropLast() + [0x0A]).withUnsafeBytes { parser.feed($0) } }
        #expect(try parser.parse(1_000_000, into: &batch) == .full)
        #expect(batch.count < 40)
    }
}
