internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enter one value by hand, with author and reason.",
        discussion: """
            For indicators whose definition says 'record: reported_value'. Entering it again for the same subject and period \
            corrects the value. It is an import of one row: listed by 'imports', taken back by 'undo', shown by 'explain'; a \
            value of a locked period is refused. JSON: {import, indicator, subject: {kind, id}, period, old, new, revision, \
            remarks: [{zh, en}], values: {changed, unchanged, refused: [text]}, changes: [{indicator, subject: {kind, id}, period, old, new}]}; old and new are null or {status, exact, \
            decimal, sample_size}; import and revision are null with --preview, changes are empty without it.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "The indicator's id.") var indicator: String
    @Argument(help: "A staff number, e-mail or phone; a unit; or company.") var subject: String
    @Argument(help: "A period such as 2026-07, 2026-Q3, 2026-H2 or 2026.") var period: String
    @Argument(help: "The value, in the indicator's unit; a negative one as \"(5)\", or last and after --.")
    var value: String
    @Option(name: .long, help: "Where the value comes from.") var reason: String
    @Option(name: .long, help: "Who vouches for it; the user of the operating system otherwise.") var author: String?
    @Flag(name: .long, help: "Show what would change; store nothing.") var preview = false

    func run() async throws {
        let host = try await options.host()
        let report = try await host.record(
            HandEntry(
                indicator: indicator, subject: subject, period: period, value: value, author: author ?? NSUserName(),
                reason: reason),
            isPreview: preview)
        if options.isJSON { printJSON(report.json) } else { StandardOutput.write(text(report, host.workspace)) }
    }

    private func text(_ report: HandEntryReport, _ workspace: Workspace) -> String {
        let language = workspace.configuration.language
        let definition = workspace.indicator(report.key.indicator)?.definition
        let name = definition.map { language == "zh" ? $0.name.zh : $0.name.en } ?? ""
        let (old, new) = ((report.old?.content).shown(in: language), report.new.shown(in: language))
        let revision =
            report.revision.map { LocalizedText(zh: "（第 \($0) 版）", en: " (revision \($0))").text(in: language) } ?? ""
        return "\(report.key.indicator)  \(name)\n"
            + "\(report.key.subject.id), \(report.key.period): \(old) -> \(new) \(definition?.unit ?? "")\(revision)\n"
            + ImportText(report: report.report, rejectedFile: nil, isPreview: preview, workspace: workspace).text
    }
}

extension HandEntryReport {
    fileprivate var json: JSON {
        [
            "import": report.id.map { .int(Int($0)) } ?? .null, "indicator": .string(key.indicator),
            "subject": key.subject.json, "period": .string(key.period), "old": (old?.content).json, "new": new.json,
            "revision": revision.map { .int($0) } ?? .null, "remarks": .array(report.remarks.map(\.json)),
            "values": report.values.json,
            "changes": report.changes.json,
        ]
    }
}
