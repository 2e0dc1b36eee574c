public import PlumblineKit
import RecordFiles

/// Exports of attendance machines, and logs kept by hand: a row for each punch, made into a record for each person and day.
///
/// - Shape: rows of CSV or text between TABs; the encoding, the delimiter and the line of the header are recognised. A record for
///   each person and day of which the file tells something, up to yesterday, ascending by day.
/// - Unit: days of the connection's zone that begin at `day_starts`, times UTC, spans in seconds. Between two punches
///   without direction the break of the shift is taken off; so it is between punches with direction as far as they span it.
/// - Unknown: a day whose punches do not pair up, or to which a row that cannot be read may belong, has `missing_punch` and no
///   worked time; without shift it has nothing planned.
/// - Rejects: rows whose person, time, direction or shift cannot be read, with their line. Of such a row only the columns that
///   are named in the settings are kept.
/// - Leaves out: all other columns (positions, photos, temperatures, scores of faces), which are never read; days of which the file
///   says nothing, so whoever did not come at all; days that may have begun before a file that is not complete; workbooks,
///   which are to be saved as CSV, and sheets with a column for each day of a month.
/// - Source: shapes of exports that importers meet; no vendor's contract.
public struct PunchLogConnector: Connector {
    /// `attendance.punch-log`.
    public static let description = ConnectorDescription(
        id: "attendance.punch-log", family: .attendance, name: LocalizedText(zh: "打卡记录文件", en: "Punch log file"),
        apiVersion: "CSV, TSV", documentation: "https://www.rfc-editor.org/rfc/rfc4180",
        settings: PunchLogSettings.all,
        streams: [
            StreamDescription(
                name: "attendance_days", help: LocalizedText(zh: "每人每天的打卡", en: "The punches of each person and day"),
                recordType: "attendance_day", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: FoldedDay.fields)
        ])

    private let isComplete: Bool
    private let days: PunchLogDays

    /// Refuses settings that do not fit together. Opens nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        isComplete = settings[PunchLogSettings.complete]
        days = try PunchLogDays(settings: settings, context: context)
    }

    /// Reads the header, so that a column that is not there is found before the first run.
    public func check() async throws(ConnectorError) -> CheckReport {
        let form = try await days.file.recognise()
        return CheckReport(source: days.file.name, remarks: form.remarks + days.file.columns.remarks)
    }

    /// The next days.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try expect(stream)
        return try await days.page(after: cursor)
    }

    private func expect(_ stream: String) throws(ConnectorError) {
        guard Self.description.stream(named: stream) != nil else {
            throw .unknownStream(stream, of: Self.description)
        }
    }
}

extension PunchLogConnector: IdentifierListing {
    /// All days of a complete file. Refuses a file with rows that cannot be read: their days would look vanished.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        try expect(stream)
        guard isComplete else {
            throw .settings(
                field: PunchLogSettings.complete.field.key, reason: "must be true when the stream deletes by full_list")
        }
        return try await days.identifiers(after: cursor)
    }
}
