internal import Expressions
internal import Indicators
internal import PlumblineKit
public import ReviewStore

/// What a pull of one or more connections did.
public struct PullReport: Sendable {
    /// What each stream did, in the order in which they were read.
    public var streams: [StreamReport] = []
    /// Why connections could not be read: they could not be opened, or another run holds a stream of theirs.
    public var failures: [Failure] = []
    /// What could not be read of the accounts that sources describe, one line each; it stopped nothing.
    public var anomalies: [String] = []
    /// What looks at directories told, of which not every pull has one.
    public var directories: [DirectoryReport] = []
    /// What was published after the pull.
    public var values = PublicationOutcome()

    /// What could not be read, and why.
    public struct Failure: Sendable, Hashable {
        /// The connection's name.
        public let connection: String
        /// The streams that were not read; empty where the connection could not be opened.
        public let streams: [String]
        /// What went wrong and where, as one line.
        public let message: String
        /// Whether trying again later may help.
        public let isTemporary: Bool
        /// How long the source asks to be left alone; nil where it does not say.
        public let retryAfter: Duration?

        init(_ failure: HostError.ConnectorFailure, of connection: Connection, streams: [StreamMapping] = []) {
            self.init(failure, of: connection, parts: streams.map(\.name))
        }

        init(_ failure: HostError.ConnectorFailure, of connection: Connection, parts: [String]) {
            self.connection = connection.name
            streams = parts
            message = failure.message
            isTemporary = failure.isTemporary
            retryAfter = failure.retryAfter
        }
    }

    /// Whether every stream was read to its end.
    public var isComplete: Bool { failures.isEmpty && streams.allSatisfy { $0.run.state == .succeeded } }
}

extension WorkspaceHost {
    /// Deletes rejects and delivered events whose time is over, reads the given connections, or all, then computes and publishes the values they
    /// touch.
    public func pull(
        _ names: [String], progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
    ) async throws(HostError) -> PullReport {
        var report = try await read(names, progress: progress)
        report.values = try await recalculate(cause: "pull", run: report.streams.last?.run.id)
        return report
    }

    /// Deletes rejects whose time is over and reads the given connections, or all. Nothing is computed: whoever calls it
    /// has ``recalculate(cause:run:)`` follow, once for as many readings as there were.
    func read(
        _ names: [String], progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
    ) async throws(HostError) -> PullReport {
        try await deleteOldRejects()
        _ = try await expireDelivered(false)
        var report = PullReport()
        for connection in try connections(named: names) {
            do throws(HostError) {
                try await pull(connection, into: &report, progress: progress)
            } catch {
                guard let failure = error.stopsOneStream else { throw error }
                report.failures.append(PullReport.Failure(failure, of: connection))
                if case .connector = error { try await note(failure, of: connection) }
            }
        }
        return report
    }

    /// No run began that would tell sinks of it.
    private func note(_ failure: HostError.ConnectorFailure, of connection: Connection) async throws(HostError) {
        try await storing { () throws(StoreError) in
            try await store.noteConnectionFailure(connection.name, reason: failure.message)
        }
    }

    private func deleteOldRejects() async throws(HostError) {
        let moment = rejectsEnd
        _ = try await storing { () throws(StoreError) in
            try await store.deleteDeadLetters(before: moment, actor: actor)
        }
    }

    /// Adds what each stream did as soon as it has ended. A stream that cannot be read keeps no other from being read.
    private func pull(
        _ connection: Connection, into report: inout PullReport,
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws(HostError) {
        let open = try OpenConnection(connection, host: self)
        do throws(HostError) {
            try await pull(open, into: &report, progress: progress)
            await open.close()
        } catch {
            await open.close()
            throw error
        }
    }

    private func pull(
        _ open: OpenConnection, into report: inout PullReport, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws(HostError) {
        let described = try await describedAccounts(open)
        try await storing { () throws(StoreError) in
            try await noteAccounts(described.mentions, connection: open.connection.name)
        }
        report.anomalies += described.anomalies(of: open.connection.name)
        try await followDirectory(of: open, into: &report)
        for group in open.connection.streamsBySource {
            let pull = StreamPull(host: self, open: open, streams: group, progress: progress)
            do throws(HostError) {
                report.streams += try await storing { () throws(StoreError) in try await pull.run() }
            } catch {
                guard let failure = error.stopsOneStream else { throw error }
                report.failures.append(PullReport.Failure(failure, of: open.connection, streams: group))
            }
        }
    }

    /// A directory that cannot be looked at keeps no stream from being read.
    private func followDirectory(of open: OpenConnection, into report: inout PullReport) async throws(HostError) {
        do throws(HostError) {
            guard let told = try await followDirectory(of: open) else { return }
            report.directories.append(told)
        } catch {
            guard let failure = error.stopsOneStream else { throw error }
            report.failures.append(PullReport.Failure(failure, of: open.connection, parts: ["directory"]))
        }
    }

    private func connections(named names: [String]) throws(HostError) -> [Connection] {
        if names.isEmpty { return workspace.connections.filter { !$0.isPushedOnly } }
        var connections: [Connection] = []
        for name in names {
            do throws(WorkspaceError) {
                connections.append(try workspace.connection(name))
            } catch {
                throw .workspace(error)
            }
            guard connections.last?.isPushedOnly == false else {
                throw .invalid("\(name) is not pulled: its system sends; 'plumbline inbox use' uses what has come")
            }
        }
        return connections
    }

    /// Turns the store's errors into the host's.
    func storing<T>(_ work: () async throws(StoreError) -> T) async throws(HostError) -> T {
        do throws(StoreError) {
            return try await work()
        } catch {
            throw .store(error)
        }
    }
}

extension HostError {
    /// The failure of an error that concerns no other stream, or no other connection.
    var stopsOneStream: ConnectorFailure? {
        switch self {
        case .connector(_, let failure): failure
        case .store(.cancelled): nil
        case .store(let error) where error.remedy != .stopAll:
            ConnectorFailure(message: error.description, isTemporary: error.remedy == .retryLater)
        default: nil
        }
    }
}

extension Connection {
    /// The streams grouped by what they read, in the order of the file.
    var streamsBySource: [[StreamMapping]] {
        var sources: [String] = []
        for stream in streams where !sources.contains(stream.source) { sources.append(stream.source) }
        return sources.map { source in streams.filter { $0.source == source } }
    }
}
