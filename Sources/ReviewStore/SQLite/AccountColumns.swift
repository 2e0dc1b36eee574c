internal import Expressions
internal import GRDB
internal import Indicators

/// The columns of `accounts`, by position: every computation reads all accounts.
enum AccountColumns {
    static let names =
        "connection, account, valid_from, valid_to, state, employee_id, name, email, phone, staff_number, candidates, "
        + "rule, decided_by, decided_at"

    fileprivate static let connection: Int32 = 0
    fileprivate static let account: Int32 = 1
    fileprivate static let validFrom: Int32 = 2
    fileprivate static let validTo: Int32 = 3
    fileprivate static let state: Int32 = 4
    fileprivate static let employee: Int32 = 5
    fileprivate static let name: Int32 = 6
    fileprivate static let email: Int32 = 7
    fileprivate static let phone: Int32 = 8
    fileprivate static let staffNumber: Int32 = 9
    fileprivate static let candidates: Int32 = 10
    fileprivate static let rule: Int32 = 11
    fileprivate static let decidedBy: Int32 = 12
    fileprivate static let decidedAt: Int32 = 13

    /// All rows of a statement over ``names``.
    static func all(_ statement: PreparedStatement) throws -> [Account] {
        defer { statement.reset() }
        var accounts: [Account] = []
        while try statement.step() { try accounts.append(Account(statement)) }
        return accounts
    }
}

extension Account {
    fileprivate init(_ row: PreparedStatement) throws(StoreError) {
        try self.init(
            connection: row.text(AccountColumns.connection), account: row.text(AccountColumns.account),
            state: AccountState(row),
            hints: AccountHints(
                name: row.optionalText(AccountColumns.name), email: row.optionalText(AccountColumns.email),
                phone: row.optionalText(AccountColumns.phone), staffNumber: row.optionalText(AccountColumns.staffNumber)
            ),
            candidates: StoredJSON.strings(stored: row.text(AccountColumns.candidates)),
            rule: row.optionalText(AccountColumns.rule), decidedBy: row.optionalText(AccountColumns.decidedBy),
            decidedAt: row.optionalInteger(AccountColumns.decidedAt).map { Timestamp(microseconds: $0) },
            validFrom: row.day(AccountColumns.validFrom), validTo: row.day(AccountColumns.validTo))
    }
}

extension AccountState {
    fileprivate init(_ row: PreparedStatement) throws(StoreError) {
        let text = row.text(AccountColumns.state)
        switch AccountStateName(rawValue: text) {
        case .resolved:
            guard let employee = row.optionalText(AccountColumns.employee) else {
                throw .damaged(reason: "an account is resolved to nobody")
            }
            self = .resolved(employee: employee)
        case .unresolved: self = .unresolved
        case .ambiguous: self = .ambiguous
        case .ignored: self = .ignored
        case nil: throw .damaged(reason: "the column state holds \"\(text)\"")
        }
    }
}

extension PreparedStatement {
    /// A day; nil where the column is empty.
    fileprivate func day(_ column: Int32) throws(StoreError) -> Day? {
        guard let text = optionalText(column), !text.isEmpty else { return nil }
        guard let day = Day(text: text) else { throw .damaged(reason: "an account has the day \"\(text)\"") }
        return day
    }
}
