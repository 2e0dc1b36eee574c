import FileConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct CSVTests {
    private func reading(_ text: String, _ changes: [String: SettingInput] = [:]) -> FileReading<CSVConnector> {
        FileReading(CSVConnector.self, text, changes)
    }

    @Test func `conforms`() async throws {
        let text = try Fixtures("csv", in: .module).text("tickets.csv")
        try await ConformanceSuite(
            CSVConnector.self, settings: reading("").settings, stream: "records", records: ["1", "2", "3", "5"],
            rejected: ["line 6"]
        ) { reading(text).context }.run()
    }

    @Test func `quotes, line ends in cells, a byte order mark and empty cells`() async throws {
        let page = try await reading(Fixtures("csv", in: .module).text("tickets.csv")).read()
        #expect(
            page.records.map(\.json) == [
                ["id": "1", "site": "SH", "subject": "VPN down", "minutes": "12.50"],
                ["id": "2", "site": "SH", "subject": "Printer, third floor", "minutes": .null],
                ["id": "3", "site": "BJ", "subject": "He said \"no\"\r\nand left", "minutes": "7"],
                ["id": "5", "site": "BJ", "subject": "最后一行", "minutes": "0"],
            ])
        #expect(page.rejected.map(\.reason) == ["line 6: expected 4 cells as in the header, got 3"])
        #expect(page.rejected.map { String(decoding: $0.raw, as: UTF8.self) } == ["4,BJ,ragged\r\n"])
    }

    @Test(arguments: [("semicolon", ";"), ("tab", "\t"), ("pipe", "|"), ("comma", ",")])
    func `other delimiters`(name: String, character: String) async throws {
        let text = ["id", "s"].joined(separator: character) + "\n" + ["1", "a b"].joined(separator: character) + "\n"
        let page = try await reading(text, ["delimiter": .text(name)]).read()
        #expect(page.records.map(\.json) == [["id": "1", "s": "a b"]])
    }

    @Test(arguments: [
        ("id,s\n1,\"a\"b\n2,c\n", "line 2, column 6: expected the delimiter after the closing quote"),
        ("id,s\n1,\"open\n2,c\n", "line 2: a quote is not closed"),
        ("id,s\n1,a,b\n2,c\n", "line 2: expected 2 cells as in the header, got 3"),
        ("id,s\n,a\n2,c\n", "expected text or a number at 'id', got null"),
    ])
    func `a broken row costs no other`(text: String, reason: String) async throws {
        let page = try await reading(text).read()
        #expect(page.records.map(\.id) == ["2"])
        #expect(page.rejected.map(\.id) == ["line 2"] && page.rejected.map(\.reason) == [reason])
    }

    @Test func `a quote inside a cell without quotes is a character`() async throws {
        let page = try await reading("id,s\n1,a\"b\n2,5\"\n").read()
        #expect(page.records.map { $0.json["s"] } == ["a\"b", "5\""] && page.rejected.isEmpty)
    }

    @Test(arguments: ["utf-16le", "gb18030"])
    func `other encodings are read page by page, and again when the file has changed`(encoding: String) async throws {
        let reading = reading("", ["encoding": .text(encoding)])
        func write(_ text: String) {
            let bytes =
                encoding == "gb18030" ? text.utf8.map { $0 } : text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
            reading.files.write("tickets", bytes)
        }
        write("id,s\n1,a\n2,b\n3,c\n")
        let first = try await reading.read()
        #expect(first.records.map(\.id) == ["1", "2", "3"])
        #expect(try await reading.read(after: first.cursor).records.isEmpty)
        let connector = try reading.connector()
        let page = try await connector.page(of: "records", after: nil)
        #expect(try await reading.read(after: page.cursor).records.map(\.id) == ["3"], "in another process")
        write("id,s\n1,a\n2,b\n3,c\n4,d\n")
        #expect(try await reading.read(after: first.cursor).records.map(\.id) == ["1", "2", "3", "4"])
    }

    @Test func `a column without a name is left out`() async throws {
        let page = try await reading("id,,s,\n1,x,a,\n").read()
        #expect(page.records.map { $0.json["s"] } == ["a"])
    }

    @Test func `titles may stand above the header`() async throws {
        let page = try await reading("Tickets,\nid,s\n1,a\n", ["header_line": .text("2")]).read()
        #expect(page.records.map(\.json) == [["id": "1", "s": "a"]])
    }

    @Test func `a quoted row across a page's end is read whole`() async throws {
        let rows = (1...6).map { "\($0),\"line one\nline two\"\n" }
        let page = try await reading("id,s\n" + rows.joined()).read()
        #expect(page.records.map(\.id) == ["1", "2", "3", "4", "5", "6"])
    }

    @Test func `empty lines are skipped`() async throws {
        let page = try await reading("id,s\n\n1,a\n\n\n2,b\n\n").read()
        #expect(page.records.map(\.id) == ["1", "2"] && page.rejected.isEmpty)
    }

    @Test(arguments: [
        ("", "'tickets', the file is empty; its first line must name the columns"),
        ("id,s,id\n1,2,3\n", "'tickets', line 1: the header names 'id' twice"),
    ])
    func `a header must name every column once`(text: String, reason: String) async throws {
        await #expect(throws: ConnectorError.unexpected(reason: reason)) { try await reading(text).read() }
    }

    @Test func `a file that grew is read on below the same header`() async throws {
        let reading = reading("id,s\n1,a\n2,b\n")
        let first = try await reading.read()
        reading.files.write("tickets", "id,s\n1,a\n2,b\n3,c\n")
        #expect(try await reading.read(after: first.cursor).records.map(\.json) == [["id": "3", "s": "c"]])
    }

    @Test func `a header that is still being written is waited for`() async throws {
        let reading = reading("id,s")
        let first = try await reading.read()
        reading.files.write("tickets", "id,subject\n1,a\n")
        #expect(try await reading.read(after: first.cursor).records.map(\.json) == [["id": "1", "subject": "a"]])
    }

    @Test func `a check names the columns, and an identifier that is none of them`() async throws {
        let report = try await reading("id,s\n").connector().check()
        #expect(report.remarks == ["columns: id, s"])
        await #expect(
            throws: ConnectorError.settings(field: "id_field", reason: "there is no column 'nr'; columns: id, s")
        ) { try await reading("id,s\n", ["id_field": .text("nr")]).connector().check() }
    }
}
