public import Expressions
public import YAMLDocument

/// Checks a definition against its record types and compiles its expressions; logs every problem at its place.
public struct IndicatorCompiler {
    private let types: [String: RecordType]
    private let functions: [HostFunction]
    private let log: ProblemLog

    /// A compiler that knows these record types by name, and these functions beside CEL's own.
    public init(types: [String: RecordType], functions: [HostFunction], log: ProblemLog) {
        self.types = types
        self.functions = functions
        self.log = log
    }

    /// The compiled indicator; nil where a problem was logged.
    public func compile(_ definition: IndicatorDefinition) -> CompiledIndicator? {
        let before = log.problems.count
        var measures = definition.measures.compactMap { measure($0, of: definition) }
        if case .ratio = definition.form, measures.count == 2 {
            measures = [measures[0].paired(with: measures[1]), measures[1].paired(with: measures[0])]
        }
        let names = definition.measures.map(\.name)
        let environment = IndicatorEnvironment.finish(measures: names)
        let finish = finishProgram(definition, environment)
        checkOuter(definition)
        let flags = definition.flags.compactMap { flag in
            environment.compile(flag.condition, as: "flag '\(flag.name)'", expecting: .bool, log: log)
                .map { (flag.name, $0) }
        }
        guard log.problems.count == before else { return nil }
        return CompiledIndicator(
            definition: definition, measures: measures, finish: finish, flags: flags,
            scale: definition.scale.flatMap { Rational(decimalText: $0) } ?? .one,
            maxMissingShare: definition.maxMissingShare.flatMap { Rational(decimalText: $0) })
    }

    private func checkOuter(_ definition: IndicatorDefinition) {
        guard let outer = definition.outer, !AggregateKind.joiningGroups.contains(outer) else { return }
        let known = AggregateKind.joiningGroups.map(\.rawValue).joined(separator: ", ")
        log.add(definition.node.place, "groups are joined by one of \(known), not by \(outer.rawValue); write 'outer'")
    }

    private func finishProgram(_ definition: IndicatorDefinition, _ environment: Environment) -> Program? {
        guard case .finish(let expression) = definition.form else { return nil }
        let program = environment.compile(expression, as: "finish", log: log)
        if let program, !program.resultType.isExactNumber {
            log.add(expression.place, "finish must be a decimal, not \(program.resultType)")
        }
        return program
    }

    private func measure(_ definition: MeasureDefinition, of indicator: IndicatorDefinition) -> CompiledMeasure? {
        guard let record = type(definition.record, at: indicator.node.place) else { return nil }
        var scope = MeasureScope(record: record, functions: functions, log: log)
        let lookups = definition.lookups.compactMap { lookup(&scope, $0) }
        checkAnchor(definition, indicator)
        checkAggregate(definition, indicator)
        return CompiledMeasure(
            definition: definition,
            record: record,
            lookups: lookups,
            condition: scope.compile(definition.condition, as: "where", expecting: .bool),
            counted: scope.compile(definition.counted, as: "where of the \(definition.name)", expecting: .bool),
            anchor: scope.compile(
                definition.anchor, as: "anchor", expecting: .nullable(.timestamp), before: definition.namesToCome),
            inPeriod: scope.compile(definition.inPeriod, as: "in_period", expecting: .bool, before: ["employee"]),
            subject: subject(scope, definition, indicator),
            latestBy: definition.latestBy.compactMap { scope.compile($0, as: "latest_by") },
            distinctBy: definition.distinctBy.compactMap { scope.compile($0, as: "distinct_by") },
            value: value(scope, definition),
            groupBy: definition.groupBy.compactMap { scope.compile($0, as: "group_by") },
            innerWeight: scope.compile(definition.innerWeight, as: "inner_weight", expecting: .nullable(.decimal)),
            groupWeights: groupWeights(scope, indicator),
            sampleBy: scope.compile(definition.sampleBy, as: "sample_by"),
            percentile: definition.percentile.flatMap { Rational(decimalText: $0) } ?? .one,
            secondsPerUnit: Self.seconds(per: indicator.unit))
    }

    private func lookup(_ scope: inout MeasureScope, _ lookup: MeasureDefinition.Lookup) -> CompiledMeasure.Lookup? {
        guard let type = type(lookup.record, at: lookup.key.place),
            let key = scope.compile(
                lookup.key, as: "key of lookup '\(lookup.name)'", expecting: .nullable(.string),
                before: ["period", "employee"])
        else { return nil }
        scope.add(lookup.name, type)
        return .init(name: lookup.name, type: type, key: key)
    }

    private func subject(
        _ scope: MeasureScope, _ definition: MeasureDefinition, _ indicator: IndicatorDefinition
    ) -> CompiledMeasure.Subject {
        switch definition.subject {
        case .company:
            if indicator.scope != .company, definition.name == "value" {
                log.add(indicator.node.place, "an indicator of scope \(indicator.scope.rawValue) needs 'subject'")
            }
            return .company
        case .one(let expression):
            let program = scope.compile(
                expression, as: "subject", expecting: .nullable(.string), before: definition.namesToCome)
            return program.map { .one($0) } ?? .company
        case .shares(let expression):
            return scope.compile(expression, as: "subjects", before: definition.namesToCome).map { .shares($0) }
                ?? .company
        }
    }

    private func value(_ scope: MeasureScope, _ definition: MeasureDefinition) -> Program? {
        guard let expression = definition.value,
            let program = scope.compile(expression, as: "value of '\(definition.name)'")
        else { return nil }
        if !program.resultType.isMeasurable {
            log.add(
                expression.place,
                "a value must be an int, a decimal, a duration or a bool, not \(program.resultType); "
                    + "write decimal(...) where the number must be exact")
        }
        return program
    }

    private func groupWeights(_ scope: MeasureScope, _ indicator: IndicatorDefinition) -> CompiledMeasure.GroupWeights {
        guard let program = scope.compile(indicator.groupWeights, as: "group_weights") else { return .equal }
        if case .map = program.resultType { return .map(program) }
        return program.reads.contains { $0.variable == "record" } ? .record(program) : .map(program)
    }

    private func checkAnchor(_ definition: MeasureDefinition, _ indicator: IndicatorDefinition) {
        if definition.anchor == nil, definition.inPeriod == nil {
            log.add(indicator.node.place, "'\(definition.name)' needs 'anchor' or 'in_period': what decides its period")
        }
    }

    private func checkAggregate(_ definition: MeasureDefinition, _ indicator: IndicatorDefinition) {
        let needsValue: Set<AggregateKind> = [.sum, .mean, .median, .percentile, .min, .max, .last, .meanDaily]
        if needsValue.contains(definition.aggregate), definition.value == nil {
            log.add(indicator.node.place, "'\(definition.name)': \(definition.aggregate.rawValue) needs 'value'")
        }
        if definition.aggregate == .percentile, definition.percentile == nil {
            log.add(indicator.node.place, "'\(definition.name)': a percentile needs 'percentile', such as '0.9'")
        }
        if case .shares = definition.subject, !AggregateKind.takingShares.contains(definition.aggregate) {
            log.add(indicator.node.place, "'\(definition.name)': 'subjects' with shares go with count and sum only")
        }
        if definition.aggregate == .distinct, definition.distinctBy.isEmpty {
            log.add(indicator.node.place, "'\(definition.name)': distinct needs 'distinct_by'")
        }
    }

    private func type(_ name: String, at place: SourcePlace) -> RecordType? {
        if let type = types[name] { return type }
        let near = proposal(for: name, among: types.keys.sorted())
        if !name.isEmpty { log.add(place, "unknown record type '\(name)'\(near)") }
        return nil
    }

    private static func seconds(per unit: String) -> Int64 {
        switch unit {
        case "minutes": 60
        case "hours": 3600
        case "days": 86400
        default: 1
        }
    }
}

/// The names in scope while a measure is compiled; lookups come in one by one.
private struct MeasureScope {
    private let record: RecordType
    private let functions: [HostFunction]
    private let log: ProblemLog
    private var lookups: [(name: String, type: RecordType)] = []
    private var environment: Environment

    init(record: RecordType, functions: [HostFunction], log: ProblemLog) {
        self.record = record
        self.functions = functions
        self.log = log
        environment = IndicatorEnvironment.measure(record: record, lookups: [], functions: functions)
    }

    mutating func add(_ name: String, _ type: RecordType) {
        lookups.append((name, type))
        environment = IndicatorEnvironment.measure(record: record, lookups: lookups, functions: functions)
    }

    /// Compiles an expression that is evaluated before some names have a value.
    func compile(
        _ expression: ExpressionText?, as what: String, expecting: ValueType? = nil, before names: [String] = []
    ) -> Program? {
        guard let expression else { return nil }
        let program = environment.compile(expression, as: what, expecting: expecting, log: log)
        for name in names where program?.reads(variable: name) == true {
            log.add(expression.place, "\(what) cannot read '\(name)', which is known only after it")
        }
        return program
    }
}

extension MeasureDefinition {
    /// The names that have no value yet when anchor and subject are evaluated; those of a stock know the period.
    fileprivate var namesToCome: [String] { inPeriod == nil ? ["period", "employee"] : ["employee"] }
}

extension ValueType {
    /// Whether a measure can use the value.
    var isMeasurable: Bool {
        switch self {
        case .int, .decimal, .duration, .bool, .dyn, .null: true
        case .nullable(let type): type.isMeasurable
        default: false
        }
    }

    /// Whether the value is a number without rounding; of `dyn` this shows only when it is computed.
    var isExactNumber: Bool {
        switch self {
        case .int, .decimal, .null, .dyn: true
        case .nullable(let type): type.isExactNumber
        default: false
        }
    }
}
