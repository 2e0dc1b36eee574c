public import Expressions
internal import Indicators
public import ReviewStore

/// A connection with the times of its pulls.
public struct ScheduledConnection: Sendable {
    /// The connection's name.
    public let connection: String
    /// When `serve` pulls it; nil where only `pull` does.
    public let schedule: PullSchedule?
    /// When its last pull began, whoever began it; nil where there was none.
    public let lastStarted: Timestamp?
    /// How that pull ended: the worst that became of a stream.
    public let lastState: RunState?
    /// When `serve` pulls it next; nil where it never does.
    public let next: Timestamp?
    /// The first time that has passed without a pull, where `serve` makes up for it as soon as it runs.
    public let missed: Timestamp?
}

extension WorkspaceHost {
    /// The connections with the times of their pulls, in the order of their files.
    public func scheduledConnections() async throws(HostError) -> [ScheduledConnection] {
        var result: [ScheduledConnection] = []
        for connection in workspace.connections where !connection.isPushedOnly {
            result.append(Self.scheduled(connection, try await lastRuns(of: connection), at: now()))
        }
        return result
    }

    private static func scheduled(_ connection: Connection, _ last: [Run], at now: Timestamp) -> ScheduledConnection {
        let history = PullHistory(last)
        let schedule = connection.schedule
        var missed = schedule.flatMap { $0.next(after: min(history?.started ?? now, now)) }
        if let time = missed, schedule?.catchUp == .skip || time > now { missed = nil }
        let next = schedule.flatMap { schedule in
            schedule.next(after: now).map { schedule.start(of: connection.name, at: $0) }
        }
        return ScheduledConnection(
            connection: connection.name, schedule: schedule, lastStarted: history?.started, lastState: last.worstState,
            next: next, missed: missed)
    }

    /// What the store remembers of a connection's last pull; nil where there was none.
    func pullHistory(of connection: Connection) async throws(HostError) -> PullHistory? {
        PullHistory(try await lastRuns(of: connection))
    }

    /// The last run of each stream of a connection. The gate is not asked about replays of rejects: they are no pulls.
    private func lastRuns(of connection: Connection) async throws(HostError) -> [Run] {
        let enough = 50 + 4 * connection.streams.count
        let runs = try await storing { () throws(StoreError) in
            try await store.runs(RunFilter(connection: connection.name, isPushed: false), limit: enough)
        }
        return connection.streams.compactMap { stream in runs.first { $0.stream == stream.name && $0.gate != nil } }
    }

    /// What the scheduler is to do by the files of the workspace.
    var schedules: [ScheduledWork: PullSchedule] {
        var schedules: [ScheduledWork: PullSchedule] = [
            .publication: PullSchedule(.daily, in: workspace.calendar.zone),
            .retention: PullSchedule(workspace.configuration.retention.time, in: workspace.calendar.zone),
        ]
        for connection in workspace.connections { schedules[.pull(connection.name)] = connection.schedule }
        return schedules
    }
}

extension PullHistory {
    /// The pull that the last run of each stream tells of; nil without any.
    fileprivate init?(_ last: [Run]) {
        guard let started = last.map(\.started).min() else { return nil }
        self.init(started: started, isCutShort: last.contains { $0.state != .succeeded })
    }
}

extension [Run] {
    fileprivate var worstState: RunState? {
        map(\.state).max { left, right in
            RunState.fromBest.firstIndex(of: left) ?? 0 < RunState.fromBest.firstIndex(of: right) ?? 0
        }
    }
}

extension RunState {
    fileprivate static let fromBest: [RunState] = [.succeeded, .interrupted, .failed, .running]
}
