public import PlumblineKit
import TrytonServer

/// Attendance in Tryton over JSON-RPC: a record for each person and day, with the day's punches, and employees.
///
/// - Shape: one day or several in a page, about `page_size` records, ascending by day; a record for every day of
///   somebody's employment, whether punched or not, up to yesterday.
/// - Unit: days of the connection's zone, times UTC. A clock-out belongs to the day of the clock-in before it, also
///   behind midnight, though the server's own date says otherwise.
/// - Rights: our user needs to read employees and attendance lines.
/// - Leaves out: punches of days without employment (a remark tells of them); shifts, holidays and leave, which Tryton does not have (the mapping says them). A punch that is moved to
///   another day or deleted is missed on the old one where that is more than `recheck` ago.
/// - Source: trytond 8.2, module attendance.
public struct TrytonAttendanceConnector: Connector {
    /// `attendance.tryton`.
    public static let description = ConnectorDescription(
        id: "attendance.tryton", family: .attendance, name: LocalizedText(zh: "Tryton 考勤", en: "Tryton attendance"),
        apiVersion: "JSON-RPC (Tryton 8.2)", documentation: "https://docs.tryton.org/latest/modules-attendance/",
        settings: TrytonSettings.access + [
            since.field, longestShift.field, recheck.field, TrytonSettings.overlap.field, TrytonSettings.pageSize.field,
        ],
        streams: [
            StreamDescription(
                name: "attendance_days", help: LocalizedText(zh: "每人每天的打卡", en: "The punches of each person and day"),
                recordType: "attendance_day", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: TrytonAttendance.fields),
            TrytonEmployees.description,
        ])

    static let since = Setting<String>.text(
        "since", LocalizedText(zh: "从此日期开始，如 2026-01-01", en: "The first day to read, such as 2026-01-01"))
    static let longestShift = Setting<Duration>.duration(
        "longest_shift", in: .seconds(3600) ... .seconds(86_400), default: "20h",
        LocalizedText(
            zh: "签退距上次签到最久多长时间仍算同一天", en: "How long behind a clock-in a clock-out still belongs to its day"))
    static let recheck = Setting<Duration>.duration(
        "recheck", in: .zero ... .seconds(366 * 86_400), default: "7d",
        LocalizedText(
            zh: "每次运行重读最近多少天，以发现被移动或删除的打卡",
            en: "How many of the last days each run reads again, for punches moved or deleted"))

    private let client: TrytonClient
    private let employees: TrytonEmployees
    private let attendance: TrytonAttendance

    /// Refuses a `since` that is no day.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        guard let since = LocalDay(settings[Self.since]) else {
            throw .settings(
                field: Self.since.field.key, reason: "expected a day such as 2026-01-01, got '\(settings[Self.since])'")
        }
        client = TrytonClient(settings: settings, transport: context.transport)
        employees = TrytonEmployees(client: client, settings: settings)
        attendance = TrytonAttendance(client: client, settings: settings, since: since, context: context)
    }

    /// Asks for the version, and how many employees and punches our user sees.
    public func check() async throws(ConnectorError) -> CheckReport {
        let version = try await client.version()
        let punches = try await client.count(of: "attendance.line") ?? 0
        return CheckReport(
            source: version.map { "Tryton \($0)" },
            remarks: ["\(try await employees.count() ?? 0) employees", "\(punches) punches"])
    }

    /// The days that are new or that something happened to, or the next employees.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case "attendance_days": return try await attendance.page(after: cursor)
        case TrytonEmployees.description.name: return try await employees.page(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}

extension TrytonAttendanceConnector: IdentifierListing {
    /// Every person and day from the first day on, and the numbers of all employees.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        switch stream {
        case "attendance_days": return try await attendance.identifiers(after: cursor)
        case TrytonEmployees.description.name: return try await employees.identifiers(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}
