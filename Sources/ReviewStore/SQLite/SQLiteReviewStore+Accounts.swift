internal import Expressions
internal import GRDB
internal import Indicators

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func accounts(
        connection: String?, states: Set<AccountStateName>
    ) async throws(StoreError) -> [Account] {
        let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return try await read { try $0.accounts(connection: connection, where: "state IN (\(names))") }
    }

    public func saveAccounts(
        of connection: String, markingStale stale: Set<String>, matching match: @escaping AccountMatching
    ) async throws(StoreError) -> [Account] {
        try await write { db in
            try db.saveAccounts(of: connection, markingStale: stale, match)
        }
    }

    public func decideAccount(
        _ account: Account, actor: String, markingStale stale: Set<String>
    ) async throws(StoreError) {
        let audit = auditWriter
        let pseudonym = audit.chain.pseudonym(connection: account.connection, account: account.account)
        try await write { db in
            let entry = try audit.append(
                db, actor: actor, action: "account.\(account.state.name.rawValue)",
                detail: [
                    "connection": .string(account.connection), "account": .string(pseudonym),
                    "employee": .string(account.state.employee ?? ""),
                    "from": .string(account.validFrom?.description ?? ""),
                    "to": .string(account.validTo?.description ?? ""),
                ])
            var decided = account
            (decided.rule, decided.decidedBy, decided.decidedAt) = ("person", actor, entry.time)
            let name = AccountName(connection: decided.connection, account: decided.account)
            let rest = try db.accountRows(name).flatMap { $0.outside(decided) }
            try db.replaceRows(of: name, with: rest + [decided])
            try db.markStale(stale)
        }
    }
}

struct AccountName: Hashable, Comparable {
    let connection: String
    let account: String

    static func < (left: Self, right: Self) -> Bool {
        (left.connection, left.account) < (right.connection, right.account)
    }
}

extension Database {
    /// Stores what `match` makes of the accounts of a connection, or of all; gives the rows that say something new.
    @discardableResult
    func saveAccounts(
        of connection: String?, markingStale stale: Set<String>, _ match: AccountMatching
    ) throws -> [Account] {
        let rows = try match(accounts(connection: connection), people())
        let groups = Dictionary(grouping: rows) { AccountName(connection: $0.connection, account: $0.account) }
        let changed = try groups.sorted { $0.key < $1.key }.flatMap { try save($0.value, of: $0.key) }
        if !changed.isEmpty { try markStale(stale) }
        return changed
    }

    func accounts(connection: String?, where condition: String = "TRUE") throws -> [Account] {
        let sql = """
            SELECT \(AccountColumns.names) FROM accounts WHERE (?1 IS NULL OR connection = ?1) AND \(condition)
            ORDER BY connection, account, valid_from
            """
        let statement = try PreparedStatement(sql, in: self)
        try statement.bind(connection, 1)
        return try AccountColumns.all(statement)
    }

    /// Stores what rules found for one account, beside what persons decided; gives the rows that say something new.
    fileprivate func save(_ found: [Account], of name: AccountName) throws -> [Account] {
        let stored = try accountRows(name)
        var decided = stored.filter { $0.decidedBy != nil }
        if let hints = found.last?.hints {
            for index in decided.indices { decided[index].hints = hints }
        }
        let free = found.flatMap { account in
            decided.reduce([account]) { rest, decision in rest.flatMap { $0.outside(decision) } }
        }
        let rows = decided + free
        guard rows.sorted(by: Account.isEarlier) != stored else { return [] }
        try replaceRows(of: name, with: rows)
        return free.filter { row in !stored.contains { $0.saysTheSame(as: row) } }
    }

    fileprivate func accountRows(_ name: AccountName) throws -> [Account] {
        let sql = """
            SELECT \(AccountColumns.names) FROM accounts WHERE connection = ? AND account = ? ORDER BY valid_from
            """
        let statement = try PreparedStatement(sql, in: self)
        try statement.bind(name.connection, 1)
        try statement.bind(name.account, 2)
        return try AccountColumns.all(statement)
    }

    fileprivate func replaceRows(of name: AccountName, with rows: [Account]) throws {
        try execute(
            sql: "DELETE FROM accounts WHERE connection = ? AND account = ?",
            arguments: [name.connection, name.account])
        let statement = try cachedStatement(
            sql: """
                INSERT INTO accounts (connection, account, valid_from, valid_to, state, employee_id, name, email, phone,
                    staff_number, candidates, rule, decided_by, decided_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for row in rows {
            try statement.execute(arguments: [
                row.connection, row.account, row.validFrom?.description ?? "", row.validTo?.description,
                row.state.name.rawValue, row.state.employee, row.hints.name, row.hints.email, row.hints.phone,
                row.hints.staffNumber, StoredJSON.strings(row.candidates).text, row.rule, row.decidedBy,
                row.decidedAt?.microseconds,
            ])
        }
    }
}

extension Account {
    /// What is left of this row's days when another row takes its own.
    func outside(_ other: Account) -> [Account] {
        let startsBefore = validFrom.map { from in other.validTo.map { from < $0 } ?? true } ?? true
        let endsAfter = validTo.map { to in other.validFrom.map { $0 < to } ?? true } ?? true
        guard startsBefore, endsAfter else { return [self] }
        var rest: [Account] = []
        if let from = other.validFrom, validFrom.map({ $0 < from }) ?? true {
            var before = self
            before.validTo = from
            rest.append(before)
        }
        if let to = other.validTo, validTo.map({ to < $0 }) ?? true {
            var after = self
            after.validFrom = to
            rest.append(after)
        }
        return rest
    }

    fileprivate func saysTheSame(as other: Account) -> Bool {
        state == other.state && validFrom == other.validFrom && validTo == other.validTo
    }

    fileprivate static func isEarlier(_ left: Account, _ right: Account) -> Bool {
        guard let from = right.validFrom else { return false }
        return left.validFrom.map { $0 < from } ?? true
    }
}
