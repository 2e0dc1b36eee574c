import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct PageSequenceTests {
    /// Counts up to 3 in its cursor, or stands still.
    private struct Counter: Connector {
        static let description = ConnectorDescription(
            id: "file.counter", family: .file, name: LocalizedText(zh: "", en: ""), apiVersion: "", documentation: "",
            settings: [], streams: [])
        var step = 1

        init(settings: Settings, context: ConnectorContext) {}
        init(step: Int) { self.step = step }

        func check() async throws(ConnectorError) -> CheckReport { CheckReport(source: nil) }

        func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
            let next = (try cursor?.state().int ?? 0) + step
            return Page(cursor: Cursor(.int(next)), hasMore: next < 3)
        }
    }

    @Test func `goes on from page to page until the last`() async throws {
        var cursors: [String?] = []
        for try await page in Counter(step: 1).pages(of: "numbers") { cursors.append(page.cursor?.text) }
        #expect(cursors == ["1", "2", "3"])
    }

    @Test func `begins where a cursor says`() async throws {
        var count = 0
        for try await _ in Counter(step: 1).pages(of: "numbers", after: Cursor(.int(1))) { count += 1 }
        #expect(count == 2)
    }

    @Test func `a page that does not move on is an error, not an endless loop`() async throws {
        await #expect(
            throws: ConnectorError.unexpected(reason: "a page of 'numbers' promises more but does not move on")
        ) {
            for try await _ in Counter(step: 0).pages(of: "numbers") {}
        }
    }

    @Test func `a cursor gives back its state, and a foreign one is refused`() throws {
        #expect(try Cursor(["page": 2]).state() == ["page": 2])
        #expect(throws: ConnectorError.self) { try Cursor(text: "{").state() }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("打印", "5omT5Y2w"),
    ])
    func `base64 as in RFC 4648`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }
}
