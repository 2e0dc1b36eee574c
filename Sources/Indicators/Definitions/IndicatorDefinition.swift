public import YAMLDocument

/// Whom an indicator has values for.
public enum SubjectKind: String, Sendable, Hashable, CaseIterable, Comparable {
    /// A person, by staff number.
    case employee
    /// A unit, by its path.
    case orgUnit = "org_unit"
    /// The company as a whole.
    case company

    /// By name: company, employee, unit.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a value is when there is nothing to divide by, or nothing to average.
public enum ZeroDenominator: String, Sendable, Hashable, CaseIterable {
    /// There is no value, and the status is `no_data`.
    case noData = "no_data"
    /// The value is 0, which is a real result.
    case zero
    /// There is no value, and the status is `exempt`: the indicator does not apply.
    case exempt
}

/// At which moment the owner of a record is read.
public enum Attribution: String, Sendable, Hashable, CaseIterable {
    /// As it stood at the anchor, from the record's owner intervals where it has them.
    case anchor
    /// As it stands now.
    case latest
}

/// An indicator as data: what a definition file says, before its expressions are compiled.
public struct IndicatorDefinition: Sendable, Hashable {
    /// The name by which commands, schemes and stored values know it, such as `first_response_minutes`.
    public var id: String
    /// The name for people.
    public var name: BilingualText
    /// The formula in words.
    public var description: BilingualText
    /// The kind of job it is made for, such as `tech_support`. It sorts lists and decides no value.
    public var role: String?
    /// Whose values are computed: those of employees and the units above them, of units alone, or of the company.
    public var scope: SubjectKind
    /// What one unit of the value is, such as `minutes` or `percent`.
    public var unit: String
    /// The decimals of the rounded form that people see.
    public var scaleDigits: Int
    /// What is better: `higher_is_better`, `lower_is_better` or `target_is_best`. It decides no value.
    public var direction: String?
    /// The kind of period it is meant to be read by. Values are computed for every kind, those of anonymous indicators for
    /// this one only, or else for the longest shorter one that the company has.
    public var defaultPeriod: PeriodKind
    /// Whether single answers stay hidden: explanations show no records and no small groups, and a unit has no number that
    /// would tell them beside those of its parts.
    public var anonymous: Bool
    /// The smallest sample that is scored; with fewer, the status is `low_sample`.
    public var minSample: Int
    /// What the value is when there is nothing to divide by, or nothing to average.
    public var zeroDenominator: ZeroDenominator
    /// The largest share of records without the measured field, as an exact text; nil for any.
    public var maxMissingShare: String?
    /// For how many days after its period a value is still provisional.
    public var maturesAfterDays: Int
    /// What the final value is multiplied by, as an exact text.
    public var scale: String?
    /// One where the form is single, numerator and denominator for a ratio, any number for a finish.
    public var measures: [MeasureDefinition]
    /// How the measures make one value.
    public var form: Form
    /// The conditions stored beside the status, in the order of the definition.
    public var flags: [Flag]
    /// The definition's whole node, from which its version is taken.
    public var node: YAMLNode

    /// How the measures make one value.
    public enum Form: Sendable, Hashable {
        /// The only measure is the value.
        case single
        /// `numerator` divided by `denominator`.
        case ratio
        /// An expression over the names of the measures.
        case finish(ExpressionText)
    }

    /// Whether the value is a numerator divided by a denominator.
    var isRatio: Bool { if case .ratio = form { true } else { false } }

    /// A named condition that is stored beside the status.
    public struct Flag: Sendable, Hashable {
        /// As stored values and explanations write it.
        public let name: String
        /// An expression over the names of the measures; where groups are joined, one that holds for any group.
        public let condition: ExpressionText
    }

    /// How groups are joined; nil where the indicator has no groups.
    public var outer: AggregateKind?
    /// Weights of the groups in a weighted mean: a map by group key, or an expression over a group's records.
    public var groupWeights: ExpressionText?
    /// Whether groups smaller than their minimum are merged into one, where that reaches it, instead of left out.
    public var mergesSmallGroups: Bool
}

/// One number that a definition counts or adds up, alone or as part of a ratio or a finish.
public struct MeasureDefinition: Sendable, Hashable {
    /// `value`, `numerator` or `denominator`, or the name that the finish reads.
    public var name: String
    /// The type of the records it reads.
    public var record: String
    /// Other records that its expressions may read, by name.
    public var lookups: [Lookup]
    /// Decides which records belong to the measure at all.
    public var condition: ExpressionText?
    /// Decides which of these are counted, after `latest_by`: the numerator's own condition.
    public var counted: ExpressionText?
    /// Gives the moment that decides the period, and as of which the owner and the units are read.
    public var anchor: ExpressionText?
    /// Decides the periods of a stock, instead of the anchor.
    public var inPeriod: ExpressionText?
    /// For whom a record counts.
    public var subject: Subject
    /// Whether the owner counts who had the record at the anchor, or who has it now.
    public var attribution: Attribution
    /// Only the latest record counts of those for which these give the same. A record for which all are empty counts by
    /// itself.
    public var latestBy: [ExpressionText]
    /// Records for which these give the same count once, where the aggregate is `distinct`. A record for which all are empty
    /// counts by itself.
    public var distinctBy: [ExpressionText]
    /// What is measured of a record; nil where records are counted.
    public var value: ExpressionText?
    /// How the values become one, inside each group where there are groups.
    public var aggregate: AggregateKind
    /// Which percentile, 0 to 1, as an exact text; nil for other aggregates.
    public var percentile: String?
    /// Records for which these give the same form a group; empty for no groups.
    public var groupBy: [ExpressionText]
    /// The weight of a record in a mean; nil where all weigh the same.
    public var innerWeight: ExpressionText?
    /// What the sample size counts the different ones of, such as people who answered; nil for records.
    public var sampleBy: ExpressionText?
    /// The smallest sample of a group that is shown and counts; nil for any.
    public var minGroup: Int?
    /// Groups that may be smaller than `minGroup`.
    public var minGroupExcept: [String]

    /// For whom a record counts.
    public enum Subject: Sendable, Hashable {
        /// The person or unit that the expression names, and the units above.
        case one(ExpressionText)
        /// Several subjects, each with its share.
        case shares(ExpressionText)
        /// For the company as a whole.
        case company
    }

    /// Another record that is found by its key and read as of the anchor.
    public struct Lookup: Sendable, Hashable {
        /// The name under which expressions read the record.
        public let name: String
        /// The type of the other record.
        public let record: String
        /// Gives the other record's key. Where it is empty or names no record, the record does not count.
        public let key: ExpressionText
    }
}

/// How the values of records become one.
public enum AggregateKind: String, Sendable, Hashable, CaseIterable {
    case count, sum, mean, median, percentile, min, max, last, distinct
    /// The sum of each day, then the mean over the days that have records.
    case meanDaily = "mean_daily"
    case weightedMean = "weighted_mean"

    /// Those that can join the numbers of groups.
    static let joiningGroups: [AggregateKind] = [.sum, .mean, .weightedMean, .median, .min, .max]
    /// Those in which a part of a record can count.
    static let takingShares: [AggregateKind] = [.count, .sum]
}
