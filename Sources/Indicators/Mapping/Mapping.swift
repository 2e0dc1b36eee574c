public import Expressions
public import YAMLDocument

/// A compiled mapping from source records onto a record type.
public struct Mapping: Sendable {
    /// The record type that is mapped onto.
    public let type: RecordType
    /// The company's zone, in which dates are days.
    public let zone: Zone
    let condition: Program?
    let fields: [MappedField]
    /// What records must be like besides fitting their fields; nil for any.
    public var check: (any RecordCheck)?
    /// Which records the source may bring at all; nil for any.
    public var permission: (any RecordCheck)?

    /// Whether the stream's `where` may leave records out, so that fewer are stored than the source has.
    public var isFiltered: Bool { condition != nil }

    /// An expression with the place it stands at, for messages.
    struct MappedField: Sendable {
        let field: RecordField
        let program: Program?
        let place: SourcePlace
        let conversion: FieldConversion
    }

    /// What a mapping makes of a source record.
    public enum Result: Sendable {
        /// A record, and the accounts it mentions.
        case mapped(CanonicalRecord, [AccountMention])
        /// The stream's `where` leaves the record out.
        case leftOut
        /// An expression failed, or its value does not fit the field.
        case failed(Failure)
    }

    /// Why a source record could not be mapped.
    public struct Failure: Error, Sendable, Hashable {
        /// The record type's field, or `where`.
        public let field: String
        /// The expression as written; empty where the mapping has none for the field.
        public let expression: String
        /// Where the expression stands in the connection's file.
        public let place: SourcePlace
        /// What went wrong, with the values it quotes marked as `QuotedValue` says.
        public let reason: Reason
        /// Whether nothing is wrong with the record but that its source may not bring it.
        public var isForbidden = false
    }

    /// The record type's fields that the mapping says nothing of: they are empty in every record.
    public var unmappedFields: Set<String> { Set(fields.filter { $0.program == nil }.map(\.field.name)) }

    /// The fields of a source record that the mapping reads, ascending; nil where it reads the record as a whole.
    public var sourceFields: [String]? {
        let programs = fields.compactMap(\.program) + (condition.map { [$0] } ?? [])
        if programs.contains(where: { $0.wholeReads.contains(Self.sourceName) }) { return nil }
        return Set(programs.flatMap { $0.reads.filter { $0.variable == Self.sourceName }.map(\.field) }).sorted()
    }

    /// What the source fields are that the mapping merely hands on: the kind of the record type's field.
    public var handedOnFields: [String: FieldKind] {
        let read = fields.compactMap { mapped -> (String, FieldKind)? in
            guard let path = mapped.program?.plainRead?.path, path.count == 1 else { return nil }
            return (path[0], mapped.field.kind)
        }
        return Dictionary(read, uniquingKeysWith: { first, _ in first })
    }

    /// The fields that merely hand on a source field, with that field.
    public var handedOn: [(field: String, column: String)] {
        fields.compactMap { mapped in
            guard let path = mapped.program?.plainRead?.path, path.count == 1 else { return nil }
            return (mapped.field.name, path[0])
        }
    }

    /// The source fields without which no record maps: those that fields which are never empty merely hand on.
    public var requiredSourceFields: [String] {
        fields.filter { !$0.field.isOptional && !$0.field.isList }.compactMap { $0.program?.plainRead?.path.first }
    }

    /// The name under which expressions read the source record.
    static let sourceName = "source"

    /// Maps a source record, which expressions see as `source`.
    public func map(_ source: Value) -> Result {
        do throws(Failure) {
            guard try holds(source) else { return .leftOut }
            var values: [Value] = []
            var accounts: [AccountMention] = []
            values.reserveCapacity(fields.count)
            for field in fields { values.append(try value(of: field, source, &accounts)) }
            let record = CanonicalRecord(type: type, values: values)
            try refuseUnfit(record)
            return .mapped(record, accounts)
        } catch {
            return .failed(error)
        }
    }

    func holds(_ source: Value) throws(Failure) -> Bool {
        guard let condition else { return true }
        do throws(EvaluationError) {
            return try condition.evaluate([source]) == .bool(true)
        } catch {
            throw Failure(
                field: "where", expression: condition.source, place: conditionPlace, reason: error.reason)
        }
    }

    func value(
        of mapped: MappedField, _ source: Value, _ accounts: inout [AccountMention]
    ) throws(Failure) -> Value {
        let raw = try evaluate(mapped, source)
        mention(raw, in: mapped.field, &accounts)
        return try convert(raw, mapped)
    }

    func convert(_ raw: Value, _ mapped: MappedField) throws(Failure) -> Value {
        do throws(ConversionFailure) {
            return try mapped.conversion.convert(raw)
        } catch {
            throw failure(mapped, error.reason)
        }
    }

    private func evaluate(_ mapped: MappedField, _ source: Value) throws(Failure) -> Value {
        guard let program = mapped.program else { return .null }
        do throws(EvaluationError) {
            return try program.evaluate([source])
        } catch .emptyOperand where mapped.field.isOptional {
            return .null
        } catch {
            throw failure(mapped, error.reason)
        }
    }

    /// Fails where something is to be said against a record.
    func refuseUnfit(_ record: CanonicalRecord) throws(Failure) {
        if let refusal = permission?.refusal(of: record) {
            var failure = failure(of: refusal)
            failure.isForbidden = true
            throw failure
        }
        if let refusal = check?.refusal(of: record) { throw failure(of: refusal) }
    }

    private func failure(of refusal: (field: String, reason: Reason)) -> Failure {
        guard let mapped = fields.first(where: { $0.field.name == refusal.field }) else {
            return Failure(field: refusal.field, expression: "", place: conditionPlace, reason: refusal.reason)
        }
        return failure(mapped, refusal.reason)
    }

    func failure(_ mapped: MappedField, _ reason: Reason) -> Failure {
        Failure(
            field: mapped.field.name, expression: mapped.program?.source ?? "", place: mapped.place, reason: reason)
    }

    private func mention(_ value: Value, in field: RecordField, _ accounts: inout [AccountMention]) {
        switch (field.kind, value) {
        case (_, .optional(.some(let inner))): mention(inner, in: field, &accounts)
        case (.employeeRef, .list(let elements)), (.ownerInterval, .list(let elements)):
            for element in elements { mention(element, in: field, &accounts) }
        case (.employeeRef, _): AccountMention(value).map { accounts.append($0) }
        case (.ownerInterval, .map(let interval)):
            interval[.string("owner")].flatMap(AccountMention.init).map { accounts.append($0) }
        default: break
        }
    }

    let conditionPlace: SourcePlace
}

extension Mapping {
    /// Compiles the `map` of a stream onto `type`; logs every problem at its place and gives nil where there was one.
    public init?(
        _ entries: [YAMLNode.Entry], condition: ExpressionText?, onto type: RecordType, at place: SourcePlace,
        environment: Environment, zone: Zone, log: ProblemLog
    ) {
        let before = log.problems.count
        Self.checkNames(entries, type, log)
        fields = type.fields.map { field in
            let entry = entries.first { $0.key == field.name }
            if entry == nil, !field.isOptional, !field.isList {
                log.add(place, "the mapping onto \(type.name) lacks '\(field.name)', which is never empty")
            }
            return MappedField(
                field: field,
                program: ExpressionText(entry?.value).flatMap {
                    environment.compile($0, as: "'\(field.name)'", log: log)
                },
                place: entry?.value.place ?? place,
                conversion: FieldConversion(field, zone: zone))
        }
        self.type = type
        self.zone = zone
        self.condition = condition.flatMap { environment.compile($0, as: "where", expecting: .bool, log: log) }
        conditionPlace = condition?.place ?? place
        if log.problems.count > before { return nil }
    }

    /// The names in scope of a mapping.
    public static func environment(calendar: WorkCalendar, zone: Zone) -> Environment {
        Environment(
            variables: [Variable(name: sourceName, type: .dyn)], schemas: [.interval, .ownerInterval],
            functions: WorkFunctions(calendar: calendar).all + MappingFunctions(zone: zone).all)
    }

    private static func checkNames(_ entries: [YAMLNode.Entry], _ type: RecordType, _ log: ProblemLog) {
        let known = type.fields.map(\.name)
        for entry in entries where !known.contains(entry.key) {
            log.add(
                entry.place, "\(type.name) has no field '\(entry.key)'; " + MapReader.unknown(entry.key, known: known))
        }
    }
}
