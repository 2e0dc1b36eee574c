public import Expressions
public import Indicators

/// What is known about whose account it is.
public enum AccountState: Sendable, Hashable {
    case resolved(employee: String)
    case unresolved
    /// Several employees fit: the candidates.
    case ambiguous
    /// A person decided that it is nobody's: a robot, an outsider.
    case ignored
}

/// The words by which lists and tables name a state.
public enum AccountStateName: String, Sendable, Hashable, CaseIterable {
    case resolved, unresolved, ambiguous, ignored
}

extension AccountState {
    /// The state without its employee.
    public var name: AccountStateName {
        switch self {
        case .resolved: .resolved
        case .unresolved: .unresolved
        case .ambiguous: .ambiguous
        case .ignored: .ignored
        }
    }

    /// The employee of a resolved account.
    public var employee: String? {
        if case .resolved(let employee) = self { employee } else { nil }
    }
}

/// What a source tells about the person behind an account.
public struct AccountHints: Sendable, Hashable {
    /// The person's name: it only ever proposes.
    public var name: String?
    /// The e-mail address.
    public var email: String?
    /// The telephone number.
    public var phone: String?
    /// The staff number.
    public var staffNumber: String?

    /// Hints as far as the source gives them.
    public init(name: String? = nil, email: String? = nil, phone: String? = nil, staffNumber: String? = nil) {
        self.name = name
        self.email = email
        self.phone = phone
        self.staffNumber = staffNumber
    }
}

/// A person as one connection knows them, over a span of days.
public struct Account: Sendable, Hashable {
    /// The connection that knows the account.
    public let connection: String
    /// The account's name at the source.
    public let account: String
    /// Whose account it is.
    public var state: AccountState
    /// What the source tells about the person.
    public var hints: AccountHints
    /// Employees that may be meant.
    public var candidates: [String]
    /// What resolved it: `staff_number`, `email`, `phone`, `person`.
    public var rule: String?
    /// The person who decided; nil where a rule did.
    public var decidedBy: String?
    /// When the person decided; nil where a rule did.
    public var decidedAt: Timestamp?
    /// The first day it holds for; nil for always.
    public var validFrom: Day?
    /// The first day it no longer holds for; nil while it lasts.
    public var validTo: Day?

    /// An account as a rule or a person sees it.
    public init(
        connection: String, account: String, state: AccountState, hints: AccountHints = AccountHints(),
        candidates: [String] = [], rule: String? = nil, decidedBy: String? = nil, decidedAt: Timestamp? = nil,
        validFrom: Day? = nil, validTo: Day? = nil
    ) {
        self.connection = connection
        self.account = account
        self.state = state
        self.hints = hints
        self.candidates = candidates
        self.rule = rule
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
        self.validFrom = validFrom
        self.validTo = validTo
    }
}

/// Says whose accounts are whose: the rows to be stored, from those that are known and the people of the same moment.
public typealias AccountMatching = @Sendable (_ known: [Account], _ people: [DirectoryEntry]) -> [Account]

/// Remembers whose accounts are whose. An account may have several rows, each with the days it holds for.
public protocol AccountStore: Sendable {
    /// Accounts of one connection or of all, in any of `states`, by connection, account and first day.
    func accounts(connection: String?, states: Set<AccountStateName>) async throws(StoreError) -> [Account]

    /// Stores what `match` makes of the accounts of a connection, in ONE transaction with what it is given.
    ///
    /// A row that a person has decided keeps its state; only its hints are brought up to date. Gives the accounts whose
    /// state or employee changed; `stale` record types are marked when there are any.
    func saveAccounts(
        of connection: String, markingStale stale: Set<String>, matching match: @escaping AccountMatching
    ) async throws(StoreError) -> [Account]

    /// Stores a person's decision with an audit entry, which names the account by a keyed hash, and marks what is to be
    /// computed again. It replaces every row of the account whose days it touches.
    func decideAccount(_ account: Account, actor: String, markingStale stale: Set<String>) async throws(StoreError)
}
