internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Values: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the current values.",
        discussion: """
            JSON: an array of {indicator, name: {zh, en}, subject: {kind, id, name}, period, status, decimal, exact, unit, \
            sample_size, coverage: {included, missing, excluded, unmatched}, flags, revision, definition_version, \
            evidence_digest, published_at}. A value that is missing is not zero: its status says why.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(name: .long, help: "A period such as 2026-07, 2026-Q3, 2026-H2 or 2026.") var period: String?
    @Option(name: .long, help: "A staff number or a unit.") var subject: String?
    @Option(name: .long, help: "An indicator's id.") var indicator: String?
    @Option(name: .long, help: "employee, org_unit or company.", transform: Self.kind) var kind: SubjectKind?
    @Flag(name: .long, help: "Show values without data too.") var all = false

    func run() async throws {
        let host = try await options.host()
        if let period, Period(id: period) == nil {
            throw HostError.invalid("'\(period)' is no period; expected such as 2026-07, 2026-Q3, 2026-H2 or 2026")
        }
        if let indicator { _ = try host.compiledIndicator(indicator) }
        let filter = ValueFilter(indicator: indicator, subjectKind: kind, subject: subject, period: period)
        let found = try await storing { () throws(StoreError) in try await host.store.values(filter) }
        let people = try await storing { () throws(StoreError) in try await host.store.people() }
        let view = ValueView(workspace: host.workspace, directory: EmployeeDirectory(people))
        if found.isEmpty, let subject { _ = try view.directory.subject(subject) }
        let values = found.filter { all || $0.content.status != .noData }
        if options.isJSON {
            printJSON(.array(values.map(view.json)))
        } else {
            StandardOutput.write(values.isEmpty ? emptiness(hidden: found.count) : view.tables(values))
            if !found.isEmpty || !isNarrowed {
                StandardOutput.write(try await unread(host, indicator.map { [$0] } ?? []))
            }
        }
    }

    /// What could not be read of the records that these indicators read; all indicators where none is named.
    private func unread(_ host: WorkspaceHost, _ named: [String]) async throws -> String {
        let indicators = host.workspace.indicators.filter { named.isEmpty || named.contains($0.definition.id) }
        let types = indicators.reduce(into: Set<String>()) { $0.formUnion($1.recordTypes) }
        let unread = try await host.unreadRecords(of: types)
        let language = host.workspace.configuration.language
        return unread.map { "\n" + $0.text.text(in: language) + (language == "zh" ? "。" : ".") }.joined()
            + (unread.isEmpty ? "" : "\n")
    }

    private var isNarrowed: Bool { period != nil || subject != nil || indicator != nil || kind != nil }

    /// Why there is nothing to show.
    private func emptiness(hidden: Int) -> String {
        if hidden > 0 { return "No value with data fits; --all shows \(hidden) without data too.\n" }
        if isNarrowed { return "No value fits.\n" }
        return """
            There are no values yet; 'plumbline pull' reads the connections and computes them. 'plumbline people import' \
            brings the people, 'plumbline people unmatched' shows accounts that belong to nobody.

            """
    }
}

extension Values {
    @Sendable private static func kind(_ text: String) throws -> SubjectKind {
        guard let kind = SubjectKind(rawValue: text) else {
            throw ValidationError("expected one of \(SubjectKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return kind
    }
}

/// Shows values: a table per subject.
struct ValueView {
    let workspace: Workspace
    let directory: EmployeeDirectory

    private var isChinese: Bool { workspace.configuration.language == "zh" }

    func tables(_ values: [PublishedValue]) -> String {
        let bySubject = Dictionary(grouping: values, by: \.key.subject)
        return bySubject.keys.sorted().map { subject in
            "\(title(of: subject).onOneLine)\n\(table(bySubject[subject] ?? []))"
        }.joined(separator: "\n")
    }

    private func table(_ values: [PublishedValue]) -> String {
        var table = Table("INDICATOR", "PERIOD", "VALUE", "UNIT", "STATUS", "SAMPLE", "")
        for value in values {
            let definition = workspace.indicator(value.key.indicator)?.definition
            let name = definition.map { isChinese ? $0.name.zh : $0.name.en } ?? ""
            table.add(
                "\(value.key.indicator) \(name)", value.key.period, shown(value) ?? "-", definition?.unit ?? "",
                value.content.status.rawValue, "\(value.content.sampleSize)", notes(value))
        }
        return table.text(empty: "")
    }

    /// The value as people may see it: an anonymous one of too few answers is shown to nobody.
    private func shown(_ value: PublishedValue) -> String? {
        isHidden(value) ? nil : value.content.decimal
    }

    private func isHidden(_ value: PublishedValue) -> Bool {
        workspace.indicator(value.key.indicator)?.definition.anonymous == true && value.content.status == .lowSample
    }

    private func notes(_ value: PublishedValue) -> String {
        let coverage = value.content.coverage
        var notes = value.content.flags
        if coverage.missing > 0 { notes.append("\(coverage.missing) without the measured field") }
        if coverage.unmatched > 0 { notes.append("\(coverage.unmatched) of unmatched people") }
        return notes.joined(separator: ", ")
    }

    private func title(of subject: Subject) -> String {
        switch subject.kind {
        case .employee:
            let entry = directory.rows(of: subject.id).last
            let details = [name(of: subject), entry?.position, entry?.unit].compactMap { $0 }
            return ([subject.id] + details).joined(separator: "  ")
        case .orgUnit, .company: return "\(subject.kind.rawValue) \(subject.id)"
        }
    }

    private func name(of subject: Subject) -> String? {
        let entry = directory.rows(of: subject.id).last
        return isChinese ? entry?.nameZh ?? entry?.nameEn : entry?.nameEn ?? entry?.nameZh
    }

    func json(_ value: PublishedValue) -> JSON {
        let content = value.content
        let definition = workspace.indicator(value.key.indicator)?.definition
        let exact = isHidden(value) ? nil : content.exact?.description
        return [
            "indicator": .string(value.key.indicator),
            "name": ["zh": .text(definition?.name.zh), "en": .text(definition?.name.en)],
            "subject": [
                "kind": .string(value.key.subject.kind.rawValue), "id": .string(value.key.subject.id),
                "name": .text(name(of: value.key.subject)),
            ],
            "period": .string(value.key.period), "status": .string(content.status.rawValue),
            "decimal": .text(shown(value)), "exact": .text(exact), "unit": .text(definition?.unit),
            "sample_size": .int(content.sampleSize),
            "coverage": [
                "included": .int(content.coverage.included), "missing": .int(content.coverage.missing),
                "excluded": .int(content.coverage.excluded), "unmatched": .int(content.coverage.unmatched),
            ],
            "flags": .array(content.flags.map(JSON.string)), "revision": .int(value.revision),
            "definition_version": .string(content.definitionVersion),
            "evidence_digest": .text(isHidden(value) ? nil : content.evidenceDigest),
            "published_at": .string(value.published.rfc3339),
        ]
    }
}
