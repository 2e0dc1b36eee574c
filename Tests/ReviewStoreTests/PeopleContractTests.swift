import Expressions
import Indicators
import ReviewStore
import Testing

extension ReviewStore {
    /// Stores these rows, whatever is known.
    func saveAccounts(_ accounts: [Account], markingStale stale: Set<String>) async throws -> [Account] {
        try await saveAccounts(of: "helpdesk", markingStale: stale) { _, _ in accounts }
    }

    func replacePeople(_ entries: [DirectoryEntry], markingStale stale: Set<String>) async throws -> PeopleChanges {
        try await replacePeople(entries, actor: "u1", markingStale: stale) { known, _ in known }
    }
}

@Suite struct PeopleContractTests {
    private static let july = Day(text: "2026-07-01")
    private static let august = Day(text: "2026-08-01")
    private static let september = Day(text: "2026-09-01")

    private static let wei = DirectoryEntry(
        employee: "1001", nameZh: "张伟", nameEn: "Zhang Wei", emails: ["zhang.wei@example.com"],
        phones: ["+86 138 0000 0000"], unit: "Plumb/Support", position: "agent", manager: "1000",
        responsibleFor: ["Plumb/Support", "Plumb"], validFrom: july, validTo: august)

    @Test(arguments: TestedStore.allCases)
    func `people read back as imported, and the difference is told`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        var moved = Self.wei
        moved.unit = "Plumb/Sales"
        moved.validFrom = Self.august
        moved.validTo = nil
        let boss = DirectoryEntry(employee: "1000")
        let first = try await store.replacePeople([Self.wei, boss], markingStale: ["ticket"])
        #expect((first.added, first.removed, first.changed, first.unchanged) == (["1000", "1001"], [], [], 0))
        #expect(try await store.people() == [boss, Self.wei])
        #expect(try await store.staleMarks().map(\.recordType) == ["ticket"])
        let same = try await store.replacePeople([boss, Self.wei], markingStale: ["deal"])
        #expect(same.isEmpty && same.unchanged == 2)
        #expect(try await store.staleMarks().map(\.recordType) == ["ticket"])
        let new = DirectoryEntry(employee: "1002")
        let second = try await store.replacePeople([Self.wei, moved, new], markingStale: [])
        #expect((second.added, second.removed, second.changed) == (["1002"], ["1000"], ["1001"]))
        #expect(try await store.people() == [Self.wei, moved, new])
        #expect(try await store.auditEntries(after: 0, limit: 9).map(\.action) == ["people.import", "people.import"])
    }

    @Test(arguments: TestedStore.allCases)
    func `people and the matches of all accounts change together or not at all`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.replacePeople([DirectoryEntry(employee: "1000")], markingStale: [])
        _ = try await store.saveAccounts([Self.account("a", .unresolved)], markingStale: [])
        let match: AccountMatching = { known, people in
            known.map { row in
                var row = row
                if let person = people.last { row.state = .resolved(employee: person.employee) }
                return row
            }
        }
        let before = try harness.dump()
        try harness.failWrites(to: "accounts")
        await #expect(throws: StoreError.self) {
            try await store.replacePeople([Self.wei], actor: "u1", markingStale: ["ticket"], matching: match)
        }
        #expect(try harness.dump() == before)
        try harness.allowWrites(to: "accounts")
        _ = try await store.replacePeople([Self.wei], actor: "u1", markingStale: ["ticket"], matching: match)
        #expect(try await store.accounts(connection: nil, states: [.resolved]).map(\.state.employee) == ["1001"])
        // A connection's accounts are matched with the people and the rows of the same moment.
        let saved = try await store.saveAccounts(of: "helpdesk", markingStale: []) { known, people in
            known.map { row in
                var row = row
                row.state = people == [Self.wei] && row.state.employee == "1001" ? .ambiguous : .unresolved
                return row
            }
        }
        #expect(saved.map(\.state) == [.ambiguous])
    }

    private static func account(
        _ name: String, _ state: AccountState, rule: String? = "email", from: Day? = nil, to: Day? = nil
    ) -> Account {
        Account(
            connection: "helpdesk", account: name, state: state,
            hints: AccountHints(name: "张伟", email: "w@example.com", phone: "138", staffNumber: "1001"),
            candidates: state == .ambiguous ? ["1001", "1002"] : [], rule: rule, validFrom: from, validTo: to)
    }

    @Test(arguments: TestedStore.allCases)
    func `accounts are kept and listed by state`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let accounts = [
            Self.account("a", .ambiguous), Self.account("b", .unresolved, rule: nil),
            Self.account("c", .resolved(employee: "1001")),
        ]
        #expect(try await store.saveAccounts(accounts, markingStale: ["ticket"]).count == 3)
        #expect(try await store.accounts(connection: nil, states: Set(AccountStateName.allCases)) == accounts)
        #expect(
            try await store.accounts(connection: "helpdesk", states: [.ambiguous, .unresolved]) == [
                accounts[0], accounts[1],
            ])
        #expect(try await store.accounts(connection: "other", states: [.ambiguous]).isEmpty)
        let marks = try await store.staleMarks()
        #expect(try await store.saveAccounts(accounts, markingStale: ["deal"]).isEmpty)
        #expect(try await store.staleMarks() == marks)
        let found = Self.account("b", .resolved(employee: "1002"))
        #expect(try await store.saveAccounts([found], markingStale: ["deal"]) == [found])
        #expect(try await store.accounts(connection: nil, states: [.unresolved]).isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `a person's decision stays, whatever rules find later`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        _ = try await store.saveAccounts([Self.account("a", .ambiguous)], markingStale: [])
        try await store.decideAccount(
            Self.account("a", .resolved(employee: "1002")), actor: "u7", markingStale: ["ticket"])
        #expect(try await store.staleMarks().map(\.recordType) == ["ticket"])
        var found = Self.account("a", .resolved(employee: "1001"))
        found.hints.name = "Wei Zhang"
        #expect(try await store.saveAccounts([found], markingStale: []).isEmpty)
        let rows = try await store.accounts(connection: nil, states: Set(AccountStateName.allCases))
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect((row.state, row.rule, row.decidedBy) == (.resolved(employee: "1002"), "person", "u7"))
        #expect(row.decidedAt != nil)
        #expect(row.hints.name == "Wei Zhang")
        #expect(try await store.auditEntries(after: 0, limit: 9).map(\.action) == ["account.resolved"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a decision for some days leaves the other days as they were`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        _ = try await store.saveAccounts([Self.account("a", .resolved(employee: "1001"))], markingStale: [])
        try await store.decideAccount(
            Self.account("a", .ignored, from: Self.august, to: Self.september), actor: "u7", markingStale: [])
        func spans() async throws -> [String] {
            try await store.accounts(connection: nil, states: Set(AccountStateName.allCases)).map {
                "\($0.validFrom?.description ?? "") \($0.validTo?.description ?? "") \($0.state.employee ?? "nobody")"
            }
        }
        let expected = [" 2026-08-01 1001", "2026-08-01 2026-09-01 nobody", "2026-09-01  1001"]
        #expect(try await spans() == expected)
        #expect(
            try await store.saveAccounts([Self.account("a", .resolved(employee: "1001"))], markingStale: []).isEmpty)
        #expect(try await spans() == expected)
        _ = try await store.saveAccounts([Self.account("a", .resolved(employee: "1003"))], markingStale: [])
        #expect(
            try await spans() == [" 2026-08-01 1003", "2026-08-01 2026-09-01 nobody", "2026-09-01  1003"])
    }
}
