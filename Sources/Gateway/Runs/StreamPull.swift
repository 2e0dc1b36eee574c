internal import Indicators
internal import PlumblineKit
public import ReviewStore

/// Reads one stream of a connector and stores it under each of the names that map it.
///
/// Every page is committed with its cursor, in order; the next one is read and mapped meanwhile, no more. A page goes to
/// the streams that share a source in turn, so a crash between them has the page read again, which changes nothing.
struct StreamPull {
    let host: WorkspaceHost
    let open: OpenConnection
    /// The streams that map the same source stream.
    let streams: [StreamMapping]
    let progress: @Sendable (PullProgress) -> Void

    private var connection: Connection { open.connection }
    private var source: String { streams.first?.source ?? "" }

    /// Reads until the source has no more, then sweeps for deletions and counts.
    func run() async throws(StoreError) -> [StreamReport] {
        var runs: [Run] = []
        try await begin(&runs)
        let stop: PullStop
        do throws(PullStop) {
            try await readPages(runs)
            try await sweep(runs)
            let count = try await countAtSource()
            return try await storing { () throws(StoreError) in
                try await finish(runs, as: .succeeded, message: nil, count: count)
            }
        } catch {
            stop = error
        }
        switch stop {
        case .connector(let failure):
            return try await finish(runs, as: .failed, failure: connection.failure(failure))
        case .store(let failure):
            // The store's refusal is the caller's to handle; the runs end if the store lets them.
            _ = try? await finish(runs, as: .failed, message: failure.description, count: nil, isSource: false)
            throw failure
        }
    }

    /// Claims every stream, or none.
    private func begin(_ runs: inout [Run]) async throws(StoreError) {
        for stream in streams {
            do throws(StoreError) {
                runs.append(
                    try await host.store.beginRun(connection: connection.name, stream: stream.name, isGated: true))
            } catch {
                try await finish(runs, as: .failed, message: error.description, count: nil, isSource: false)
                throw error
            }
        }
    }

    /// Reads and maps a page while the one before it is stored.
    private func readPages(_ runs: [Run]) async throws(PullStop) {
        let pages = MappedPages(open: open, streams: streams)
        var accounts = AccountMemory()
        var count = 0
        let start = try await startingPoint()
        if start == nil {
            for run in runs {
                try await storing { () throws(StoreError) in try await host.store.noteReadingAll(run.id) }
            }
        }
        var page = try await pages.page(after: start, number: count)
        while true {
            let present = page
            async let following = pages.next(after: present)
            try await commit(present, runs, &accounts)
            count += present.count
            progress(PullProgress(connection: connection.name, stream: source, records: count))
            guard let next = try await following.get() else { return }
            page = next
        }
    }

    /// Where to go on: where all streams stopped with their present mapping, else at the beginning.
    private func startingPoint() async throws(PullStop) -> Cursor? {
        var positions: Set<String> = []
        for stream in streams {
            let stored = try await storing { () throws(StoreError) in
                try await host.store.cursor(connection: connection.name, stream: stream.name)
            }
            guard let position = StreamPosition(stored), position.mapping == stream.version else { return nil }
            positions.insert(position.cursor)
        }
        return positions.count == 1 ? positions.first.map { Cursor(text: $0) } : nil
    }

    private func commit(
        _ page: MappedPage, _ runs: [Run], _ accounts: inout AccountMemory
    ) async throws(PullStop) {
        for ((stream, run), mapped) in zip(zip(streams, runs), page.streams) {
            let news = accounts.news(mapped.accounts)
            let commit = pageCommit(page, mapped, stream, run)
            try await storing { () throws(StoreError) in
                try await host.noteAccounts(news, connection: connection.name)
                _ = try await host.store.commit(commit)
            }
        }
    }

    private func pageCommit(
        _ page: MappedPage, _ mapped: PageMapper.Result, _ stream: StreamMapping, _ run: Run
    ) -> PageCommit {
        var commit = PageCommit(
            run: run.id, recordType: stream.mapping.type.name, mappingVersion: stream.version, events: mapped.events,
            cursor: page.cursor.map { StreamPosition(mapping: stream.version, cursor: $0.text).text },
            anomalies: page.anomalies.map { "\($0.id): \($0.reason)" })
        commit.shape = page.shape
        commit.possibleTimes = host.possibleTimes(of: connection.name)
        return commit
    }

    private func sweep(_ runs: [Run]) async throws(PullStop) {
        let swept = zip(streams, runs).filter { $0.0.deletions == .fullList }
        if swept.isEmpty || !open.listsIdentifiers { return }
        for (stream, run) in swept {
            try await storing { () throws(StoreError) in
                try await host.store.beginSweep(of: run.id, recordType: stream.mapping.type.name)
            }
        }
        try await open.listIdentifiers(of: source) { identifiers throws(PullStop) in
            for (_, run) in swept {
                try await storing { () throws(StoreError) in try await host.store.sweep(run.id, saw: identifiers) }
            }
        }
        for (_, run) in swept {
            _ = try await storing { () throws(StoreError) in try await host.store.finishSweep(of: run.id) }
        }
    }

    private func countAtSource() async throws(PullStop) -> Int? {
        guard let counting = open.connector as? any RecordCounting else { return nil }
        do throws(ConnectorError) {
            return try await counting.count(of: source)
        } catch {
            throw .connector(error)
        }
    }

    private func finish(
        _ runs: [Run], as state: RunState, failure: HostError.ConnectorFailure
    ) async throws(StoreError) -> [StreamReport] {
        try await finish(runs, as: state, message: failure.message, count: nil).map { report in
            var report = report
            report.failure = failure
            return report
        }
    }

    /// Sinks are told how it went where that is a matter of the source (`isSource`).
    @discardableResult
    private func finish(
        _ runs: [Run], as state: RunState, message: String?, count: Int?, isSource: Bool = true
    ) async throws(StoreError) -> [StreamReport] {
        var reports: [StreamReport] = []
        for (run, stream) in zip(runs, streams) {
            let comparable = stream.mapping.isFiltered ? nil : count
            let ended = try await host.store.finishRun(
                run.id, as: state, message: message, sourceCount: comparable, isPull: isSource)
            reports.append(StreamReport(run: ended, anomalies: try await host.store.anomalies(of: run.id)))
        }
        return reports
    }

    private func storing<T>(_ work: () async throws(StoreError) -> T) async throws(PullStop) -> T {
        do throws(StoreError) {
            return try await work()
        } catch {
            throw .store(error)
        }
    }
}

/// What ends the reading of a stream before its time.
enum PullStop: Error {
    case connector(ConnectorError)
    case store(StoreError)

    func hostError(in connection: Connection) -> HostError {
        switch self {
        case .connector(let error): .connector(connection: connection.name, connection.failure(error))
        case .store(let error): .store(error)
        }
    }
}

/// How far a pull has come.
public struct PullProgress: Sendable {
    /// The connection's name.
    public let connection: String
    /// The connector's stream that is read, which several streams of the connection may share.
    public let stream: String
    /// Source records read so far.
    public let records: Int
}

/// What a run of one stream did.
public struct StreamReport: Sendable {
    /// The run as it ended, with its counts.
    public let run: Run
    /// What looked odd but stopped nothing, one line each, beginning with the record's id.
    public let anomalies: [String]
    /// Why the source could not be read to its end; nil where it was.
    public internal(set) var failure: HostError.ConnectorFailure?
}
