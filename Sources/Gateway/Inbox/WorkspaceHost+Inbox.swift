internal import Expressions
internal import Indicators
internal import PlumblineKit
public import ReviewStore

/// What using the events of the inbox did.
public struct InboxReport: Sendable {
    /// Events that were used.
    public var events = 0
    /// What each stream did, by connection in the order of the workspace.
    public var streams: [StreamReport] = []
    /// Why events of connections could not be used; they wait on.
    public var failures: [PullReport.Failure] = []
    /// Why the store did not take what events of a connection tell, other than for a while; nil where it did. Unlike what is
    /// wrong with a connection, that is the program's own to mend.
    var storeFailure: String?
    /// Connections with events that the workspace does not have, or that take no requests any more; they wait on.
    public var unknown: [InboxDepth] = []
    /// What was published afterwards.
    public var values = PublicationOutcome()
}

extension WorkspaceHost {
    /// Uses the events that await it, at most `limit` of each connection, then computes and publishes the values they touch.
    ///
    /// What cannot be used of one connection keeps no other from being used. `isOwed` has values computed where nothing was
    /// used, because an earlier call could not.
    public func drainInbox(
        limit: Int = .max, isOwed: Bool = false, progress: @escaping @Sendable () -> Void = {}
    ) async throws(HostError) -> InboxReport {
        var report = InboxReport()
        for depth in try await storing({ () throws(StoreError) in try await store.inboxDepths() }) {
            guard let connection = workspace.connections.first(where: { $0.name == depth.connection }),
                connection.callback != nil
            else {
                report.unknown.append(depth)
                continue
            }
            do throws(HostError) {
                try await drain(connection, limit, into: &report, progress)
            } catch {
                guard let failure = error.ofOneConnection else { throw error }
                if case .store = error, !failure.isTemporary {
                    report.storeFailure = "\(connection.name): \(failure.message)"
                }
                report.failures.append(PullReport.Failure(failure, of: connection))
            }
        }
        if report.events > 0 { CrashPoint.used.pass() }
        if report.events > 0 || isOwed {
            report.values = try await recalculate(cause: "inbox", run: report.streams.last?.run.id)
        }
        return report
    }

    private func drain(
        _ connection: Connection, _ limit: Int, into report: inout InboxReport,
        _ progress: @escaping @Sendable () -> Void
    ) async throws(HostError) {
        let open = try OpenConnection(connection, host: self)
        guard let connector = open.connector as? any CallbackReading else { return }
        let drain = InboxDrain(host: self, open: open, connector: connector, progress: progress)
        var outcome = InboxDrain.Outcome()
        var failure: StoreError?
        do throws(StoreError) {
            try await drain.run(limit: limit, &outcome)
            try await useAgain(drain, &outcome)
        } catch { failure = error }
        await open.close()
        report.events += outcome.events
        report.streams += outcome.streams
        if outcome.forbidden > 0 { try await raise(outcome.forbidden, at: connection.name) }
        if let failure { throw .store(failure) }
    }

    /// Has events used once more where the connection has another kind of version since what is stored was told: the first
    /// time has given each stored state its version of that kind, and only then older events can be compared with it.
    private func useAgain(_ drain: InboxDrain, _ outcome: inout InboxDrain.Outcome) async throws(StoreError) {
        guard outcome.undecided > 0, let ids = outcome.ids else { return }
        var filter = InboxFilter(connection: drain.open.connection.name, states: [.used])
        filter.ids = ids
        let count = try await store.requeue(filter, actor: actor)
        var again = InboxDrain.Outcome()
        try await drain.run(limit: count, &again)
        outcome.streams += again.streams
    }

    private func raise(_ forbidden: Int, at connection: String) async throws(HostError) {
        let alarm = Alarm(
            connection: connection, kind: .notAllowed, detail: "records in events", count: forbidden, first: now(),
            last: now())
        try await storing { () throws(StoreError) in try await store.raise([alarm]) }
    }

    /// Has events used again with the mappings as they are now: all that are meant and whose contents are kept.
    public func replayInbox(_ filter: InboxFilter) async throws(HostError) -> (events: Int, report: InboxReport) {
        let count = try await storing { () throws(StoreError) in try await store.requeue(filter, actor: actor) }
        return (count, count > 0 ? try await drainInbox() : InboxReport())
    }

    /// Has another of the bodies that came under an event's key count, as a person decides, and uses the event with it.
    ///
    /// Records that only the body before told of stay as they are: that they are gone is for the system to say.
    public func chooseBody(_ name: String, of id: InboxID, reason: String) async throws(HostError) -> InboxReport {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw .invalid("say why with --reason: it is kept in the audit")
        }
        try await storing { () throws(StoreError) in
            try await store.chooseBody(name, of: id, actor: actor, reason: reason)
        }
        return try await drainInbox()
    }

    /// Has events that await their use never be used, as a person decides.
    public func discardEvents(_ filter: InboxFilter, reason: String) async throws(HostError) -> Int {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw .invalid("say why with --reason: it is kept in the audit")
        }
        return try await storing { () throws(StoreError) in
            try await store.discardWaiting(filter, actor: actor, reason: reason)
        }
    }

    /// Forgets events whose time is over, or counts them. Those of connections that the workspace does not have any more go
    /// after 30 days.
    func expireInbox(_ isPreview: Bool) async throws(HostError) -> Int {
        let filter = InboxFilter(states: [.used, .discarded])
        let events = try await storing { () throws(StoreError) in try await store.inboxConnections(filter) }
        var count = 0
        for name in events {
            let days = workspace.connections.first { $0.name == name }?.callback?.keepDays ?? 30
            let moment = now() - .seconds(Int64(days) * 86_400)
            count += try await storing { () throws(StoreError) in
                try await store.deleteInbox(of: name, before: moment, isPreview: isPreview, actor: actor)
            }
        }
        return count
    }
}

extension HostError {
    /// The failure of an error that concerns one connection alone; nil where nothing more is to be done.
    fileprivate var ofOneConnection: ConnectorFailure? {
        switch self {
        case .connector(_, let failure): failure
        case .store(.cancelled): nil
        case .store(let error):
            ConnectorFailure(message: error.description, isTemporary: error.remedy == .retryLater)
        default: nil
        }
    }
}
