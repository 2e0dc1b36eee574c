internal import Expressions
internal import GRDB
internal import Indicators

/// Goes through the decisions that the audit tells of and compares what follows from them with the tables: the states of
/// periods, whose accounts persons said they are, and what became of holds.
struct DecisionChecker {
    private let chain: AuditChain
    private var periods: [String: PeriodStatus] = [:]
    private var accounts: [AccountName: [Account]] = [:]
    private var holds: [Int64: Hold.State] = [:]

    init(chain: AuditChain) { self.chain = chain }

    /// Takes in an entry; those about anything else are passed over.
    mutating func check(_ row: StoredAuditRow) {
        let action = String(decoding: row.action, as: UTF8.self).split(separator: ".", maxSplits: 1).map(String.init)
        guard action.count == 2, let detail = StoredJSON(String(decoding: row.detail, as: UTF8.self)) else { return }
        let (actor, time) = (String(decoding: row.actor, as: UTF8.self), Timestamp(microseconds: row.time))
        if action[0] == "period", let state = PeriodState(rawValue: action[1]), let period = detail["period"].string {
            periods[period] = PeriodStatus(
                period: period, state: state, changedBy: actor, changed: time, reason: detail["reason"].string)
        }
        if action[0] == "hold", let state = Hold.State(rawValue: action[1]), case .integer(let hold) = detail["hold"] {
            holds[hold] = state
        }
        if action[0] == "account", let decision = Account(action[1], detail, actor: actor, time: time) {
            let name = AccountName(connection: decision.connection, account: decision.account)
            accounts[name] = (accounts[name] ?? []).flatMap { $0.outside(decision) } + [decision]
        }
    }

    /// What the tables have otherwise.
    func finish(_ db: Database) throws -> [AuditReport.Problem] {
        try changedPeriods(db).map { .periodChanged($0) }
            + changedConnections(db).map { .decisionChanged(connection: $0) }
            + changedHolds(db).map { .holdChanged($0) }
    }

    private func changedHolds(_ db: Database) throws -> [Int64] {
        let stored = try Dictionary(
            db.holds("true").map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
        let otherwise = try Int64.fetchAll(db, sql: Self.heldOtherwise)
        return Set(stored.keys).union(holds.keys).filter { stored[$0] != holds[$0] }.union(otherwise).sorted()
    }

    /// Holds whose runs are not as the hold is.
    private static let heldOtherwise = """
        SELECT DISTINCT holds.id FROM holds LEFT JOIN runs ON hold_id = holds.id
        WHERE scope = 'runs' AND NOT coalesce(CASE holds.state
            WHEN 'open' THEN gate = 'held' WHEN 'released' THEN gate = 'released'
            ELSE gate IN ('discarded', 'passed') END, holds.state <> 'open')
        """

    private func changedPeriods(_ db: Database) throws -> [String] {
        let stored = Dictionary(try db.periods().map { ($0.period, $0) }, uniquingKeysWith: { first, _ in first })
        return Set(stored.keys).union(periods.keys).filter { stored[$0] != periods[$0] }.sorted()
    }

    private func changedConnections(_ db: Database) throws -> [String] {
        let decided = try db.accounts(connection: nil, where: "decided_by IS NOT NULL").map { $0.decision(chain) }
        let stored = Dictionary(grouping: decided) { AccountName(connection: $0.connection, account: $0.account) }
        let names = Set(stored.keys).union(accounts.keys)
        let changed = names.filter { Set(stored[$0] ?? []) != Set(accounts[$0] ?? []) }
        return Set(changed.map(\.connection)).sorted()
    }
}

extension Account {
    /// The decision that an audit entry tells of, its account named as the audit does.
    fileprivate init?(_ state: String, _ detail: StoredJSON, actor: String, time: Timestamp) {
        guard let connection = detail["connection"].string, let account = detail["account"].string,
            let name = AccountStateName(rawValue: state), let employee = detail["employee"].string
        else { return nil }
        let state: AccountState =
            switch name {
            case .resolved: .resolved(employee: employee)
            case .unresolved: .unresolved
            case .ambiguous: .ambiguous
            case .ignored: .ignored
            }
        self.init(
            connection: connection, account: account, state: state, decidedBy: actor, decidedAt: time,
            validFrom: detail["from"].string.flatMap { Day(text: $0) },
            validTo: detail["to"].string.flatMap { Day(text: $0) })
    }

    /// What the audit tells of a stored decision.
    fileprivate func decision(_ chain: AuditChain) -> Account {
        Account(
            connection: connection, account: chain.pseudonym(connection: connection, account: account), state: state,
            decidedBy: decidedBy, decidedAt: decidedAt, validFrom: validFrom, validTo: validTo)
    }
}
