internal import ReviewStore

/// A field that most of the source's records had is in none any more, or holds values of another kind.
enum SchemaDriftRule: GateRule {
    static let name = "schema_drift"
    private static let empty = "null"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard judged.thresholds.schemaDrift, judged.run.shape.records >= judged.thresholds.minRecords else { return [] }
        let known = judged.history.filter { $0.shape.records > 0 }.prefix(5).map(\.shape)
        guard let last = known.first else { return [] }
        return last.kinds.keys.sorted().compactMap { field in
            guard let usual = kinds(of: field, in: known), 2 * last.count(of: field) >= last.records else { return nil }
            guard let found = drift(field, judged.run.shape, usual) else { return nil }
            // Where some records lacked it before, a few that all do prove nothing.
            if found == SourceShape.missing, 20 * last.count(of: field) < 19 * last.records { return nil }
            return GateFinding(
                rule: name, subject: field, found: found, expected: usual.sorted().joined(separator: ", "))
        }
    }

    /// The kinds that a field's values had; nil where it was always empty.
    private static func kinds(of field: String, in shapes: [SourceShape]) -> Set<String>? {
        let kinds = shapes.reduce(into: Set<String>()) { $0.formUnion(($1.kinds[field] ?? [:]).keys) }
            .subtracting([empty, SourceShape.missing])
        return kinds.isEmpty ? nil : kinds
    }

    /// What has become of a field; nil where it is as it was, or empty, which is another rule's, or not read any more.
    private static func drift(_ field: String, _ shape: SourceShape, _ usual: Set<String>) -> String? {
        guard let kinds = shape.kinds[field] else { return nil }
        guard shape.count(of: field) > 0 else { return SourceShape.missing }
        let filled = kinds.filter { $0.key != empty && $0.key != SourceShape.missing }
        let strange = filled.filter { !usual.contains($0.key) }
        let count = strange.values.reduce(0, +)
        guard count > 0, 2 * count >= filled.values.reduce(0, +) else { return nil }
        return strange.keys.sorted().joined(separator: ", ")
    }
}

extension SourceShape {
    /// In how many records of the sample a field is.
    fileprivate func count(of field: String) -> Int {
        (kinds[field] ?? [:]).reduce(0) { $0 + ($1.key == Self.missing ? 0 : $1.value) }
    }
}
