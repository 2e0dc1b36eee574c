import FeishuServer
public import PlumblineKit

/// Attendance in Feishu or Lark: a record for each person and day with what was planned, punched, late, early, missed,
/// on leave and worked over time, and people.
///
/// - Shape: up to 50 people and some days in a page, about `page_size` records, ascending by person, then by day; a record
///   for every day from `since`, or the day of joining, up to yesterday. Who has left has records of the days for which
///   Feishu still has a result.
/// - Unit: days of the connection's zone, times UTC, seconds. What Feishu does not tell is null; where it has no result of
///   a day, all that would stem from one is.
/// - Rights of the app: attendance:task:readonly, and contacts of all members with contact:user.employee_id:readonly.
/// - Limits: 50 people a call, 50 calls a second; the transport waits as `x-ogw-ratelimit-reset` says.
/// - Leaves out: places, positions, networks, devices, photos and remarks of punches; reasons of leave; today. Corrections
///   older than `recheck` are missed.
/// - Told, never guessed: people whom Feishu calls invalid or whom the app may not see are rejected and have no days; once
///   it shows them, they have all days from `since`.
/// - Events: none is a record. `attendance.user_flow.created_v1` is one punch, `attendance.user_task.updated_v1` the new
///   result of one; neither has the day's shift or its other punches.
/// - Not confirmed, and behind a setting: which `task_shift_type` is overtime (`overtime_shift_type`), which supplements
///   excuse (`excusing_supplements`). Not confirmed: that the employee_id is the user_id of the directory, that leave
///   comes by person under `user_approvals` and in local time, that results of days off are NoNeedCheck or missing.
/// - Source: lark-oapi 1.7.5 (`api/attendance/v1`), pages attendance-v1 of open.larkoffice.com.
public struct FeishuAttendanceConnector: Connector {
    /// `attendance.feishu`.
    public static let description = ConnectorDescription(
        id: "attendance.feishu", family: .attendance,
        name: LocalizedText(zh: "飞书考勤", en: "Feishu / Lark attendance"), apiVersion: "attendance v1, contact v3",
        documentation: "https://open.feishu.cn/document/server-docs/attendance-v1",
        settings: FeishuAttendanceSettings.all,
        streams: [
            StreamDescription(
                name: "attendance_days",
                help: LocalizedText(zh: "每人每天的考勤", en: "The attendance of each person and day"),
                recordType: "attendance_day", deletions: [.neverKnown], isIncremental: true,
                fields: FeishuDay.fields),
            FeishuPeople.description,
        ])

    private let directory: FeishuDirectory
    private let people: FeishuPeople
    private let attendance: FeishuAttendance

    /// Refuses a `since` that is no day, and `stats` without who reads them.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        let rules = try FeishuAttendanceSettings(settings)
        let client = FeishuClient(settings: settings, context: context)
        directory = FeishuDirectory(client: client, idType: "user_id", settings: settings)
        people = FeishuPeople(directory: directory, settings: settings, context: context)
        attendance = FeishuAttendance(client: client, directory: directory, rules: rules, context: context)
    }

    /// Asks for the directory, and for yesterday's results of some people.
    public func check() async throws(ConnectorError) -> CheckReport {
        let count = try await directory.snapshot().accounts.count
        return CheckReport(source: "Feishu / Lark", remarks: ["\(count) people"] + (try await attendance.remarks()))
    }

    /// The next days, or the next people.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case "attendance_days": return try await attendance.page(after: cursor)
        case FeishuPeople.description.name: return try await people.page(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}

extension FeishuAttendanceConnector: IdentifierListing {
    /// The accounts of everybody. Days cannot be listed: who has left is in no list.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == FeishuPeople.description.name else {
            throw .settings(field: "deletes", reason: "'\(stream)' cannot be listed; only people can")
        }
        return try await people.identifiers(after: cursor)
    }
}
