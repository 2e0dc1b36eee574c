public import Expressions

/// How far the work on a period is.
public enum PeriodState: String, Sendable, Hashable, CaseIterable {
    case open
    case calculating
    case inReview = "in_review"
    /// Nothing in it changes any more.
    case locked
}

/// A period's state, and who put it there.
public struct PeriodStatus: Sendable, Hashable {
    /// The period's id, such as `2026-07`.
    public let period: String
    /// How far the work on it is.
    public let state: PeriodState
    /// Who put it there, as a pseudonymous id.
    public let changedBy: String
    /// When.
    public let changed: Timestamp
    /// Why; nil where no reason was given.
    public let reason: String?
}

/// A difference that the store found and did not resolve by itself.
public struct Finding: Sendable, Hashable, Identifiable {
    /// The finding's number, ascending.
    public let id: Int64
    /// What is different.
    public let kind: Kind
    /// The current value; nil where there is none.
    public let old: ComputedValue?
    /// The value that was refused.
    public let new: ComputedValue
    /// Why it was not resolved.
    public let reason: String
    /// When it was found first.
    public let found: Timestamp

    /// What is different.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Data for a locked period that came late, or was computed anew.
        case lockedPeriod = "locked_period"
        /// A rebuild that gave another value for a locked period.
        case lockedRebuild = "locked_rebuild"
    }

    /// What the value is about.
    public var key: ValueKey { new.key }
}

/// Keeps the states of periods, and what was found about locked ones.
public protocol PeriodStore: Sendable {
    /// All periods whose state was ever set, by id. A period that is not listed is open.
    func periods() async throws(StoreError) -> [PeriodStatus]

    /// Puts a period into a state, with an audit entry. Unlocking wants a reason, and lets every value be computed again.
    func setPeriod(
        _ period: String, to state: PeriodState, actor: String, reason: String?
    ) async throws(StoreError) -> PeriodStatus

    /// What was found, oldest first, about one period or all.
    func findings(period: String?) async throws(StoreError) -> [Finding]
}
