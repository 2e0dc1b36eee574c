public import PlumblineKit
import WeComServer

/// WeCom's check-ins: a record for each person and day that is over, and the directory.
///
/// - Shape: up to 100 people and `days_per_call` days in a page, ascending by day; a record where WeCom has a day report,
///   which is where the person was in a group of rules.
/// - Unit: days of the connection's zone, which must be WeCom's (Asia/Shanghai as a rule); times UTC; spans in seconds.
///   First in and last out are moments of punches: a clock-out belongs to the day of the clock-in before it, also behind
///   midnight.
/// - Rights: an own app on the list of apps which may call check-ins, and contacts it may see. Limits: 100 calls a minute
///   for day reports, 600 for punches; a blocked call waits 60 s, then 60 min, then for the day's end.
/// - Leaves out: places, wifi, devices, pictures and remarks of punches, texts of leaves. Of who has left the directory, the
///   next run reads the last days, without punches, where WeCom still tells them (not confirmed); what it does not is told.
///   Corrections older than `recheck` are missed.
/// - Not confirmed: that leave by the day of 86400 seconds is a whole day of the shift, as the reference's divisor says.
/// - Source: pages 96497 and 94206 of developer.work.weixin.qq.com; WxJava (`WxCpCheckinDayData`), silenceper/wechat.
public struct WeComAttendanceConnector: Connector {
    /// `attendance.wecom`.
    public static let description = ConnectorDescription(
        id: "attendance.wecom", family: .attendance, name: LocalizedText(zh: "企业微信打卡", en: "WeCom check-ins"),
        apiVersion: "cgi-bin, without versions",
        documentation: "https://developer.work.weixin.qq.com/document/path/94206",
        settings: WeComSettings.access + [
            since.field, longestShift.field, recheck.field, daysPerCall.field, usersPerCall.field, readPunches.field,
        ] + WeComSettings.people,
        streams: [WeComAttendance.description, WeComPeople.description])

    static let since = Setting<String>.text(
        "since", LocalizedText(zh: "从此日期开始，如 2026-01-01", en: "The first day to read, such as 2026-01-01"))
    static let longestShift = Setting<Duration>.duration(
        "longest_shift", in: .seconds(3600) ... .seconds(86_400), default: "16h",
        LocalizedText(
            zh: "下班打卡距上次上班打卡最久多长时间仍算同一天", en: "How long behind a clock-in a clock-out still belongs to its day"))
    static let recheck = Setting<Duration>.duration(
        "recheck", in: .zero ... .seconds(366 * 86_400), default: "7d",
        LocalizedText(
            zh: "每次运行重读最近多少天，以发现补卡和晚批的请假",
            en: "How many of the last days each run reads again, for corrected punches and leave approved late"))
    static let daysPerCall = Setting<Int>.integer(
        "days_per_call", in: 1...28, default: 7, unit: "days",
        LocalizedText(zh: "每次请求的天数", en: "Days that one call asks for"))
    static let usersPerCall = Setting<Int>.integer(
        "users_per_call", in: 1...100, default: 100, unit: "people",
        LocalizedText(zh: "每次请求的人数", en: "People whom one call asks for"))
    static let readPunches = Setting<Bool>.flag(
        "read_punches", default: true,
        LocalizedText(
            zh: "是否读取打卡记录，以得到首次上班和最后下班的时间",
            en: "Whether punches are read, for the moments of the first clock-in and the last clock-out"))

    private let people: WeComPeople
    private let attendance: WeComAttendance

    /// Refuses a `since` that is no day.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        guard let since = LocalDay(settings[Self.since]) else {
            throw .settings(
                field: Self.since.field.key, reason: "expected a day such as 2026-01-01, got '\(settings[Self.since])'")
        }
        let directory = WeComDirectory(settings: settings, context: context)
        people = WeComPeople(directory: directory, settings: settings)
        attendance = WeComAttendance(directory: directory, settings: settings, since: since, context: context)
    }

    /// Tells what the app sees of the directory, and how many people have a report of yesterday.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks = try await people.remarks()
        do throws(ConnectorError) {
            remarks.append(try await attendance.remark())
        } catch {
            guard case .refused(_, let hint) = error else { throw error }
            remarks.append("check-ins cannot be read: \(hint)")
        }
        return CheckReport(source: "WeCom", remarks: remarks)
    }

    /// The days that are new or young enough to be read again, or the next people.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case WeComAttendance.description.name: return try await attendance.page(after: cursor)
        case WeComPeople.description.name: return try await people.page(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}

extension WeComAttendanceConnector: IdentifierListing {
    /// The accounts of all people. Days cannot be listed without reading them.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == WeComPeople.description.name else {
            throw .settings(field: "deletes", reason: "'\(stream)' cannot be listed; only people can")
        }
        return try await people.identifiers(after: cursor)
    }
}
