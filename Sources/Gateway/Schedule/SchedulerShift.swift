internal import Expressions
internal import Logging
internal import ReviewStore

/// One running of the scheduler: its plan, and the tasks that do what the plan says.
struct SchedulerShift {
    /// A sleep that was begun.
    struct Alarm: Sendable, Equatable {
        let moment: Timestamp
    }

    private let scheduler: Scheduler
    private let tell: AsyncStream<SchedulerEvent>.Continuation
    private var plan: SchedulePlan
    private var isStopping = false
    private var alarm: Alarm?
    /// The last run of pulls whose values are not computed yet.
    private var unpublishedRun: RunID?

    /// How long after its begin it deletes what is too old: first come the pulls that were missed.
    private static let retentionDelay = Duration.seconds(600)
    private static let day = Duration.seconds(86_400)

    init(_ scheduler: Scheduler, tell: AsyncStream<SchedulerEvent>.Continuation) {
        self.scheduler = scheduler
        self.tell = tell
        plan = SchedulePlan(pullsAtOnce: scheduler.pullsAtOnce)
    }

    private var host: WorkspaceHost { scheduler.current.host }

    /// Works until everything that was begun has ended after a stop; a cancelled task ends it at once.
    mutating func run(_ events: AsyncStream<SchedulerEvent>, in group: inout DiscardingTaskGroup) async {
        await act(in: &group)
        for await event in events {
            scheduler.board.beat(Scheduler.name)
            take(event)
            await act(in: &group)
            if isStopping, plan.running.isEmpty { return }
        }
    }

    private mutating func take(_ event: SchedulerEvent) {
        switch event {
        case .alarm(let rung): if rung == alarm { alarm = nil }
        case .replaced: plan.request(.publication)
        case .stop:
            isStopping = true
            scheduler.logger.debug("stopping")
        case .ended(let work, let report):
            plan.end(work, at: host.now(), report.outcome)
            if work.isPull {
                unpublishedRun = report.run ?? unpublishedRun
                plan.request(.publication)
            }
            log(work, report)
        }
    }

    private mutating func act(in group: inout DiscardingTaskGroup) async {
        if isStopping {
            publishLast(in: &group)
            return
        }
        let host = host
        await follow(host)
        await noteOtherPulls(host)
        let step = plan.step(at: host.now())
        for work in step.start { begin(work, host, in: &group) }
        setAlarm(step.wake, host.now(), in: &group)
    }

    /// What the pulls have brought is published before the end.
    private mutating func publishLast(in group: inout DiscardingTaskGroup) {
        if plan.running.isEmpty, plan.isRequested(.publication) { begin(.publication, host, in: &group) }
    }

    private mutating func begin(_ work: ScheduledWork, _ host: WorkspaceHost, in group: inout DiscardingTaskGroup) {
        plan.begin(work, at: host.now())
        scheduler.logger.debug("\(work.name): begins")
        let run = work == .publication ? unpublishedRun : nil
        if work == .publication { unpublishedRun = nil }
        group.addTask { [tell] in tell.yield(.ended(work, await host.perform(work, after: run))) }
    }

    // MARK: What there is to do

    /// Takes over the schedules of the workspace where they differ. What the store cannot tell now is asked again later.
    private mutating func follow(_ host: WorkspaceHost) async {
        let schedules = host.schedules
        guard schedules != plan.followed else { return }
        let isFirst = plan.followed.isEmpty
        let now = host.now()
        do throws(HostError) {
            var histories = try await host.pullHistories(of: schedules.keys.filter { plan.followed[$0] == nil })
            histories[.retention] = PullHistory(started: now - Self.day, isCutShort: false)
            plan.follow(schedules, histories: histories, at: now)
        } catch {
            scheduler.logger.warning("the schedules cannot be followed yet: \(error.onOneLine)")
            return
        }
        if isFirst { plan.hold(.retention, until: now + Self.retentionDelay) }
        plan.request(.publication)
    }

    /// Before a connection is pulled, it is asked when anybody did so last.
    private mutating func noteOtherPulls(_ host: WorkspaceHost) async {
        let due = plan.step(at: host.now()).start.filter(\.isPull)
        guard !due.isEmpty, let histories = try? await host.pullHistories(of: due) else { return }
        for (work, history) in histories { plan.note(history, of: work, at: host.now()) }
    }

    // MARK: Waiting

    /// A sleep that ends sooner than all that were begun; those that end later do no harm.
    private mutating func setAlarm(_ wake: Timestamp?, _ now: Timestamp, in group: inout DiscardingTaskGroup) {
        let latest = now + Scheduler.longestSleep
        let new = Alarm(moment: min(wake ?? latest, latest))
        if let alarm, alarm.moment > now, alarm.moment <= new.moment { return }
        alarm = new
        group.addTask { [tell, sleep = scheduler.sleep] in
            try? await sleep(now, new.moment)
            tell.yield(.alarm(new))
        }
    }

    private func log(_ work: ScheduledWork, _ report: WorkReport) {
        for line in report.failures { scheduler.logger.warning("\(work.name): \(line)") }
        if let line = report.line { scheduler.logger.info("\(work.name): \(line)") }
        scheduler.logger.debug("\(work.name): ended")
    }
}

extension WorkspaceHost {
    fileprivate func pullHistories(
        of works: [ScheduledWork]
    ) async throws(HostError) -> [ScheduledWork: PullHistory] {
        var histories: [ScheduledWork: PullHistory] = [:]
        for case .pull(let name) in works {
            guard let connection = workspace.connections.first(where: { $0.name == name }) else { continue }
            histories[.pull(name)] = try await pullHistory(of: connection)
        }
        return histories
    }
}
