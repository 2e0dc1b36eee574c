public import PlumblineKit

/// The company's own directory, HR's file with the directories that are followed, as a source of records: how many worked
/// in each unit on each day, and who left.
///
/// - Shape: `headcount_days` has a record for each unit and day on which somebody worked in the unit itself; those of units
///   below it are in their own records. `separations` has a record for each end of an employment that lies behind.
/// - Leaves out: days before `since`, today, and people without a unit, who are told; told are also those who left and of
///   whom HR does not say how.
/// - Every run reads all, for a correction of the directory changes days that are long past.
public struct CompanyDirectoryConnector: IdentifierListing {
    /// `oa.directory`.
    public static let description = ConnectorDescription(
        id: "oa.directory", family: .oa, name: LocalizedText(zh: "公司人员名册", en: "The company's directory"),
        apiVersion: "people.csv and followed directories", documentation: "connectors/oa/directory.yaml",
        settings: [since.field],
        streams: [
            StreamDescription(
                name: headcountDays, help: LocalizedText(zh: "各部门每天的在岗人员", en: "Who worked in each unit on each day"),
                recordType: "headcount_day", deletions: [.fullList, .neverKnown], isIncremental: false,
                fields: [
                    SourceField("unit", "string", LocalizedText(zh: "部门路径", en: "The unit's path")),
                    SourceField("date", "date", LocalizedText(zh: "日期", en: "The day")),
                    SourceField(
                        "people", "list<map>",
                        LocalizedText(
                            zh: "当天在本部门（不含下级部门）的人员：employee、position",
                            en: "Those in the unit itself on the day: employee, position")),
                ]),
            StreamDescription(
                name: separations, help: LocalizedText(zh: "离职", en: "Who left"), recordType: "separation",
                deletions: [.fullList, .neverKnown], isIncremental: false,
                fields: [
                    SourceField("employee", "string", LocalizedText(zh: "工号", en: "The staff number")),
                    SourceField("last_day", "date", LocalizedText(zh: "最后一天", en: "The last day")),
                    SourceField("unit", "string?", LocalizedText(zh: "当天的部门", en: "The unit on that day")),
                    SourceField("position", "string?", LocalizedText(zh: "当天的岗位", en: "The position on that day")),
                    SourceField(
                        "left_as", "string?",
                        LocalizedText(zh: "人员名册 left_as 列", en: "The column left_as of the people file")),
                ]),
        ])

    static let since = Setting<String>.text(
        "since", LocalizedText(zh: "从哪一天开始统计，如 2026-01-01", en: "The first day, such as 2026-01-01"))
    private static let headcountDays = "headcount_days"
    private static let separations = "separations"
    /// Records of a page, if a day has not more.
    private static let pageSize = 2000

    private let since: LocalDay
    private let context: ConnectorContext

    /// Reads nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        guard let since = LocalDay(settings[Self.since]) else {
            throw .settings(
                field: Self.since.field.key, reason: "expected a day such as 2026-01-01, not '\(settings[Self.since])'")
        }
        (self.since, self.context) = (since, context)
    }

    /// Counts who is there today.
    public func check() async throws(ConnectorError) -> CheckReport {
        let today = today
        let working = try await assignments().filter { $0.from <= today.number && $0.until > today.number }
        let people = Set(working.map(\.assignment.employee)).count
        return CheckReport(source: nil, remarks: ["\(people) people work here today"])
    }

    /// The next days, or those who left.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case Self.headcountDays: try await headcount(after: cursor)
        case Self.separations: try await separations()
        default: throw .unknownStream(stream, of: Self.description)
        }
    }

    /// What the pages hold.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let page = try await page(of: stream, after: cursor)
        return IdentifierPage(identifiers: page.records.map(\.id), cursor: page.cursor, hasMore: page.hasMore)
    }

    // MARK: Days

    private var today: LocalDay {
        let now = context.now()
        return LocalDay(of: now, secondsAhead: context.utcOffset(now))
    }

    /// An assignment with its days as numbers.
    private struct Span {
        let assignment: Assignment
        let from: Int
        let until: Int

        init(_ assignment: Assignment) {
            self.assignment = assignment
            from = assignment.from.flatMap(LocalDay.init)?.number ?? .min
            until = assignment.until.flatMap(LocalDay.init)?.number ?? .max
        }
    }

    private func assignments() async throws(ConnectorError) -> [Span] {
        if Task.isCancelled { throw .cancelled }
        guard let directory = context.directory else {
            throw .unavailable(reason: "the company's directory is not at hand here", retryAfter: nil)
        }
        return try await directory.assignments().map(Span.init)
    }

    private func headcount(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let start =
            try cursor.flatMap { (cursor) throws(ConnectorError) in try cursor.state()["day"]?.int } ?? since.number
        let spans = try await assignments()
        let units = Set(spans.compactMap(\.assignment.unit)).count
        let end = min(start + max(1, Self.pageSize / max(1, units)), today.number)
        var page = Page(cursor: nil, hasMore: end < today.number)
        if page.hasMore { page.cursor = Cursor(["day": .int(end)]) }
        if start < end { page.records = headcount(of: spans, from: start, until: end) }
        if start == since.number { page.anomalies = Self.withoutUnit(spans, from: start) }
        return page
    }

    private func headcount(of spans: [Span], from start: Int, until end: Int) -> [SourceRecord] {
        var days = [[String: [Assignment]]](repeating: [:], count: end - start)
        for span in spans {
            guard let unit = span.assignment.unit else { continue }
            for day in max(span.from, start)..<max(min(span.until, end), max(span.from, start)) {
                days[day - start][unit, default: []].append(span.assignment)
            }
        }
        return days.enumerated().flatMap { offset, units in
            units.sorted { $0.key < $1.key }.map { unit, people in
                Self.record(unit, LocalDay(number: start + offset).text, people)
            }
        }
    }

    private static func record(_ unit: String, _ date: String, _ people: [Assignment]) -> SourceRecord {
        let list = people.sorted { $0.employee < $1.employee }.map { person -> JSON in
            ["employee": .string(person.employee), "position": .text(person.position)]
        }
        return SourceRecord(
            id: [unit, date].compoundIdentifier, version: nil,
            json: ["unit": .string(unit), "date": .string(date), "people": .array(list)])
    }

    private static func withoutUnit(_ spans: [Span], from start: Int) -> [Anomaly] {
        let people = Set(spans.filter { $0.assignment.unit == nil && $0.until > start }.map(\.assignment.employee))
        return people.sorted().map { Anomaly(id: $0, reason: "has no unit and is in no headcount") }
    }

    // MARK: Leaving

    private func separations() async throws(ConnectorError) -> Page {
        let spans = try await assignments()
        let starts = Dictionary(grouping: spans, by: \.assignment.employee).mapValues { Set($0.map(\.from)) }
        let ended = spans.filter { span in
            let goesOn = starts[span.assignment.employee]?.contains(span.until) == true
            return !goesOn && span.until <= today.number && span.until > since.number
        }
        let records = ended.map(Self.separation)
        let unknown = zip(ended, records).filter { $0.0.assignment.leftAs == nil }.map { _, record in
            Anomaly(id: record.id, reason: "how they left is not known: left_as of people.csv is empty")
        }
        return Page(records: records, cursor: nil, hasMore: false, anomalies: unknown)
    }

    private static func separation(_ span: Span) -> SourceRecord {
        let (person, lastDay) = (span.assignment, LocalDay(number: span.until - 1).text)
        return SourceRecord(
            id: [person.employee, lastDay].compoundIdentifier, version: nil,
            json: [
                "employee": .string(person.employee), "last_day": .string(lastDay), "unit": .text(person.unit),
                "position": .text(person.position), "left_as": .text(person.leftAs),
            ])
    }
}
