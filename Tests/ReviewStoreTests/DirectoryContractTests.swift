import Indicators
import ReviewStore
import Testing

/// What directories tell, beside HR's file.
@Suite struct DirectoryContractTests {
    private static let july = Day(text: "2026-07-01")

    private static func row(_ employee: String, _ unit: String?, from: Day? = nil) -> DirectoryEntry {
        DirectoryEntry(employee: employee, emails: ["\(employee)@example.com"], unit: unit, validFrom: from)
    }

    private static func history(_ rows: DirectoryEntry...) -> DirectoryHistory {
        DirectoryHistory(
            Dictionary(grouping: rows, by: \.employee).mapValues { .init(account: "a\($0[0].employee)", rows: $0) })
    }

    @Test(arguments: TestedStore.allCases)
    func `a directory's people count beside those of the file, and under its filled cells`(kind: TestedStore)
        async throws
    {
        let store = try await kind.harness().prepared()
        let file = [DirectoryEntry(employee: "E01", position: "head"), DirectoryEntry(employee: "E02", unit: "Office")]
        _ = try await store.replacePeople(file, markingStale: [])
        let told = Self.history(Self.row("E01", "Sales"), Self.row("E03", "Support", from: Self.july))
        let found = try await store.follow(told, markingStale: ["ticket"])
        #expect((found.changes.added, found.changes.changed, found.changes.unchanged) == (["E03"], ["E01"], 1))
        let people = try await store.people()
        #expect(
            people.map(\.employee) == ["E01", "E02", "E03"] && people.map(\.unit) == ["Sales", "Office", "Support"])
        #expect(people.first?.position == "head" && people.last == Self.row("E03", "Support", from: Self.july))
        #expect(try await store.peopleFile() == file)
        #expect(try await store.staleMarks().map(\.recordType) == ["ticket"])
        let directory = try #require(try await store.directories().first)
        #expect(directory.history == told && directory.state.connection == "dingtalk" && directory.state.doubt == nil)
        let actions = try await store.auditEntries(after: 0, limit: 9).map(\.action)
        #expect(actions == ["people.import", "people.follow"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a look that tells nothing new leaves its time, and nothing else`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let told = Self.history(Self.row("E01", "Sales"))
        _ = try await store.follow(told, markingStale: [])
        let before = try harness.dump().filter { !$0.hasPrefix("directories:") }
        #expect(try await store.follow(told, markingStale: ["ticket"]).changes.isEmpty)
        #expect(try harness.dump().filter { !$0.hasPrefix("directories:") } == before)
    }

    @Test(arguments: TestedStore.allCases)
    func `what is doubtful is noted, and changes nobody`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.follow(Self.history(Self.row("E01", "Sales")), markingStale: [])
        let believed = try #require(try await store.directoryStates().first?.believed)
        let before = try harness.dump().filter { !$0.hasPrefix("directories:") }
        let found = try await store.follow(DirectoryHistory(), doubt: .manyLeft(1, of: 1), markingStale: ["ticket"])
        #expect(found.doubt == .manyLeft(1, of: 1) && found.changes.isEmpty)
        #expect(try harness.dump().filter { !$0.hasPrefix("directories:") } == before)
        let state = try #require(try await store.directoryStates().first)
        #expect(state.doubt == .manyLeft(1, of: 1) && state.believed == believed)
        #expect(try await store.health().directories == [state])
        _ = try await store.follow(DirectoryHistory(), doubt: .manyMoved(7, of: 9), markingStale: [])
        #expect(try await store.directoryStates().first?.doubt == .manyMoved(7, of: 9))
    }

    @Test(arguments: TestedStore.allCases)
    func `a directory that is forgotten leaves the file alone`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let file = [DirectoryEntry(employee: "E01", position: "head")]
        _ = try await store.replacePeople(file, markingStale: [])
        _ = try await store.follow(Self.history(Self.row("E01", "Sales"), Self.row("E03", "Sales")), markingStale: [])
        let changes = try await store.forget("dingtalk")
        #expect(changes?.changed == ["E01"] && changes?.removed == ["E03"])
        #expect(try await store.people() == file)
        #expect(try await store.directories().isEmpty)
        #expect(try await store.forget("dingtalk") == nil)
    }

    @Test(arguments: TestedStore.allCases, ["people", "accounts", "directories", "audit"])
    func `history, people, accounts and audit change together or not at all`(
        kind: TestedStore, table: String
    ) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.saveAccounts(
            [Account(connection: "helpdesk", account: "a", state: .unresolved, hints: AccountHints())], markingStale: []
        )
        let before = try harness.dump()
        try harness.failWrites(to: table)
        await #expect(throws: StoreError.self) {
            try await store.follow(Self.history(Self.row("E01", "Sales")), markingStale: ["ticket"]) { known, people in
                known.map { row in
                    var row = row
                    row.state = people.first.map { .resolved(employee: $0.employee) } ?? row.state
                    return row
                }
            }
        }
        try harness.allowWrites(to: table)
        #expect(try harness.dump() == before)
    }
}

extension ReviewStore {
    fileprivate func follow(
        _ history: DirectoryHistory, doubt: DirectoryDoubt? = nil, markingStale stale: Set<String>,
        matching match: @escaping AccountMatching = { known, _ in known }
    ) async throws -> FollowedSnapshot {
        try await followDirectory(
            of: "dingtalk", actor: "u1", markingStale: stale, following: { _ in (history, DirectoryNews(), doubt) },
            matching: match)
    }

    fileprivate func forget(_ connection: String) async throws -> PeopleChanges? {
        try await forgetDirectory(of: connection, actor: "u1", markingStale: []) { known, _ in known }
    }
}
