public import Expressions

/// Whom a value belongs to.
public struct Subject: Sendable, Hashable, Comparable {
    public let kind: SubjectKind
    public let id: String

    public init(kind: SubjectKind, id: String) {
        self.kind = kind
        self.id = id
    }

    public static let company = Subject(kind: .company, id: "company")

    /// The reserved subject of records that belong to nobody, for definitions that want to count them.
    public static let unassigned = Subject(kind: .employee, id: "_unassigned")

    public static func < (left: Self, right: Self) -> Bool { (left.kind, left.id) < (right.kind, right.id) }
}

/// What one record adds to one measure of one subject in one period.
public struct Contribution: Sendable {
    public let reference: EvidenceReference
    public let hash: ContentHash
    public let run: Int64
    public let anchor: Timestamp
    /// The measured value, in the indicator's unit; nil where the measured field is empty.
    public var value: Rational?
    /// Why there is no value.
    public var missing: String?
    /// Whether the measure's own condition holds, such as a numerator's.
    public var isCounted: Bool
    /// The part of the record that counts for this subject.
    public var share: Rational
    public var weight: Rational?
    /// The group's key; empty where the measure has no groups.
    public var group: String
    public var groupWeight: Rational?
    public var sample: String?
    public var distinct: String?
    public var latest: String?
}

/// Why a record does not count.
public struct Exclusion: Sendable, Hashable {
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

    public let kind: Kind
    public let reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension Exclusion {
    /// An exclusion on its way out, with the subjects and periods it concerns once they are known.
    struct Failure: Error {
        let exclusion: Exclusion
        private(set) var subjects: [Subject] = []
        private(set) var periods: [Period] = []

        init(_ kind: Kind, _ reason: String) { exclusion = Exclusion(kind, reason) }

        func concerning(_ subjects: [Subject]) -> Self {
            var failure = self
            failure.subjects = subjects
            return failure
        }

        func `in`(_ periods: [Period]) -> Self {
            var failure = self
            failure.periods = periods
            return failure
        }
    }
}
