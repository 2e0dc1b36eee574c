import PlumblineKit
import TrytonServer

/// The stream `timesheet_entries`: hours that employees noted.
struct TrytonTimesheets: TrytonReading {
    let stream: TrytonStream
    private let overlap: Duration

    static let description = StreamDescription(
        name: "timesheet_entries", help: LocalizedText(zh: "工时记录", en: "Timesheet lines"),
        recordType: "timesheet_entry", deletions: [.fullList, .neverKnown], isIncremental: true,
        fields: [
            SourceField("id", "string", LocalizedText(zh: "编号", en: "Number")),
            SourceField("employee", "string", LocalizedText(zh: "员工的往来方编码", en: "Code of the employee's party")),
            SourceField("date", "date", LocalizedText(zh: "日期", en: "Day")),
            SourceField("seconds", "number", LocalizedText(zh: "时长，秒", en: "Time spent, in seconds")),
            SourceField("work", "string?", LocalizedText(zh: "工作项名称", en: "Name of the work")),
        ])

    init(client: TrytonClient, settings: Settings, since: JSON?) {
        overlap = settings[TrytonSettings.overlap]
        stream = TrytonStream(
            "timesheet.line", fields: ["employee.party.code", "date", "duration", "work.rec_name"],
            domain: since.map { [["date", ">=", $0]] } ?? [], client: client,
            pageSize: settings[TrytonSettings.pageSize])
    }

    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await stream.changed(after: cursor, overlap: overlap).page { (row, id) throws(JSONShapeError) in
            guard let seconds = row["duration"]?.trytonSeconds else {
                throw JSONShapeError(reason: "has no span of time 'duration'")
            }
            return [
                "id": .string(id),
                "employee": .string(try row.requiredText("employee.party.code")),
                "date": .string(try row.requiredDay("date")),
                "seconds": seconds,
                "work": .text(row.linkedText("work.rec_name")),
            ]
        }
    }
}
