import FileConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct JSONLinesTests {
    private func reading(_ text: String, _ changes: [String: SettingInput] = [:]) -> FileReading<JSONLinesConnector> {
        FileReading(JSONLinesConnector.self, text, changes)
    }

    @Test func `conforms`() async throws {
        let text = try Fixtures("jsonl", in: .module).text("tickets.jsonl")
        try await ConformanceSuite(
            JSONLinesConnector.self, settings: reading("").settings, stream: "records", records: ["1", "2", "7"],
            rejected: ["line 4", "line 5", "line 6"]
        ) { reading(text).context }.run()
    }

    @Test func `a complete file conforms, sweep included`() async throws {
        let text = (1...5).map { #"{"id":\#($0)}"# }.joined(separator: "\n") + "\n"
        let settings: [String: SettingInput] = ["complete": .text("true")]
        try await ConformanceSuite(
            JSONLinesConnector.self, settings: reading("", settings).settings, stream: "records",
            records: ["1", "2", "3", "4", "5"]
        ) { reading(text, settings).context }.run()
    }

    @Test func `values keep their text, broken lines their place`() async throws {
        let page = try await reading(Fixtures("jsonl", in: .module).text("tickets.jsonl")).read()
        #expect(page.records.map { $0.json["minutes"] } == [.number("12.50"), nil, .number("1e3")])
        #expect(
            page.rejected.map(\.reason) == [
                "line 4, column 21: expected a key in quotes, got the end", "line 5: expected an object, got a list",
                "expected text or a number at 'id', there is no such member",
            ])
        #expect(String(decoding: page.rejected[0].raw, as: UTF8.self) == "{\"id\":3,\"site\":\"BJ\",\n")
    }

    @Test func `several fields make up an identifier`() async throws {
        let page = try await reading(#"{"id":1,"site":"SH"}"#, ["id_field": .list(["site", "id"])]).read()
        #expect(page.records.map(\.id) == ["SH/1"])
    }

    @Test func `a file that is not there is unavailable`() async throws {
        let reading = reading("", ["path": .text("nosuch")])
        await #expect(throws: ConnectorError.unavailable(reason: "there is no file 'nosuch'", retryAfter: nil)) {
            try await reading.read()
        }
    }

    @Test func `an empty file has no records`() async throws {
        let page = try await reading("").read()
        #expect(page.records.isEmpty && page.rejected.isEmpty)
    }

    @Test func `a file that grew is read on`() async throws {
        let reading = reading("{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
        let first = try await reading.read()
        reading.files.write("tickets", "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n{\"id\":4}\nbroken\n")
        let second = try await reading.read(after: first.cursor)
        #expect(second.records.map(\.id) == ["4"])
        #expect(second.rejected.map(\.id) == ["line 5"], "line numbers go on")
    }

    @Test func `a file that changed before the cursor is read anew`() async throws {
        let reading = reading("{\"id\":1}\n{\"id\":2}\n")
        let first = try await reading.read()
        reading.files.write("tickets", "{\"id\":9}\n{\"id\":2}\n{\"id\":3}\n")
        #expect(try await reading.read(after: first.cursor).records.map(\.id) == ["9", "2", "3"])
    }

    @Test func `a file that shrank is read anew`() async throws {
        let reading = reading("{\"id\":1}\n{\"id\":2}\n")
        let first = try await reading.read()
        reading.files.write("tickets", "{\"id\":1}\n")
        #expect(try await reading.read(after: first.cursor).records.map(\.id) == ["1"])
    }

    @Test func `a file that changes between two pages is read anew`() async throws {
        let reading = reading("{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
        let connector = try reading.connector()
        let first = try await connector.page(of: "records", after: nil)
        reading.files.write("tickets", "{\"id\":8}\n{\"id\":9}\n")
        let second = try await connector.page(of: "records", after: first.cursor)
        #expect(second.records.map(\.id) == ["8", "9"])
    }

    @Test func `a last line that was not finished is read again when it is`() async throws {
        let reading = reading("{\"id\":1}\n{\"id\":2,\"s\":1")
        let first = try await reading.read()
        #expect(first.records.map(\.id) == ["1"] && first.rejected.map(\.id) == ["line 2"])
        reading.files.write("tickets", "{\"id\":1}\n{\"id\":2,\"s\":12}\n")
        let second = try await reading.read(after: first.cursor)
        #expect(second.records.map(\.json) == [["id": 2, "s": 12]])
        #expect(try await reading.read(after: second.cursor).records.isEmpty)
    }

    @Test func `lines longer than a chunk are read`() async throws {
        let long = String(repeating: "准", count: 200_000)
        let page = try await reading("{\"id\":1,\"s\":\"\(long)\"}\n{\"id\":2}\n").read()
        #expect(page.records.map(\.id) == ["1", "2"] && page.records[0].json["s"]?.string == long)
    }

    @Test func `text that is not UTF-8 is rejected`() async throws {
        let reading = reading("")
        reading.files.write("tickets", Array(#"{"id":1,"s":""#.utf8) + [0xC4, 0xE3] + Array("\"}\n{\"id\":2}\n".utf8))
        let page = try await reading.read()
        #expect(page.records.map(\.id) == ["2"])
        #expect(page.rejected.map(\.reason) == ["line 1, column 14: the text is not valid UTF-8"])
    }

    @Test func `only a complete file can be swept`() async throws {
        let error = await #expect(throws: ConnectorError.self) {
            try await reading("{\"id\":1}\n").connector().identifiers(of: "records", after: nil)
        }
        #expect(error.map { "\($0)".contains("'complete'") } == true)
    }

    @Test func `a sweep over a file with unreadable identifiers is refused`() async throws {
        let connector = try reading("{\"id\":1}\nbroken\n", ["complete": .text("true")]).connector()
        await #expect(throws: ConnectorError.self) { try await connector.identifiers(of: "records", after: nil) }
    }

    @Test func `a sweep over a file that changes is put off`() async throws {
        let reading = reading("{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n", ["complete": .text("true")])
        let first = try await reading.connector().identifiers(of: "records", after: nil)
        reading.files.write("tickets", "{\"id\":1}\n{\"id\":2}\n{\"id\":4}\n")
        let error = await #expect(throws: ConnectorError.self) {
            try await reading.connector().identifiers(of: "records", after: first.cursor)
        }
        guard case .unavailable = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }
}
