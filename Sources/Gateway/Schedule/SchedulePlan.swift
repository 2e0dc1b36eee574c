internal import Expressions

/// What the scheduler begins by itself.
enum ScheduledWork: Sendable, Hashable {
    /// Reading a connection.
    case pull(String)
    /// Computing and publishing what pulls, definitions or the time that has passed have changed.
    case publication
    /// Deleting what is older than the company keeps it.
    case retention

    /// What decides how far behind its times it begins, and what the log calls it.
    var name: String {
        switch self {
        case .pull(let connection): connection
        case .publication: "publication"
        case .retention: "retention"
        }
    }

    var isPull: Bool { if case .pull = self { true } else { false } }
}

/// What the store remembers of a connection's last pull, whoever began it.
struct PullHistory: Sendable, Hashable {
    /// When it began.
    let started: Timestamp
    /// Whether a stream of it was not read to its end.
    let isCutShort: Bool
}

/// How a piece of work ended.
enum WorkOutcome: Sendable, Hashable {
    case done
    /// It is tried again after a while, no sooner than the source asks for.
    case failedForNow(retryAfter: Duration?)
    /// A person has to act; it is tried again when its next time comes.
    case failed
}

/// Which work is due, and when to look again: state and time in, decisions out.
///
/// - Nothing runs twice at once. What passes meanwhile is made good by one start, or by none where the schedule skips.
/// - A failure that may pass is tried again after one minute, two, four and so on, until the next time of the schedule
///   comes; one that a person has to mend waits for that.
/// - So many pulls run at once; publication and retention are one at a time, beside them.
struct SchedulePlan: Sendable {
    /// What is to be begun now, and when something else becomes due.
    struct Step: Sendable, Equatable {
        var start: [ScheduledWork] = []
        var wake: Timestamp?
    }

    private let pullsAtOnce: Int
    private var entries: [ScheduledWork: Entry] = [:]
    /// What was begun and has not ended.
    private(set) var running: Set<ScheduledWork> = []

    init(pullsAtOnce: Int) { self.pullsAtOnce = pullsAtOnce }

    /// What it has a schedule of.
    var followed: [ScheduledWork: PullSchedule] { entries.mapValues(\.schedule) }

    /// Puts other schedules in the place of those that it had. What runs goes on.
    ///
    /// A schedule that is new counts from the last pull on, or from now where there was none or where it skips what has
    /// passed; one that has changed counts from now.
    mutating func follow(
        _ schedules: [ScheduledWork: PullSchedule], histories: [ScheduledWork: PullHistory], at now: Timestamp
    ) {
        entries = schedules.reduce(into: [:]) { result, new in
            guard var entry = entries[new.key] else {
                result[new.key] = Entry(new.value, histories[new.key], now)
                return
            }
            entry.follow(new.value, now)
            result[new.key] = entry
        }
    }

    /// Takes note of a pull that others began.
    mutating func note(_ history: PullHistory, of work: ScheduledWork, at now: Timestamp) {
        guard !running.contains(work), history.started <= now else { return }
        entries[work]?.note(history)
    }

    /// Makes work due at once; where it runs, once more behind that.
    mutating func request(_ work: ScheduledWork) { entries[work]?.isRequested = true }

    /// Whether work was asked for and has not begun since.
    func isRequested(_ work: ScheduledWork) -> Bool { entries[work]?.isRequested == true }

    /// Lets work wait at least until a moment.
    mutating func hold(_ work: ScheduledWork, until moment: Timestamp) { entries[work]?.notBefore = moment }

    /// What is due now, that which waits longest first, and when to ask again.
    mutating func step(at now: Timestamp) -> Step {
        var step = Step()
        var due: [(work: ScheduledWork, since: Timestamp)] = []
        for work in entries.keys where !running.contains(work) {
            guard let moment = entries[work]?.due(work.name, now) else { continue }
            if moment <= now { due.append((work, moment)) } else { step.wake = min(step.wake ?? moment, moment) }
        }
        for work in due.sorted(by: { ($0.since, $0.work.name) < ($1.since, $1.work.name) }).map(\.work)
        where hasRoom(for: work, beside: step.start) {
            step.start.append(work)
        }
        return step
    }

    private func hasRoom(for work: ScheduledWork, beside others: [ScheduledWork]) -> Bool {
        (running.union(others)).count { $0.isPull == work.isPull } < (work.isPull ? pullsAtOnce : 1)
    }

    /// Work begins.
    mutating func begin(_ work: ScheduledWork, at now: Timestamp) {
        running.insert(work)
        entries[work]?.begin(now)
    }

    /// Work has ended.
    mutating func end(_ work: ScheduledWork, at now: Timestamp, _ outcome: WorkOutcome) {
        running.remove(work)
        entries[work]?.end(now, outcome)
    }
}

/// What is known of one piece of work that comes again and again.
private struct Entry: Sendable {
    private(set) var schedule: PullSchedule
    /// Times of the schedule up to here are done with.
    private var settled: Timestamp
    private var lastEnd: Timestamp?
    /// How often it failed in a row, where that may pass.
    private var failures = 0
    private var retryAt: Timestamp?
    var notBefore: Timestamp?
    var isRequested = false

    init(_ schedule: PullSchedule, _ history: PullHistory?, _ now: Timestamp) {
        self.schedule = schedule
        guard let history, schedule.catchUp == .once else {
            settled = now
            return
        }
        settled = min(history.started, now)
        if history.isCutShort { retry(after: nil, now) }
    }

    mutating func follow(_ schedule: PullSchedule, _ now: Timestamp) {
        guard schedule != self.schedule else { return }
        self.schedule = schedule
        settled = max(settled, now)
    }

    mutating func note(_ history: PullHistory) {
        guard history.started > max(settled, lastEnd ?? settled) else { return }
        settled = history.started
        if !history.isCutShort { (failures, retryAt, notBefore) = (0, nil, nil) }
    }

    /// When it is due. A clock that was set back does not keep it waiting until that time comes again.
    mutating func due(_ name: String, _ now: Timestamp) -> Timestamp? {
        settled = min(settled, now)
        if isRequested { return now }
        let regular = schedule.next(after: settled).map { schedule.start(of: name, at: $0) }
        guard let first = [regular, retryAt].compactMap({ $0 }).min() else { return nil }
        return max(first, notBefore ?? first)
    }

    mutating func begin(_ now: Timestamp) {
        settled = now
        (retryAt, notBefore, isRequested) = (nil, nil, false)
    }

    mutating func end(_ now: Timestamp, _ outcome: WorkOutcome) {
        lastEnd = now
        if schedule.catchUp == .skip { settled = max(settled, now) }
        switch outcome {
        case .done, .failed: failures = 0
        case .failedForNow(let retryAfter): retry(after: retryAfter, now)
        }
    }

    private static let firstWait = Duration.seconds(60)
    private static let doublings = 14

    /// One minute after the first failure, twice as long after each other.
    private mutating func retry(after least: Duration?, _ now: Timestamp) {
        retryAt = now + Self.firstWait * (1 << min(failures, Self.doublings))
        notBefore = least.map { now + $0 }
        failures += 1
    }
}
