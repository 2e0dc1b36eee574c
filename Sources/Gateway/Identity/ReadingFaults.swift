internal import PlumblineKit
internal import YAMLDocument

/// What could not be read of people whom a source describes: each kind once, with its first case and how often it came.
struct ReadingFaults {
    private var faults: [Fault] = []

    private struct Fault {
        let what: String
        let first: String
        var count = 1
    }

    /// Notes what a page itself tells of records that are bad or odd.
    mutating func note(_ page: Page) {
        for row in page.rejected { note("a record", "\(row.id): \(row.reason)") }
        for anomaly in page.anomalies { note("a record", "\(anomaly.id): \(anomaly.reason)") }
    }

    /// Notes a field that an expression could not read of a record.
    mutating func note(_ field: String, at place: SourcePlace, of record: String, _ reason: String) {
        note("'\(field)' (\(place))", "\(record): \(MaskedReason.text(reason))")
    }

    private mutating func note(_ what: String, _ reason: String) {
        if let index = faults.firstIndex(where: { $0.what == what }) {
            faults[index].count += 1
        } else {
            faults.append(Fault(what: what, first: reason))
        }
    }

    /// A line for each kind.
    func lines(of source: String) -> [String] {
        faults.map { fault in
            let times = fault.count == 1 ? "once" : "\(fault.count) times"
            return "\(source): \(fault.what) could not be read \(times): \(fault.first)"
        }
    }
}

extension OpenConnection {
    /// Calls `body` with each page of a stream that is read from its beginning; `content` says in messages what it holds.
    func forEachPage(
        of stream: String, holding content: String, _ body: (Page) -> Void
    ) async throws(HostError) {
        do throws(ConnectorError) {
            var cursor: Cursor?
            repeat {
                let page = try await connector.page(of: stream, after: cursor)
                body(page)
                if page.hasMore, page.cursor == nil || page.cursor == cursor {
                    throw ConnectorError.unexpected(reason: "the source gave the same page of \(content) again")
                }
                cursor = page.hasMore ? page.cursor : nil
            } while cursor != nil
        } catch {
            throw .connector(connection: connection.name, connection.failure(error))
        }
    }
}
