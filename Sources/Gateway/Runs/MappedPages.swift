internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// A page of a source, mapped for each stream that reads it.
struct MappedPage: Sendable {
    /// What it gives to each stream, in their order.
    var streams: [PageMapper.Result] = []
    /// Source records on the page.
    var count = 0
    var anomalies: [Anomaly] = []
    /// What its records look like.
    var shape = SourceShape()
    var cursor: Cursor?
    var hasMore = false
    /// How many pages came before it in this run.
    var number = 0
}

/// Reads the pages of a source and maps them for the streams that share it.
struct MappedPages: Sendable {
    let open: OpenConnection
    let streams: [StreamMapping]

    private var source: String { streams.first?.source ?? "" }

    /// The page that follows another; nil behind the last.
    func next(after page: MappedPage) async -> Result<MappedPage?, PullStop> {
        guard page.hasMore else { return .success(nil) }
        do throws(PullStop) {
            return .success(try await self.page(after: page.cursor, number: page.number + 1))
        } catch {
            return .failure(error)
        }
    }

    /// The page after `cursor`, mapped.
    func page(after cursor: Cursor?, number: Int) async throws(PullStop) -> MappedPage {
        var page =
            if let connector = open.connector as? any BatchConnector {
                try await batch(connector, after: cursor)
            } else {
                try await records(after: cursor)
            }
        page.number = number
        if page.hasMore, page.cursor == nil || page.cursor == cursor {
            throw .connector(.unexpected(reason: "the source gave the same page again after page \(number)"))
        }
        page.cursor = page.cursor ?? cursor
        return page
    }

    private func records(after cursor: Cursor?) async throws(PullStop) -> MappedPage {
        let page = try await asking { () throws(ConnectorError) in
            try await open.connector.page(of: source, after: cursor)
        }
        return MappedPage(
            streams: streams.map { PageMapper(stream: $0).map(page) }, count: page.records.count,
            anomalies: page.anomalies, shape: SourceShape(page.records, selection), cursor: page.cursor,
            hasMore: page.hasMore)
    }

    private func batch(_ connector: any BatchConnector, after cursor: Cursor?) async throws(PullStop) -> MappedPage {
        let page = try await asking { () throws(ConnectorError) in
            try await connector.batch(of: source, after: cursor, reading: selection)
        }
        var mapped = MappedPage(
            count: page.batch.count, shape: SourceShape(page.batch), cursor: page.cursor, hasMore: page.hasMore)
        for stream in streams {
            let result = try await PageMapper(stream: stream).map(page) { rows throws(PullStop) in
                try await whole(rows, of: page, connector, after: cursor)
            }
            mapped.streams.append(result)
        }
        return mapped
    }

    /// What the streams read of each record.
    private var selection: FieldSelection { .reading(streams) }

    /// The text of some rows of a page, which is read once more and whole.
    ///
    /// A record is known by its line and identifier. One that cannot be found so, as in a file that was replaced
    /// meanwhile or whose header names a column twice that nobody reads, is left out: then what was read of it has to do.
    private func whole(
        _ rows: Set<Int>, of page: BatchPage, _ connector: any BatchConnector, after cursor: Cursor?
    ) async throws(PullStop) -> [Int: [UInt8]] {
        var wanted: [LineAndIdentifier: Int] = [:]
        for row in rows { wanted[.init(page, row)] = row }
        let last = rows.map { page.batch.rows[$0].line }.max() ?? 0
        var found: [Int: [UInt8]] = [:]
        var (cursor, hasMore) = (cursor, true)
        while hasMore, found.count < rows.count {
            let again: BatchPage
            do throws(ConnectorError) {
                again = try await connector.batch(of: source, after: cursor, reading: .whole)
            } catch {
                if case .cancelled = error { throw .connector(error) }
                return found
            }
            for row in 0..<again.batch.count {
                if let place = wanted[.init(again, row)] { found[place] = again.batch.text(ofRow: row) }
            }
            hasMore = again.hasMore && (again.batch.rows.last?.line ?? 0) < last && again.cursor != cursor
            cursor = again.cursor
        }
        return found
    }

    private struct LineAndIdentifier: Hashable {
        let line: Int
        let identifier: String

        init(_ page: BatchPage, _ row: Int) {
            line = page.batch.rows[row].line
            identifier = page.identifiers[row]
        }
    }

    private func asking<Answer>(
        _ work: () async throws(ConnectorError) -> Answer
    ) async throws(PullStop) -> Answer {
        do throws(ConnectorError) {
            return try await work()
        } catch {
            throw .connector(error)
        }
    }
}

extension FieldSelection {
    /// What some streams read of each record.
    static func reading(_ streams: [StreamMapping]) -> FieldSelection {
        var fields: Set<String> = []
        for stream in streams {
            guard let read = stream.mapping.sourceFields else { return .whole }
            fields.formUnion(read)
        }
        return .fields(fields.sorted())
    }
}

/// Remembers what a run has been told of accounts, so that only news reach the store.
struct AccountMemory {
    private var told: [String: AccountMention] = [:]

    /// Those of the mentions that say something new.
    mutating func news(_ mentions: [AccountMention]) -> [AccountMention] {
        mentions.filter { mention in
            let known = told[mention.account]
            guard let merged = WorkspaceHost.merged([known, mention].compactMap { $0 }).first, merged != known else {
                return false
            }
            told[mention.account] = merged
            return true
        }
    }
}
