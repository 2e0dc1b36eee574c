import PlumblineKit
import Testing

/// What only some connectors can do.
extension ConformanceSuite {
    func checkSweep() async throws {
        guard let listing = try connector() as? any IdentifierListing,
            description.stream(named: stream)?.deletions.contains(.fullList) == true
        else { return }
        let listed: [String]
        do {
            listed = try await sweep(listing)
        } catch {
            // Where records are bad it may refuse: leaving them out would make them look vanished.
            #expect(!rejected.isEmpty, "the sweep gives an answer, got \(error)")
            return
        }
        #expect(Set(listed).isSuperset(of: records), "the sweep lists every record")
        #expect(Set(listed).count == listed.count, "the sweep lists no record twice")
    }

    private func sweep(_ listing: any IdentifierListing) async throws -> [String] {
        var listed: [String] = []
        var cursor: Cursor?
        for _ in 0..<1000 {
            let page = try await listing.identifiers(of: stream, after: cursor)
            listed += page.identifiers
            if !page.hasMore { return listed }
            #expect(page.cursor != nil && page.cursor != cursor, "the sweep moves on")
            cursor = page.cursor
        }
        Issue.record("the sweep ends")
        return listed
    }

    func checkCount() async throws {
        guard let counting = try connector() as? any RecordCounting else { return }
        let count = try await counting.count(of: stream)
        #expect(count == nil || count == records.count + rejected.count, "the count is that of all records, or unknown")
    }

    func checkBatches() async throws {
        let pages = try await read()
        let names = pages.flatMap(\.records).first?.json.object?.members.map(\.key) ?? []
        for selection in [FieldSelection.whole, .fields(names)] {
            guard let batching = try connector() as? any BatchConnector else { return }
            let batches = try await batches(of: batching, reading: selection)
            #expect(batches.map(\.identifiers) == pages.map { $0.records.map(\.id) }, "batches give the same records")
            #expect(
                batches.map { $0.batch.rejected.map(\.id) } == pages.map { $0.rejected.map(\.id) },
                "batches reject the same records")
            #expect(batches.map(\.cursor) == pages.map(\.cursor), "batches have the same cursors")
            if selection == .whole {
                #expect(try batches.flatMap { try $0.page().records } == pages.flatMap(\.records))
            }
        }
    }

    private func batches(
        of connector: any BatchConnector, reading selection: FieldSelection
    ) async throws -> [BatchPage] {
        var batches: [BatchPage] = []
        var cursor: Cursor?
        repeat {
            let batch = try await connector.batch(of: stream, after: cursor, reading: selection)
            batches.append(batch)
            try #require(batches.count <= 1000, "paging ends")
            cursor = batch.hasMore ? batch.cursor : nil
        } while cursor != nil
        return batches
    }
}
