import Foundation
import PlumblineKit
import RecordFiles
import Testing

@Suite struct TextFileReaderTests {
    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("records-\(UUID().uuidString)").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func all(_ reader: inout some RecordReader, _ count: Int = 100) throws -> SourceBatch {
        var batch = SourceBatch(fields: ["id"])
        while try reader.read(count, into: &batch) {}
        return batch
    }

    private func text(_ batch: SourceBatch, _ row: Int) -> String {
        let cell = batch.cell(0, of: row)
        return String(decoding: batch.bytes[Int(cell.start)..<Int(cell.start + cell.count)], as: UTF8.self)
    }

    @Test(arguments: [
        (FileForm(format: .table(delimiter: 0x2C)), "\u{FEFF}s,id\r\n\"x\r\ny\",1\r\n\r\n准,2\r\n,3\r\n"),
        (FileForm(format: .jsonLines), "\u{FEFF}{\"id\":1}\n\n{\"s\":\"准\",\"id\":2}\n{\"id\":3}\n"),
        (FileForm(format: .json(key: nil)), "[{\"id\":1},\n\n{\"id\":2,\"s\":\"准\"}\n,{\"id\":3}]\n"),
    ])
    func `reading goes on at the end of any record`(form: FileForm, content: String) throws {
        try withFile(content) { path in
            switch form.format {
            case .table: try checkResuming(CSVReader.self, path, form)
            case .jsonLines: try checkResuming(JSONLinesReader.self, path, form)
            default: try checkResuming(JSONReader.self, path, form)
            }
        }
    }

    private func checkResuming<Parser: TextParser>(
        _ type: TextFileReader<Parser>.Type, _ path: String, _ form: FileForm
    ) throws {
        var whole = try TextFileReader<Parser>(path: path, form: form, selection: .fields(["id"]))
        let all = try all(&whole)
        #expect(all.count == 3)
        for taken in 0..<3 {
            var reader = try TextFileReader<Parser>(path: path, form: form, selection: .fields(["id"]))
            var batch = SourceBatch(fields: ["id"])
            #expect(try reader.read(taken, into: &batch))
            let place = reader.position
            if taken > 0 { #expect(batch.rows[taken - 1].end == place.offset) }
            var second = try TextFileReader<Parser>(path: path, form: form, selection: .fields(["id"]), from: place)
            let rest = try self.all(&second)
            #expect(rest.rows == Array(all.rows[taken...]), "places and lines go on")
            #expect((0..<rest.count).map { text(rest, $0) } == (taken..<3).map { text(all, $0) })
        }
    }

    @Test func `a file longer than a chunk is read in batches`() throws {
        let rows = 40_000
        let content = "id,s\n" + (0..<rows).map { "\($0),some text that takes room\n" }.joined()
        try withFile(content) { path in
            var reader = try CSVReader(
                path: path, form: FileForm(format: .table(delimiter: 0x2C)), selection: .fields(["id"]))
            #expect(reader.columns == ["id", "s"])
            var batch = SourceBatch(fields: ["id"])
            var count = 0
            var hasMore = true
            while hasMore {
                batch.removeAll()
                hasMore = try reader.read(1000, into: &batch)
                #expect(batch.count <= 1000)
                for row in 0..<batch.count where text(batch, row) != String(count + row) {
                    Issue.record("row \(count + row)")
                }
                count += batch.count
            }
            #expect(count == rows && reader.position.offset == content.utf8.count)
        }
    }

    @Test func `rejected rows count for a batch`() throws {
        try withFile("id,s\n" + String(repeating: "1\n", count: 50)) { path in
            var reader = try CSVReader(
                path: path, form: FileForm(format: .table(delimiter: 0x2C)), selection: .fields(["id"]))
            var batch = SourceBatch(fields: ["id"])
            #expect(try reader.read(20, into: &batch))
            #expect(batch.rejected.count == 20)
        }
    }

    @Test func `a last row without a line end is told`() throws {
        for (content, isOpen) in [("id\n1", true), ("id\n1\n", false), ("id\n1\r", false)] {
            try withFile(content) { path in
                var reader = try CSVReader(
                    path: path, form: FileForm(format: .table(delimiter: 0x2C)), selection: .fields(["id"]))
                _ = try all(&reader)
                #expect(reader.isLastRecordOpen == isOpen)
            }
        }
    }

    @Test func `a file that cannot be opened is told`() {
        #expect(throws: FileFault("the file cannot be opened: No such file or directory")) {
            try CSVReader(path: "/nonexistent/x.csv", form: FileForm(format: .jsonLines), selection: .whole)
        }
        #expect(throws: FileFault("the file cannot be read: Is a directory")) {
            try CSVReader(path: "/", form: FileForm(format: .table(delimiter: 0x2C)), selection: .whole)
        }
    }

    @Test func `only UTF-8 is read from the middle`() throws {
        try withFile("id\n1\n") { path in
            let form = FileForm(format: .table(delimiter: 0x2C), encoding: .gb18030)
            #expect(throws: FileFault("a file in gb18030 can only be read from its start")) {
                try CSVReader(path: path, form: form, selection: .whole, from: TextPosition(offset: 3, line: 2))
            }
        }
    }
}
