import Expressions
import Foundation
import Indicators
import Testing
import YAMLDocument

/// A golden case: records in, the exact values that a person has worked out by hand.
struct GoldenCase {
    let name: String
    let indicator: String
    let period: Period
    let zone: Zone
    let people: [DirectoryEntry]
    let records: [(type: String, fields: YAMLNode)]
    let expected: [(subject: String, fields: YAMLNode)]
    let constants: [YAMLNode.Entry]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static let names: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    init(_ name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        let log = ProblemLog()
        let map = MapReader(
            try YAMLNode.parse(text, file: name), what: "a golden case",
            known: ["indicator", "title", "zone", "period", "people", "constants", "records", "expect", "working"],
            log: log)
        self.name = name
        indicator = try #require(map.requiredText("indicator"))
        period = try #require(Period(id: map.requiredText("period") ?? ""))
        zone = try #require(Zone(identifier: map.text("zone") ?? "Asia/Shanghai"))
        people = map.map("people").map { entry in
            DirectoryEntry(
                employee: entry.key, unit: entry.value["unit"]?.text, manager: entry.value["manager"]?.text)
        }
        constants = map.map("constants")
        records = map.map("records").flatMap { entry in (entry.value.elements ?? []).map { (entry.key, $0) } }
        expected = map.map("expect").map { ($0.key, $0.value) }
        try #require(log.problems.isEmpty, "\(log.problems)")
    }

    /// The values of the case, as read long after the period has matured.
    func values() throws -> [IndicatorValue] {
        let log = ProblemLog()
        var catalogue = Catalogue(log: log)
        catalogue.add(try ProductCatalogue.documents())
        for constant in constants { catalogue.add(constant: constant.key, .string(constant.value.text ?? "")) }
        let calendar = try TestCatalogue.calendar(zone: zone)
        let definition = try #require(catalogue.indicator(indicator), "no indicator \(indicator)")
        let compiled = IndicatorCompiler(
            types: catalogue.recordTypes, functions: WorkFunctions(calendar: calendar).all, log: log
        ).compile(definition)
        try #require(log.problems.isEmpty, "\(log.problems)")
        let evidence = try records.enumerated().map { index, record in
            try Self.evidence(record.fields, catalogue.recordTypes[record.type], zone: zone, number: index)
        }
        var lookup = RecordIndex()
        for record in evidence { lookup.add(record) }
        let indicator = try #require(compiled)
        var aggregation = Aggregation(
            [indicator],
            context: AggregationContext(
                calendar: calendar, directory: directory(evidence), constants: catalogue.constantsMap,
                periodKinds: [period.kind], firstDay: Day(sinceEpoch: 0),
                now: Timestamp(seconds: 2_000_000_000), lookup: lookup))
        for record in evidence.shuffled() { aggregation.add(record) }
        return aggregation.values()
    }

    /// The people of the case, and everyone and every unit that its records name.
    private func directory(_ evidence: [EvidenceRecord]) -> EmployeeDirectory {
        var entries = people
        for record in evidence.map(\.record) {
            for (field, value) in zip(record.type.fields, record.values) {
                for text in Self.texts(value) where field.kind == .employeeRef || field.kind == .ownerInterval {
                    if !entries.contains(where: { $0.employee == text }) {
                        entries.append(DirectoryEntry(employee: text))
                    }
                }
                for text in Self.texts(value) where field.kind == .orgUnitRef {
                    entries.append(DirectoryEntry(employee: "somebody of \(text)", unit: text))
                }
            }
        }
        return EmployeeDirectory(entries)
    }

    private static func texts(_ value: Value) -> [String] {
        switch value {
        case .string(let text): [text]
        case .list(let elements): elements.flatMap(texts)
        case .record(let record): texts(record["owner"] ?? .null)
        default: []
        }
    }

    /// A record of the case; what it does not give is empty, or a neutral value where the type wants one.
    private static func evidence(
        _ node: YAMLNode, _ type: RecordType?, zone: Zone, number: Int
    ) throws -> EvidenceRecord {
        let type = try #require(type, "\(node.place): unknown record type")
        for entry in node.entries ?? [] {
            try #require(type.slot(of: entry.key) != nil, "\(entry.place): \(type.name) has no field \(entry.key)")
        }
        let values = try type.fields.map { field in
            let given = node[field.name].map(value) ?? .null
            return try FieldConversion(field, zone: zone).convert(given.isNull ? neutral(field) : given)
        }
        let record = CanonicalRecord(type: type, values: values)
        return EvidenceRecord(
            record: record,
            reference: EvidenceReference(
                connection: "golden", stream: type.name, externalID: "\(record.key) \(number)"),
            hash: .test("\(number)"), run: 1)
    }

    private static func value(_ node: YAMLNode) -> Value {
        switch node.content {
        case .scalar(let scalar):
            if node.isNull { return .null }
            return scalar.style == .plain
                ? Bool(scalar.text).map { .bool($0) } ?? .string(scalar.text) : .string(scalar.text)
        case .list(let elements): return .list(elements.map(value))
        case .map(let entries): return .map(MapValue(entries.map { (.string($0.key), value($0.value)) }))
        }
    }

    private static func neutral(_ field: RecordField) -> Value {
        if field.isOptional || field.isList { return .null }
        return switch field.kind {
        case .string: .string("")
        case .employeeRef, .orgUnitRef: .string("unnamed")
        case .int, .decimal, .money: .int(0)
        case .bool: .bool(false)
        case .date, .datetime: .timestamp(Timestamp(seconds: 0))
        case .enumeration(let names): .string(names[0])
        case .interval, .ownerInterval: .null
        }
    }
}

@Suite struct GoldenCaseTests {
    @Test func `every indicator of the catalogue has a golden case`() throws {
        let log = ProblemLog()
        var catalogue = Catalogue(log: log)
        catalogue.add(try ProductCatalogue.documents())
        let covered = Set(try GoldenCase.names.map { try GoldenCase($0).indicator })
        #expect(catalogue.indicators.count == 88)
        #expect(catalogue.indicators.map(\.id).filter { !covered.contains($0) } == [])
    }

    @Test func `every definition of the catalogue is free of mistakes`() throws {
        let log = ProblemLog()
        var catalogue = Catalogue(log: log)
        catalogue.add(try ProductCatalogue.documents())
        let compiled = catalogue.compile(functions: WorkFunctions(calendar: try TestCatalogue.calendar()).all)
        #expect(log.problems.map(\.description) == [])
        #expect(compiled.count == 88)
        // The 38 of the catalogue that the field shares, and the product's own: values by hand, and metrics.
        #expect(catalogue.recordTypes.count == 40)
        #expect(catalogue.recordTypes[ReportedValues.recordType] != nil)
    }

    @Test(arguments: GoldenCase.names)
    func `the values are those worked out by hand`(_ name: String) throws {
        let golden = try GoldenCase(name)
        let values = try golden.values().filter { $0.period == golden.period }
        for (subject, wanted) in golden.expected {
            try check(values.first { $0.subject.id == subject }, wanted, "\(name) \(subject)")
        }
    }

    private func check(_ value: IndicatorValue?, _ wanted: YAMLNode, _ comment: String) throws {
        let status = try #require(wanted["status"]?.text)
        guard let value else {
            #expect(status == "no_data", "\(comment) has no value")
            return
        }
        #expect(value.status.rawValue == status, "\(comment) status")
        try compare(value.value, wanted["value"], "\(comment) value")
        try compare(value.numerator, wanted["numerator"], "\(comment) numerator")
        try compare(value.denominator, wanted["denominator"], "\(comment) denominator")
        if let display = wanted["display"]?.text { #expect(value.decimal == display, "\(comment) display") }
        if let sample = wanted["sample"]?.text { #expect("\(value.sample)" == sample, "\(comment) sample") }
        let flags = wanted["flags"]?.elements?.compactMap(\.text) ?? []
        if wanted["flags"] != nil { #expect(value.flags == flags, "\(comment) flags") }
    }

    private func compare(_ value: Rational?, _ wanted: YAMLNode?, _ comment: String) throws {
        guard let text = wanted?.text else { return }
        let parts = text.split(separator: "/").map(String.init)
        let number = try #require(
            parts.count == 2
                ? Rational(numerator: parts[0], denominator: parts[1]) : Rational(decimalText: text),
            "\(comment): \(text)")
        #expect(value == number, "\(comment)")
    }
}
