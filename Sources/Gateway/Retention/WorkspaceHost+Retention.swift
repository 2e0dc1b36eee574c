internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

extension WorkspaceHost {
    /// Deletes what the rules of retention say, or only tells what that is.
    ///
    /// Of evidence only what counts in locked periods alone is deleted, or in none. So no value changes, now or later:
    /// those that can no longer be computed stay as they were published.
    public func applyRetention(isPreview: Bool) async throws(HostError) -> RetentionReport {
        var report = RetentionReport(
            rejectDays: workspace.configuration.retention.rejectDays, rejectsBefore: rejectsEnd, rejects: 0,
            outboxDays: workspace.configuration.retention.outboxDays)
        report.rejects = try await expireRejects(isPreview)
        report.outbox = try await expireDelivered(isPreview)
        report.inbox = try await expireInbox(isPreview)
        report.deviceEntries = try await expireDeviceEntries(isPreview)
        try await expireRuns(&report, isPreview)
        try await expireDeletions(&report, isPreview)
        for (type, days) in workspace.configuration.retention.recordDays.sorted(by: { $0.key < $1.key }) {
            report.types.append(try await expireRecords(of: type, keptFor: days, isPreview))
        }
        return report
    }

    /// The moment before which rejects are deleted.
    var rejectsEnd: Timestamp {
        workspace.calendar.zone.adding(days: -workspace.configuration.retention.rejectDays, to: now())
    }

    /// Deletes events that were delivered to all sinks long ago, or counts them. What is not delivered stays.
    func expireDelivered(_ isPreview: Bool) async throws(HostError) -> Int {
        let moment = workspace.calendar.zone.adding(
            days: -workspace.configuration.retention.outboxDays, to: now())
        return try await storing { () throws(StoreError) in
            try await store.deleteDelivered(before: moment, isPreview: isPreview)
        }
    }

    /// Deletes runs that nothing rests on any more, or counts them. The last ones of each stream stay: the gate compares
    /// with them.
    private func expireRuns(_ report: inout RetentionReport, _ isPreview: Bool) async throws(HostError) {
        let rules = workspace.configuration.retention
        let compared = ([workspace.configuration.gate] + workspace.connections.map(\.gate)).map(\.comparedRuns)
        let expiry = RunExpiry(
            before: daysAgo(rules.runDays), pushedBefore: daysAgo(rules.pushedRunDays),
            kept: max(Self.fewestRuns, compared.max() ?? 0))
        report.runDays = (rules.runDays, rules.pushedRunDays)
        report.runs = try await storing { () throws(StoreError) in
            try await store.expireRuns(expiry, isPreview: isPreview, actor: actor)
        }
    }

    private static let fewestRuns = 100

    /// Deletes what devices have told of days that are over long ago, or counts it. What came for connections that the
    /// workspace does not have any more goes after 30 days.
    private func expireDeviceEntries(_ isPreview: Bool) async throws(HostError) -> Int {
        let names = try await storing { () throws(StoreError) in try await store.connectionsWithDeviceEntries() }
        var count = 0
        for name in names {
            let moment = daysAgo(workspace.connections.first { $0.name == name }?.devices?.rules.keepDays ?? 30)
            count += try await storing { () throws(StoreError) in
                try await store.deleteDeviceEntries(of: name, before: moment, isPreview: isPreview, actor: actor)
            }
        }
        return count
    }

    private func expireDeletions(_ report: inout RetentionReport, _ isPreview: Bool) async throws(HostError) {
        let kept = workspace.connections.compactMap(\.callback?.keepDays)
        report.deletionDays = max(workspace.configuration.retention.deletionDays, kept.max() ?? 0)
        let moment = daysAgo(report.deletionDays)
        report.deletions = try await storing { () throws(StoreError) in
            try await store.deleteTombstones(before: moment, isPreview: isPreview)
        }
    }

    private func daysAgo(_ days: Int) -> Timestamp { workspace.calendar.zone.adding(days: -days, to: now()) }

    private func expireRejects(_ isPreview: Bool) async throws(HostError) -> Int {
        let moment = rejectsEnd
        return try await storing { () throws(StoreError) in
            isPreview
                ? try await store.countDeadLetters(before: moment)
                : try await store.deleteDeadLetters(before: moment, actor: actor)
        }
    }

    private func expireRecords(
        of type: String, keptFor days: Int, _ isPreview: Bool
    ) async throws(HostError) -> RetentionReport.TypeReport {
        var report = RetentionReport.TypeReport(recordType: type, days: days)
        let (limit, reason) = try await limit(of: type, keptFor: days)
        report.reason = reason
        var expiry = RecordExpiry(
            limit: limit, mayUnplacedGo: reason?.concernsAll != true,
            oldEnough: workspace.calendar.zone.day(of: now()) + -days,
            periods: try await recordPeriods(of: type), runs: try await runDays(),
            held: try await storing { () throws(StoreError) in try await store.heldRecords(of: type) })
        let book = try await accountBook()
        do throws(StoreError) {
            for try await batch in store.evidence(of: type, states: Set(EvidenceState.allCases)) {
                let records = batch.compactMap { expiry.expiring($0, book) }
                if records.isEmpty { continue }
                report.deleted +=
                    isPreview
                    ? records.count
                    : try await store.expire(records, of: type, before: expiry.before, actor: actor)
            }
        } catch {
            throw .store(error)
        }
        report.waiting = expiry.waiting
        if reason == nil, expiry.waiting > 0 { report.reason = .held }
        if report.waiting == 0 { report.reason = nil }
        if report.deleted > 0 { report.before = expiry.before }
        return report
    }

    /// The day up to which all periods that have values of a type's records are locked, no later than its time is over;
    /// with the reason where it is earlier than that.
    private func limit(
        of type: String, keptFor days: Int
    ) async throws(HostError) -> (day: Day, reason: RetentionReport.Reason?) {
        let readers = workspace.indicators.filter { $0.recordTypes.contains(type) }
        if let indicator = readers.first(where: { $0.lookupTypes.contains(type) }) {
            return (Day.readable.lowerBound, .lookedUp(indicator: indicator.definition.id))
        }
        if try await holds().contains(where: { $0.recordTypes.contains(type) }) {
            return (Day.readable.lowerBound, .held)
        }
        let states = try await storing { () throws(StoreError) in try await store.periods() }
        let locked = Set(states.filter { $0.state == .locked }.map(\.period))
        let oldEnough = workspace.calendar.zone.day(of: now()) + -days
        var first: Period?
        for reader in readers {
            let values = try await storing { () throws(StoreError) in
                try await store.values(ValueFilter(indicator: reader.definition.id))
            }
            let open = Set(values.map(\.key.period)).subtracting(locked).compactMap { Period(id: $0) }
            first = ([first].compactMap { $0 } + open).min { ($0.firstDay, $0.kind) < ($1.firstDay, $1.kind) }
        }
        guard let first, first.firstDay < oldEnough else { return (oldEnough, nil) }
        return (first.firstDay, .openPeriod(first.id))
    }

    private func recordPeriods(of type: String) async throws(HostError) -> RecordPeriods {
        let readers = workspace.indicators.filter { $0.countedTypes.contains(type) }
        return RecordPeriods(
            readers, recordType: type, context: try await context(for: readers, records: readEvidence))
    }

    private func runDays() async throws(HostError) -> RunDays {
        let runs = try await storing { () throws(StoreError) in try await store.runs(connection: nil, limit: .max) }
        return RunDays(runs, workspace.calendar.zone)
    }
}

/// The days on which runs began.
private struct RunDays {
    private let ids: [RunID]
    private let days: [Day]

    init(_ runs: [Run], _ zone: Zone) {
        let runs = runs.sorted { $0.id < $1.id }
        (ids, days) = (runs.map(\.id), runs.map { zone.day(of: $0.started) })
    }

    /// The day of a run; of one that is kept no longer, that of the next one, which was no earlier. Nil where there is none.
    subscript(run: RunID) -> Day? {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < run { low = middle + 1 } else { high = middle }
        }
        return low < ids.count ? days[low] : nil
    }
}

/// Decides which records of a type are to be deleted.
private struct RecordExpiry {
    /// What counts in no period behind this day may go; no period with values that begins before it is open.
    let limit: Day
    /// What counts in no period at all may go where it came before this day.
    private let unplacedLimit: Day
    /// What counts in no period behind this day is old enough.
    let oldEnough: Day
    var periods: RecordPeriods
    let runs: RunDays
    /// What is held by itself stays, for what it was before counts.
    let held: Set<EvidenceReference>
    /// The records that are old enough and must wait.
    private(set) var waiting = 0
    /// The first day behind all periods in which a record counts that is due.
    private(set) var before: Day?

    init(
        limit: Day, mayUnplacedGo: Bool, oldEnough: Day, periods: RecordPeriods, runs: RunDays,
        held: Set<EvidenceReference>
    ) {
        (self.limit, self.oldEnough, self.periods, self.runs, self.held) = (limit, oldEnough, periods, runs, held)
        unplacedLimit = mayUnplacedGo ? oldEnough : limit
    }

    /// A record as it is to be deleted; nil where it stays. One that counts in no period is as old as what it says.
    mutating func expiring(_ evidence: Evidence, _ book: AccountBook) -> ExpiringRecord? {
        let places = periods.places(of: book.resolved(evidence))
        guard isDue(evidence, places.end) else { return nil }
        let subjects = evidence.state == .live ? places.subjects : [:]
        return ExpiringRecord(key: evidence.key, contentHash: evidence.contentHash, subjects: subjects)
    }

    private mutating func isDue(_ evidence: Evidence, _ counted: Day?) -> Bool {
        let end = counted ?? runs[evidence.run] ?? oldEnough + 1
        guard end <= (counted == nil ? unplacedLimit : limit), !held.contains(evidence.key) else {
            if end <= oldEnough { waiting += 1 }
            return false
        }
        if let counted { before = before.map { max($0, counted) } ?? counted }
        return true
    }
}

extension RetentionReport.Reason {
    /// Whether it keeps records that count in no period, too.
    fileprivate var concernsAll: Bool {
        switch self {
        case .openPeriod: false
        case .lookedUp, .held: true
        }
    }
}
