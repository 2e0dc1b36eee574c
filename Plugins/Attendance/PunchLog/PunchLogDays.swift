import PlumblineKit

/// The stream `attendance_days`: the punches of a file put together by person and day.
actor PunchLogDays {
    nonisolated let file: PunchLogFile
    private let fold: PunchFold
    private let clock: PunchClock
    private let shifts: [String: PunchShift]
    private let grace: Int
    private let since: LocalDay
    private let pageSize: Int
    private let isComplete: Bool
    private let settings: String
    private let context: ConnectorContext
    /// What was read in this run.
    private var kept: Log?

    /// A file's days, ascending by day and person.
    private struct Log {
        let stamp: FileStamp
        let days: [FoldedDay]
        let rejected: [RejectedRecord]

        /// The days that follow a place, of those after one day and through another.
        func days(
            behind place: PunchLogPlace?, after: LocalDay? = nil, through: LocalDay? = nil
        ) -> ArraySlice<FoldedDay> {
            let start = first { day in (after.map { day.day > $0 } ?? true) && (place.map { day.place > $0 } ?? true) }
            let end = first { day in through.map { day.day > $0 } ?? false }
            return days[min(start, end)..<end]
        }

        /// The first index from which on a condition holds; the number of days where it never does.
        private func first(_ holds: (FoldedDay) -> Bool) -> Int {
            var (low, high) = (0, days.count)
            while low < high {
                let middle = (low + high) / 2
                if holds(days[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        guard let since = LocalDay(settings[PunchLogSettings.since]) else {
            throw .settings(
                field: PunchLogSettings.since.field.key,
                reason: "expected a day such as 2026-01-01, got '\(settings[PunchLogSettings.since])'")
        }
        clock = PunchClock(
            utcOffset: context.utcOffset,
            dayStarts: Int(settings[PunchSettings.dayStarts].components.seconds))
        file = try PunchLogFile(settings, clock: clock, context: context)
        fold = PunchFold(settings, clock: clock)
        shifts = try PunchShift.all(settings)
        grace = Int(settings[PunchSettings.grace].components.seconds)
        (self.since, self.context) = (since, context)
        (pageSize, isComplete) = (settings[PunchLogSettings.pageSize], settings[PunchLogSettings.complete])
        self.settings = Self.fingerprint(of: settings, context.zone)
    }

    /// The next days.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let new = PunchLogWalk(stamp: try await file.stamp(), settings: settings, through: yesterday)
        guard var walk = try PunchLogWalk.resumed(after: cursor, new: new) else {
            return Page(cursor: cursor, hasMore: false)
        }
        let log = try await log(walk.stamp)
        let days = log.days(behind: walk.place, after: walk.after, through: walk.through)
        let chunk = days.prefix(pageSize)
        let rejected = walk.place == nil && walk.after == nil ? log.rejected : []
        walk.isEnd = chunk.count == days.count
        walk.place = walk.isEnd ? nil : chunk.last?.place
        walk.hasLater = log.days.last.map { $0.day > walk.through } ?? false
        return Page(
            records: chunk.map { $0.record(shifts, grace: grace, clock: clock) }, rejected: rejected,
            cursor: walk.cursor, hasMore: !walk.isEnd)
    }

    /// The identifiers of all days, those that are still going on included.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        var walk = PunchLogWalk(stamp: try await file.stamp(), settings: settings, through: yesterday)
        if let cursor {
            let stored = try PunchLogWalk(cursor)
            guard stored.stamp == walk.stamp else { throw changed }
            walk = stored
        }
        let log = try await log(walk.stamp)
        if let bad = log.rejected.first {
            throw .unexpected(
                reason: "'\(file.name)', \(bad.id) cannot be read, and its day would look vanished: \(bad.reason)")
        }
        let days = log.days(behind: walk.place)
        let chunk = days.prefix(pageSize)
        walk.place = chunk.last?.place
        let hasMore = chunk.count < days.count
        return IdentifierPage(identifiers: chunk.map(\.id), cursor: hasMore ? walk.cursor : nil, hasMore: hasMore)
    }

    private var yesterday: LocalDay { clock.day(of: context.now()).advanced(by: -1) }

    private var changed: ConnectorError {
        .unavailable(reason: "'\(file.name)' changed while its days were listed", retryAfter: nil)
    }

    /// The file in a state, read once.
    private func log(_ stamp: FileStamp) async throws(ConnectorError) -> Log {
        if let kept, kept.stamp == stamp { return kept }
        let rows = try await file.read()
        guard rows.stamp == stamp else { throw changed }
        let days = days(of: rows)
        let wanted = days.filter { $0.day >= since }
        if wanted.count < days.count { context.log("\(days.count - wanted.count) days before 'since' are left out") }
        let told = isComplete ? wanted : withoutBeginning(wanted)
        let log = Log(stamp: stamp, days: told.sorted { $0.place < $1.place }, rejected: rows.rejected)
        kept = log
        return log
    }

    private func days(of rows: PunchRows) -> [FoldedDay] {
        var days: [FoldedDay] = []
        for employee in Set(rows.punches.keys).union(rows.emptyDays.keys) {
            let doubts = rows.doubts[employee] ?? []
            days += fold.days(
                of: employee, rows.punches[employee] ?? [], named: rows.emptyDays[employee] ?? [:]
            ).map { day in
                var day = day
                day.isDoubtful = doubts.contains { day.mayHave(punchWithin: $0, clock: clock) }
                return day
            }
        }
        return days
    }

    /// The days of a file that holds a part of the log: without those before the date with which it begins, and those of that
    /// date that begin with a clock-out. The file before has more of them.
    private func withoutBeginning(_ days: [FoldedDay]) -> [FoldedDay] {
        let dates = days.compactMap { day in day.stamps.first.map { clock.date(of: $0.first) } ?? day.day }
        guard let first = dates.min() else { return days }
        let kept = days.filter { $0.day > first || $0.day == first && $0.stamps.first?.isIn != false }
        if kept.count < days.count {
            context.log(
                "\(days.count - kept.count) days at the file's beginning are left out, as they may have begun before it"
            )
        }
        return kept
    }

    /// Everything that days depend on, as a hash.
    private static func fingerprint(of settings: Settings, _ zone: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let lines = settings.input.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.sortedText)\n" }
        for byte in (lines.joined() + zone).utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

extension SettingInput {
    /// The value as one text, whatever the order of its keys.
    fileprivate var sortedText: String {
        switch self {
        case .map(let values): "\(values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
        case .list(let values): "\(values)"
        case .text(let text): text
        case .nested(let values): "\(values)"
        case .secret: ""
        }
    }
}

extension FoldedDay {
    fileprivate var place: PunchLogPlace { PunchLogPlace(day: day, employee: employee) }
}
