internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// Shows what edits would change beside what is published.
struct LivePreviewView {
    let preview: LivePreview
    /// How many of the values that move furthest are shown.
    let top: Int
    let language: String
    let directory: EmployeeDirectory

    // MARK: For people

    var text: String {
        if preview.isUnpublished {
            return "Nothing is published yet; 'plumbline pull' reads the connections and computes values.\n"
        }
        let news = preview.indicators.filter(\.hasNews).map(text)
        let found = (preview.streams.map(text) + notes + news + [quiet]).filter { !$0.isEmpty }
        let body = found.isEmpty ? "Nothing differs from what is published.\n" : found.joined(separator: "\n")
        return body + "\n" + ending
    }

    private var notes: [String] {
        var notes: [String] = []
        if !preview.periods.isEmpty { notes.append("Compared: \(preview.periods.joined(separator: ", ")).\n") }
        if !preview.pending.isEmpty {
            notes.append(
                "Records changed since values were published last (\(preview.pending.joined(separator: ", "))): "
                    + "the differences below are theirs too.\n")
        }
        if !preview.withdrawn.isEmpty {
            notes.append(
                "Published, but defined no more; 'plumbline rebuild' takes the values away: "
                    + "\(preview.withdrawn.joined(separator: ", ")).\n")
        }
        return notes
    }

    /// The indicators of which there is nothing to tell.
    private var quiet: String {
        let same = preview.indicators.filter { !$0.hasNews }
        if same.isEmpty { return "" }
        let count = same.reduce(0) { $0 + $1.unchanged }
        return "No difference, \(count) values: \(same.map(\.definition.id).joined(separator: ", ")).\n"
    }

    private var ending: String {
        guard let rows = preview.rows else { return "Nothing was written: the database was opened for reading only.\n" }
        let count = "\(rows.rows) rows of \(rows.tables) tables"
        if rows.changed.isEmpty { return "Nothing was written: \(count) have the same hashes as before.\n" }
        return "Another program wrote meanwhile into \(rows.changed.joined(separator: ", ")); this one read only, but "
            + "what it shows may be mixed of both states. Try again.\n"
    }

    private func text(_ stream: RereadStream) -> String {
        let reading = stream.reading
        var lines = ["\(stream.connection)/\(reading.stream) -> \(reading.recordType): the mapping was edited"]
        if stream.isImported {
            lines.append(
                "  its files were imported by hand, so there is no source to read anew; "
                    + "'plumbline import FILE --connection \(stream.connection) --preview' maps one again")
        } else if let failure = stream.failure {
            lines.append("  the source could not be read, so its records count as stored: \(failure.onOneLine)")
        } else {
            lines.append(
                "  read anew: \(reading.read), of them \(reading.new) new, \(reading.changed) mapped otherwise, "
                    + "\(reading.unchanged) as before, \(reading.leftOut) left out, \(reading.rejects.count) rejected; "
                    + "\(reading.gone) gone")
        }
        if stream.kept > 0 { lines.append("  as stored, mapped as before: \(stream.kept)") }
        lines += fieldNotes(stream) + rejects(stream)
        return lines.joined(separator: "\n") + "\n"
    }

    private func fieldNotes(_ stream: RereadStream) -> [String] {
        if stream.newFields.isEmpty { return [] }
        let rest = stream.kept > 0 ? "; the \(stream.kept) that count as stored stay without" : ""
        return [
            "  fills what no stored record has, read from the source: \(stream.newFields.joined(separator: ", "))\(rest)"
        ]
    }

    private func rejects(_ stream: RereadStream) -> [String] {
        guard !stream.newlyRejected.isEmpty else { return [] }
        let shown = stream.newlyRejected.prefix(top).map { reject in
            "    \(reject.externalID ?? "-"): \(reject.reason) (\(reject.place ?? "no expression"))".onOneLine
        }
        return ["  newly rejected: \(stream.newlyRejected.count); they stay as stored, if they are"] + shown
    }

    private func text(_ comparison: IndicatorComparison) -> String {
        var text = "\(title(comparison).onOneLine)\n  \(summary(comparison))\n"
        for field in comparison.emptyFields {
            text += "  reads \(field), which no stored record has: a mapping must fill it\n"
        }
        if !comparison.definition.anonymous, !comparison.differing.isEmpty {
            if let distributions = comparison.distributions { text += spread(distributions, comparison.definition) }
            text += movers(comparison)
        }
        if !comparison.findings.isEmpty {
            let periods = Set(comparison.findings.map(\.key.period)).sorted().joined(separator: ", ")
            text +=
                "  locked: \(comparison.findings.count) values of \(periods) would differ; they stay and become findings\n"
        }
        return text
    }

    private func title(_ comparison: IndicatorComparison) -> String {
        let name = language == "zh" ? comparison.definition.name.zh : comparison.definition.name.en
        let causes = IndicatorComparison.Cause.allCases.filter(comparison.causes.contains).map { cause in
            switch cause {
            case .definition: "definition edited"
            case .mapping: "mapping edited"
            case .new: "never computed before"
            }
        }
        return "\(comparison.definition.id) \(name)" + (causes.isEmpty ? "" : " (\(causes.joined(separator: ", ")))")
    }

    private func summary(_ comparison: IndicatorComparison) -> String {
        let total = comparison.differing.count
        if total == 0 { return "no difference: \(comparison.unchanged) values stay as they are" }
        let (people, units) = (comparison.subjects(.employee), comparison.subjects(.orgUnit))
        let whom = [
            people.all > 0 ? "\(people.differing) of \(people.all) people" : nil,
            units.all > 0 ? "\(units.differing) of \(units.all) units" : nil,
        ].compactMap(\.self)
        let kinds = PreviewReport.Change.Difference.allCases.compactMap { difference -> String? in
            let count = comparison.differing(difference).count
            return count == 0 ? nil : "\(count) \(difference.words)"
        }
        return (whom + ["\(total) values differ (\(kinds.joined(separator: ", "))), \(comparison.unchanged) do not"])
            .joined(separator: "; ")
    }

    private func spread(
        _ distributions: IndicatorComparison.Distributions, _ definition: IndicatorDefinition
    ) -> String {
        var table = Table(
            "\(distributions.subjects.rawValue) by \(distributions.periods.rawValue)", "COUNT", "LEAST", "MEDIAN",
            "MEAN", "GREATEST")
        for (name, numbers) in [("published", distributions.old), ("would be", distributions.new)] {
            let shown = [numbers?.least, numbers?.median, numbers?.mean, numbers?.greatest]
                .map { $0?.rounded(toDigits: definition.scaleDigits) ?? "-" }
            table.add(name, "\(numbers?.count ?? 0)", shown[0], shown[1], shown[2], shown[3])
        }
        return table.text(empty: "").indentedByTwo
    }

    private func movers(_ comparison: IndicatorComparison) -> String {
        let (furthest, relative) = (comparison.topMovers(top), comparison.topMovers(top, relative: true))
        let others = comparison.differing.filter { $0.difference != .changed }.prefix(top)
        var table = Table("", "PERIOD", "PUBLISHED", "WOULD BE", "BY", "", "SAMPLE")
        for change in furthest + relative.filter({ other in !furthest.contains { $0.key == other.key } }) + others {
            let digits = comparison.definition.scaleDigits
            table.add(
                name(change.key.subject), change.key.period, shown(change.old), shown(change.new),
                change.movement?.signed(digits: digits) ?? "",
                change.relativeMovement.flatMap { ($0 * Rational(100)).signed(digits: 1) }.map { $0 + "%" } ?? "",
                "\(change.old?.sampleSize ?? 0) -> \(change.new?.sampleSize ?? 0)")
        }
        return table.text(empty: "").indentedByTwo
    }

    private func shown(_ value: ComputedValue?) -> String {
        guard let value else { return "-" }
        guard let decimal = value.decimal else { return value.status.rawValue }
        return value.status == .complete ? decimal : "\(decimal) \(value.status.rawValue)"
    }

    func name(_ subject: Subject) -> String {
        let entry = subject.kind == .employee ? directory.rows(of: subject.id).last : nil
        let name = language == "zh" ? entry?.nameZh ?? entry?.nameEn : entry?.nameEn ?? entry?.nameZh
        return [subject.id, name].compactMap { $0 }.joined(separator: " ")
    }
}

extension IndicatorComparison {
    /// Whether there is more to tell than that nothing differs.
    fileprivate var hasNews: Bool { !differing.isEmpty || !findings.isEmpty || !emptyFields.isEmpty }
}

extension PreviewReport.Change.Difference {
    fileprivate var words: String {
        switch self {
        case .changed: "with another number"
        case .appeared: "that had none"
        case .lost: "that lose theirs"
        case .status: "with another status"
        }
    }
}

extension Rational {
    /// The number with its sign, as a difference is written; nil where there is none.
    fileprivate func signed(digits: Int) -> String? {
        signum == 0 ? nil : (signum > 0 ? "+" : "") + rounded(toDigits: digits)
    }
}

extension String {
    fileprivate var indentedByTwo: String {
        split(separator: "\n", omittingEmptySubsequences: true).map { "  \($0)\n" }.joined()
    }
}
