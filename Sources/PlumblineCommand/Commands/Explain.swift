internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a value: its formula and every record that takes part or does not.",
        discussion: """
            JSON: {indicator, name: {zh, en}, formula: {zh, en}, unit, subject: {kind, id}, period: {id, start, end, zone}, \
            value: {status, exact, decimal, numerator, denominator, sample_size, coverage: {included, missing, excluded, \
            unmatched}, flags: [text], evidence_digest}, form: {kind, scale, scale_digits, zero_denominator, min_sample, \
            finish, outer, group_weights, max_missing_share, small_groups, flags: {name: cel}}, measures: [{name, record, \
            aggregate, cel: {where, anchor, value, ...}, result, record_count, excluded_count, percentile, min_group, \
            min_group_except, groups: [{key, size, counts, result, weight}], records: [{connection, stream, external_id, \
            at, hash, run, counted, value, share, group, weight, group_weight, sample, distinct, author, reason, \
            entered_at}], excluded: [{connection, stream, external_id, hash, run, reason, detail, author}]}], anonymous, definition_version, mapping_versions: \
            [{connection, stream, version}], streams: [{connection, stream, records, source_count, deletes, last_run, open_rejects}], expired_runs: [number], holds: [number], \
            published: {revision, status, exact, decimal, published_at, cause, definition_version, evidence_digest, agrees, evidence_deleted_before}}. \
            author and the rest stand at values by hand. With it alone the value can be computed again. With --all an array of these, one for each published value.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "The indicator's id.") var indicator: String?
    @Argument(help: "A staff number, a unit, or company.") var subject: String?
    @Argument(help: "A period such as 2026-07 or 2026-Q3.") var period: String?
    @Flag(name: .long, help: "Explain every published value, instead of one.") var all = false
    @Option(name: .customLong("period"), help: "With --all: only those of this period.") var onlyPeriod: String?

    func validate() throws {
        if all, indicator != nil { throw ValidationError("--all explains every indicator: name none") }
        if !all, period == nil { throw ValidationError("name an indicator, a subject and a period, or --all") }
        if !all, onlyPeriod != nil { throw ValidationError("--period goes with --all") }
    }

    func run() async throws {
        let host = try await options.host()
        if all { return try await explainAll(host) }
        guard let indicator, let subject, let period = try period.map(Self.period) else { return }
        _ = try host.compiledIndicator(indicator)
        let people = try await storing { () throws(StoreError) in try await host.store.people() }
        let report = try await host.explain(
            indicator, subject: try EmployeeDirectory(people).subject(subject), period: period)
        if options.isJSON { printJSON(report.json) } else { StandardOutput.write(text(report, host)) }
    }

    /// Prints one explanation after the other as they are made.
    private func explainAll(_ host: WorkspaceHost) async throws {
        var separator = "[\n"
        try await host.explainAll(in: try onlyPeriod.map(Self.period)) { report in
            if options.isJSON {
                StandardOutput.write(separator + report.json.indented())
                separator = ",\n"
            } else {
                StandardOutput.write(text(report, host) + "\n")
            }
        }
        if options.isJSON { StandardOutput.write(separator == "[\n" ? "[]\n" : "\n]\n") }
    }

    private func text(_ report: ExplanationReport, _ host: WorkspaceHost) -> String {
        ExplanationText(report: report, language: host.workspace.configuration.language).text
    }

    private static func period(_ text: String) throws -> Period {
        if let period = Period(id: text) { return period }
        throw HostError.invalid("'\(text)' is no period; expected such as 2026-07, 2026-Q3, 2026-H2 or 2026")
    }
}

/// An explanation for people.
struct ExplanationText {
    let report: ExplanationReport
    let language: String

    private var definition: IndicatorDefinition { report.explanation.definition }

    var text: String {
        [heading, value, coverage, published].joined() + report.explanation.measures.map(measure).joined() + footer
    }

    private var heading: String {
        let (name, words) =
            language == "zh"
            ? (definition.name.zh, definition.description.zh) : (definition.name.en, definition.description.en)
        return """
            \(definition.id)  \(name)
            \(report.subject.id), \(report.period.id) (\(report.zone.identifier))

            \(words)


            """
    }

    private var value: String {
        guard let value = report.explanation.value else { return "There is nothing to compute: no_data.\n" }
        if report.isHidden { return "Too few answers: the value is shown to nobody, status \(value.status.rawValue)\n" }
        var lines = "Value: \(value.decimal ?? "-") \(definition.unit), status \(value.status.rawValue)\n"
        if let exact = value.value { lines += "Exact: \(exact)\n" }
        if let numerator = value.numerator, let denominator = value.denominator {
            lines += "Ratio: \(numerator) / \(denominator), times \(definition.scale ?? "1")\n"
        }
        if case .finish(let finish) = definition.form { lines += "Finish: \(finish.text)\n" }
        if !value.flags.isEmpty { lines += "Flags: \(value.flags.joined(separator: ", "))\n" }
        return lines
    }

    private var coverage: String {
        guard let value = report.explanation.value else { return "" }
        let coverage = value.coverage
        return "Sample: \(value.sample). Records: \(coverage.included) included, \(coverage.missing) without the "
            + "measured field, \(coverage.excluded) excluded, \(coverage.unmatched) of people that nobody is matched to.\n"
    }

    private var published: String {
        guard let published = report.published else { return "Nothing is published.\n" }
        let agrees =
            if let day = report.expiredBefore {
                "evidence before \(day) was deleted because its time was over: the value stays as it was published"
            } else if report.agrees == true {
                "the evidence still gives it"
            } else {
                "THE EVIDENCE NOW GIVES ANOTHER VALUE"
            }
        let decimal = report.isHidden ? nil : published.content.decimal
        return "Published: revision \(published.revision), \(decimal ?? "-"), \(agrees).\n"
    }

    private func held(_ hold: Hold) -> String {
        let why = hold.findings.map { language == "zh" ? $0.text.zh : $0.text.en }.joined(separator: "; ")
        return
            "Held: \(hold.records) records of \(hold.connection)/\(hold.stream) do not count: \(why) (hold \(hold.id))"
            .onOneLine + "\n"
    }

    private func measure(_ measure: Explanation.Measure) -> String {
        let definition = measure.definition
        var text = "\n\(definition.name): \(definition.aggregate.rawValue) of \(definition.record)"
        text += report.visibleResult(of: measure).map { " = \($0)" } ?? ""
        text += "\n" + expressions(definition)
        for group in report.visibleGroups(of: measure) {
            text += "  group \(group.key.isEmpty ? "-" : group.key.onOneLine): \(group.size)"
            text += " -> \(group.result?.description ?? "no data")"
            text += (group.weight.map { ", weight \($0)" } ?? "") + (group.isShown ? "\n" : ", too small\n")
        }
        return text + (self.definition.anonymous ? "  single answers are not shown\n" : records(measure))
    }

    private func expressions(_ measure: MeasureDefinition) -> String {
        let named: [(String, ExpressionText?)] = [
            ("where", measure.condition), ("counted", measure.counted), ("in_period", measure.inPeriod),
            ("anchor", measure.anchor), ("value", measure.value),
        ]
        return named.compactMap { name, expression in expression.map { "  \(name): \($0.text)\n" } }.joined()
    }

    private func records(_ measure: Explanation.Measure) -> String {
        var table = Table("RECORD", "AT", "VALUE", "", "HASH", "RUN")
        for record in measure.records {
            table.add(
                "\(record.reference.connection)/\(record.reference.externalID)", record.anchor.rfc3339,
                record.value?.description ?? "-", record.isCounted ? "" : "not counted",
                String(record.hash.hex.prefix(12)), "\(record.run)")
        }
        var excluded = Table("LEFT OUT", "WHY", "DETAIL")
        for record in measure.excluded {
            excluded.add(
                "\(record.reference.connection)/\(record.reference.externalID)", record.exclusion.kind.rawValue,
                record.exclusion.reason)
        }
        return table.text(empty: "  no record takes part") + entries(measure)
            + (measure.excluded.isEmpty ? "" : excluded.text(empty: ""))
    }

    /// Who entered the values by hand, and why.
    private func entries(_ measure: Explanation.Measure) -> String {
        var table = Table("BY HAND", "BY", "ENTERED", "REASON")
        for record in measure.records {
            guard let note = report.entries[record.reference] else { continue }
            table.add(
                "\(record.reference.connection)/\(record.reference.externalID)", note.author,
                note.entered ?? "in a file, run \(record.run)", note.reason ?? "-")
        }
        return report.entries.isEmpty ? "" : table.text(empty: "")
    }

    private var expiredRuns: String {
        guard !report.expiredRuns.isEmpty else { return "" }
        let runs = report.expiredRuns.sorted()
        let list = runs.prefix(5).map(String.init).joined(separator: ", ") + (runs.count > 5 ? ", ..." : "")
        return "Runs kept no longer ('plumbline retention'): \(list). What they brought counts as before.\n"
    }

    private var rejects: String {
        report.streams.compactMap(\.unread).map { "\($0.text.en).\n" }.joined()
    }

    private var footer: String {
        let streams = report.streams.map { stream in
            let source = stream.sourceCount.map { "\($0) at the source" } ?? "the source cannot count"
            return "  \(stream.stream.connection)/\(stream.stream.stream): \(stream.live) records here, \(source); "
                + "deletions: \(stream.deletions); mapping: \(report.mappingVersions[stream.stream] ?? "-")\n"
        }
        return "\nStreams:\n" + streams.joined() + rejects + expiredRuns + report.holds.map(held).joined()
            + "Definition version \(report.definitionVersion).\n"
    }
}
