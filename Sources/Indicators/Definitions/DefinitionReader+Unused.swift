internal import YAMLDocument

extension DefinitionReader {
    /// The keys of an indicator that decide nothing without groups.
    private static let groupKeys = ["inner", "outer", "group_weights", "small_groups", "min_group", "min_group_except"]

    /// Logs each key that says something which the value does not depend on.
    func complain(ofUnusedIn map: MapReader, _ form: IndicatorDefinition.Form, grouped: Bool) {
        if !grouped { complain(of: Self.groupKeys, in: map, "without 'group_by'") }
        if map["outer"] != nil { complain(of: ["aggregate"], in: map, "beside 'outer'") }
        switch form {
        case .single: break
        case .ratio:
            complain(
                of: ["value", "percentile", "measures", "finish"], in: map, "beside 'numerator' and 'denominator'")
            if !grouped { complain(of: ["aggregate"], in: map, "beside 'numerator' and 'denominator'") }
        case .finish:
            complain(
                of: ["value"] + (grouped ? ["inner"] : ["aggregate"]), in: map, "beside 'measures': each has its own")
            complain(ofUnusedInMeasuresOf: map)
        }
    }

    private func complain(ofUnusedInMeasuresOf map: MapReader) {
        for entry in map.map("measures") where map["group_by"] == nil && entry.value["group_by"] == nil {
            for key in Self.groupKeys {
                guard let node = entry.value[key] else { continue }
                log.add(node.place, "'\(key)' is not used without 'group_by'")
            }
        }
    }

    private func complain(of keys: [String], in map: MapReader, _ reason: String) {
        for key in keys where map[key] != nil { log.add(map.place(of: key), "'\(key)' is not used \(reason)") }
    }

    /// Logs each part of a ratio or a finish that does not say for whom its records count.
    func complain(ofSubjectsMissingIn map: MapReader, _ form: IndicatorDefinition.Form) {
        guard map["scope"]?.text != SubjectKind.company.rawValue, !hasSubject(map.node) else { return }
        switch form {
        case .single: break
        case .ratio: log.add(map.node.place, "a ratio needs 'subject' unless its scope is company")
        case .finish:
            for entry in map.map("measures") where !hasSubject(entry.value) {
                log.add(entry.place, "'\(entry.key)' needs 'subject', which is 'company' where it counts for everybody")
            }
        }
    }

    private func hasSubject(_ node: YAMLNode) -> Bool {
        ["subject", "subjects"].contains { key in node[key].map { !$0.isNull } ?? false }
    }
}
