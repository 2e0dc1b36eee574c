public import YAMLDocument

/// A text in Chinese and English.
public struct BilingualText: Sendable, Hashable {
    public var zh: String
    public var en: String

    public init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }
}

/// Whom an indicator has values for.
public enum SubjectKind: String, Sendable, Hashable, CaseIterable, Comparable {
    case employee
    case orgUnit = "org_unit"
    case company

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a value is when there is nothing to divide by, or nothing to average.
public enum ZeroDenominator: String, Sendable, Hashable, CaseIterable {
    case noData = "no_data"
    case zero
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
    public var id: String
    public var name: BilingualText
    /// The formula in words.
    public var description: BilingualText
    public var role: String?
    public var scope: SubjectKind
    /// What one unit of the value is, such as `minutes` or `percent`.
    public var unit: String
    /// The decimals of the rounded form that people see.
    public var scaleDigits: Int
    public var direction: String?
    public var defaultPeriod: PeriodKind
    public var anonymous: Bool
    public var minSample: Int
    public var zeroDenominator: ZeroDenominator
    /// The largest share of records without the measured field, as an exact text; nil for any.
    public var maxMissingShare: String?
    public var maturesAfterDays: Int
    /// What the final value is multiplied by, as an exact text.
    public var scale: String?
    public var measures: [MeasureDefinition]
    public var form: Form
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

    /// A named condition that is stored beside the status.
    public struct Flag: Sendable, Hashable {
        public let name: String
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
    public var name: String
    public var record: String
    public var lookups: [Lookup]
    /// Decides which records belong to the measure at all.
    public var condition: ExpressionText?
    /// Decides which of these are counted, after `latest_by`: the numerator's own condition.
    public var counted: ExpressionText?
    public var anchor: ExpressionText?
    /// Decides the periods of a stock, instead of the anchor.
    public var inPeriod: ExpressionText?
    public var subject: Subject
    public var attribution: Attribution
    public var latestBy: [ExpressionText]
    public var distinctBy: [ExpressionText]
    public var value: ExpressionText?
    public var aggregate: AggregateKind
    public var percentile: String?
    public var groupBy: [ExpressionText]
    public var innerWeight: ExpressionText?
    public var sampleBy: ExpressionText?
    public var minGroup: Int?
    /// Groups that may be smaller than `minGroup`.
    public var minGroupExcept: [String]

    /// For whom a record counts.
    public enum Subject: Sendable, Hashable {
        case one(ExpressionText)
        /// Several subjects, each with its share.
        case shares(ExpressionText)
        case company
    }

    /// Another record that is found by its key and read as of the anchor.
    public struct Lookup: Sendable, Hashable {
        public let name: String
        public let record: String
        public let key: ExpressionText
    }
}

/// How the values of records become one.
public enum AggregateKind: String, Sendable, Hashable, CaseIterable {
    case count, sum, mean, median, percentile, min, max, last, distinct
    /// The sum of each day, then the mean over the days that have records.
    case meanDaily = "mean_daily"
    case ratio
    case weightedMean = "weighted_mean"
}
