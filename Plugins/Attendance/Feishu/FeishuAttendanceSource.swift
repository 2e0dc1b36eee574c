import FeishuServer
import PlumblineKit

/// The calls of Feishu's attendance, for up to fifty people.
struct FeishuAttendanceSource: Sendable {
    private let client: FeishuClient
    private let rules: FeishuAttendanceSettings
    private let clock: FeishuClock

    init(client: FeishuClient, rules: FeishuAttendanceSettings, clock: FeishuClock) {
        (self.client, self.rules, self.clock) = (client, rules, clock)
    }

    /// What was planned and found, by number and day.
    struct Results {
        var days: [String: [LocalDay: FeishuTask]] = [:]
        var invalid: Set<String> = []
        var unauthorized: Set<String> = []
        var rejected: [RejectedRecord] = []
    }

    /// Everything that is told of some days.
    struct Days {
        var tasks: [String: [LocalDay: FeishuTask]]
        /// Punches that no result names.
        var extras: [String: [LocalDay: [FeishuPunch]]] = [:]
        /// Nil where leave is not read.
        var leaves: [String: [FeishuAbsence]]?
        var overtime: [String: [FeishuAbsence]]?
        /// Nil where statistics are not read.
        var stats: [String: [LocalDay: JSON]]?
        /// People of whom nothing can be read, with the reason.
        var unreadable: [String: String] = [:]
        var rejected: [RejectedRecord]

        func hasResult(of employee: FeishuEmployee, on day: LocalDay) -> Bool {
            tasks[employee.number]?[day] != nil
        }
    }

    /// All of some days, with the results of the days beside them, to which punches at their edges may belong.
    func days(
        of people: [FeishuEmployee], from start: LocalDay, through last: LocalDay
    ) async throws(ConnectorError) -> Days {
        let results = try await results(of: people, from: start.advanced(by: -1), through: last.advanced(by: 1))
        var days = Days(tasks: results.days, rejected: results.rejected)
        for number in results.invalid { days.unreadable[number] = "attendance says that there is no such person" }
        for number in results.unauthorized { days.unreadable[number] = "the app may not see this person's attendance" }
        let readable = people.filter { !$0.isGone && days.unreadable[$0.number] == nil }.map(\.number)
        if rules.readsLeave { (days.leaves, days.overtime) = ([:], [:]) }
        if !rules.stats.isEmpty { days.stats = [:] }
        guard !readable.isEmpty else { return days }
        try await addPunches(of: readable, from: start, through: last, to: &days)
        if rules.readsLeave { try await addAbsences(of: readable, from: start, through: last, to: &days) }
        for day in start.number...last.number where !rules.stats.isEmpty {
            try await addStats(of: readable, on: LocalDay(number: day), to: &days)
        }
        return days
    }

    /// What was planned and found on some days.
    func results(
        of people: [FeishuEmployee], from start: LocalDay, through last: LocalDay
    ) async throws(ConnectorError) -> Results {
        let data = try await client.data(
            of: .post(
                "attendance/v1/user_tasks/query",
                query: type + [("ignore_invalid_users", "true"), ("include_terminated_user", "true")],
                body: [
                    "user_ids": .array(people.map { .string($0.number) }), "check_date_from": .int(start.digits),
                    "check_date_to": .int(last.digits), "need_overtime_result": true,
                ], keeping: FeishuTask.mask))
        var results = Results()
        results.invalid = Set((data["invalid_user_ids"]?.array ?? []).compactMap(\.scalarText))
        results.unauthorized = Set((data["unauthorized_user_ids"]?.array ?? []).compactMap(\.scalarText))
        for result in data["user_task_results"]?.array ?? [] { take(result, into: &results) }
        return results
    }

    private var type: [(String, String)] { [("employee_type", rules.employeeType)] }

    private func take(_ result: JSON, into results: inout Results) {
        guard let number = result.filled("user_id"), let day = result["day"]?.int.flatMap({ LocalDay(digits: $0) })
        else {
            results.rejected.append(
                RejectedRecord(
                    id: "result \(result.filled("result_id") ?? "?")",
                    reason: "has no user_id with a day such as 20260105",
                    raw: result.bytes))
            return
        }
        var task = results.days[number]?[day] ?? FeishuTask()
        task.shift = task.shift ?? result.filled("shift_id")
        task.parts += (result["records"]?.array ?? []).map(FeishuPart.init)
        results.days[number, default: [:]][day] = task
    }
}

// MARK: - Punches

extension FeishuAttendanceSource {
    private func addPunches(
        of numbers: [String], from start: LocalDay, through last: LocalDay, to days: inout Days
    ) async throws(ConnectorError) {
        let span = (clock.start(of: start.advanced(by: -1)), clock.start(of: last.advanced(by: 2)))
        let data = try await client.data(
            of: .post(
                "attendance/v1/user_flows/query", query: type,
                body: [
                    "user_ids": .array(numbers.map(JSON.string)), "check_time_from": Self.seconds(span.0),
                    "check_time_to": Self.seconds(span.1),
                ],
                keeping: [
                    "user_flow_results": [
                        ["user_id": true, "record_id": true, "check_time": true, "check_result": true]
                    ]
                ]))
        for flow in data["user_flow_results"]?.array ?? [] where flow["check_result"] != "Invalid" {
            guard let number = flow.filled("user_id"), let at = flow["check_time"]?.feishuSeconds else {
                let id = "punch \(flow.filled("record_id") ?? "?")"
                days.rejected.append(RejectedRecord(id: id, reason: "has no user_id with a time", raw: flow.bytes))
                continue
            }
            days.add(FeishuPunch(at: at, id: flow.filled("record_id")), of: number, dayStart: rules.dayStart, clock)
        }
    }

    private static func seconds(_ moment: Instant) -> JSON { .string(String(moment.microseconds / 1_000_000)) }
}

extension FeishuAttendanceSource.Days {
    /// How long before a shift and behind it a punch still belongs to it.
    private static let (before, behind) = (4 * 3600, 10 * 3600)

    /// Puts a punch to its day, unless a result has it already or no day fits.
    fileprivate mutating func add(_ punch: FeishuPunch, of number: String, dayStart: Int, _ clock: FeishuClock) {
        let known = tasks[number] ?? [:]
        let named = known.values.flatMap(\.parts).flatMap { [$0.begin.punch, $0.end.punch].compactMap(\.self) }
        if named.contains(where: { $0.at == punch.at || ($0.id != nil && $0.id == punch.id) }) { return }
        let today = clock.day(of: punch.at)
        let near = [-1, 0, 1].map { today.advanced(by: $0) }.compactMap { day in
            known[day]?.span.flatMap { Self.distance(of: punch.at, from: $0) }.map { (day, $0) }
        }
        if let best = near.min(by: { ($0.1, $0.0) < ($1.1, $1.0) })?.0 {
            extras[number, default: [:]][best, default: []].append(punch)
            return
        }
        let day = clock.day(of: punch.at.advanced(bySeconds: -dayStart))
        if known[day]?.span == nil { extras[number, default: [:]][day, default: []].append(punch) }
    }

    /// Seconds between a punch and a shift, 0 inside it; nil where it is too far from it.
    private static func distance(of moment: Instant, from span: ClosedRange<Instant>) -> Int? {
        let early = Int((span.lowerBound.microseconds - moment.microseconds) / 1_000_000)
        let late = Int((moment.microseconds - span.upperBound.microseconds) / 1_000_000)
        return early > before || late > behind ? nil : max(0, early, late)
    }
}

// MARK: - Leave, overtime, statistics

extension FeishuAttendanceSource {
    private static let absence: JSON = [
        "approval_id": true, "start_time": true, "end_time": true, "approve_pass_time": true,
        "i18n_names": ["ch": true, "en": true, "ja": true],
    ]

    private func addAbsences(
        of numbers: [String], from start: LocalDay, through last: LocalDay, to days: inout Days
    ) async throws(ConnectorError) {
        let route = "attendance/v1/user_approvals/query"
        let data = try await client.data(
            of: .post(
                route, query: type,
                body: [
                    "user_ids": .array(numbers.map(JSON.string)), "check_date_from": .int(start.digits),
                    "check_date_to": .int(last.digits),
                ],
                keeping: [
                    "leaves": true,
                    "user_approvals": [
                        ["user_id": true, "leaves": [Self.absence], "overtime_works": [Self.absence]]
                    ],
                ]))
        if data["user_approvals"] == nil, data["leaves"] != nil {
            throw .unexpected(reason: "\(route) tells leave without whose it is: set read_leave to false")
        }
        for entry in data["user_approvals"]?.array ?? [] {
            guard let number = entry.filled("user_id") else { continue }
            for leave in entry["leaves"]?.array ?? [] {
                if let read = read(leave, "leave", &days) { days.leaves?[number, default: []].append(read) }
            }
            for work in entry["overtime_works"]?.array ?? [] {
                if let read = read(work, "overtime", &days) { days.overtime?[number, default: []].append(read) }
            }
        }
    }

    /// Nil for what is not approved, or cannot be read, which is rejected.
    private func read(_ approval: JSON, _ what: String, _ days: inout Days) -> FeishuAbsence? {
        guard approval.filled("approve_pass_time") != nil || approval["approve_pass_time"] == nil else { return nil }
        guard let from = clock.moment(approval.filled("start_time")),
            let to = clock.moment(approval.filled("end_time")),
            from <= to
        else {
            let id = "\(what) \(approval.filled("approval_id") ?? "?")"
            let reason = "has no start and end such as 2026-01-05 09:00:00"
            days.rejected.append(RejectedRecord(id: id, reason: reason, raw: approval.bytes))
            return nil
        }
        let names = ["ch", "en", "ja"].compactMap { approval["i18n_names"]?.filled($0) }
        return FeishuAbsence(from: from, to: to, kind: names.first)
    }

    private func addStats(
        of numbers: [String], on day: LocalDay, to days: inout Days
    ) async throws(ConnectorError) {
        let data = try await client.data(
            of: .post(
                "attendance/v1/user_stats_datas/query", query: type,
                body: [
                    "locale": "zh", "stats_type": "daily", "start_date": .int(day.digits), "end_date": .int(day.digits),
                    "user_ids": .array(numbers.map(JSON.string)), "need_history": true, "current_group_only": false,
                    "user_id": .text(rules.statsOperator),
                ],
                keeping: ["user_datas": [["user_id": true, "datas": [["code": true, "value": true]]]]]))
        for entry in data["user_datas"]?.array ?? [] {
            guard let number = entry.filled("user_id") else { continue }
            let cells = (entry["datas"]?.array ?? []).compactMap { cell -> (String, JSON)? in
                guard let code = cell.filled("code"), rules.stats.contains(code) else { return nil }
                return (code, .text(cell.filled("value")))
            }
            days.stats?[number, default: [:]][day] = .object(JSONObject(cells))
        }
    }
}
