public import Expressions
public import Indicators

/// What a value is about: an indicator, a subject and a period.
public struct ValueKey: Sendable, Hashable, Comparable {
    /// The indicator's id.
    public var indicator: String
    /// Whom the value is about.
    public var subject: Subject
    /// The period's id, such as `2026-07` or `2026-Q3`.
    public var period: String

    /// The key of one value.
    public init(indicator: String, subject: Subject, period: String) {
        self.indicator = indicator
        self.subject = subject
        self.period = period
    }

    /// By indicator, kind of subject, subject and period, each by its bytes.
    public static func < (left: Self, right: Self) -> Bool {
        if left.indicator != right.indicator { return left.indicator.precedes(right.indicator) }
        if left.subject.kind != right.subject.kind {
            return left.subject.kind.rawValue.precedes(right.subject.kind.rawValue)
        }
        if left.subject.id != right.subject.id { return left.subject.id.precedes(right.subject.id) }
        return left.period.precedes(right.period)
    }
}

/// A value as it was computed: everything that makes two revisions differ.
public struct ComputedValue: Sendable, Hashable {
    /// What the value is about.
    public var key: ValueKey
    /// How far the value can be trusted.
    public var status: ValueStatus
    /// The exact value; nil where there is none.
    public var exact: Rational?
    /// The value rounded for people; nil where there is none.
    public var decimal: String?
    /// How many records, or sampled things, the value rests on.
    public var sampleSize: Int
    /// How many records count and how many could not.
    public var coverage: Coverage
    /// Names of the flags that hold, ascending.
    public var flags: [String]
    /// The version of the indicator's definition.
    public var definitionVersion: String
    /// A digest of the records that count, hexadecimal.
    public var evidenceDigest: String

    /// A value to be published.
    public init(
        key: ValueKey, status: ValueStatus, exact: Rational?, decimal: String?, sampleSize: Int,
        coverage: Coverage = Coverage(), flags: [String] = [], definitionVersion: String,
        evidenceDigest: String = ""
    ) {
        self.key = key
        self.status = status
        self.exact = exact
        self.decimal = decimal
        self.sampleSize = sampleSize
        self.coverage = coverage
        self.flags = flags.sorted()
        self.definitionVersion = definitionVersion
        self.evidenceDigest = evidenceDigest
    }
}

/// A published value: one revision of it.
public struct PublishedValue: Sendable, Hashable {
    /// The value itself.
    public let content: ComputedValue
    /// 1 for the first.
    public let revision: Int
    /// Whether no later revision exists.
    public let isCurrent: Bool
    /// The run that led to it; nil where none did.
    public let run: RunID?
    /// Why it was published, such as `pull` or `rebuild`.
    public let cause: String
    /// When it was published.
    public let published: Timestamp
    /// The audit entry of its publication.
    public let auditSequence: Int64

    /// What the value is about.
    public var key: ValueKey { content.key }
}

/// Which values are meant; what is nil is not asked for.
public struct ValueFilter: Sendable, Hashable {
    /// The indicator's id.
    public var indicator: String?
    /// The kind of subject.
    public var subjectKind: SubjectKind?
    /// The subject's id.
    public var subject: String?
    /// The period's id.
    public var period: String?
    /// The status.
    public var status: ValueStatus?

    /// By default, all values.
    public init(
        indicator: String? = nil, subjectKind: SubjectKind? = nil, subject: String? = nil, period: String? = nil,
        status: ValueStatus? = nil
    ) {
        self.indicator = indicator
        self.subjectKind = subjectKind
        self.subject = subject
        self.period = period
        self.status = status
    }
}

/// Values of an indicator in a period that time may complete.
public struct UnripeValues: Sendable, Hashable {
    /// The indicator's id.
    public let indicator: String
    /// The period's id.
    public let period: String
    /// `partial` or `provisional`.
    public let status: ValueStatus
}

/// Keeps values with all their revisions.
public protocol ValueStore: Sendable {
    /// Runs `body` while nobody else does, in this process or another: to be held from reading the stale marks to
    /// publishing. Of two that compute at once, the one that read the older state would publish last.
    ///
    /// - Throws: `StoreError.busy` where somebody else holds it for longer than the store's patience.
    func withPublicationClaim<Value>(_ body: () async -> Value) async throws(StoreError) -> Value

    /// The version of the definition that each indicator's values were last computed with, whether it had values or not.
    func definitionVersions() async throws(StoreError) -> [String: String]

    /// The moment for which all values of each indicator were last computed, whether it had values or not: what time alone
    /// has brought since is lacking. None of indicators of which it is not known, nor of any since a period was unlocked.
    func wholeComputations() async throws(StoreError) -> [String: Timestamp]

    /// Publishes values in ONE transaction: what differs from the current revision gets a new one; what would change a
    /// locked period is refused and becomes a finding, once; one audit entry holds the hash of each new revision; stale
    /// marks are cleared, and the versions of the definitions are noted with the moment, or forgotten.
    func publish(_ publication: Publication) async throws(StoreError) -> PublicationOutcome

    /// The current values, by key.
    func values(_ filter: ValueFilter) async throws(StoreError) -> [PublishedValue]

    /// Those who have a current value of an indicator in a period that is wanted and not locked.
    func publishedSubjects(
        of indicator: String, in isWanted: @escaping @Sendable (Period) -> Bool
    ) async throws(StoreError) -> Set<Subject>

    /// The indicators and periods of current values that are partial or provisional: time alone may complete them. None of
    /// locked periods, which stay as they are.
    func unripeValues() async throws(StoreError) -> Set<UnripeValues>

    /// The current value; nil where there never was one.
    func value(_ key: ValueKey) async throws(StoreError) -> PublishedValue?

    /// All revisions of a value, oldest first.
    func history(of key: ValueKey) async throws(StoreError) -> [PublishedValue]

    /// Begins to collect a complete recomputation in a fresh table, and forgets an unfinished one.
    func beginRebuild() async throws(StoreError)

    /// Adds values to the recomputation.
    func addToRebuild(_ values: [ComputedValue]) async throws(StoreError)

    /// Compares the recomputation with the current values and puts it in their place, in ONE transaction. Equal values
    /// get no new revision; what would change a locked period becomes a finding; current values that were not
    /// recomputed become no_data. `versions` are those of all definitions, `moment` is the one of the recomputation.
    func finishRebuild(
        actor: String, versions: [String: String], moment: Timestamp?, clearing marks: [StaleMark]
    ) async throws(StoreError) -> PublicationOutcome
}

extension String {
    /// Whether the text comes first by its bytes.
    fileprivate func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
