import FileConnectors
import PlumblineKit
import PlumblineTesting

/// Reads a file in memory with a file connector.
struct FileReading<Subject: Connector & IdentifierListing>: Sendable {
    let files = CannedFiles()
    let name = "tickets"
    var settings: [String: SettingInput] = ["path": .text("tickets"), "id_field": .text("id"), "page_size": .text("2")]

    init(_ type: Subject.Type, _ text: String, _ changes: [String: SettingInput] = [:]) {
        settings.merge(changes) { $1 }
        files.write(name, text)
    }

    var context: ConnectorContext {
        ConnectorContext(transport: CannedTransport(), files: files, now: FixedClock().now, zone: "UTC", log: { _ in })
    }

    func connector() throws -> Subject {
        try Subject(settings: Settings(settings, against: Subject.description.settings), context: context)
    }

    /// All pages after `cursor`, as one.
    func read(after cursor: Cursor? = nil) async throws -> Page {
        var all = Page(cursor: cursor, hasMore: false)
        for try await page in try connector().pages(of: "records", after: cursor) {
            all.records += page.records
            all.rejected += page.rejected
            all.cursor = page.cursor
        }
        return all
    }
}
