internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit

struct Retention: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is older than plumbline.yaml lets it be kept, and delete it with --apply.",
        discussion: """
            Rejects go after their days, runs that nothing rests on and that later ones are not compared with after theirs, events so many days behind their delivery to the last sink, what systems have \
            sent after the 'keep_days' of its connection. Records go so many days behind the end of the last period in \
            which they count, and only where all periods with values of theirs up to there are locked: no value changes. Values that can no \
            longer be computed stay as they were published, and 'explain' says so. JSON: {applied, rejects: {days, \
            before, delete}, outbox: {days, delete}, inbox: {delete}, devices: {delete}, runs: {days, pushed_days, delete}, deletions: {days, delete}, records: [{record_type, days, delete, before, waiting, reason: {zh, en}}]}.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Flag(name: .long, help: "Delete it.") var apply = false

    func run() async throws {
        let host = try await options.host()
        let report = try await host.applyRetention(isPreview: !apply)
        if options.isJSON { return printJSON(report.json(applied: apply)) }
        StandardOutput.write(text(report, host.workspace.configuration))
    }

    private func text(_ report: RetentionReport, _ configuration: WorkspaceConfiguration) -> String {
        var table = Table("WHAT", "KEPT FOR", apply ? "DELETED" : "TO DELETE", "WAITING", "WHY IT WAITS")
        table.add("rejects", "\(report.rejectDays) days", "\(report.rejects)", "", "")
        table.add("delivered events", "\(report.outboxDays) days", "\(report.outbox)", "", "")
        table.add("used events", "their connection's keep_days", "\(report.inbox)", "", "")
        table.add("entries of devices", "their connection's keep_days", "\(report.deviceEntries)", "", "")
        table.add("runs", "\(report.runDays.pulled), pushed \(report.runDays.pushed) days", "\(report.runs)", "", "")
        table.add("deletions remembered", "\(report.deletionDays) days", "\(report.deletions)", "", "")
        for type in report.types {
            let reason = type.reason.map { configuration.language == "zh" ? $0.text.zh : $0.text.en }
            table.add(type.recordType, "\(type.days) days", "\(type.deleted)", "\(type.waiting)", reason ?? "")
        }
        let counts =
            [report.rejects, report.outbox, report.inbox, report.deviceEntries, report.runs, report.deletions]
            + report.types.map(\.deleted)
        let deletes = counts.contains { $0 > 0 }
        let next = deletes && !apply ? "Nothing is deleted yet: 'plumbline retention --apply' does it.\n" : ""
        let old = "'reject_retention_days' is now called 'rejects' and stands under 'retention'.\n"
        return table.text(empty: "") + next + (configuration.retention.usesOldKey ? old : "")
    }
}

extension RetentionReport {
    fileprivate func json(applied: Bool) -> JSON {
        [
            "applied": .bool(applied),
            "rejects": [
                "days": .int(rejectDays), "before": .string(rejectsBefore.rfc3339), "delete": .int(rejects),
            ],
            "outbox": ["days": .int(outboxDays), "delete": .int(outbox)], "inbox": ["delete": .int(inbox)],
            "devices": ["delete": .int(deviceEntries)],
            "runs": [
                "days": .int(runDays.pulled), "pushed_days": .int(runDays.pushed), "delete": .int(runs),
            ],
            "deletions": ["days": .int(deletionDays), "delete": .int(deletions)],
            "records": .array(types.map(\.json)),
        ]
    }
}

extension RetentionReport.TypeReport {
    fileprivate var json: JSON {
        let reason: JSON = reason.map { ["zh": .string($0.text.zh), "en": .string($0.text.en)] } ?? .null
        return [
            "record_type": .string(recordType), "days": .int(days), "delete": .int(deleted),
            "before": .text(before?.description), "waiting": .int(waiting), "reason": reason,
        ]
    }
}
