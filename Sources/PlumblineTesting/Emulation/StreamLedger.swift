public import PlumblineKit

/// What a host keeps of one stream: it reads runs to their end, asks again for what was unavailable, and sweeps.
///
/// ```swift
/// var ledger = StreamLedger("tickets")
/// try await ledger.run(connector(service)) { service.wait(seconds: $0) }
/// #expect(ledger.records.keys.sorted() == service.system.identifiers)
/// ```
public struct StreamLedger: Sendable {
    /// The stream that it is of.
    public let stream: String
    /// The newest version of each record.
    public private(set) var records: [String: SourceRecord] = [:]
    /// Where the next run begins.
    public private(set) var cursor: Cursor?
    /// The identifiers that the last run gave, in order, repetitions included.
    public private(set) var lastRun: [String] = []
    /// The identifiers of bad records.
    public private(set) var rejected: Set<String> = []
    /// What was odd.
    public private(set) var anomalies: [Anomaly] = []

    /// An empty ledger of `stream`.
    public init(_ stream: String) {
        self.stream = stream
    }

    /// One run: pages until there is no more, then a sweep where the connector lists identifiers.
    ///
    /// - Parameters:
    ///   - connector: A connector that is used for this run alone.
    ///   - wait: Lets so many seconds pass before a page is asked for again.
    /// - Throws: what the connector throws, other than `unavailable` up to 50 times.
    public mutating func run(_ connector: some Connector, waiting wait: (Int) -> Void) async throws {
        lastRun = []
        var hasMore = true
        while hasMore {
            let start = cursor
            let page = try await patiently(wait) { () throws(ConnectorError) in
                try await connector.page(of: stream, after: start)
            }
            guard !page.hasMore || page.cursor != start else {
                throw ConnectorError.unexpected(reason: "a page promises more but does not move on")
            }
            take(page)
            hasMore = page.hasMore
        }
        if let listing = connector as? any IdentifierListing { try await sweep(listing, wait) }
    }

    private mutating func take(_ page: Page) {
        for record in page.records {
            lastRun.append(record.id)
            if let known = records[record.id]?.version, let new = record.version, new < known { continue }
            records[record.id] = record
        }
        for deleted in page.deleted { records[deleted.id] = nil }
        rejected.formUnion(page.rejected.map(\.id))
        anomalies += page.anomalies
        cursor = page.cursor ?? cursor
    }

    private mutating func sweep(_ listing: any IdentifierListing, _ wait: (Int) -> Void) async throws {
        guard type(of: listing).description.stream(named: stream)?.deletions.contains(.fullList) == true else { return }
        var listed: Set<String> = []
        var place: Cursor?
        var hasMore = true
        while hasMore {
            let start = place
            let page = try await patiently(wait) { () throws(ConnectorError) in
                try await listing.identifiers(of: stream, after: start)
            }
            listed.formUnion(page.identifiers)
            (place, hasMore) = (page.cursor, page.hasMore)
        }
        records = records.filter { listed.contains($0.key) }
    }

    private func patiently<Answer>(
        _ wait: (Int) -> Void, _ ask: () async throws(ConnectorError) -> Answer
    ) async throws(ConnectorError) -> Answer {
        var attempts = 0
        while true {
            do throws(ConnectorError) {
                return try await ask()
            } catch {
                attempts += 1
                guard case .unavailable(_, let time) = error, attempts <= 50 else { throw error }
                wait(Int(time?.components.seconds ?? 1))
            }
        }
    }
}
