internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import RecordFiles
public import ReviewStore

/// A value that a person enters by hand.
public struct HandEntry: Sendable {
    /// An indicator that is filled by hand.
    public var indicator: String
    /// A staff number, e-mail or phone; a unit's path; or `company`.
    public var subject: String
    /// Such as `2026-07` or `2026-Q3`.
    public var period: String
    /// The value in the indicator's unit, as people write numbers.
    public var value: String
    /// Who vouches for it.
    public var author: String
    /// Where it comes from.
    public var reason: String

    /// An entry.
    public init(
        indicator: String, subject: String, period: String, value: String, author: String, reason: String
    ) {
        (self.indicator, self.subject, self.period) = (indicator, subject, period)
        (self.value, self.author, self.reason) = (value, author, reason)
    }
}

/// What entering a value did, or would do.
public struct HandEntryReport: Sendable {
    /// The value that it is about.
    public let key: ValueKey
    /// What was published before; nil where nothing was.
    public let old: PublishedValue?
    /// What is published now, or would be.
    public let new: ComputedValue?
    /// The revision that is published now; nil where nothing was stored.
    public let revision: Int?
    /// What the import of the entry did.
    public let report: ImportReport
}

extension WorkspaceHost {
    /// Takes in a value by hand, on the way of an import: it is listed, undone and explained like one.
    ///
    /// - Throws: `HostError.invalid` where the entry is wrong, `.store` with `refused` where a value of a locked period
    ///   would change. Nothing is stored then.
    public func record(_ entry: HandEntry, isPreview: Bool = false) async throws(HostError) -> HandEntryReport {
        let people = try await storing { () throws(StoreError) in try await store.people() }
        let checked = try CheckedEntry(entry, workspace, people)
        let old = try await storing { () throws(StoreError) in try await store.value(checked.key) }
        let report = try await take(checked, isPreview: isPreview)
        if let rejected = report.rejected.first { throw .invalid(rejected.reason) }
        let published = try await storing { () throws(StoreError) in try await store.value(checked.key) }
        let foreseen = report.changes.first { $0.key == checked.key }?.new ?? published?.content
        return HandEntryReport(
            key: checked.key, old: old, new: isPreview ? foreseen : published?.content,
            revision: isPreview ? nil : published?.revision, report: report)
    }

    private func take(_ entry: CheckedEntry, isPreview: Bool) async throws(HostError) -> ImportReport {
        let stream: StreamMapping
        do throws(FileFault) {
            stream = try HandConnection(workspace).stream(
                TemplateColumns(type: entry.type, headings: entry.headings), in: nil, zone: workspace.calendar.zone)
        } catch { throw .invalid("\(error)") }
        let place = ImportPlace(connection: HandConnection.name, stream: stream)
        let source = ImportSource(entry.row(at: now()), (stream, ["id"]), language: language)
        let guardian = try await LockedValues(self)
        let what = "\(entry.key.indicator) of \(entry.key.subject.id) in \(entry.key.period) cannot be entered"
        let check: @Sendable (any EvidenceReading) throws(StoreError) -> Void = { evidence throws(StoreError) in
            try guardian.refuseChanges(in: evidence, what)
        }
        if isPreview { return try await foresee(source, into: place, isPartial: false, check: check) }
        return try await take(source, into: place, isPartial: false) { _, evidence throws(StoreError) in
            try check(evidence)
            return true
        }
    }

    /// Whom each account of a connection is matched to: by a person's decision, or by the people file.
    func subjectNames(connection: String) async throws(HostError) -> [String: String] {
        try await storing { () throws(StoreError) in
            var names: [String: String] = [:]
            for entry in try await store.people() {
                for text in entry.emails + entry.phones { names[text] = names[text] == nil ? entry.employee : "" }
            }
            for account in try await store.accounts(connection: connection, states: [.resolved]) {
                if case .resolved(let employee) = account.state { names[account.account] = employee }
            }
            return names.filter { !$0.value.isEmpty }
        }
    }
}

/// An entry of which everything was found.
private struct CheckedEntry {
    let key: ValueKey
    let type: RecordType
    private let cells: [(field: String, text: String?)]

    init(_ entry: HandEntry, _ workspace: Workspace, _ people: [DirectoryEntry]) throws(HostError) {
        guard let type = workspace.recordTypes[ReportedValues.recordType] else { throw .invalid("no such record type") }
        if let reason = workspace.reportedValues.refusal(ofIndicator: entry.indicator) {
            throw .invalid(reason.plain.text(in: workspace.configuration.language))
        }
        guard let period = PeriodText.id(of: entry.period) else {
            throw .invalid("'\(entry.period)' is no period; expected such as 2026-07, 2026-Q3, 2026-H2 or 2026")
        }
        let subject = try HandSubject(people).subject(entry.subject, workspace.reportedValues.scopes[entry.indicator])
        let value = try Self.value(entry, workspace)
        let (author, reason) = (entry.author.trimmed, entry.reason.trimmed)
        if author.isEmpty { throw .invalid("--author is empty: say who vouches for the value") }
        if reason.isEmpty { throw .invalid("--reason is empty: say where the value comes from") }
        self.type = type
        key = ValueKey(indicator: entry.indicator, subject: subject, period: period)
        cells = [
            ("id", ReportedValueKey(entry.indicator, subject.id, period).text), ("indicator_id", entry.indicator),
            ("employee_id", subject.kind == .employee ? subject.id : nil),
            ("org_unit_id", subject.kind == .orgUnit ? subject.id : nil), ("period", period), ("value", value),
            ("author", author), ("reason", reason),
        ]
    }

    /// The number in the indicator's unit.
    private static func value(_ entry: HandEntry, _ workspace: Workspace) throws(HostError) -> String {
        let isPercent = workspace.indicator(entry.indicator)?.definition.unit == "percent"
        do throws(CellFault) {
            let number = try WrittenNumber(
                isPercent && entry.value.hasSuffix("%") ? String(entry.value.dropLast()) : entry.value)
            if !number.isPercent { return number.text }
        } catch {
            let hint = entry.value.contains(",") ? "; write it without thousands, and a point before the decimals" : ""
            throw .invalid("the value: \(error)\(hint)")
        }
        throw .invalid("the value '\(entry.value)' has a percent sign, but the indicator's unit is none")
    }

    var headings: [String: String] {
        Dictionary((cells.map(\.field) + ["entered_at"]).map { ($0, $0) }, uniquingKeysWith: { $1 })
    }

    func row(at moment: Timestamp) -> HandRow {
        HandRow(
            name: "record \(key.indicator)/\(key.subject.id)/\(key.period)",
            cells + [("entered_at", moment.rfc3339)])
    }
}

/// Whom a person names at the command line.
private struct HandSubject {
    private let people: [DirectoryEntry]

    init(_ people: [DirectoryEntry]) { self.people = people }

    func subject(_ name: String, _ scope: SubjectKind?) throws(HostError) -> Subject {
        switch scope {
        case .company?:
            guard name == Subject.company.id else {
                throw .invalid("the indicator has one value, of the company: name it '\(Subject.company.id)'")
            }
            return .company
        case .orgUnit?:
            guard EmployeeDirectory(people).hasUnit(name) else {
                throw .invalid("the indicator has values of units, and '\(name)' is no unit of the people file")
            }
            return Subject(kind: .orgUnit, id: name)
        default: return Subject(kind: .employee, id: try employee(name))
        }
    }

    /// By staff number, e-mail or phone, never by name.
    private func employee(_ name: String) throws(HostError) -> String {
        let accounts = AccountMatcher(people).match(connection: HandConnection.name, AccountMention(account: name))
        if accounts.count == 1, case .resolved(let employee) = accounts[0].state { return employee }
        let perhaps = accounts.flatMap(\.candidates)
        throw .invalid(
            "'\(name)' is no staff number, e-mail or phone of one person in the people file"
                + (perhaps.isEmpty ? "" : "; perhaps \(perhaps.joined(separator: " or ")) is meant"))
    }
}
