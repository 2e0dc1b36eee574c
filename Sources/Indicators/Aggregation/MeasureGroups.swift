internal import Expressions

/// The groups of a measure, and which of them are too small to be shown.
struct MeasureGroups {
    private let all: [String: GroupAccumulator]
    private let isZeroWhenEmpty: Bool
    /// The groups that are too small, by the measure's own minimum.
    let small: Small

    /// The groups that are smaller than a minimum.
    struct Small {
        var names: Set<String> = []
        /// Whether they are one group together, which is large enough.
        var areMerged = false
    }

    /// The key of the group into which small ones are merged.
    static let others = "others"

    init(_ groups: [String: GroupAccumulator], of measure: MeasureDefinition, mergesSmall: Bool) {
        all = groups
        isZeroWhenEmpty = measure.aggregate.isZeroWhenEmpty
        guard let minimum = measure.minGroup else {
            small = Small()
            return
        }
        let names = groups.filter { !measure.minGroupExcept.contains($0.key) && $0.value.size < minimum }.map(\.key)
        let merged = mergesSmall && names.count > 1 ? Self.merged(names, of: groups) : nil
        small = Small(names: Set(names), areMerged: merged.map { $0.size >= minimum } ?? false)
    }

    var keys: some Collection<String> { all.keys }

    subscript(key: String) -> GroupAccumulator? { all[key] }

    /// The groups that take no part.
    var hiddenNames: Set<String> { small.areMerged ? [] : small.names }

    /// The groups that take part: those that are not small, and the small ones as ``others`` where they are merged.
    /// Which are small another measure may decide, as the denominator of a ratio does.
    func shown(without decided: Small? = nil) -> [String: GroupAccumulator] {
        let small = decided ?? self.small
        var shown = all.filter { !small.names.contains($0.key) }
        if small.areMerged { shown[Self.others] = Self.merged(small.names.sorted(), of: all) }
        return shown
    }

    /// The number of a group that is not shown: a count or a sum of nothing is zero, but what is hidden is nothing.
    func number(ofAbsent key: String) -> Rational? {
        isZeroWhenEmpty && !small.names.contains(key) && key != Self.others ? .zero : nil
    }

    private static func merged(_ names: [String], of groups: [String: GroupAccumulator]) -> GroupAccumulator? {
        let small = names.compactMap { groups[$0] }
        return small.dropFirst().reduce(into: small.first) { $0?.merge($1) }
    }
}
