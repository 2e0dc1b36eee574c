public import YAMLDocument

/// Reads indicator definitions from YAML nodes; logs every problem at its place and goes on.
public struct DefinitionReader {
    let log: ProblemLog

    /// A reader that notes problems in `log`.
    public init(log: ProblemLog) { self.log = log }

    static let measureKeys = [
        "record", "lookup", "where", "anchor", "in_period", "subject", "subjects", "attribution", "latest_by",
        "distinct_by", "value", "aggregate", "percentile", "group_by", "inner", "inner_weight", "sample_by",
        "min_group", "min_group_except",
    ]

    static let indicatorKeys =
        measureKeys + [
            "id", "name", "description", "role", "kind", "scope", "unit", "scale_digits", "scale", "direction",
            "default_period", "default_target", "scoring", "source_systems", "clock", "numerator", "denominator",
            "measures", "finish", "outer", "group_weights", "small_groups", "flags", "min_sample", "zero_denominator",
            "max_missing_share", "matures_after_days", "anonymous",
        ]

    /// The definition that `node` holds; nil where it lacks what nothing can stand in for.
    public func definition(_ node: YAMLNode) -> IndicatorDefinition? {
        let map = MapReader(node, what: "an indicator", known: Self.indicatorKeys, log: log)
        guard let id = map.requiredText("id") else { return nil }
        let base = measure(map, named: "value", defaults: nil)
        let form = form(map)
        let grouped =
            !base.groupBy.isEmpty || map.node["measures"]?.entries?.contains { $0.value["group_by"] != nil } == true
        complain(ofUnusedIn: map, form, grouped: grouped)
        complain(ofSubjectsMissingIn: map, form)
        return IndicatorDefinition(
            id: id,
            name: map.bilingual("name", fallback: id),
            description: map.bilingual("description", fallback: ""),
            role: map.text("role"),
            scope: map.choice("scope") ?? .employee,
            unit: map.text("unit") ?? "count",
            scaleDigits: integer(map, "scale_digits", within: 0...12) ?? 2,
            direction: map.text("direction"),
            defaultPeriod: map.choice("default_period") ?? .month,
            anonymous: map.flag("anonymous") ?? false,
            minSample: map.integer("min_sample") ?? 1,
            zeroDenominator: map.choice("zero_denominator") ?? .noData,
            maxMissingShare: number(map, "max_missing_share"),
            maturesAfterDays: integer(map, "matures_after_days", within: 0...3650) ?? 0,
            scale: number(map, "scale"),
            measures: measures(map, base: base, form: form),
            form: form,
            flags: flags(map),
            node: node,
            outer: grouped ? map.choice("outer") ?? map.choice("aggregate") ?? .mean : nil,
            groupWeights: ExpressionText(map["group_weights"]),
            mergesSmallGroups: map.choice("small_groups", of: SmallGroups.self) == .merge)
    }

    private enum SmallGroups: String, CaseIterable {
        case leaveOut = "leave_out"
        case merge
    }

    private func form(_ map: MapReader) -> IndicatorDefinition.Form {
        if map["numerator"] != nil || map["denominator"] != nil { return .ratio }
        guard let finish = ExpressionText(map["finish"]) else {
            if map["measures"] != nil {
                log.add(map.place(of: "measures"), "'measures' need a 'finish' that joins them")
            }
            return .single
        }
        if map["measures"] == nil { log.add(finish.place, "'finish' needs 'measures' whose names it joins") }
        return .finish(finish)
    }

    private func measures(
        _ map: MapReader, base: MeasureDefinition, form: IndicatorDefinition.Form
    ) -> [MeasureDefinition] {
        switch form {
        case .single: [base.filledByHand(map).fedByMetrics(map)]
        case .ratio: ["numerator", "denominator"].map { part(map, named: $0, of: base) }
        case .finish: map.map("measures").map { named($0, base: base) }
        }
    }

    private func named(_ entry: YAMLNode.Entry, base: MeasureDefinition) -> MeasureDefinition {
        let map = MapReader(entry.value, what: "a measure", known: Self.measureKeys, log: log)
        return measure(map, named: entry.key, defaults: base)
    }

    /// The numerator or denominator: the base measure with a condition and a value of its own.
    private func part(_ map: MapReader, named name: String, of base: MeasureDefinition) -> MeasureDefinition {
        var measure = base
        measure.name = name
        measure.value = nil
        if let node = map[name], node.entries?.isEmpty == false {
            let part = MapReader(node, what: "a \(name)", known: ["where", "value"], log: log)
            measure.counted = ExpressionText(part["where"])
            measure.value = ExpressionText(part["value"])
        }
        measure.aggregate = measure.value != nil ? .sum : measure.distinctBy.isEmpty ? .count : .distinct
        return measure
    }

    private func measure(_ map: MapReader, named name: String, defaults: MeasureDefinition?) -> MeasureDefinition {
        let value = ExpressionText(map["value"])
        let groupBy = expressions(map, "group_by", else: defaults?.groupBy)
        return MeasureDefinition(
            name: name,
            record: map.text("record") ?? defaults?.record ?? recordMissing(map),
            lookups: map["lookup"] == nil ? defaults?.lookups ?? [] : lookups(map),
            condition: ExpressionText(map["where"]) ?? defaults?.condition,
            counted: nil,
            anchor: ExpressionText(map["anchor"]) ?? defaults?.anchor,
            inPeriod: ExpressionText(map["in_period"]) ?? defaults?.inPeriod,
            subject: subject(map, defaults: defaults),
            attribution: map.choice("attribution") ?? defaults?.attribution ?? .anchor,
            latestBy: expressions(map, "latest_by", else: defaults?.latestBy),
            distinctBy: expressions(map, "distinct_by", else: defaults?.distinctBy),
            value: value,
            aggregate: aggregate(map, hasValue: value != nil, grouped: !groupBy.isEmpty, isNamed: defaults != nil),
            percentile: share(map, "percentile") ?? defaults?.percentile,
            groupBy: groupBy,
            innerWeight: ExpressionText(map["inner_weight"]) ?? defaults?.innerWeight,
            sampleBy: ExpressionText(map["sample_by"]) ?? defaults?.sampleBy,
            minGroup: map.integer("min_group") ?? defaults?.minGroup,
            minGroupExcept: map["min_group_except"] == nil
                ? defaults?.minGroupExcept ?? [] : map.texts("min_group_except"))
    }

    /// Inside groups `inner` decides; a measure without an aggregate counts, or adds up what it has a value for.
    private func aggregate(_ map: MapReader, hasValue: Bool, grouped: Bool, isNamed: Bool) -> AggregateKind {
        let natural: AggregateKind = hasValue ? .sum : .count
        if grouped, let inner: AggregateKind = map.choice("inner") { return inner }
        if grouped, !isNamed { return .mean }
        return map.choice("aggregate") ?? natural
    }

    private func recordMissing(_ map: MapReader) -> String {
        // With measures that each name their record the indicator needs none of its own.
        let named = map.map("measures")
        if named.isEmpty || named.contains(where: { $0.value["record"] == nil }), map.node.entries != nil {
            log.add(map.node.place, "an indicator needs 'record', the type of the records it reads")
        }
        return ""
    }

    private func subject(_ map: MapReader, defaults: MeasureDefinition?) -> MeasureDefinition.Subject {
        if let shares = ExpressionText(map["subjects"]) { return .shares(shares) }
        guard let subject = ExpressionText(map["subject"]) else { return defaults?.subject ?? .company }
        return subject.text == "company" ? .company : .one(subject)
    }

    private func lookups(_ map: MapReader) -> [MeasureDefinition.Lookup] {
        map.map("lookup").compactMap { entry in
            let lookup = MapReader(entry.value, what: "a lookup", known: ["record", "key"], log: log)
            guard let record = lookup.requiredText("record"), lookup.requiredText("key") != nil,
                let key = ExpressionText(lookup["key"])
            else { return nil }
            return .init(name: entry.key, record: record, key: key)
        }
    }

    private func expressions(_ map: MapReader, _ key: String, else defaults: [ExpressionText]?) -> [ExpressionText] {
        map[key] == nil ? defaults ?? [] : map.list(key).compactMap { ExpressionText($0) }
    }

    private func flags(_ map: MapReader) -> [IndicatorDefinition.Flag] {
        map.map("flags").compactMap { entry in
            ExpressionText(entry.value).map { .init(name: entry.key, condition: $0) }
        }
    }

    private func integer(_ map: MapReader, _ key: String, within range: ClosedRange<Int>) -> Int? {
        guard let number = map.integer(key) else { return nil }
        guard range.contains(number) else {
            log.add(map.place(of: key), "'\(key)' must be \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    private func share(_ map: MapReader, _ key: String) -> String? {
        guard let text = number(map, key) else { return nil }
        if !isShare(text) { log.add(map.place(of: key), "'\(key)' must be 0 to 1, not '\(text)'") }
        return text
    }

    private func number(_ map: MapReader, _ key: String) -> String? {
        guard let text = map.text(key) else { return nil }
        if !isDecimalNumber(text) { log.add(map.place(of: key), "'\(key)' must be a number, not '\(text)'") }
        return text
    }
}
