internal import Expressions
public import Indicators
internal import PlumblineKit
public import ReviewStore

/// What a pull of one connection would do, without doing it.
public struct PreviewReport: Sendable {
    /// What each stream would bring.
    public var streams: [Stream] = []
    /// What could not be read of the accounts that the source describes, one line each.
    public var anomalies: [String] = []
    /// Values that would differ, with what is published now.
    public var changes: [Change] = []

    /// What one stream would bring.
    public struct Stream: Sendable {
        /// The stream's name in the connection.
        public let stream: String
        /// The record type it is mapped onto.
        public let recordType: String
        /// The company's zone, in which dates are days.
        public let zone: Zone
        /// Source records read.
        public var read = 0
        /// Mapped records that are not stored yet.
        public var new = 0
        /// Mapped records that differ from those stored, or that had left the values.
        public var changed = 0
        /// Mapped records that are stored just so.
        public var unchanged = 0
        /// Records that the stream's `where` leaves out.
        public var leftOut = 0
        /// Stored records that the source does not list any more.
        public var gone = 0
        /// The first mapped records.
        public var samples: [CanonicalRecord] = []
        /// Records that could not be read or mapped.
        public var rejects: [Reject] = []
        /// Accounts that nobody would be matched to.
        public var unmatched: [String] = []
    }

    /// A value that would differ.
    public struct Change: Sendable {
        /// The indicator, subject and period.
        public let key: ValueKey
        /// What is published; nil where nothing is.
        public let old: ComputedValue?
        /// What would be; nil where the value would disappear.
        public let new: ComputedValue?
    }
}

extension WorkspaceHost {
    /// Reads a connection from its beginning, maps it, and computes what would change; writes nothing.
    ///
    /// `samples` is the number of mapped records of each stream to show.
    public func preview(_ name: String, samples: Int = 3) async throws(HostError) -> PreviewReport {
        let connection: Connection
        do throws(WorkspaceError) { connection = try workspace.connection(name) } catch { throw .workspace(error) }
        let open = try OpenConnection(connection, host: self)
        do throws(HostError) {
            let report = try await preview(open, samples: samples)
            await open.close()
            return report
        } catch {
            await open.close()
            throw error
        }
    }

    private func preview(_ open: OpenConnection, samples: Int) async throws(HostError) -> PreviewReport {
        var collected = try await noRecords()
        let described = try await previewedAccounts(open)
        collected.match(described.mentions, connection: open.connection.name)
        var report = PreviewReport()
        report.anomalies = described.anomalies(of: open.connection.name)
        for group in open.connection.streamsBySource {
            var streams = try await read(group, from: open, samples: samples, into: &collected)
            try await sweep(group, of: open, &streams, into: &collected)
            report.streams += streams
        }
        report.changes = try await changes(collected)
        return report
    }

    /// Nothing previewed yet, with the accounts as they are known.
    func noRecords() async throws(HostError) -> PreviewedRecords {
        try await storing { () throws(StoreError) in
            PreviewedRecords(
                accounts: try await store.accounts(connection: nil, states: Set(AccountStateName.allCases)),
                matcher: AccountMatcher(try await store.people()))
        }
    }

    /// Reads streams that share a source from its beginning, and counts what they would bring.
    func read(
        _ streams: [StreamMapping], from open: OpenConnection, samples: Int, into collected: inout PreviewedRecords
    ) async throws(HostError) -> [PreviewReport.Stream] {
        var reports = streams.map {
            PreviewReport.Stream(stream: $0.name, recordType: $0.mapping.type.name, zone: $0.mapping.zone)
        }
        let pages = MappedPages(open: open, streams: streams)
        do throws(PullStop) {
            var page: MappedPage? = try await pages.page(after: nil, number: 0)
            while let present = page {
                for (index, stream) in streams.enumerated() {
                    try await add(present.streams[index], of: stream, open, &reports[index], samples, &collected)
                }
                page = try await pages.next(after: present).get()
            }
        } catch {
            throw error.hostError(in: open.connection)
        }
        return reports
    }

    private func add(
        _ mapped: PageMapper.Result, of stream: StreamMapping, _ open: OpenConnection,
        _ report: inout PreviewReport.Stream, _ samples: Int, _ collected: inout PreviewedRecords
    ) async throws(PullStop) {
        let connection = open.connection.name
        report.unmatched += collected.note(mapped.accounts, connection: connection)
        for event in mapped.events {
            switch event {
            case .records(let records, let rows):
                for row in rows { try await add(records[row], of: stream, open, &report, samples, &collected) }
            case .leftOut(let id, _):
                report.read += 1
                report.leftOut += 1
                collected.remove([id], of: stream, connection: connection)
            case .rejected(let reject):
                report.read += 1
                report.rejects.append(reject)
            case .deleted(let id, _): collected.remove([id], of: stream, connection: connection)
            }
        }
    }

    private func add(
        _ record: MappedRecord, of stream: StreamMapping, _ open: OpenConnection,
        _ report: inout PreviewReport.Stream, _ samples: Int, _ collected: inout PreviewedRecords
    ) async throws(PullStop) {
        let key = EvidenceReference(
            connection: open.connection.name, stream: stream.name, externalID: record.externalID)
        let stored: Evidence?
        do throws(StoreError) {
            stored = try await store.evidence(of: record.record.type.name, at: key)
        } catch {
            throw .store(error)
        }
        report.add(record.record, stored, isTaken: collected.add(record, at: key, instead: stored), samples)
    }

    /// Takes out what the source does not list any more, as the sweep after a pull does.
    func sweep(
        _ streams: [StreamMapping], of open: OpenConnection, _ reports: inout [PreviewReport.Stream],
        into collected: inout PreviewedRecords
    ) async throws(HostError) {
        guard streams.contains(where: { $0.deletions == .fullList }) else { return }
        var listed: Set<String>? = nil
        do throws(PullStop) {
            try await open.listIdentifiers(of: streams[0].source) { listed = (listed ?? []).union($0) }
        } catch {
            throw error.hostError(in: open.connection)
        }
        guard let listed else { return }
        let connection = open.connection.name
        for (index, stream) in streams.enumerated() where stream.deletions == .fullList {
            collected.removeUnlisted(listed, of: stream, connection: connection)
            try await forEachRecord(ofType: stream.mapping.type.name, in: [.live, .gone]) { stored in
                guard stored.key.connection == connection, stored.key.stream == stream.name else { return }
                let goes = collected.sweep(stored, isListed: listed.contains(stored.key.externalID))
                if goes { reports[index].gone += 1 }
            }
        }
    }

    /// The values that the previewed records would change.
    private func changes(_ collected: PreviewedRecords) async throws(HostError) -> [PreviewReport.Change] {
        let indicators = workspace.indicators.filter { !$0.recordTypes.isDisjoint(with: collected.types) }
        let new = try await foreseen(indicators, with: collected)
        var changes: [PreviewReport.Change] = []
        for indicator in indicators {
            let current = try await storing { () throws(StoreError) in
                try await store.values(ValueFilter(indicator: indicator.definition.id))
            }
            let old = Dictionary(current.map { ($0.key, $0.content) }, uniquingKeysWith: { first, _ in first })
            let keys = Set(old.keys).union(new.keys.filter { $0.indicator == indicator.definition.id })
            changes += keys.sorted().map { .init(key: $0, old: old[$0], new: new[$0]) }.filter(\.isReal)
        }
        return workspace.visible(changes)
    }

    /// The values of indicators over the stored records, with the previewed ones in their place.
    func foreseen(
        _ indicators: [CompiledIndicator], with collected: PreviewedRecords
    ) async throws(HostError) -> [ValueKey: ComputedValue] {
        let versions = versions(of: indicators)
        let values =
            if indicators.allSatisfy({ $0.recordTypes.isDisjoint(with: collected.types) }) {
                try await aggregateStored(indicators)
            } else {
                try await aggregate(indicators) { type, body throws(HostError) in
                    try await forEachForeseen(type, with: collected, body)
                }
            }
        let contents = values.map { ComputedValue($0, definitionVersion: versions[$0.indicator] ?? "") }
        return Dictionary(
            try await expiredValues().keeping(contents, of: indicators, in: store).map { ($0.key, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Calls `body` with every live record of a type, the previewed ones in the place of those stored.
    func forEachForeseen(
        _ type: String, with collected: PreviewedRecords, _ body: (EvidenceRecord) -> Void
    ) async throws(HostError) {
        let book = collected.book
        try await forEachRecord(ofType: type, view: .inEffect) { evidence in
            if !collected.replaces(evidence) { body(book.resolved(evidence)) }
        }
        collected.records(ofType: type, book).forEach(body)
    }
}

extension PreviewReport.Stream {
    fileprivate mutating func add(_ record: CanonicalRecord, _ stored: Evidence?, isTaken: Bool, _ count: Int) {
        read += 1
        if samples.count < count { samples.append(record) }
        if stored == nil {
            new += 1
        } else if !isTaken || stored?.record.values == record.values && stored?.state == .live {
            unchanged += 1
        } else {
            changed += 1
        }
    }
}
