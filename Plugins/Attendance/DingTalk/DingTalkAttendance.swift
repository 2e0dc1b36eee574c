import DingTalkServer
import PlumblineKit

/// The stream `attendance_days`: what the system tells of people's days, put together.
actor DingTalkAttendance {
    private let calls: DingTalkAttendanceCalls
    private let people: DingTalkPeople
    private let clock: DingTalkClock
    private let context: ConnectorContext
    private let since: LocalDay
    private let recheck: Int
    private let leaveLookback: Int
    private let midnightEnds: String
    private let pageSize: Int
    private let columns: [String]
    private let overtimeColumn: String?
    private var columnNumbers: [String: String]?

    /// Refuses a `since` that is no day, and more columns than can be asked for at once.
    init(
        client: DingTalkClient, people: DingTalkPeople, settings: Settings, context: ConnectorContext
    ) throws(ConnectorError) {
        typealias Subject = DingTalkAttendanceConnector
        guard let since = LocalDay(settings[Subject.since]) else {
            throw .settings(
                field: "since", reason: "expected a day such as 2026-01-01, got '\(settings[Subject.since])'")
        }
        overtimeColumn = settings[Subject.overtimeColumn]
        columns = Set(settings[Subject.reportColumns] + [overtimeColumn].compactMap(\.self)).sorted()
        guard columns.count <= 20 else {
            throw .settings(field: "report_columns", reason: "expected at most 20 columns, got \(columns.count)")
        }
        calls = DingTalkAttendanceCalls(client: client)
        (self.people, self.context, self.since) = (people, context, since)
        clock = DingTalkClock(context)
        recheck = Int(settings[Subject.recheck].components.seconds / 86_400)
        leaveLookback = Int(settings[Subject.leaveLookback].components.seconds)
        midnightEnds = settings[Subject.midnightEnds]
        pageSize = settings[Subject.pageSize]
    }

    /// The next days to tell of.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let yesterday = day(of: context.now()).advanced(by: -1)
        var walk = try DingTalkAttendanceWalk.resumed(
            after: cursor, since: since, recheck: recheck, yesterday: yesterday)
        let present = Dictionary(
            uniqueKeysWithValues: try await people.accounts().map { ($0.id, $0.hiredOn.flatMap(LocalDay.init)) })
        walk.note(present: Set(present.keys))
        guard !walk.isAtEnd else { return Page(cursor: walk.endCursor, hasMore: false) }
        let rest = walk.people.union(walk.leavers.keys).filter { $0 > walk.place }.sorted()
        let group = rest.prefix(pageSize).map { id in
            Person(id: id, first: present[id] ?? nil, last: present[id] == nil ? walk.leavers[id] : nil)
        }
        var page = try await read(group, walk)
        walk.move(behind: rest.count > group.count ? group.last?.id : nil)
        page.hasMore = !walk.isAtEnd
        page.cursor = page.hasMore ? walk.cursor : walk.endCursor
        return page
    }

    /// What works: whether yesterday's attendance can be read, and which columns the report has.
    func remarks() async throws(ConnectorError) -> [String] {
        let yesterday = day(of: context.now()).advanced(by: -1)
        let some = try await people.accounts().prefix(50).map(\.id)
        guard !some.isEmpty else { return ["nobody is in the app's scope"] }
        let results = try await calls.results(of: some, from: yesterday, through: yesterday)?.count
        var remarks = ["\(results ?? 0) planned punches of \(some.count) people yesterday"]
        if !columns.isEmpty { remarks.append("\(try await numbers().count) columns of the report") }
        return remarks
    }

    private func day(of moment: Instant) -> LocalDay {
        LocalDay(of: moment, secondsAhead: clock.secondsAhead(at: moment))
    }

    /// Who is read, and on which days; who has left has a last one.
    private struct Person {
        let id: String
        let first: LocalDay?
        let last: LocalDay?

        var hasLeft: Bool { last != nil }

        func isRead(on day: LocalDay) -> Bool { (first.map { $0 <= day } ?? true) && (last.map { day <= $0 } ?? true) }
    }

    /// What the system tells of some people's days, by person and day.
    fileprivate struct Told {
        var results: [String: [LocalDay: [DingTalkResult]]] = [:]
        var punches: [String: [LocalDay: [DingTalkPunch]]] = [:]
        var leaves: [String: [DingTalkLeave]] = [:]
        var report: [String: [String: [String: String]]] = [:]
        var rejected: [RejectedRecord] = []
    }
}

// MARK: - Asking

extension DingTalkAttendance {
    private func read(_ group: [Person], _ walk: DingTalkAttendanceWalk) async throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        let present = group.filter { !$0.hasLeft }
        if let told = try await ask(present, walk) {
            add(present, told, walk, to: &page)
        } else {
            for person in present { try await addAlone(person, walk, to: &page) }
        }
        for person in group where person.hasLeft { try await addAlone(person, walk, to: &page) }
        return page
    }

    /// The system answers for all who are asked about, or for none: those it may not know are asked about one by one.
    private func addAlone(
        _ person: Person, _ walk: DingTalkAttendanceWalk, to page: inout Page
    ) async throws(ConnectorError) {
        guard walk.days.contains(where: person.isRead) else { return }
        if let told = try await ask([person], walk) {
            add([person], told, walk, to: &page)
        } else {
            page.anomalies.append(
                Anomaly(
                    id: person.id, reason: "DingTalk no longer answers for this person: the last days may be incomplete"
                ))
        }
    }

    private func ask(_ group: [Person], _ walk: DingTalkAttendanceWalk) async throws(ConnectorError) -> Told? {
        var told = Told()
        let (ids, first, last) = (group.map(\.id), walk.day, walk.lastDay)
        guard !ids.isEmpty else { return told }
        let start = clock.moment(shown: first.midnight).advanced(bySeconds: -leaveLookback)
        let end = clock.moment(shown: last.advanced(by: 2).midnight)
        guard let results = try await calls.results(of: ids, from: first, through: last),
            let punches = try await calls.punches(of: ids, from: first, through: last),
            let leaves = try await calls.leaves(of: ids, from: start, to: end)
        else { return nil }
        for item in results {
            guard let result = told.value(of: item, "result", DingTalkResult.init) else { continue }
            told.results[result.user, default: [:]][day(of: result.workDate), default: []].append(result)
        }
        for item in punches {
            // Punches of the days around are read with those days.
            let moment = (item["workDate"] ?? item["userCheckTime"])?.dingTalkMoment
            if let moment, !walk.days.contains(day(of: moment)) { continue }
            guard let punch = told.value(of: item, "punch", DingTalkPunch.init) else { continue }
            told.punches[punch.user, default: [:]][day(of: punch.workDate), default: []].append(punch)
        }
        for item in leaves {
            guard let leave = told.value(of: item, "leave", DingTalkLeave.init, DingTalkLeave.kept) else { continue }
            told.leaves[leave.user, default: []].append(whole(leave))
        }
        for person in group where !person.hasLeft { told.report[person.id] = try await report(of: person.id, walk) }
        return told
    }

    /// Leave that ends at midnight with that day, where the settings say that it does.
    private func whole(_ leave: DingTalkLeave) -> DingTalkLeave {
        let last = day(of: leave.to)
        guard clock.moment(shown: last.midnight) == leave.to,
            midnightEnds == "day" || midnightEnds == "same_day" && leave.from == leave.to
        else { return leave }
        var whole = leave
        whole.to = clock.moment(shown: last.advanced(by: 1).midnight)
        return whole
    }

    private func report(
        of person: String, _ walk: DingTalkAttendanceWalk
    ) async throws(ConnectorError) -> [String: [String: String]] {
        guard !columns.isEmpty else { return [:] }
        let numbers = try await numbers()
        let values = try await calls.values(
            of: columns.compactMap { numbers[$0] }, for: person, from: walk.day, through: walk.lastDay)
        return Dictionary(uniqueKeysWithValues: columns.map { ($0, values?[numbers[$0] ?? ""] ?? [:]) })
    }

    /// The numbers of the columns that are read; every one must be there.
    private func numbers() async throws(ConnectorError) -> [String: String] {
        if let columnNumbers { return columnNumbers }
        let numbers = try await calls.columns()
        if let missing = columns.first(where: { numbers[$0] == nil }) {
            let known = numbers.keys.sorted().joined(separator: ", ")
            throw .settings(
                field: missing == overtimeColumn ? "overtime_column" : "report_columns",
                reason: "the report has no column '\(missing)'; it has: \(known)")
        }
        columnNumbers = numbers.filter { columns.contains($0.key) }
        return numbers
    }
}

extension DingTalkAttendance.Told {
    fileprivate mutating func value<Value>(
        of item: JSON, _ what: String, _ read: (JSON) throws(JSONShapeError) -> Value,
        _ kept: Set<String> = DingTalkResult.kept
    ) -> Value? {
        do throws(JSONShapeError) {
            return try read(item)
        } catch {
            let id = item["id"]?.scalarText ?? item["userid"]?.scalarText ?? "without id"
            rejected.append(
                RejectedRecord(id: "\(what) \(id)", reason: error.reason, raw: item.keeping(kept).bytes))
            return nil
        }
    }
}

// MARK: - Telling

extension DingTalkAttendance {
    private func add(_ group: [Person], _ told: Told, _ walk: DingTalkAttendanceWalk, to page: inout Page) {
        page.rejected += told.rejected
        for person in group {
            let leaves = (told.leaves[person.id] ?? []).map { leave in
                DingTalkDay.Leave(leave: leave, isWithinDay: isWithinDay(leave))
            }
            for day in walk.days where person.isRead(on: day) {
                let folded = DingTalkDay(
                    results: told.results[person.id]?[day] ?? [], punches: told.punches[person.id]?[day] ?? [],
                    leaves: leaves)
                if person.hasLeft, folded.isEmpty { continue }
                page.records.append(record(person.id, day, folded, told.report[person.id] ?? [:]))
            }
        }
    }

    private func isWithinDay(_ leave: DingTalkLeave) -> Bool {
        day(of: leave.from) == day(of: max(leave.from, leave.to.advanced(bySeconds: -1)))
    }

    private func record(
        _ person: String, _ day: LocalDay, _ folded: DingTalkDay, _ report: [String: [String: String]]
    ) -> SourceRecord {
        let id = [person, day.text].compoundIdentifier
        let values = report.mapValues { $0[day.text] }
        let overtime = overtimeColumn.flatMap { values[$0] ?? nil }.flatMap {
            Int($0.split(separator: ".").first ?? "")
        }
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id),
                "employee": .string(person),
                "date": .string(day.text),
                "shift": .text(folded.shift),
                "is_workday": .bool(folded.isPlanned),
                "planned_minutes": folded.plannedSeconds.map { .int($0 / 60) } ?? .null,
                "worked_minutes": folded.workedSeconds.map { .int($0 / 60) } ?? .null,
                "late_seconds": .int(folded.lateSeconds),
                "early_leave_seconds": .int(folded.earlySeconds),
                "absence_minutes": .int(folded.absenceSeconds / 60),
                "leave_minutes": .int(folded.leaveSeconds / 60),
                "leave_kinds": .array(folded.leaveKinds.map(JSON.string)),
                "overtime_minutes": overtime.map(JSON.int) ?? .null,
                "has_overtime_column": .bool(overtimeColumn != nil),
                "first_in_at": .time(folded.firstIn),
                "last_out_at": .time(folded.lastOut),
                "missing_punch": .bool(folded.missingPunches > 0),
                "results": folded.json,
                "report": .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })),
            ])
    }
}
