internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// Uses the events that await it of one connection: through mapping, identity and store, as a pull's pages.
///
/// Events are marked as used in the transaction that stores what the last of the connection's streams makes of them. A
/// process that is killed between has them used again, which changes nothing.
struct InboxDrain {
    let host: WorkspaceHost
    let open: OpenConnection
    let connector: any CallbackReading
    /// Told after each page: the work goes on.
    var progress: @Sendable () -> Void = {}

    /// So many events make a page.
    private static let mostEvents = 200

    private var connection: Connection { open.connection }

    /// What was done.
    struct Outcome {
        var events = 0
        /// The numbers of the first and last of them; nil where none was used.
        var ids: ClosedRange<InboxID>?
        var streams: [StreamReport] = []
        /// Records that the system may not write.
        var forbidden = 0
        /// States that may turn out to be newer, once what is stored has a version of their kind.
        var undecided = 0
        /// What is noted of accounts already: each page would else read all people again, while senders wait.
        fileprivate var accounts = AccountMemory()
    }

    /// Uses events until none waits, but at most `limit`. What was done counts where it fails as well.
    func run(limit: Int, _ outcome: inout Outcome) async throws(StoreError) {
        var runs: [Run] = []
        try await begin(&runs)
        CrashPoint.claimed.pass()
        do throws(StoreError) {
            var last: InboxID?
            while outcome.events < limit {
                let events = try await host.store.waitingEvents(
                    of: connection.name, after: last, limit: min(Self.mostEvents, limit - outcome.events))
                guard let first = events.first?.id, let newest = events.last?.id else { break }
                last = newest
                try await useAll(events, runs, &outcome)
                outcome.events += events.count
                outcome.ids = (outcome.ids?.lowerBound ?? first)...newest
                progress()
            }
        } catch {
            // The store's refusal is the caller's to handle; the runs end if the store lets them.
            _ = try? await finish(runs, as: .failed, message: error.description)
            throw error
        }
        outcome.streams = try await finish(runs, as: .succeeded, message: nil)
    }

    /// Claims every stream, or none.
    private func begin(_ runs: inout [Run]) async throws(StoreError) {
        for stream in connection.streams {
            do throws(StoreError) {
                let run = try await host.store.beginRun(connection: connection.name, stream: stream.name, isGated: true)
                runs.append(run)
                try await host.store.notePushed(run.id)
            } catch {
                try await finish(runs, as: .failed, message: error.description)
                throw error
            }
        }
    }

    /// Uses events together; where the store takes one of them not, each by itself, so that it keeps no other back.
    private func useAll(_ events: [WaitingEvent], _ runs: [Run], _ outcome: inout Outcome) async throws(StoreError) {
        do throws(StoreError) {
            try await use(events, runs, &outcome)
        } catch {
            guard case .invalid(let reason) = error else { throw error }
            outcome.accounts = AccountMemory()
            if events.count > 1 {
                for event in events { try await useAll([event], runs, &outcome) }
            } else if let event = events.first {
                try await reject(event, reason, runs)
            }
        }
    }

    private func use(_ events: [WaitingEvent], _ runs: [Run], _ outcome: inout Outcome) async throws(StoreError) {
        var untaken = UntakenRecords()
        for (place, (stream, run)) in zip(connection.streams, runs).enumerated() {
            var told = Told()
            for event in events { read(event, stream, isFirst: place == 0, &told, &untaken) }
            outcome.forbidden += told.result.rejects.count(where: \.isForbidden)
            try await host.noteAccounts(outcome.accounts.news(told.result.accounts), connection: connection.name)
            var commit = page(told.result.events, stream, run)
            commit.shape = told.shape
            if place == runs.count - 1 { (commit.uses, commit.untaken) = (events.map(\.id), untaken.counts) }
            outcome.undecided += try await host.store.commit(commit).undecided
        }
    }

    private func reject(_ event: WaitingEvent, _ reason: String, _ runs: [Run]) async throws(StoreError) {
        guard let stream = connection.streams.first, let run = runs.first else { return }
        var commit = page([.rejected(event.reject(reason))], stream, run)
        commit.uses = [event.id]
        _ = try await host.store.commit(commit)
    }

    private func page(_ events: [PageEvent], _ stream: StreamMapping, _ run: Run) -> PageCommit {
        var commit = PageCommit(
            run: run.id, recordType: stream.mapping.type.name, mappingVersion: stream.version, events: events)
        commit.possibleTimes = host.possibleTimes(of: connection.name)
        return commit
    }

    /// What events tell of a stream.
    private struct Told {
        var result = PageMapper.Result()
        var shape = SourceShape()
    }

    /// What an event tells of a stream. One that cannot be read at all becomes a reject of the first stream.
    private func read(
        _ event: WaitingEvent, _ stream: StreamMapping, isFirst: Bool, _ told: inout Told,
        _ untaken: inout UntakenRecords
    ) {
        let contents: InboxContents
        switch event.contents {
        case .success(let opened): contents = opened
        case .failure(let error):
            if isFirst { told.result.events.append(.rejected(event.reject(error.description))) }
            return
        }
        do throws(ConnectorError) {
            var page = try connector.page(
                of: stream.source, in: ReceivedCallback(contents, received: event.received))
            page.rejected = isFirst ? page.rejected.map { $0.named(in: event.id) } : []
            map(page, stream, event.id, &told, &untaken)
        } catch {
            if isFirst { told.result.events.append(.rejected(event.reject("\(error)"))) }
        }
    }

    /// What a stream's `where` leaves out of what is sent is of another kind: it says nothing of the stream's records.
    private func map(
        _ page: Page, _ stream: StreamMapping, _ id: InboxID, _ told: inout Told, _ untaken: inout UntakenRecords
    ) {
        let mapper = PageMapper(stream: stream, arrival: id, versionKind: connector.versionKind)
        let mapped = mapper.map(connector.ordersByArrival ? page.withoutVersions : page)
        let leftOut = Set(mapped.leftOut)
        untaken.note(leftOut, of: id, by: stream)
        told.result.events += mapped.events.filter { if case .leftOut = $0 { false } else { true } }
        told.result.accounts += mapped.accounts
        told.shape.add(SourceShape(page.records.filter { !leftOut.contains($0.id) }, .reading([stream])))
    }

    @discardableResult
    private func finish(
        _ runs: [Run], as state: RunState, message: String?
    ) async throws(StoreError) -> [StreamReport] {
        var reports: [StreamReport] = []
        var failure: StoreError?
        for run in runs {
            do throws(StoreError) {
                // Sinks that were told of a silence hear that it is over.
                let ended = try await host.store.finishRun(
                    run.id, as: state, message: message, sourceCount: nil, isPull: state == .succeeded)
                reports.append(StreamReport(run: ended, anomalies: try await host.store.anomalies(of: run.id)))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return reports
    }
}

extension Page {
    /// As it is where the order of arrival alone counts.
    fileprivate var withoutVersions: Page {
        var page = self
        page.records = records.map { SourceRecord(id: $0.id, version: nil, json: $0.json) }
        page.deleted = deleted.map { DeletedRecord(id: $0.id) }
        return page
    }
}

extension WaitingEvent {
    /// What becomes of it where nothing can be made of it as a whole.
    fileprivate func reject(_ reason: String) -> Reject {
        let body: [UInt8] = if case .success(let contents) = contents { contents.body } else { [] }
        return Reject(externalID: "event \(id)", reason: reason, input: body)
    }
}

extension RejectedRecord {
    /// One that has no name but its place in a request is named by the event as well.
    fileprivate func named(in event: InboxID) -> RejectedRecord {
        guard line != nil else { return self }
        return RejectedRecord(id: "event \(event), \(id)", texts: texts, raw: raw)
    }
}
