public import Expressions

/// Whom a value belongs to.
public struct Subject: Sendable, Hashable, Comparable {
    /// Whether it is a person, a unit or the company.
    public let kind: SubjectKind
    /// A staff number, a unit's path, or `company`.
    public let id: String

    /// The subject of that kind and id.
    public init(kind: SubjectKind, id: String) {
        self.kind = kind
        self.id = id
    }

    /// The company as a whole.
    public static let company = Subject(kind: .company, id: "company")

    /// The reserved subject of records that belong to nobody, for definitions that want to count them.
    public static let unassigned = Subject(kind: .employee, id: "_unassigned")

    /// By kind, then by id.
    public static func < (left: Self, right: Self) -> Bool { (left.kind, left.id) < (right.kind, right.id) }
}

/// What one record adds to one measure of one subject in one period.
public struct Contribution: Sendable {
    /// Where the record came from.
    public let reference: EvidenceReference
    /// The hash of the record's fields.
    public let hash: ContentHash
    /// The run that brought the record as it is now.
    public let run: Int64
    /// The moment that decided its period, and as of which its owner and units were read.
    public let anchor: Timestamp
    /// The measured value, in the indicator's unit; nil where the measured field is empty.
    public var value: Rational?
    /// Why there is no value.
    public var missing: String?
    /// Whether the measure's own condition holds, such as a numerator's.
    public var isCounted: Bool
    /// The part of the record that counts for this subject.
    public var share: Rational
    /// What `inner_weight` gives; nil where it is empty or the measure has none.
    public var weight: Rational?
    /// The group's key; empty where the measure has no groups.
    public var group: String
    /// The weight of the group in a weighted mean: 1 without `group_weights`, nil where they name no weight.
    public var groupWeight: Rational?
    /// What `sample_by` gives: records with the same one count once in the sample size. Nil without `sample_by`.
    public var sampleKey: String?
    /// The key that `distinct_by` gives; nil without it, and where all its parts are empty.
    public var distinctKey: String?
    /// The key that `latest_by` gives, of which only the latest record counts; nil without it, and where all its parts are
    /// empty.
    public var latestKey: String?
}

/// Why a record does not count.
public struct Exclusion: Sendable, Hashable {
    /// The reasons, as explanations name them.
    public enum Kind: String, Sendable, Hashable {
        /// `where` is not fulfilled.
        case condition
        /// The anchor is empty, so the record belongs to no period.
        case noAnchor = "no_anchor"
        /// The subject is empty.
        case noSubject = "no_subject"
        /// The subject is an account that identity has not resolved.
        case unmatched
        /// A lookup found nothing.
        case noLookup = "no_lookup"
        /// The measured field is empty.
        case missing
        /// Another record of the same key is later.
        case notLatest = "not_latest"
        /// Its group is smaller than the minimum.
        case smallGroup = "small_group"
        /// An expression failed.
        case failed
    }

    /// Which of the reasons it is.
    public let kind: Kind
    /// The reason for people, with the expression or the value concerned.
    public let reason: String

    /// An exclusion for that reason.
    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension Exclusion.Kind {
    /// Whether a record of which nobody knows whom it concerns could be anybody's.
    var couldBeAnybodys: Bool { [.unmatched, .noLookup, .failed].contains(self) }
}

extension Exclusion {
    /// An exclusion on its way out.
    struct Failure: Error {
        let exclusion: Exclusion

        init(_ kind: Kind, _ reason: String) { exclusion = Exclusion(kind, reason) }
    }
}
