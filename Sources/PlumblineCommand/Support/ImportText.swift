internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// What an import did, or would do, for people: in the workspace's language.
struct ImportText {
    let report: ImportReport
    /// Where the bad rows are; nil where there is none.
    let rejectedFile: String?
    let isPreview: Bool
    let workspace: Workspace

    private var language: String { workspace.configuration.language }

    private func said(zh: String, en: String) -> String { LocalizedText(zh: zh, en: en).text(in: language) }

    var text: String {
        let lines =
            notes + [counts] + rejected + unmatched
            + report.values.judgements.lines(in: workspace).map(\.onOneLine)
            + [isPreview ? nothingStored : outcome]
        return lines.joined(separator: "\n") + "\n" + (isPreview ? "\n" + report.changes.text(in: language) : "")
    }

    private var notes: [String] { report.remarks.map { "\(said(zh: "注意：", en: "note: "))\($0.text(in: language))" } }

    private var counts: String {
        let repeated = report.repeated
        return said(
            zh: "\(report.rows) 行：新增 \(report.new)，更改 \(report.changed)，未变 \(report.unchanged)，"
                + "略过 \(report.leftOut)，有误 \(report.rejected.count)"
                + (repeated > 0 ? "，重复 \(repeated)（以后出现的为准）" : ""),
            en: "\(report.rows) rows: \(report.new) new, \(report.changed) changed, \(report.unchanged) unchanged, "
                + "\(report.leftOut) left out, \(report.rejected.count) bad"
                + (repeated > 0 ? ", \(repeated) repeated (the later row counts)" : ""))
    }

    private var rejected: [String] {
        let rows = report.rejected
        var lines = rows.prefix(Self.listed).map {
            said(zh: "  第 \($0.line) 行：\($0.reason)", en: "  line \($0.line): \($0.reason)")
        }
        let more = rows.count - Self.listed
        if more > 0 { lines.append(said(zh: "  另有 \(more) 行", en: "  and \(more) more")) }
        if let rejectedFile {
            lines.append(
                said(
                    zh: "有误的行在 \(rejectedFile)；改好后导入该文件即可。",
                    en: "The bad rows are in \(rejectedFile); mend and import that file."))
        }
        return lines
    }

    private var unmatched: [String] {
        let accounts = report.unmatched
        if accounts.isEmpty { return [] }
        let shown = accounts.prefix(Self.listed)
        let more = accounts.count - shown.count
        return [
            said(
                zh: "没有对应员工的账号：\(shown.joined(separator: "、"))" + (more > 0 ? "，另有 \(more) 个" : ""),
                en: "Accounts that nobody is matched to: \(shown.joined(separator: ", "))"
                    + (more > 0 ? " and \(more) more" : ""))
        ]
    }

    private static let listed = 20

    private var nothingStored: String { said(zh: "没有存入任何内容。", en: "Nothing was stored.") }

    private var outcome: String {
        guard let id = report.id else {
            return nothingStored + said(zh: "加 --partial 可先导入无误的行。", en: " --partial takes the good rows.")
        }
        if report.rows == report.leftOut {
            return said(zh: "导入 \(id)：没有可用的行。", en: "Import \(id): no row has anything to take.")
        }
        if report.new + report.changed == 0, report.rejected.isEmpty {
            return said(
                zh: "导入 \(id)：没有新内容，全部已经存过。", en: "Import \(id): nothing is new; everything is stored already.")
        }
        return said(zh: "导入 \(id)。", en: "Import \(id). ") + report.values.sentence(in: language)
            + said(zh: "'plumbline undo \(id)' 可撤销。", en: " 'plumbline undo \(id)' takes it back.")
    }
}

extension PublicationOutcome {
    /// How many values changed, as a sentence.
    func sentence(in language: String) -> String {
        let (zh, en) =
            refused.isEmpty
            ? ("", "")
            : ("，\(refused.count) 个因期间已锁定而未改", ", \(refused.count) refused because their period is locked")
        return LocalizedText(
            zh: "指标值：更改 \(changes.count) 个，未变 \(unchanged) 个\(zh)。",
            en: "\(changes.count) values changed, \(unchanged) unchanged\(en)."
        ).text(in: language)
    }
}

extension [PreviewReport.Change] {
    /// The changes as a table, the old value beside the new one.
    func text(in language: String) -> String {
        let isChinese = language == "zh"
        var table =
            isChinese
            ? Table("指标", "对象", "期间", "现值", "将为") : Table("INDICATOR", "SUBJECT", "PERIOD", "NOW", "WOULD BE")
        for change in self {
            table.add(
                change.key.indicator, change.key.subject.id, change.key.period, change.old.shown(in: language),
                change.new.shown(in: language))
        }
        return table.text(empty: isChinese ? "没有指标值会改变。" : "No value would change.")
    }
}

extension ComputedValue? {
    /// The value as people may see it: an anonymous one has no number here.
    func shown(in language: String) -> String {
        guard let value = self else { return "-" }
        let hasNumber = [.complete, .partial, .provisional].contains(value.status)
        let hidden = LocalizedText(zh: "不显示", en: "not shown").text(in: language)
        return value.decimal ?? (hasNumber ? hidden : value.status.rawValue)
    }
}
