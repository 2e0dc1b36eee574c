import PlumblineKit
import TrytonServer

/// The stream `attendance_days`: punches put together by person and day.
struct TrytonAttendance: Sendable {
    private let client: TrytonClient
    private let since: LocalDay
    private let longestShift: Duration
    private let recheck: Int
    private let overlap: Duration
    private let pageSize: Int
    private let context: ConnectorContext
    private let roster: TrytonRoster

    static let model = "attendance.line"

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "员工编码和日期", en: "Code of the employee, and the day")),
        SourceField("employee", "string", LocalizedText(zh: "员工的往来方编码", en: "Code of the employee's party")),
        SourceField("date", "date", LocalizedText(zh: "日期", en: "The day")),
        SourceField("first_in_at", "time?", LocalizedText(zh: "首次签到", en: "The first clock-in")),
        SourceField(
            "last_out_at", "time?",
            LocalizedText(zh: "最后签退；最后一次打卡是签到时为空", en: "The last clock-out; null where a clock-in is last")),
        SourceField(
            "worked_seconds", "int",
            LocalizedText(zh: "签到与其后签退之间的秒数之和", en: "Seconds between clock-ins and the clock-outs behind them")),
        SourceField(
            "missing_punch", "bool",
            LocalizedText(zh: "有打卡而缺首次签到或最后签退", en: "Whether there are punches and the first or last is missing")),
        SourceField(
            "punches", "list<map>", LocalizedText(zh: "全部打卡：at、type（in 或 out）", en: "All punches: at, type (in or out)")
        ),
    ]

    init(client: TrytonClient, settings: Settings, since: LocalDay, context: ConnectorContext) {
        (self.client, self.since, self.context) = (client, since, context)
        longestShift = settings[TrytonAttendanceConnector.longestShift]
        recheck = Int(settings[TrytonAttendanceConnector.recheck].components.seconds / 86_400)
        overlap = settings[TrytonSettings.overlap]
        pageSize = settings[TrytonSettings.pageSize]
        roster = TrytonRoster(client: client)
    }

    /// The next days to tell of.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard var walk = try await walk(after: cursor) else { return Page(cursor: cursor, hasMore: false) }
        let days = try await days(of: walk)
        let chunk = try await chunk(of: days)
        var page = try await read(chunk)
        if walk.isAtStart { page.rejected += try await roster.rejected() }
        if let last = chunk.last { walk.place = last.number }
        page.hasMore = chunk.count < days.count
        page.cursor = page.hasMore ? walk.cursor : walk.endCursor
        return page
    }

    /// The next of all days with those who were employed, for which no punch is read.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let start = try cursor?.state()["day"]?.int.map { LocalDay(number: $0 + 1) } ?? since
        let days = Self.days(from: start, through: yesterday)
        let people = try await roster.people()
        let chunk = try await chunk(of: days)
        let identifiers = chunk.flatMap { day in
            people.filter { $0.isEmployed(on: day) }.map { [$0.code, day.text].compoundIdentifier }
        }
        guard let last = chunk.last, chunk.count < days.count else {
            return IdentifierPage(identifiers: identifiers, cursor: nil, hasMore: false)
        }
        return IdentifierPage(identifiers: identifiers, cursor: Cursor(["day": .int(last.number)]), hasMore: true)
    }
}

// MARK: - Which days

extension TrytonAttendance {
    private var yesterday: LocalDay { day(of: context.now()).advanced(by: -1) }

    private func day(of moment: Instant) -> LocalDay {
        LocalDay(of: moment, secondsAhead: context.utcOffset(moment))
    }

    private static func days(from first: LocalDay, through last: LocalDay) -> [LocalDay] {
        first <= last ? (first.number...last.number).map { LocalDay(number: $0) } : []
    }

    private func walk(after cursor: Cursor?) async throws(ConnectorError) -> TrytonAttendanceWalk? {
        try await TrytonAttendanceWalk.resumed(after: cursor, overlap: overlap, yesterday: yesterday) {
            () async throws(ConnectorError) in
            let punched = try await client.lastChange(of: Self.model)
            let employed = try await client.lastChange(of: "company.employee")
            return [punched, employed].compactMap(\.self).max()
        }
    }

    /// The days that a walk has still to tell of, ascending.
    private func days(of walk: TrytonAttendanceWalk) async throws(ConnectorError) -> [LocalDay] {
        var days = Set(Self.days(from: walk.firstNewDay ?? since, through: walk.through))
        if let from = walk.from {
            days.formUnion(Self.days(from: walk.through.advanced(by: 1 - recheck), through: walk.through))
            days.formUnion(try await changedDays(since: from))
            if let start = try await roster.firstDay(ofThoseMadeSince: from) {
                days.formUnion(Self.days(from: start, through: walk.through))
            }
        }
        return days.filter { $0 >= since && $0 <= walk.through && $0.number > walk.place }.sorted()
    }

    /// The days of changed punches, and those before, to which a clock-out may belong.
    private func changedDays(since moment: Instant) async throws(ConnectorError) -> Set<LocalDay> {
        let rows = try await client.allRows(of: Self.model, where: TrytonWalk.condition(since: moment), fields: ["at"])
        return Set(
            rows.compactMap { $0["at"]?.trytonTime.map(day) }.flatMap { [$0.advanced(by: -1), $0] })
    }

    /// As many days as fit a page, none far from the one before it: what lies between is read as well.
    private func chunk(of days: [LocalDay]) async throws(ConnectorError) -> [LocalDay] {
        let people = try await roster.people().count
        let most = days.prefix(max(1, pageSize / max(people, 1)))
        let gap = zip(most, most.dropFirst()).map { $1.number - $0.number }.firstIndex { $0 > 7 }
        return Array(gap.map { most.prefix($0 + 1) } ?? most)
    }
}

// MARK: - What happened on them

extension TrytonAttendance {
    private func read(_ days: [LocalDay]) async throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        guard let first = days.first, let last = days.last else { return page }
        let people = try await roster.people()
        let punches = try await punches(from: first, through: last, &page.rejected)
        for person in people {
            let own = person.numbers.flatMap { punches[$0] ?? [] }
            let punched = PunchedDay.days(of: own, longestShift: longestShift, dayOf: day)
            for day in days {
                let id = [person.code, day.text].compoundIdentifier
                if person.isEmployed(on: day) {
                    page.records.append(record(id, person.code, day, punched[day]))
                } else if punched[day] != nil {
                    page.anomalies.append(Anomaly(id: id, reason: "punches of a day without employment are left out"))
                }
            }
        }
        return page
    }

    private func record(_ id: String, _ code: String, _ day: LocalDay, _ punched: PunchedDay?) -> SourceRecord {
        let punches = (punched?.punches ?? []).map { punch -> JSON in
            ["at": .time(punch.at), "type": punch.isIn ? "in" : "out"]
        }
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id),
                "employee": .string(code),
                "date": .string(day.text),
                "first_in_at": .time(punched?.firstIn),
                "last_out_at": .time(punched?.lastOut),
                "worked_seconds": .int(punched?.workedSeconds ?? 0),
                "missing_punch": .bool(punched?.lacksPunch ?? false),
                "punches": .array(punches),
            ])
    }

    /// The punches that can belong to these days, by the number of the employee. Days of any zone lie within a day of
    /// UTC's, and a shift lasts a day at most.
    private func punches(
        from first: LocalDay, through last: LocalDay, _ rejected: inout [RejectedRecord]
    ) async throws(ConnectorError) -> [Int: [Punch]] {
        let domain: [JSON] = [
            ["at", ">=", .tryton(first.advanced(by: -2).midnight)],
            ["at", "<", .tryton(last.advanced(by: 3).midnight)],
        ]
        var punches: [Int: [Punch]] = [:]
        for row in try await client.allRows(of: Self.model, where: domain, fields: ["employee", "at", "type"]) {
            do throws(JSONShapeError) {
                let employee = try row.int(at: "employee")
                punches[employee, default: []].append(try Punch(row))
            } catch {
                rejected.append(
                    RejectedRecord(
                        id: "punch \(row["id"]?.scalarText ?? "?")", reason: error.reason, raw: row.bytes))
            }
        }
        return punches
    }
}

extension Punch {
    init(_ row: JSON) throws(JSONShapeError) {
        guard let at = row["at"]?.trytonTime else { throw JSONShapeError(reason: "'at' is not a time") }
        let type = try row.string(at: "type")
        guard ["in", "out"].contains(type) else { throw JSONShapeError(reason: "'type' is neither in nor out") }
        self.init(at: at, isIn: type == "in", number: try row.int(at: "id"))
    }
}
