import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// After single records have changed, only the values that they count for are computed; the result is that of a rebuild.
@Suite struct TouchedValueTests {
    typealias Company = TestWorkspace

    private static let indicators = """
        indicators:
          - {id: zeros, record: deed, subject: record.owner_id, anchor: record.at, aggregate: count, zero_denominator: zero}
          - {id: middle, record: deed, subject: record.owner_id, anchor: record.at, value: record.points, aggregate: median}
          - {id: late, record: deed, subject: record.owner_id, anchor: 'addDays(record.at, 25)', aggregate: count}
          - {id: shy, record: deed, subject: record.owner_id, anchor: record.at, value: record.points, aggregate: mean,
             anonymous: true, min_sample: 2}
          - {id: stock, record: deed, subject: record.owner_id, in_period: record.begun < period.end, aggregate: count}
          - {id: other, record: deed, subject: other.owner_id, anchor: record.at, aggregate: count,
             lookup: {other: {record: deed, key: record.kind}}}
          - id: part
            record: deed
            subject: record.owner_id
            anchor: record.at
            measures: {own: {aggregate: count}, all: {subject: company, aggregate: count}}
            finish: own / all
        """

    private static let people = (1...6).map { number in
        DirectoryEntry(employee: "E0\(number)", unit: number % 2 == 0 ? "Plumb/Support" : "Plumb/Sales")
    }

    private func company() async throws -> (Company, WorkspaceHost) {
        let workspace = try Company(["indicators/touched.yaml": Self.indicators])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Self.people)
        return (workspace, host)
    }

    @Test func `one changed record of many has its own values computed and no others`() async throws {
        let (workspace, host) = try await company()
        let deeds = (1...60).map {
            Company.deed("\($0)", who: "E0\($0 % 6 + 1)", at: "2026-0\(7 + $0 % 3)-10T02:00:00Z")
        }
        try workspace.script([["records": .array(deeds)]])
        let first = try await host.pull([]).values
        try workspace.script([
            ["records": .array(deeds)], Company.page(Company.deed("6", who: "E01", points: "9")),
        ])
        let second = try await host.pull([]).values
        let count = second.unchanged + second.changes.count
        #expect(count < (first.unchanged + first.changes.count) / 2, "\(count)")
        #expect(second.changes.contains { $0.new.key.indicator == "middle" && $0.new.key.subject.id == "E01" })
        #expect(try await host.rebuild().changes.isEmpty)
    }

    @Test(arguments: 1...6)
    func `after any changes the values are those of a rebuild`(seed: Int) async throws {
        let (workspace, host) = try await company()
        var random = Numbers(state: UInt64(seed))
        var pages: [JSON] = []
        for round in 0..<15 {
            pages.append(Self.changes(round == 0 ? 40 : 1 + random.below(4), &random))
            try workspace.script(pages)
            workspace.clock.set("2026-1\(round / 6)-\(10 + round)T00:00:00Z")
            _ = try await host.pull([])
            if random.below(5) == 0 { try await assign(&random, host) }
            let outcome = try await host.rebuild()
            #expect(
                outcome.changes.map { "\($0.new.key): \(String(describing: $0.old?.content)) \($0.new.content)" } == [])
        }
    }

    /// A page of records that are new or changed, and of ids that are deleted.
    private static func changes(_ count: Int, _ random: inout Numbers) -> JSON {
        let records = (0..<count).map { _ in
            Company.deed(
                "\(random.below(40))", who: ["E01", "E02", "E03", "E04", "stranger", nil][random.below(6)],
                at: "2026-\(["06", "07", "08", "09"][random.below(4)])-1\(random.below(9))T02:00:00Z",
                points: ["1", "2.5", nil][random.below(3)], begun: "2026-0\(7 + random.below(3))-20T00:00:00Z",
                kind: "\(random.below(40))")
        }
        let deleted = (0..<random.below(3)).map { _ in JSON.string("\(random.below(40))") }
        return ["records": .array(records), "deleted": .array(deleted)]
    }

    /// Decides whose an account is.
    private func assign(_ random: inout Numbers, _ host: WorkspaceHost) async throws {
        let accounts = try await host.store.accounts(connection: "diary", states: Set(AccountStateName.allCases))
        guard accounts.contains(where: { $0.account == "stranger" }) else { return }
        _ = try await host.resolveAccount(
            connection: "diary", account: "stranger", as: ["E05", "E06", nil][random.below(3)])
    }
}
