import FeishuServer
import PlumblineKit

/// The stream `attendance_days`.
struct FeishuAttendance: Sendable {
    private let source: FeishuAttendanceSource
    private let directory: FeishuDirectory
    private let rules: FeishuAttendanceSettings
    private let context: ConnectorContext

    init(
        client: FeishuClient, directory: FeishuDirectory, rules: FeishuAttendanceSettings, context: ConnectorContext
    ) {
        source = FeishuAttendanceSource(client: client, rules: rules, clock: FeishuClock(context))
        (self.directory, self.rules, self.context) = (directory, rules, context)
    }

    /// The next days of up to fifty people.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        var walk = try FeishuAttendanceWalk.resumed(after: cursor, yesterday: yesterday)
        let roster = try await roster(walk)
        var page = Page(cursor: nil, hasMore: true)
        if walk.after.isEmpty, walk.needsGroup { page.rejected = roster.rejected }
        if walk.needsGroup, !walk.chooseGroup(from: roster.people.keys) {
            return Page(rejected: page.rejected, cursor: walk.endCursor, hasMore: false)
        }
        try await read(roster, &walk, &page)
        let isOver = walk.needsGroup && !roster.people.keys.contains { $0 > walk.after }
        page.hasMore = !isOver
        page.cursor = isOver ? walk.endCursor : walk.cursor
        return page
    }

    /// What can be told of yesterday's results of up to fifty people.
    func remarks() async throws(ConnectorError) -> [String] {
        let walk = try FeishuAttendanceWalk.resumed(after: nil, yesterday: yesterday)
        let people = try await roster(walk).people.values.sorted { $0.account < $1.account }.prefix(50)
        guard !people.isEmpty else { return [] }
        let results = try await source.results(of: Array(people), from: yesterday, through: yesterday)
        var remarks = ["results of yesterday: \(results.days.count) of \(people.count) people"]
        if !results.unauthorized.isEmpty { remarks.append("\(results.unauthorized.count) people may not be seen") }
        if !results.invalid.isEmpty { remarks.append("\(results.invalid.count) people are unknown to attendance") }
        return remarks
    }

    private var clock: FeishuClock { FeishuClock(context) }
    private var yesterday: LocalDay { clock.day(of: context.now()).advanced(by: -1) }
}

// MARK: - Who

extension FeishuAttendance {
    fileprivate struct Roster {
        var people: [String: FeishuEmployee] = [:]
        var rejected: [RejectedRecord] = []

        mutating func reject(_ account: String, _ reason: String) {
            people[account] = nil
            let raw: JSON = ["user_id": .string(account)]
            rejected.append(RejectedRecord(id: "user \(account)", reason: reason, raw: raw.bytes))
        }

        func isRejected(_ account: String) -> Bool { rejected.contains { $0.id == "user \(account)" } }
    }

    /// Who is in the directory, and who of the known is so no longer.
    private func roster(_ walk: FeishuAttendanceWalk) async throws(ConnectorError) -> Roster {
        var roster = Roster()
        var holders: [String: [String]] = [:]
        for (account, user) in try await directory.snapshot().accounts {
            guard let number = rules.usesNumbers ? user.filled("employee_no") : account else {
                roster.reject(account, "has no employee_no, by which attendance is asked for")
                continue
            }
            holders[number, default: []].append(account)
            let joined = user["join_time"]?.feishuSeconds.map(clock.day)
            roster.people[account] = FeishuEmployee(account: account, number: number, joined: joined)
        }
        for (number, accounts) in holders.sorted(by: { $0.key < $1.key }) where accounts.count > 1 {
            for account in accounts { roster.reject(account, "shares the employee_no '\(number)' with somebody else") }
        }
        for (account, known) in walk.people where roster.people[account] == nil && !roster.isRejected(account) {
            roster.people[account] = known
            roster.people[account]?.isGone = true
        }
        return roster
    }

    /// The days that a run reads of somebody; nil where there are none.
    private func days(of employee: FeishuEmployee, in walk: FeishuAttendanceWalk) -> ClosedRange<LocalDay>? {
        let isKnown = walk.people[employee.account] != nil
        // Of who has gone, less can be asked: what was read before is not read again.
        let again = isKnown ? walk.known.map { $0.advanced(by: employee.isGone ? 1 : 1 - rules.recheck) } : nil
        let first = [rules.since, employee.joined, again].compactMap(\.self).max() ?? rules.since
        return first <= walk.through ? first...walk.through : nil
    }
}

// MARK: - What

extension FeishuAttendance {
    /// Reads the next days of the walk's group, and ends the group behind the last of them.
    private func read(
        _ roster: Roster, _ walk: inout FeishuAttendanceWalk, _ page: inout Page
    ) async throws(ConnectorError) {
        let members = walk.group.compactMap { roster.people[$0] }
        let spans = members.filter { !walk.hidden.contains($0.account) }
            .compactMap { member in days(of: member, in: walk).map { (member, $0) } }
        guard let first = spans.map(\.1.lowerBound).min(), let end = spans.map(\.1.upperBound).max() else {
            return walk.endGroup(members)
        }
        let start = max(walk.day ?? first, first)
        guard start <= end else { return walk.endGroup(members) }
        let last = min(end, start.advanced(by: max(1, min(30, rules.pageSize / 50)) - 1))
        let asked = spans.filter { $0.1.overlaps(start...last) }
        if !asked.isEmpty {
            let days = try await source.days(of: asked.map(\.0), from: start, through: last)
            page.rejected += days.rejected
            tell(days, of: asked, from: start, through: last, &walk, &page)
        }
        walk.day = last.advanced(by: 1)
        if last == end { walk.endGroup(members) }
    }

    private func tell(
        _ days: FeishuAttendanceSource.Days, of asked: [(FeishuEmployee, ClosedRange<LocalDay>)], from start: LocalDay,
        through last: LocalDay, _ walk: inout FeishuAttendanceWalk, _ page: inout Page
    ) {
        for (employee, span) in asked {
            if let reason = days.unreadable[employee.number] {
                walk.hide(employee.account)
                tell(reason, of: employee, &page)
                continue
            }
            for day in start.number...last.number where span.contains(LocalDay(number: day)) {
                let day = LocalDay(number: day)
                // Whether somebody who has left was still there that day, only a result of it tells.
                guard !employee.isGone || days.hasResult(of: employee, on: day) else { continue }
                page.records.append(days.record(of: employee, on: day, rules: rules, clock: clock))
            }
        }
    }

    private func tell(_ reason: String, of employee: FeishuEmployee, _ page: inout Page) {
        let id = "user \(employee.account)"
        if employee.isGone {
            page.anomalies.append(Anomaly(id: id, reason: "has left; \(reason)"))
        } else {
            let raw: JSON = ["user_id": .string(employee.account)]
            page.rejected.append(RejectedRecord(id: id, reason: reason, raw: raw.bytes))
        }
    }
}
