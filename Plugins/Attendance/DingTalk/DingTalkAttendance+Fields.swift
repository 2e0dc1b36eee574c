import PlumblineKit

extension DingTalkAttendance {
    /// What a day's record tells.
    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "账号和日期", en: "The account and the day")),
        SourceField("employee", "string", LocalizedText(zh: "账号（userid）", en: "The account (userid)")),
        SourceField("date", "date", LocalizedText(zh: "工作日期", en: "The day of work")),
        SourceField("shift", "string?", LocalizedText(zh: "班次编号（classId）", en: "Number of the shift (classId)")),
        SourceField("is_workday", "bool", LocalizedText(zh: "当天是否排班", en: "Whether punches are planned on it")),
        SourceField(
            "planned_minutes", "int?",
            LocalizedText(
                zh: "计划上班到下班的分钟数，含休息；上下班不成对时为空",
                en: "From planned clock-in to clock-out, breaks included; null where they do not pair up")),
        SourceField(
            "worked_minutes", "int?",
            LocalizedText(
                zh: "实际上班到下班的分钟数，含休息；只有其一时为空",
                en: "From clock-in to clock-out, breaks included; null where one is missing")),
        SourceField("late_seconds", "int", LocalizedText(zh: "迟到秒数", en: "Seconds of lateness")),
        SourceField(
            "early_leave_seconds", "int", LocalizedText(zh: "早退秒数", en: "Seconds by which the person left early")),
        SourceField("absence_minutes", "int", LocalizedText(zh: "旷工分钟数，不含请假", en: "Minutes of absence, without leave")),
        SourceField(
            "leave_minutes", "int", LocalizedText(zh: "计划时间内的请假分钟数", en: "Minutes of leave inside planned time")),
        SourceField(
            "leave_kinds", "list<string>", LocalizedText(zh: "假期类型编号（leave_code）", en: "Codes of the kinds of leave")),
        SourceField(
            "overtime_minutes", "int?",
            LocalizedText(zh: "加班分钟数；需设置 overtime_column", en: "Minutes of overtime; needs overtime_column")),
        SourceField(
            "has_overtime_column", "bool",
            LocalizedText(zh: "是否设置了 overtime_column", en: "Whether overtime_column is set: the report tells overtime")),
        SourceField("first_in_at", "time?", LocalizedText(zh: "首次上班打卡", en: "The first clock-in")),
        SourceField("last_out_at", "time?", LocalizedText(zh: "最后下班打卡", en: "The last clock-out")),
        SourceField(
            "missing_punch", "bool",
            LocalizedText(zh: "是否缺卡（另一次有打卡）", en: "Whether one planned punch is missing beside another")),
        SourceField(
            "results", "list<map>",
            LocalizedText(
                zh: "每次计划打卡：type、result、planned_at、at、source",
                en: "Each planned punch: type, result, planned_at, at, source")),
        SourceField(
            "report", "map", LocalizedText(zh: "智能报表各列：别名对应内容", en: "Columns of the smart report: contents by alias")),
    ]
}
