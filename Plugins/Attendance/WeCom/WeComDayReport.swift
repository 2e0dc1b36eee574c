import PlumblineKit
import WeComServer

/// WeCom's report of one person and day. What it does not tell is null.
struct WeComDayReport {
    let account: String
    /// When the day begins.
    let midnight: Instant
    private let base: JSON
    private let report: JSON

    init(_ row: JSON) throws(JSONShapeError) {
        base = try row.object(at: "base_info")
        guard let account = base.weComAccount("acctid") else { throw JSONShapeError(reason: "has no account 'acctid'") }
        guard let midnight = base.weComTime("date") else { throw JSONShapeError(reason: "has no time 'date'") }
        (self.account, self.midnight) = (account, midnight)
        report = row
        try check()
    }

    /// Lists that are there must be lists of objects: what cannot be read must not look like nothing.
    private func check() throws(JSONShapeError) {
        for key in ["exception_infos", "sp_items"] {
            guard let member = report[key], !member.isNull else { continue }
            guard let items = member.array, items.allSatisfy({ $0.object != nil }) else {
                throw JSONShapeError(reason: "expected a list of objects at '\(key)', got \(member.kind)")
            }
        }
    }

    /// A record; `punched` is nil where punches are not read.
    func json(id: String, day: LocalDay, punched: WeComPunchedDay?) -> JSON {
        [
            "id": .string(id), "employee": .string(account), "date": .string(day.text),
            "is_workday": base["day_type"]?.int.flatMap { [0: true, 1: false][$0] }.map(JSON.bool) ?? .null,
            "rule": .text(base["record_type"]?.int.flatMap { Self.rules[$0] }),
            "shift_id": .text(rule("scheduleid") ?? rule("groupid")),
            "shift": .text(rule("schedulename") ?? rule("groupname")),
            "planned_seconds": Self.number(summary("standard_work_sec")),
            "worked_seconds": Self.number(summary("regular_work_sec")),
            "late_seconds": duration(ofException: 1), "early_leave_seconds": duration(ofException: 2),
            "absence_seconds": duration(ofException: 4), "overtime_seconds": overtime,
            "leave_seconds": leave, "leave_kinds": leaveKinds, "items": .array(items.map(\.json)),
            "first_in_at": .time(punched?.firstIn), "last_out_at": .time(punched?.lastOut),
            "missing_punch": exceptions.map { .bool($0.contains { $0["exception"]?.int == 3 }) } ?? .null,
            "punches": punched.map { .array($0.punches.map(\.json)) } ?? .null,
        ]
    }

    /// What a report that cannot be read is called.
    static func name(of row: JSON) -> String {
        "report of \(row["base_info"]?.weComAccount("acctid") ?? "?"), \(row["base_info"]?["date"]?.scalarText ?? "?")"
    }

    /// What may be shown of it: whose and which day, no texts.
    static func excerpt(of row: JSON) -> JSON {
        let base = row["base_info"]
        return ["base_info": ["acctid": base?["acctid"] ?? .null, "date": base?["date"] ?? .null]]
    }

    private static let rules = [
        1: "fixed", 2: "outing", 3: "shift", 4: "free", 5: "overtime", 7: "none",
    ]

    private static func number(_ value: Int?) -> JSON { value.map(JSON.int) ?? .null }

    private func summary(_ key: String) -> Int? { report["summary_info"]?.weComSeconds(key) }

    /// Nil where it is absent, empty or 0.
    private func rule(_ key: String) -> String? {
        base["rule_info"]?.filled(key).flatMap { $0 == "0" ? nil : $0 }
    }
}

// MARK: - Exceptions and overtime

extension WeComDayReport {
    /// Nil where WeCom tells nothing of exceptions.
    private var exceptions: [JSON]? { report["exception_infos"]?.array }

    /// The seconds of one kind of exception: 0 where there is none of it, null where its length is not told. Exceptions of
    /// place and device are not looked at: they are neither late nor early.
    private func duration(ofException kind: Int) -> JSON {
        guard let found = exceptions?.filter({ $0["exception"]?.int == kind }) else { return .null }
        let durations = found.compactMap { $0.weComSeconds("duration") }
        return durations.count == found.count ? .int(durations.reduce(0, +)) : .null
    }

    /// 0 where there is none, or too little to count.
    private var overtime: JSON {
        switch report["ot_info"]?["ot_status"]?.int {
        case 0, 2: 0
        case 1: Self.number(report["ot_info"]?.weComSeconds("ot_duration"))
        default: .null
        }
    }
}

// MARK: - Leave and the like

extension WeComDayReport {
    private struct Item {
        let kind: String
        let name: String?
        let seconds: Int
        let isByDay: Bool

        var json: JSON {
            [
                "kind": .string(kind), "name": .text(name), "seconds": .int(seconds), "by_day": .bool(isByDay),
            ]
        }
    }

    private static let kinds = [1: "leave", 2: "correction", 3: "trip", 4: "outing", 100: "field"]

    /// What took some of the day; WeCom lists the rest with a length of 0.
    private var items: [Item] {
        (report["sp_items"]?.array ?? []).compactMap { item in
            guard let seconds = item.weComSeconds("duration"), seconds > 0 else { return nil }
            return Item(
                kind: item["type"]?.int.flatMap { Self.kinds[$0] } ?? "other", name: item.filled("name"),
                seconds: seconds, isByDay: item["time_type"]?.int == 0)
        }
    }

    private var leaves: [Item]? { report["sp_items"]?.array == nil ? nil : items.filter { $0.kind == "leave" } }

    /// Leave by the hour as it stands; by the day (86400 s) as much of the planned time; null where that is not told.
    private var leave: JSON {
        guard let leaves else { return .null }
        var seconds = 0
        for item in leaves {
            guard item.isByDay else {
                seconds += item.seconds
                continue
            }
            guard let planned = summary("standard_work_sec") else { return .null }
            seconds += planned * item.seconds / 86_400
        }
        return .int(seconds)
    }

    private var leaveKinds: JSON {
        guard let leaves else { return .null }
        return .array(leaves.compactMap { $0.name.map(JSON.string) })
    }
}
