internal import Expressions
public import Indicators
public import ReviewStore

extension WorkspaceHost {
    /// Matches the accounts that records mention and stores what was found.
    ///
    /// A mention adds to what was told of the account before: a record that names only the account takes nothing away.
    /// Where an account becomes someone else's, the connection's records are to be counted again.
    func noteAccounts(_ mentions: [AccountMention], connection: String) async throws(StoreError) {
        if mentions.isEmpty { return }
        _ = try await store.saveAccounts(of: connection, markingStale: workspace.types(mentioning: connection)) {
            Self.matched(mentions, connection: connection, known: $0, people: $1)
        }
    }

    /// The types that a connection's records are of.
    func recordTypes(of connection: String) -> Set<String> {
        Set(workspace.connections.first { $0.name == connection }?.streams.map(\.mapping.type.name) ?? [])
    }

    /// What mentions, and what was told before, make of the mentioned accounts.
    static func matched(
        _ mentions: [AccountMention], connection: String, known: [Account], people: [DirectoryEntry]
    ) -> [Account] {
        let mentioned = Set(mentions.map(\.account))
        let matcher = AccountMatcher(people)
        let told = merged(known.map(AccountMention.init) + mentions)
        return told.filter { mentioned.contains($0.account) }.flatMap { matcher.match(connection: connection, $0) }
    }

    /// One mention per account with all that is told about it.
    static func merged(_ mentions: [AccountMention]) -> [AccountMention] {
        var merged: [String: AccountMention] = [:]
        for mention in mentions {
            var all = merged[mention.account] ?? AccountMention(account: mention.account)
            all.email = mention.email ?? all.email
            all.phone = mention.phone ?? all.phone
            all.staffNumber = mention.staffNumber ?? all.staffNumber
            all.name = mention.name ?? all.name
            merged[mention.account] = all
        }
        return merged.values.sorted { $0.account < $1.account }
    }

    /// Puts the people file in place of the directory, matches all accounts anew and recomputes what that touches.
    public func replacePeople(
        _ entries: [DirectoryEntry]
    ) async throws(HostError) -> (changes: PeopleChanges, values: PublicationOutcome) {
        let changes = try await storing { () throws(StoreError) in
            try await store.replacePeople(
                entries, actor: actor, markingStale: Set(workspace.recordTypes.keys), matching: Self.rematched)
        }
        return (changes, try await recalculate(cause: "people import", run: nil))
    }

    /// What other people make of all accounts.
    static let rematched: AccountMatching = { known, people in
        let matcher = AccountMatcher(people)
        return Dictionary(grouping: known, by: \.connection).flatMap { connection, known in
            merged(known.map(AccountMention.init)).flatMap { matcher.match(connection: connection, $0) }
        }
    }

    /// The accounts that nobody is matched to, each with the number of records that mention it.
    public func unmatchedAccounts() async throws(HostError) -> [UnmatchedReport] {
        let open = try await storing { () throws(StoreError) in
            try await store.accounts(connection: nil, states: [.unresolved, .ambiguous])
        }
        let counts = try await mentionCounts()
        return open.map { UnmatchedReport(account: $0, records: counts[$0.connection + "/" + $0.account] ?? 0) }
    }

    private func mentionCounts() async throws(HostError) -> [String: Int] {
        var counts: [String: Int] = [:]
        for type in workspace.recordTypes.values {
            try await forEachRecord(ofType: type.name) { evidence in
                let mentioned = Set(evidence.record.accounts.map { "\(evidence.key.connection)/\($0)" })
                for account in mentioned { counts[account, default: 0] += 1 }
            }
        }
        return counts
    }

    /// Stores a person's decision whose account it is, and recomputes what that touches; nil means nobody's.
    public func resolveAccount(
        connection: String, account: String, as employee: String?
    ) async throws(HostError) -> PublicationOutcome {
        let known = try await storing { () throws(StoreError) in
            try await store.accounts(connection: connection, states: Set(AccountStateName.allCases))
        }
        guard var row = known.first(where: { $0.account == account }) else {
            throw .invalid("connection '\(connection)' has mentioned no account '\(account)'")
        }
        let people = try await storing { () throws(StoreError) in try await store.people() }
        if let employee, !people.contains(where: { $0.employee == employee }) {
            throw .invalid("the people file has no staff number '\(employee)'")
        }
        row.state = employee.map { .resolved(employee: $0) } ?? .ignored
        row.rule = "person"
        (row.candidates, row.validFrom, row.validTo) = ([], nil, nil)
        let decided = row
        try await storing { () throws(StoreError) in
            try await store.decideAccount(decided, actor: actor, markingStale: Set(workspace.recordTypes.keys))
        }
        return try await recalculate(cause: "account resolved", run: nil)
    }
}

extension AccountMention {
    /// What has been told of a known account.
    init(_ account: Account) {
        self.init(
            account: account.account, email: account.hints.email, phone: account.hints.phone,
            staffNumber: account.hints.staffNumber, name: account.hints.name)
    }
}

/// An account that nobody is matched to.
public struct UnmatchedReport: Sendable {
    /// The account with its hints and the employees it may be.
    public let account: Account
    /// How many live records mention it.
    public let records: Int
}

extension CanonicalRecord {
    /// The accounts that the record mentions, as owner over time too.
    fileprivate var accounts: [String] { accountsByField.map(\.account) }

    /// Each account that the record mentions, as owner over time too, with the field that does.
    var accountsByField: [(field: String, account: String)] {
        zip(type.fields, values).filter { [.employeeRef, .ownerInterval].contains($0.0.kind) }.flatMap { field, value in
            Self.accounts(in: value).map { (field.name, $0) }
        }
    }

    private static func accounts(in value: Value) -> [String] {
        switch value {
        case .string(let account): [account]
        case .list(let elements): elements.flatMap(accounts)
        case .record(let interval): accounts(in: interval["owner"] ?? .null)
        default: []
        }
    }
}
