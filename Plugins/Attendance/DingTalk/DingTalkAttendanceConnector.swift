import DingTalkServer
public import PlumblineKit

/// Attendance in DingTalk: a record for each person and day, with shift, punches, lateness, absence and leave.
///
/// - Shape: at most five days of `page_size` people in a page; a record for everybody in the directory and every day from
///   `since` (or from the day of hiring, where DingTalk tells it) up to yesterday. Each run reads the last `recheck`
///   days again: punches that were supplemented, late approvals, and clock-outs behind midnight.
/// - Unit: days of work as DingTalk assigns them, in the connection's zone; times UTC. Planned and worked time run from
///   clock-in to clock-out: a break counts, unless the shift plans punches for it.
/// - Rules: a result `NotSigned` is no punch, whatever time stands in it. A planned pair of punches without any is
///   absence, less the leave in it; one punch without the other is a missing punch. Invalid raw punches (`isLegal` N)
///   count for nothing. Leave counts inside planned time only.
/// - Who left: whoever was in the directory at the run before is read up to the day on which this was noticed, where
///   DingTalk still answers for them; a remark tells where it does not. Of such days only those with data are told.
/// - Rights: the app needs to read attendance and contacts. Limits: 50 people and 7 days in a call. Columns of the smart
///   report (`report_columns`) cost a call for each person and page, and need the report to be switched on.
/// - Leaves out: positions, addresses, networks, devices, photos and remarks of punches; reasons of leave. Who comes into
///   the app's scope later has days of the last `recheck` only. Overtime is told only where `overtime_column` names the
///   report's column. A pushed punch (`attendance_check_record`) is no day and holds positions: pushes are not read.
/// - Not confirmed: the members of a leave status, whether leave that began earlier is found (`leave_lookback`), and
///   whether leave that ends at midnight takes that day (`midnight_ends`); how many people a list may give at once
///   (`listed_people`); people in groups without a shift, whose days show as days off; the codes for people who are not
///   there; whether an `approveId` stands on a result that an approval excuses.
/// - Source: dingtalk-sdk 1.3.8, `client/api/attendance.py`; open-doc.dingtalk.com, serverapi2.
public struct DingTalkAttendanceConnector: Connector {
    /// `attendance.dingtalk`.
    public static let description = ConnectorDescription(
        id: "attendance.dingtalk", family: .attendance, name: LocalizedText(zh: "钉钉考勤", en: "DingTalk attendance"),
        apiVersion: "legacy attendance and topapi", documentation: "https://open.dingtalk.com/document/",
        settings: DingTalkSettings.access + [
            since.field, recheck.field, leaveLookback.field, reportColumns.field, overtimeColumn.field,
            midnightEnds.field, DingTalkSettings.root.field, pageSize.field, DingTalkSettings.listedPeople.field,
        ],
        streams: [
            StreamDescription(
                name: "attendance_days",
                help: LocalizedText(zh: "每人每天的考勤", en: "The attendance of each person and day"),
                recordType: "attendance_day", deletions: [.neverKnown], isIncremental: true,
                fields: DingTalkAttendance.fields),
            DingTalkPeople.description,
        ])

    static let since = Setting<String>.text(
        "since", LocalizedText(zh: "从此日期开始，如 2026-01-01", en: "The first day to read, such as 2026-01-01"))
    static let recheck = Setting<Duration>.duration(
        "recheck", in: .zero ... .seconds(92 * 86_400), default: "7d",
        LocalizedText(
            zh: "每次运行重读最近多少天，以发现补卡和后补的审批",
            en: "How many of the last days each run reads again, for punches and leave that were entered later"))
    static let leaveLookback = Setting<Duration>.duration(
        "leave_lookback", in: .zero ... .seconds(160 * 86_400), default: "31d",
        LocalizedText(zh: "请假最早可在所读日期之前多久开始", en: "How long before the days that are read a leave may have begun"))
    static let midnightEnds = Setting<String>.choice(
        "midnight_ends", of: ["moment", "same_day", "day"], default: "same_day",
        LocalizedText(
            zh: "请假止于零点时：moment 为该时刻；same_day 仅当起止相同时为全天；day 为该日全天",
            en:
                "Leave that ends at midnight ends then (moment), takes that day (day), or takes it where it begins then too"
        ))
    static let reportColumns = Setting<[String]>.list(
        "report_columns", default: [],
        LocalizedText(
            zh: "要读取的智能报表列（别名），如 attendance_work_time；每人每页一个调用",
            en: "Columns of the smart report by alias, such as attendance_work_time; a call for each person and page"))
    static let overtimeColumn = Setting<String?>.text(
        "overtime_column",
        LocalizedText(zh: "报表中加班分钟数一列的别名；不填则没有加班时长", en: "Alias of the report's column with minutes of overtime"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...50, default: 50, unit: "people",
        LocalizedText(zh: "每页的人数", en: "People in a page"))

    private let people: DingTalkPeople
    private let attendance: DingTalkAttendance

    /// Refuses a `since` that is no day, and more columns than can be asked for.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        let client = DingTalkClient(settings: settings, context: context)
        people = DingTalkPeople(
            client: client, settings: settings, shape: DingTalkPeople.Shape(), pageSize: 100, context: context)
        attendance = try DingTalkAttendance(client: client, people: people, settings: settings, context: context)
    }

    /// Asks for everybody, and whether attendance and the report may be read.
    public func check() async throws(ConnectorError) -> CheckReport {
        CheckReport(
            source: "DingTalk", remarks: ["\(try await people.count()) people"] + (try await attendance.remarks()))
    }

    /// The days that are new or read again, or the next people.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case "attendance_days": return try await attendance.page(after: cursor)
        case DingTalkPeople.description.name: return try await people.page(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}

extension DingTalkAttendanceConnector: IdentifierListing {
    /// The accounts of everybody. Days of those who left would be missing, so days are not listed.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == DingTalkPeople.description.name else {
            throw .settings(field: "deletes", reason: "'\(stream)' cannot be listed; only people can")
        }
        return try await people.identifiers(after: cursor)
    }
}
