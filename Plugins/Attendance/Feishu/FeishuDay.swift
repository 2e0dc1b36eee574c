import FeishuServer
import PlumblineKit

/// One person's day, folded from its planned parts, further punches and approvals.
struct FeishuDay {
    private let task: FeishuTask?
    private let extras: [Instant]
    private let leaves: [FeishuAbsence]?
    private let rules: FeishuAttendanceSettings
    private let regular: [FeishuPart]

    init(
        task: FeishuTask?, extras: [FeishuPunch], leaves: [FeishuAbsence]?, rules: FeishuAttendanceSettings
    ) {
        self.task = task
        self.extras = extras.map(\.at).sorted()
        (self.leaves, self.rules) = (leaves, rules)
        regular = task?.regular(overtime: rules.overtimeType) ?? []
    }

    static let fields = [
        SourceField("id", "string", LocalizedText(zh: "账号和日期", en: "Account and day")),
        SourceField("employee", "string", LocalizedText(zh: "账号", en: "Account")),
        SourceField("date", "date", LocalizedText(zh: "日期", en: "The day")),
        SourceField("shift", "string?", LocalizedText(zh: "班次编号", en: "Id of the shift")),
        SourceField(
            "is_workday", "bool?",
            LocalizedText(zh: "是否排班；系统没有当日结果时为空", en: "Whether work was planned; null where there is no result")),
        SourceField(
            "planned_seconds", "int?",
            LocalizedText(zh: "排班时长，含班段内的休息", en: "Planned time, breaks inside a part included")),
        SourceField(
            "worked_seconds", "int?",
            LocalizedText(zh: "各班段上下班打卡之间的时长", en: "Time between the punches of each part")),
        SourceField("late_seconds", "int?", LocalizedText(zh: "迟到秒数", en: "Seconds late, where it is called late")),
        SourceField("early_seconds", "int?", LocalizedText(zh: "早退秒数", en: "Seconds early, where it is called early")),
        SourceField(
            "absence_seconds", "int?",
            LocalizedText(zh: "上下班均缺卡的班段时长", en: "Planned time of parts with neither punch and no excuse")),
        SourceField(
            "missing_punch", "bool?", LocalizedText(zh: "是否缺卡", en: "Whether a punch is missing without excuse")),
        SourceField("overtime_seconds", "int?", LocalizedText(zh: "加班班段的打卡时长", en: "Time punched over time")),
        SourceField(
            "approved_overtime_seconds", "int?",
            LocalizedText(zh: "当日开始的已批准加班时长", en: "Approved overtime that begins on the day")),
        SourceField(
            "leave_seconds", "int?", LocalizedText(zh: "班段内的已批准请假时长", en: "Approved leave inside planned time")),
        SourceField("leave_kind", "string?", LocalizedText(zh: "占时最长的假期名称", en: "Name of the longest leave")),
        SourceField("first_in_at", "time?", LocalizedText(zh: "首次上班打卡", en: "First punch in")),
        SourceField("last_out_at", "time?", LocalizedText(zh: "最后下班打卡，可能在次日", en: "Last punch out, perhaps next day")),
        SourceField(
            "parts", "list<map>",
            LocalizedText(
                zh: "每个班段：计划、打卡、结果、补充说明、类型",
                en: "Each part: planned_in/out, in_at/out_at, in_/out_result, in_/out_supplement, type")),
        SourceField(
            "regular_parts", "int?",
            LocalizedText(
                zh: "不计加班的班段数；系统没有当日结果时为空", en: "How many of the parts are no overtime; null where there is no result")),
        SourceField("stats", "map?", LocalizedText(zh: "考勤统计列，按编码", en: "Columns of the statistics, by code")),
    ]

    /// Nil without a result.
    var isWorkday: Bool? { regular.isEmpty ? nil : !regular.allSatisfy(\.isOff) }

    /// Nil where a part of a working day does not tell when it is.
    var plannedSeconds: Int? {
        guard let isWorkday else { return nil }
        return isWorkday ? sum(regular) { $0.planned?.seconds } : 0
    }

    /// Nil where no result tells, or one is fine without punches; without a shift, from the first punch to the last.
    var workedSeconds: Int? {
        guard isWorkday == true else {
            if extras.isEmpty { return isWorkday == nil ? nil : 0 }
            return extras.count > 1 ? Self.seconds(extras[0], extras[extras.count - 1]) : nil
        }
        return sum(regular) { part in
            part.worked?.seconds ?? (isUnpunched(part.begin) || isUnpunched(part.end) ? 0 : nil)
        }
    }

    var lateSeconds: Int? {
        sumOfDay { part in
            guard ["Late", "SeriousLate"].contains(part.begin.result), !isExcused(part.begin) else { return 0 }
            return Self.seconds(part.begin.planned, part.begin.punch?.at)
        }
    }

    var earlySeconds: Int? {
        sumOfDay { part in
            guard part.end.result == "Early", !isExcused(part.end) else { return 0 }
            return Self.seconds(part.end.punch?.at, part.end.planned)
        }
    }

    var absenceSeconds: Int? {
        sumOfDay { part in lacks(part.begin) && lacks(part.end) ? part.planned?.seconds : 0 }
    }

    var missingPunch: Bool? {
        regular.isEmpty ? nil : regular.contains { lacks($0.begin) || lacks($0.end) }
    }

    var overtimeSeconds: Int? {
        guard let task else { return nil }
        return task.parts.filter { $0.type == rules.overtimeType }.reduce(0) { $0 + ($1.worked?.seconds ?? 0) }
    }

    /// Leave inside planned time; nil where leave is not read, or when it is planned is not told.
    var leave: (seconds: Int?, kind: String?) {
        guard let leaves else { return (nil, nil) }
        let planned = regular.compactMap(\.planned)
        if planned.isEmpty { return (isWorkday == true && !leaves.isEmpty ? nil : 0, nil) }
        let taken = Set(leaves).map { leave in (leave, planned.reduce(0) { $0 + leave.seconds(in: $1) }) }
            .filter { $0.1 > 0 }
        let longest = taken.max { ($0.1, $0.0.from) < ($1.1, $1.0.from) }
        return (min(taken.reduce(0) { $0 + $1.1 }, sum(regular) { $0.planned?.seconds } ?? .max), longest?.0.kind)
    }

    /// The first punch in and the last out: the results' own, or of a day off all; further punches only go beyond them.
    var ends: (first: Instant?, last: Instant?) {
        let parts = task?.parts ?? []
        let ins = parts.compactMap { $0.begin.punch?.at }
        let outs = parts.compactMap { $0.end.punch?.at }
        if ins.isEmpty, outs.isEmpty, isWorkday != true {
            return (extras.first, extras.count > 1 ? extras.last : nil)
        }
        let first = ins.isEmpty ? nil : (ins + extras).min()
        let last = outs.isEmpty ? nil : (outs + extras).max()
        return (first, last)
    }
}

extension FeishuDay {
    private static func seconds(_ from: Instant?, _ to: Instant?) -> Int? {
        guard let from, let to else { return nil }
        return max(0, Int((to.microseconds - from.microseconds) / 1_000_000))
    }

    private func isExcused(_ end: FeishuPart.End) -> Bool { end.supplement.map(rules.excusing.contains) ?? false }
    private func isUnpunched(_ end: FeishuPart.End) -> Bool {
        end.punch == nil && (end.result == "Lack" || isExcused(end))
    }
    private func lacks(_ end: FeishuPart.End) -> Bool { end.result == "Lack" && !isExcused(end) }

    /// Nil without a result, and where one part does not tell.
    private func sumOfDay(_ value: (FeishuPart) -> Int?) -> Int? { regular.isEmpty ? nil : sum(regular, value) }

    private func sum(_ parts: [FeishuPart], _ value: (FeishuPart) -> Int?) -> Int? {
        parts.reduce(Optional(0)) { total, part in
            guard let total, let next = value(part) else { return nil }
            return total + next
        }
    }
}

extension FeishuAttendanceSource.Days {
    /// The record of a person and day.
    func record(
        of employee: FeishuEmployee, on date: LocalDay, rules: FeishuAttendanceSettings, clock: FeishuClock
    ) -> SourceRecord {
        let id = [employee.account, date.text].compoundIdentifier
        let task = tasks[employee.number]?[date]
        let isKnown = !employee.isGone
        let works = isKnown ? overtime.map { $0[employee.number] ?? [] } : nil
        let day = FeishuDay(
            task: task, extras: extras[employee.number]?[date] ?? [],
            leaves: isKnown ? leaves.map { $0[employee.number] ?? [] } : nil, rules: rules)
        let begun = works.map { Set($0).filter { clock.day(of: $0.from) == date }.reduce(0) { $0 + $1.seconds } }
        var json = day.json
        json["id"] = .string(id)
        json["employee"] = .string(employee.account)
        json["date"] = .string(date.text)
        json["shift"] = .text(task?.shift)
        json["approved_overtime_seconds"] = .optional(begun)
        json["stats"] = stats.map { $0[employee.number]?[date] ?? [:] } ?? .null
        return SourceRecord(id: id, version: nil, json: .object(json))
    }
}

extension FeishuDay {
    fileprivate var json: JSONObject {
        let (leave, ends) = (leave, ends)
        return [
            "is_workday": isWorkday.map(JSON.bool) ?? .null, "planned_seconds": .optional(plannedSeconds),
            "worked_seconds": .optional(workedSeconds), "late_seconds": .optional(lateSeconds),
            "early_seconds": .optional(earlySeconds), "absence_seconds": .optional(absenceSeconds),
            "missing_punch": missingPunch.map(JSON.bool) ?? .null, "overtime_seconds": .optional(overtimeSeconds),
            "leave_seconds": .optional(leave.seconds), "leave_kind": .text(leave.kind),
            "first_in_at": .time(ends.first), "last_out_at": .time(ends.last),
            "parts": .array((task?.parts ?? []).map(\.json)),
            "regular_parts": .optional(task.map { _ in regular.count }),
        ]
    }
}

extension JSON {
    fileprivate static func optional(_ value: Int?) -> JSON { value.map(JSON.int) ?? .null }
}
