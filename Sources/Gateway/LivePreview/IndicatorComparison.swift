public import Expressions
public import Indicators
internal import ReviewStore

/// One indicator's values as they are published and as they would be.
public struct IndicatorComparison: Sendable {
    /// The definition as the workspace has it now.
    public let definition: IndicatorDefinition
    /// Why it is compared; empty where it was only asked for.
    public let causes: Set<Cause>
    /// Every value of the compared periods that either side has, by key.
    public let values: [PreviewReport.Change]
    /// The locked ones among the compared periods.
    public let lockedPeriods: Set<String>
    /// Fields that the definition reads and no record has, as `type.field`.
    public var emptyFields: [String] = []

    /// Why an indicator is compared.
    public enum Cause: String, Sendable, Hashable, CaseIterable {
        /// Its definition, a constant, the calendar or the periods are others than those that its values have.
        case definition
        /// It reads a stream whose mapping was edited.
        case mapping
        /// It has never been computed.
        case new
    }

    /// What would differ and be published.
    public var differing: [PreviewReport.Change] { values.filter { !isLocked($0) && $0.isReal } }
    /// What would differ in a locked period: it becomes a finding, and the published value stays.
    public var findings: [PreviewReport.Change] { values.filter { isLocked($0) && $0.isReal } }
    /// How many values would stay as they are.
    public var unchanged: Int { values.count { !$0.isReal } }

    /// The values that would differ in one way.
    public func differing(_ difference: PreviewReport.Change.Difference) -> [PreviewReport.Change] {
        differing.filter { $0.difference == difference }
    }

    /// How many different subjects of a kind have a value that would differ, and how many have one at all.
    public func subjects(_ kind: SubjectKind) -> (differing: Int, all: Int) {
        let count = { (values: [PreviewReport.Change]) in
            Set(values.map(\.key.subject).filter { $0.kind == kind }).count
        }
        return (count(differing), count(values))
    }

    private func isLocked(_ change: PreviewReport.Change) -> Bool { lockedPeriods.contains(change.key.period) }
}

extension PreviewReport.Change {
    /// In which way two values differ.
    public enum Difference: String, Sendable, Hashable, CaseIterable {
        /// Another number.
        case changed
        /// There was none.
        case appeared
        /// There is none any more.
        case lost
        /// The same number, or none, with another status.
        case status
    }

    /// In which way they differ; nil where people would see no difference.
    public var difference: Difference? {
        guard isReal else { return nil }
        return switch (old?.exact, new?.exact) {
        case (nil, .some): .appeared
        case (.some, nil): .lost
        case (let old?, let new?) where old != new: .changed
        default: .status
        }
    }

    /// How far the number moves; nil where either side has none.
    public var movement: Rational? {
        guard let old = old?.exact, let new = new?.exact else { return nil }
        return new - old
    }

    /// How far the number moves as a share of what it was; nil where that is nothing.
    public var relativeMovement: Rational? {
        guard let movement, let old = old?.exact else { return nil }
        return movement.divided(by: old.magnitude)
    }
}

extension IndicatorComparison {
    /// The numbers that would move furthest, people before units.
    public func topMovers(_ count: Int, relative: Bool = false) -> [PreviewReport.Change] {
        let moved = differing(.changed)
        let people = moved.filter { $0.key.subject.kind == .employee }
        let distances = (people.isEmpty ? moved : people).compactMap { change -> Moved? in
            let distance = relative ? change.relativeMovement : change.movement
            return distance.map { Moved(change: change, distance: $0.magnitude) }
        }
        return distances.sorted(by: Moved.isFurther).prefix(count).map { $0.change }
    }

    private struct Moved {
        let change: PreviewReport.Change
        let distance: Rational

        static func isFurther(_ left: Self, _ right: Self) -> Bool {
            left.distance == right.distance
                ? left.change.key < right.change.key : right.distance < left.distance
        }
    }

    /// How the numbers lie, published and previewed: of people where there are any, in the shortest kind of period.
    public var distributions: Distributions? {
        let people = values.filter { $0.key.subject.kind == .employee }
        let compared = people.isEmpty ? values : people
        let kinds = compared.compactMap { Period(id: $0.key.period)?.kind }
        guard let kind = kinds.min(), let first = compared.first else { return nil }
        let shortest = compared.filter { Period(id: $0.key.period)?.kind == kind }
        return Distributions(
            subjects: people.isEmpty ? first.key.subject.kind : .employee, periods: kind,
            old: Distribution(shortest.compactMap { $0.old?.exact }),
            new: Distribution(shortest.compactMap { $0.new?.exact }))
    }

    /// The distributions of one kind of subject and period.
    public struct Distributions: Sendable {
        /// Whose values they are of.
        public let subjects: SubjectKind
        /// Of which periods.
        public let periods: PeriodKind
        /// The published numbers; nil where there are none.
        public let old: Distribution?
        /// The previewed numbers; nil where there are none.
        public let new: Distribution?
    }

    /// How numbers lie.
    public struct Distribution: Sendable, Hashable {
        /// How many there are.
        public let count: Int
        /// The smallest.
        public let least: Rational
        /// The one in the middle, or what lies between the two there.
        public let median: Rational
        /// Their mean.
        public let mean: Rational
        /// The greatest.
        public let greatest: Rational

        init?(_ numbers: [Rational]) {
            let ascending = numbers.sorted()
            guard let first = ascending.first, let last = ascending.last else { return nil }
            (count, least, greatest) = (numbers.count, first, last)
            let middle = ascending[(count - 1) / 2] + ascending[count / 2]
            median = middle.divided(by: Rational(2)) ?? first
            mean = numbers.reduce(Rational(0), +).divided(by: Rational(Int64(count))) ?? first
        }
    }
}
