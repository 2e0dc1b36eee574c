import PlumblineKit

extension WeComAttendance {
    static let description = StreamDescription(
        name: "attendance_days", help: LocalizedText(zh: "每人每天的打卡日报", en: "The day report of each person"),
        recordType: "attendance_day", deletions: [.neverKnown], isIncremental: true, fields: fields)

    private static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "账号和日期", en: "Account and day")),
        SourceField("employee", "string", LocalizedText(zh: "成员账号，小写", en: "The account, in lower case")),
        SourceField("date", "date", LocalizedText(zh: "日期", en: "The day")),
        SourceField(
            "is_workday", "bool?", LocalizedText(zh: "是否工作日（按打卡规则）", en: "Whether it is a working day by the rules")),
        SourceField(
            "rule", "string?",
            LocalizedText(
                zh: "规则类型：fixed、outing、shift、free、overtime、none", en: "fixed, outing, shift, free, overtime or none")),
        SourceField(
            "shift_id", "string?", LocalizedText(zh: "班次编号，没有时为规则编号", en: "Number of the shift, else of the rules")),
        SourceField("shift", "string?", LocalizedText(zh: "班次名称，没有时为规则名称", en: "Name of the shift, else of the rules")),
        SourceField("planned_seconds", "int?", LocalizedText(zh: "应工作秒数", en: "Planned working time")),
        SourceField("worked_seconds", "int?", LocalizedText(zh: "实际工作秒数", en: "Time that was worked")),
        SourceField("late_seconds", "int?", LocalizedText(zh: "迟到秒数", en: "How late, in seconds")),
        SourceField("early_leave_seconds", "int?", LocalizedText(zh: "早退秒数", en: "How early, in seconds")),
        SourceField("absence_seconds", "int?", LocalizedText(zh: "旷工秒数", en: "Absence without leave")),
        SourceField("overtime_seconds", "int?", LocalizedText(zh: "加班秒数", en: "Overtime")),
        SourceField(
            "leave_seconds", "int?",
            LocalizedText(zh: "请假秒数；按天的请假按应工作时长折算", en: "Leave; by the day it is so much of the planned time")),
        SourceField("leave_kinds", "list<string>?", LocalizedText(zh: "请假类型名称", en: "Names of the kinds of leave")),
        SourceField(
            "items", "list<{kind: string, name: string?, seconds: int, by_day: bool}>",
            LocalizedText(
                zh: "请假、补卡、出差、外出、外勤", en: "Leave, corrections, trips, outings, field work")),
        SourceField("first_in_at", "time?", LocalizedText(zh: "首次上班打卡", en: "The first clock-in")),
        SourceField(
            "last_out_at", "time?", LocalizedText(zh: "最后下班打卡，可能在次日", en: "The last clock-out, maybe of the next day")),
        SourceField("missing_punch", "bool?", LocalizedText(zh: "是否缺卡", en: "Whether a punch is missing")),
        SourceField(
            "punches", "list<{at: time, type: string, planned_at: time?}>?",
            LocalizedText(
                zh: "当天的上下班打卡；不读取时、以及已离开通讯录的人为空",
                en: "The day's punches; null where they are not read, and of who has left the directory")),
    ]
}
