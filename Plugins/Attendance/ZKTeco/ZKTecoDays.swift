import PlumblineKit

/// The stream `attendance_days`: what terminals have told, put together by person and day.
struct ZKTecoDays: Sendable {
    let reader: ZKTecoReader
    private let clock: PunchClock
    private let fold: PunchFold
    private let shifts: [String: PunchShift]
    private let grace: Int
    private let since: LocalDay
    private let pageSize: Int
    private let context: ConnectorContext
    /// So many seconds around a punch another one can decide what becomes of it.
    private let reach: Int

    init(
        _ settings: Settings, reader: ZKTecoReader, clock: PunchClock, context: ConnectorContext
    ) throws(ConnectorError) {
        guard let since = LocalDay(settings[ZKTecoSettings.since]) else {
            throw .settings(
                field: ZKTecoSettings.since.field.key,
                reason: "expected a day such as 2026-01-01, got '\(settings[ZKTecoSettings.since])'")
        }
        (self.reader, self.clock, self.since, self.context) = (reader, clock, since, context)
        fold = PunchFold(settings, clock: clock)
        shifts = try PunchShift.all(settings)
        if !reader.hasDirections {
            try PunchShift.refuseAcrossDays(
                shifts.values, dayStarts: clock.dayStarts, orName: ZKTecoSettings.inValues.field.key)
        }
        grace = Int(settings[PunchSettings.grace].components.seconds)
        pageSize = settings[ZKTecoSettings.pageSize]
        reach = fold.duplicatesWithin + (reader.hasDirections ? Int(fold.longestShift.components.seconds) : 0)
    }

    /// The next days.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard let log = context.deviceLog else {
            throw .unavailable(reason: "there is no log of what terminals have sent", retryAfter: nil)
        }
        guard var walk = try await walk(after: cursor, log) else { return Page(cursor: cursor, hasMore: false) }
        var page = Page(cursor: nil, hasMore: false)
        if !walk.isEnd {
            let seen = try await next(walk, log)
            if !walk.isInEndedDays { note(seen, in: &walk) }
            try await tell(seen, of: walk, log, &page)
            walk.place = seen.end
        }
        (page.cursor, page.hasMore) = (walk.cursor, !walk.isEnd)
        return page
    }

    private func walk(after cursor: Cursor?, _ log: any DeviceLog) async throws(ConnectorError) -> ZKTecoWalk? {
        let old = try cursor.map { cursor throws(ConnectorError) in try ZKTecoWalk(cursor) }
        if let old, !old.isEnd { return old }
        let until = try await log.lastNumber()
        let through = clock.day(of: context.now()).advanced(by: -1)
        guard let old else { return ZKTecoWalk(until: until, through: through) }
        return ZKTecoWalk(after: old, until: until, through: through)
    }

    /// Entries that are looked at together.
    private struct Chunk {
        let entries: [NumberedEntry]
        /// The number up to which all was looked at.
        let end: Int64
    }

    private func next(_ walk: ZKTecoWalk, _ log: any DeviceLog) async throws(ConnectorError) -> Chunk {
        let numbers = walk.numbers
        let entries = try await log.entries(in: numbers, placed: walk.endedDays, limit: pageSize)
        let end = entries.count < pageSize ? numbers.upperBound - 1 : entries.last?.number ?? numbers.upperBound - 1
        return Chunk(entries: entries, end: end)
    }
}

// MARK: - Which days

extension ZKTecoDays {
    private func tell(
        _ chunk: Chunk, of walk: ZKTecoWalk, _ log: any DeviceLog, _ page: inout Page
    ) async throws(ConnectorError) {
        let first = max(since, try await log.keptSince().map { clock.day(of: $0).advanced(by: 3) } ?? since)
        var touched: [String: Set<LocalDay>] = [:]
        for numbered in chunk.entries {
            let reading = read(numbered, in: walk)
            if !walk.isInEndedDays { page.rejected += rejected(numbered, reading, from: first).map { [$0] } ?? [] }
            guard let account = numbered.entry.account else { continue }
            touched[account, default: []].formUnion(
                days(touchedBy: reading, in: walk).filter { $0 >= first && $0 <= walk.through })
        }
        for (account, days) in touched.sorted(by: { $0.key < $1.key }) {
            guard let start = days.min(), let last = days.max() else { continue }
            let own = try await entries(of: account, ZKTecoWalk.span(of: start, through: last), walk, log)
            let person = Person(account, own, self, walk)
            for day in days.sorted() where person.isDue(on: day, in: chunk.entries.last?.number, walk) {
                tell(of: day, person, &page)
            }
        }
    }

    /// The days that are to be told with an entry. A run from the start may follow other settings, by which a punch belonged
    /// to the day before or behind: such a day must go.
    private func days(touchedBy reading: ZKTecoReading, in walk: ZKTecoWalk) -> Set<LocalDay> {
        let days = days(touchedBy: reading)
        guard walk.told == nil else { return days }
        return Set(days.flatMap { day in (-1...1).map { day.advanced(by: $0) } })
    }

    /// The days about which an entry can decide something, its own and those beside it.
    private func days(touchedBy reading: ZKTecoReading) -> Set<LocalDay> {
        switch reading {
        case .punch(let punch):
            let ends = [-reach, reach].map { clock.day(of: punch.at.advanced(bySeconds: $0)).number }
            return Set((ends[0]...ends[1]).map { LocalDay(number: $0) })
        case .doubt(let days, _): return days
        case .unreadable: return []
        }
    }

    /// Everything that is known of somebody around some days.
    private struct Person {
        let account: String
        let folded: [LocalDay: FoldedDay]
        let doubts: Set<LocalDay>
        /// The numbers of the entries that touch a day, the last one of each.
        let last: [LocalDay: Int64]

        init(_ account: String, _ entries: [NumberedEntry], _ days: ZKTecoDays, _ walk: ZKTecoWalk) {
            self.account = account
            var punches: [LoggedPunch] = []
            var (doubts, last): (Set<LocalDay>, [LocalDay: Int64]) = ([], [:])
            for numbered in entries {
                let reading = days.read(numbered, in: walk)
                if case .punch(let punch) = reading { punches.append(punch) }
                if case .doubt(let own, _) = reading { doubts.formUnion(own) }
                // Where days have ended, others than these are not looked at, and none of them is the last one.
                guard walk.endedDays?.contains(numbered.entry.placed) ?? true else { continue }
                for day in days.days(touchedBy: reading, in: walk) { last[day] = max(last[day] ?? 0, numbered.number) }
            }
            (self.doubts, self.last) = (doubts, last)
            let all = days.fold.days(of: account, punches, named: [:])
            folded = Dictionary(all.map { ($0.day, $0) }) { first, _ in first }
        }

        /// Whether a day is to be told of with these entries: with the last one that touches it, so that it is told once in a
        /// run; and only where it is new, or something of it is.
        func isDue(on day: LocalDay, in end: Int64?, _ walk: ZKTecoWalk) -> Bool {
            guard let last = last[day], let end, last > walk.place, last <= end else { return false }
            return last > walk.from || walk.told.map { day > $0 } ?? true
        }
    }

    /// Punches may have left a day for another one that a clock-in came late for.
    private func tell(of day: LocalDay, _ person: Person, _ page: inout Page) {
        var folded =
            person.folded[day]
            ?? FoldedDay(employee: person.account, day: day, stamps: [], namedShift: reader.shift(of: person.account))
        folded.isDoubtful = person.doubts.contains(day) || isUndecided(folded)
        if folded.stamps.isEmpty, !folded.isDoubtful {
            page.deleted.append(DeletedRecord(id: folded.id))
        } else {
            page.records.append(folded.record(shifts, grace: grace, clock: clock))
        }
    }
}

// MARK: - Clocks that were set back

extension ZKTecoDays {
    private func note(_ chunk: Chunk, in walk: inout ZKTecoWalk) {
        for numbered in chunk.entries {
            guard case .punch(let punch) = reader.read(numbered.entry) else { continue }
            walk.past.note(numbered, isPast: clock.day(of: punch.at) < since)
        }
    }

    /// What an entry says, as far as the entries before it let it be believed.
    private func read(_ numbered: NumberedEntry, in walk: ZKTecoWalk) -> ZKTecoReading {
        let reading = reader.read(numbered.entry)
        guard case .punch(let punch) = reading, clock.day(of: punch.at) < since, walk.past.isSetBack(numbered) else {
            return reading
        }
        return .doubt([clock.day(of: numbered.entry.received)], ZKTecoReader.setBack(to: punch.at))
    }

    /// Somebody's entries that stand in a span, and those of clocks that were set back, which stand before it.
    private func entries(
        of account: String, _ span: Range<Instant>, _ walk: ZKTecoWalk, _ log: any DeviceLog
    ) async throws(ConnectorError) -> [NumberedEntry] {
        var entries = try await log.entries(of: account, placed: span)
        if let first = walk.past.setBack {
            let before = Instant(microseconds: 0)..<span.lowerBound
            entries += try await log.entries(of: account, placed: before).filter {
                $0.number >= first && walk.past.isSetBack($0)
            }
        }
        return entries.filter { $0.number <= walk.until }
    }
}

// MARK: - Days with punches that tell no direction

extension ZKTecoDays {
    /// Where states tell in from out, whether a day has punches without, and what they are cannot be known: beside others that
    /// tell, or where the shift passes into another day, so that the first of them may be the end of the night before.
    private func isUndecided(_ folded: FoldedDay) -> Bool {
        let told = folded.stamps.filter { $0.isIn != nil }.count
        guard reader.hasDirections, told < folded.stamps.count else { return false }
        return told > 0 || !shifts(of: folded).allSatisfy { $0.isInsideDay(from: clock.dayStarts) }
    }

    /// The shift of somebody's day; where nobody says which, each that it may be.
    private func shifts(of folded: FoldedDay) -> [PunchShift] {
        guard let name = reader.shift(of: folded.employee) else { return Array(shifts.values) }
        return shifts[name].map { [$0] } ?? []
    }
}

// MARK: - What people are to see

extension ZKTecoDays {
    private func rejected(
        _ numbered: NumberedEntry, _ reading: ZKTecoReading, from first: LocalDay
    ) -> RejectedRecord? {
        let texts: LocalizedText
        switch reading {
        case .punch: return nil
        case .unreadable(let reason): texts = reason
        case .doubt(let days, let reason):
            guard days.contains(where: { $0 >= first }) else { return nil }
            texts = reason
        }
        let id = "\(numbered.entry.device) entry \(numbered.number)"
        return RejectedRecord(
            id: id, texts: texts, raw: ZKTecoLine(kept: numbered.entry.contents).json(of: numbered.entry))
    }
}

extension ZKTecoLine {
    /// The line as a reject is kept: its columns, and where they came from.
    fileprivate func json(of entry: DeviceEntry) -> [UInt8] {
        let json: JSON = [
            "device": .string(entry.device), "received_at": .time(entry.received),
            "columns": .array(columns.map(JSON.string)),
        ]
        return json.bytes
    }
}
