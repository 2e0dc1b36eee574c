import Expressions
import Indicators
import Testing
import YAMLDocument

/// One indicator over records that a test writes down as YAML; what a record does not say is usual.
///
/// ```swift
/// try Ledger("{value: record.points, aggregate: mean}").shown("[{points: 1}, {points: 4}]")   // "2.50"
/// ```
struct Ledger {
    private let compiled: CompiledIndicator
    private let types: [String: RecordType]
    private let calendar: WorkCalendar
    private let constants: MapValue
    var people: [DirectoryEntry]
    var periodKinds: [PeriodKind] = [.month]
    var now = "2027-06-01T00:00:00Z"
    var firstDay = "2026-07-01"

    private static let types = """
        record_types:
          deed:
            fields:
              id: string
              owner_id: employee_ref?
              unit: org_unit_ref?
              at: datetime?
              begun: datetime?
              points: decimal?
              weight: decimal?
              kind: string?
              rater: string?
              ok: bool?
              count: int?
              ref: string?
              from: date?
              to: date?
          deal: {fields: {id: string, owner_id: employee_ref?, worth: decimal?}}
        """

    static let team = [
        DirectoryEntry(employee: "E01", unit: "Plumb/Support"), DirectoryEntry(employee: "E02", unit: "Plumb/Support"),
        DirectoryEntry(employee: "E03", unit: "Plumb/Sales"),
    ]

    /// An indicator with these keys; `record`, `subject` and `anchor` are given where it lacks them.
    init(_ definition: String, constants: String = "{}", people: [DirectoryEntry] = team) throws {
        let log = ProblemLog()
        var text = "{id: x, " + definition.dropFirst()
        let given = try YAMLNode.parse(definition, file: "definition")
        for (key, value) in [("record", "deed"), ("subject", "record.owner_id"), ("anchor", "record.at")]
        where given[key] == nil && given["\(key)s"] == nil {
            text = "{\(key): \(value), " + text.dropFirst()
        }
        var catalogue = Catalogue(log: log)
        catalogue.add([
            try YAMLNode.parse(Self.types, file: "types.yaml"),
            try YAMLNode.parse("{constants: \(constants), indicators: [\(text)]}", file: "indicators.yaml"),
        ])
        calendar = try TestCatalogue.calendar()
        let indicators = catalogue.compile(functions: WorkFunctions(calendar: calendar).all)
        try #require(log.problems.isEmpty, "\(log.problems)")
        compiled = try #require(indicators.first)
        types = catalogue.recordTypes
        self.constants = catalogue.constantsMap
        self.people = people
    }

    /// The value of a subject as people see it: its decimal, or its status where it has none; nil where there is no value.
    func shown(_ records: String, _ subject: String = "E01", _ period: String = "2026-07") throws -> String? {
        try value(records, subject, period).map { $0.decimal ?? $0.status.rawValue }
    }

    /// The status of a subject's value.
    func status(_ records: String, _ subject: String = "E01", _ period: String = "2026-07") throws -> ValueStatus? {
        try value(records, subject, period)?.status
    }

    func value(_ records: String, _ subject: String = "E01", _ period: String = "2026-07") throws -> IndicatorValue? {
        try values(evidence(records)).first { $0.subject.id == subject && $0.period.id == period }
    }

    func values(_ evidence: [EvidenceRecord]) throws -> [IndicatorValue] {
        var aggregation = try aggregation(evidence)
        for record in evidence { aggregation.add(record) }
        return aggregation.values()
    }

    /// An aggregation that these records can be fed to.
    func aggregation(_ evidence: [EvidenceRecord]) throws -> Aggregation {
        Aggregation([compiled], context: try context(evidence))
    }

    func explanation(_ records: String, _ subject: String = "E01", _ period: String = "2026-07") throws -> Explanation {
        let evidence = try evidence(records)
        let kind: SubjectKind = subject == "company" ? .company : subject.hasPrefix("Plumb") ? .orgUnit : .employee
        let target = Explainer.Target(
            subject: Subject(kind: kind, id: subject), period: try #require(Period(id: period)))
        var explainer = Explainer(compiled, targets: [target], context: try context(evidence))
        for record in evidence { explainer.add(record) }
        return explainer.explanations()[0]
    }

    private func context(_ evidence: [EvidenceRecord]) throws -> AggregationContext {
        var index = RecordIndex()
        for record in evidence where record.record.type.name != "deed" { index.add(record) }
        return AggregationContext(
            calendar: calendar, directory: EmployeeDirectory(people), constants: constants, periodKinds: periodKinds,
            firstDay: try #require(Day(text: firstDay)), now: try #require(Timestamp(rfc3339: now)), lookup: index)
    }

    /// Records of the type `deed`, or of the type that their field `type` names.
    func evidence(_ records: String) throws -> [EvidenceRecord] {
        let nodes = try #require(try YAMLNode.parse(records, file: "records").elements)
        return try nodes.enumerated().map { number, node in
            let type = try #require(types[node["type"]?.text ?? "deed"])
            let usual = ["id": "R\(number)", "owner_id": "E01", "at": "2026-07-10T02:00:00Z"]
            let values = try type.fields.map { field in
                let given: String? = node[field.name].map { $0.text } ?? usual[field.name]
                return try FieldConversion(field, zone: calendar.zone).convert(given.map { .string($0) } ?? .null)
            }
            let record = CanonicalRecord(type: type, values: values)
            return EvidenceRecord(
                record: record,
                reference: EvidenceReference(connection: "test", stream: type.name, externalID: record.key),
                hash: .test(record.key), run: 1)
        }
    }
}
