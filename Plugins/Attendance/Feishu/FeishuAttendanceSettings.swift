import FeishuServer
import PlumblineKit

/// What a connection to Feishu's attendance says beside where the platform is.
struct FeishuAttendanceSettings: Sendable {
    let since: LocalDay
    let usesNumbers: Bool
    /// Days, at least one: the last punch of a day may have come on the next.
    let recheck: Int
    let dayStart: Int
    let overtimeType: Int
    let excusing: Set<String>
    let readsLeave: Bool
    let stats: [String]
    let statsOperator: String?
    let pageSize: Int

    init(_ settings: Settings) throws(ConnectorError) {
        guard let since = LocalDay(settings[Self.since]) else {
            throw .settings(
                field: Self.since.field.key, reason: "expected a day such as 2026-01-01, got '\(settings[Self.since])'")
        }
        self.since = since
        usesNumbers = settings[Self.employeeType] == "employee_no"
        recheck = max(1, Int(settings[Self.recheck].components.seconds / 86_400))
        dayStart = Int(settings[Self.dayStart].components.seconds)
        overtimeType = settings[Self.overtimeType]
        excusing = Set(settings[Self.excusing])
        readsLeave = settings[Self.readsLeave]
        stats = settings[Self.stats]
        statsOperator = settings[Self.statsOperator]
        pageSize = settings[FeishuSettings.pageSize]
        if !stats.isEmpty, statsOperator == nil {
            throw .settings(
                field: Self.statsOperator.field.key, reason: "is required with 'stats': whose view of the statistics")
        }
    }

    /// `employee_type` of all calls.
    var employeeType: String { usesNumbers ? "employee_no" : "employee_id" }

    static let since = Setting<String>.text(
        "since", LocalizedText(zh: "从此日期开始，如 2026-01-01", en: "The first day to read, such as 2026-01-01"))
    static let employeeType = Setting<String>.choice(
        "employee_type", of: ["employee_id", "employee_no"], default: "employee_id",
        LocalizedText(
            zh: "考勤接口用哪种员工编号：employee_id 即通讯录的 user_id，employee_no 即工号",
            en:
                "How the attendance calls name people: employee_id is the directory's user_id, employee_no the staff number"
        ))
    static let recheck = Setting<Duration>.duration(
        "recheck", in: .zero ... .seconds(366 * 86_400), default: "7d",
        LocalizedText(
            zh: "每次运行重读最近多少天（至少一天），以发现补卡和迟到的审批",
            en: "How many of the last days each run reads again, at least one, for punches and leave that come late"))
    static let dayStart = Setting<Duration>.duration(
        "day_starts_at", in: .zero ... .seconds(12 * 3600), default: "4h",
        LocalizedText(
            zh: "没有班次的日子，零点后多久以前的打卡仍算前一天",
            en: "On days without a shift, until how long behind midnight a punch belongs to the day before"))
    static let overtimeType = Setting<Int>.integer(
        "overtime_shift_type", in: 0...99, default: 1,
        LocalizedText(zh: "表示加班的 task_shift_type", en: "The task_shift_type that means overtime"))
    static let excusing = Setting<[String]>.list(
        "excusing_supplements", default: ["Leave", "Travel", "GoOut"],
        LocalizedText(
            zh: "有这些补充说明的迟到、早退和缺卡不计", en: "Supplements with which being late, early or missing does not count"))
    static let readsLeave = Setting<Bool>.flag(
        "read_leave", default: true, LocalizedText(zh: "是否读取请假和加班审批", en: "Whether to read leave and overtime"))
    static let stats = Setting<[String]>.list(
        "stats", default: [],
        LocalizedText(
            zh: "另外读取哪些考勤统计列（编码，如 52105）；每天每 50 人多一次调用",
            en:
                "Which columns of the statistics to read as well, by code such as 52105: a call more per day and 50 people"
        ))
    static let statsOperator = Setting<String?>.text(
        "stats_operator",
        LocalizedText(zh: "以谁的身份读取统计：一位考勤管理员的员工编号", en: "Whose view of the statistics: an administrator's employee id"))

    static let all: [SettingField] =
        FeishuSettings.access + [
            since.field, employeeType.field, recheck.field, dayStart.field, overtimeType.field, excusing.field,
            readsLeave.field, stats.field, statsOperator.field,
        ] + FeishuSettings.people
}
