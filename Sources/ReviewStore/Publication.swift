public import Expressions

/// A batch of values that are published together.
public struct Publication: Sendable {
    /// The values, each key once.
    public var values: [ComputedValue]
    /// What the batch recomputed. Current values in it that the batch does not have disappear: they get a revision with
    /// status no_data.
    public var scope: Scope
    /// Why, such as `pull` or `account resolved`.
    public var cause: String
    /// The run that led to it.
    public var run: RunID?
    /// Who, as a pseudonymous id.
    public var actor: String
    /// The marks that were read before the values were computed.
    public var clearing: [StaleMark]
    /// The moment for which the values were computed, no later than it was; nil where nobody needs to know.
    public var moment: Timestamp?

    /// A batch of values.
    public init(
        values: [ComputedValue], scope: Scope = Scope(), cause: String, run: RunID? = nil, actor: String,
        clearing: [StaleMark] = [], moment: Timestamp? = nil
    ) {
        self.values = values
        self.scope = scope
        self.cause = cause
        self.run = run
        self.actor = actor
        self.clearing = clearing
        self.moment = moment
    }

    /// What a batch recomputed, beside the values in it.
    public struct Scope: Sendable, Hashable {
        /// Indicators of which all values were recomputed, in every period. Each has the version of the definition that
        /// computed it.
        public var indicators: [String: String] = [:]
        /// Periods in which all values of an indicator were recomputed, by its id.
        public var periods: [String: Set<String>] = [:]
        /// Single values.
        public var keys: Set<ValueKey> = []
        /// Indicators that are defined no longer. Which definition they had is forgotten.
        public var withdrawn: Set<String> = []

        /// Nothing but the values in the batch.
        public init() {}

        /// These values.
        public static func keys(_ keys: Set<ValueKey>) -> Scope {
            var scope = Scope()
            scope.keys = keys
            return scope
        }

        /// All values of these indicators, each with the version of its definition.
        public static func indicators(_ versions: [String: String]) -> Scope {
            var scope = Scope()
            scope.indicators = versions
            return scope
        }
    }
}

/// A value that got a new revision.
public struct ValueChange: Sendable, Hashable {
    /// The revision before; nil for the first.
    public let old: PublishedValue?
    /// The new revision.
    public let new: PublishedValue
}

/// What the quality gate said of a run.
public struct Judgement: Sendable, Hashable {
    /// What the run has shown.
    public let profile: RunProfile
    /// The holds that it is part of; empty where it passed.
    public let holds: [Hold]
    /// Whether there was nothing to compare it with.
    public let isFirst: Bool

    /// What was said of a run.
    public init(profile: RunProfile, holds: [Hold], isFirst: Bool) {
        self.profile = profile
        self.holds = holds
        self.isFirst = isFirst
    }
}

/// What a publication changed.
public struct PublicationOutcome: Sendable {
    /// The values that got a new revision, by key.
    public var changes: [ValueChange] = []
    /// The values that were equal to their current revision.
    public var unchanged = 0
    /// What a locked period refused, findings that were known already included.
    public var refused: [Finding] = []
    /// Those among the unchanged that can no longer be computed, for their evidence was deleted when its time was over.
    public var kept = 0
    /// The audit entry; nil where nothing changed.
    public var auditSequence: Int64?
    /// What the quality gate said of the runs that it judged before.
    public var judgements: [Judgement] = []

    /// Nothing changed.
    public init() {}
}
