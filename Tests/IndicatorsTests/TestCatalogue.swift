import Expressions
import Foundation
import Indicators
import Testing
import YAMLDocument

/// The product's catalogue and calendar, and small indicators made for one test.
enum TestCatalogue {
    static let resources = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/Indicators/Resources").standardizedFileURL

    static func document(_ name: String) throws -> YAMLNode {
        let text = try String(contentsOf: resources.appending(path: name), encoding: .utf8)
        return try YAMLNode.parse(text, file: name)
    }

    static func calendar(zone: Zone? = nil) throws -> WorkCalendar {
        let log = ProblemLog()
        let calendar = WorkCalendarReader(log: log)
            .calendar(try document("calendar-cn-2026.yaml"), named: "cn-2026", zone: zone)
        #expect(log.problems.isEmpty, "\(log.problems)")
        return try #require(calendar)
    }

    /// The value of a small indicator over records of the type `sample`, all of one employee in July 2026.
    static func value(_ definition: String, amounts: [(String, String?)]) throws -> IndicatorValue {
        let types = """
            record_types:
              sample: {fields: {id: string, who: employee_ref, at: datetime, amount: decimal?, other: decimal?}}
            """
        var sample = try SampleAggregation(types: types, indicator: "{id: x, \(definition.dropFirst())")
        for (index, (amount, other)) in amounts.enumerated() {
            try sample.add(["R\(index)", "E01", "2026-07-15T10:00:00+08:00", amount, other])
        }
        let values = sample.aggregation.values()
        return try #require(values.first { $0.subject.id == "E01" && $0.period.id == "2026-07" })
    }
}

/// One indicator over records of one type, all texts.
struct SampleAggregation {
    var aggregation: Aggregation
    let type: RecordType
    let zone: Zone

    init(
        types: String, indicator: String, people: [DirectoryEntry] = [DirectoryEntry(employee: "E01", unit: "Root")]
    ) throws {
        let log = ProblemLog()
        var catalogue = Catalogue(log: log)
        catalogue.add([
            try YAMLNode.parse(types, file: "types.yaml"),
            try YAMLNode.parse("indicators:\n- \(indicator)", file: "indicators.yaml"),
        ])
        let calendar = try TestCatalogue.calendar()
        zone = calendar.zone
        let compiled = catalogue.compile(functions: WorkFunctions(calendar: calendar).all)
        try #require(log.problems.isEmpty, "\(log.problems)")
        type = try #require(catalogue.recordTypes.values.first)
        aggregation = Aggregation(
            compiled,
            context: AggregationContext(
                calendar: calendar, directory: EmployeeDirectory(people), constants: catalogue.constantsMap,
                periodKinds: [.month, .quarter], firstDay: try #require(Day(text: "2026-01-01")),
                now: try #require(Timestamp(rfc3339: "2027-06-01T00:00:00Z")), lookup: NoRecords()))
    }

    mutating func add(_ texts: [String?]) throws {
        var values: [Value] = []
        for (field, text) in zip(type.fields, texts) {
            values.append(try FieldConversion(field, zone: zone).convert(text.map { .string($0) } ?? .null))
        }
        let id = texts[0] ?? ""
        aggregation.add(
            EvidenceRecord(
                record: CanonicalRecord(type: type, values: values),
                reference: EvidenceReference(connection: "test", stream: "records", externalID: id),
                hash: ContentHash.test(id), run: 1))
    }
}

struct NoRecords: RecordLookup {
    func record(ofType type: String, key: String, preferring connection: String) -> CanonicalRecord? { nil }
}

extension ContentHash {
    /// A hash made of a text's bytes, different for different ids.
    static func test(_ text: String) -> ContentHash {
        var bytes = Array(text.utf8.prefix(32))
        bytes += Array(repeating: 0, count: 32 - bytes.count)
        return ContentHash(bytes: bytes) ?? ContentHash.zero
    }

    private static var zero: ContentHash { test("") }
}
