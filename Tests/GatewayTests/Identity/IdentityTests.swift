import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// From accounts to employees: nothing is guessed, nothing is lost, and a decision recomputes what it touches.
@Suite struct IdentityTests {
    typealias Company = TestWorkspace

    /// A workspace that has read three deeds: of E01, and two of an account that nobody knows.
    private func workspace() async throws -> (Company, WorkspaceHost) {
        let workspace = try Company()
        try workspace.script([
            Company.page(
                Company.deed("1"), Company.deed("2", who: "zw"),
                Company.deed("3", who: "zw", at: "2026-08-03T00:00:00Z"))
        ])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        return (workspace, host)
    }

    @Test func `records of an unknown account are counted as unmatched and not lost`() async throws {
        let (workspace, host) = try await workspace()
        #expect(try await host.shown("deed_count", "E01") == "1")
        let value = try #require(try await host.published("deed_count", "E01"))
        #expect(value.content.coverage == Coverage(included: 1, unmatched: 1))
        let unmatched = try await host.unmatchedAccounts()
        #expect(unmatched.map(\.account.account) == ["zw"] && unmatched.map(\.records) == [2])
        #expect(try await host.evidenceStates() == ["1 live", "2 live", "3 live"])
        withExtendedLifetime(workspace) {}
    }

    @Test func `an explanation names the unmatched account`() async throws {
        let (workspace, host) = try await workspace()
        let report = try await host.explain("deed_count", subject: .init(kind: .employee, id: "E01"), period: .july)
        let excluded = try #require(report.explanation.measures.first?.excluded)
        #expect(
            excluded.map(\.exclusion) == [
                Exclusion(.unmatched, "account diary/zw is not matched to an employee")
            ])
        withExtendedLifetime(workspace) {}
    }

    @Test func `resolving an account recomputes what it touches`() async throws {
        let (workspace, host) = try await workspace()
        let outcome = try await host.resolveAccount(connection: "diary", account: "zw", as: "E02")
        #expect(!outcome.changes.isEmpty)
        #expect(try await host.shown("deed_count", "E02") == "1")
        #expect(try await host.shown("deed_count", "E02", "2026-08") == "1")
        #expect(try await host.shown("deed_count", "E02", "2026-Q3") == "2")
        #expect(try await host.shown("deed_count", "Plumb/Sales", "2026-Q3") == "2")
        #expect(try await host.shown("deed_count", "Plumb", "2026-Q3") == "3")
        #expect(try await host.published("deed_count", "E01")?.content.coverage.unmatched == 0)
        #expect(try await host.unmatchedAccounts().isEmpty)
        withExtendedLifetime(workspace) {}
    }

    @Test func `a person's decision survives a people import and another pull`() async throws {
        let (workspace, host) = try await workspace()
        _ = try await host.resolveAccount(connection: "diary", account: "zw", as: "E02")
        var people = Company.people
        people[0].emails.append("zw")
        _ = try await host.replacePeople(people)
        try workspace.script([Company.page(), Company.page(Company.deed("4", who: "zw"))])
        _ = try await host.pull([])
        let account = try #require(try await host.store.accounts(connection: "diary", states: [.resolved]).last)
        #expect(
            account.state == .resolved(employee: "E02") && account.rule == "person" && account.decidedBy == "tester")
        #expect(try await host.shown("deed_count", "E02") == "2")
    }

    @Test func `a robot's records belong to nobody and are missed by nobody`() async throws {
        let (workspace, host) = try await workspace()
        _ = try await host.resolveAccount(connection: "diary", account: "zw", as: nil)
        #expect(try await host.unmatchedAccounts().isEmpty)
        #expect(try await host.published("deed_count", "E01")?.content.coverage == Coverage(included: 1))
        withExtendedLifetime(workspace) {}
    }

    @Test func `a decision needs an account and a staff number that are there`() async throws {
        let (workspace, host) = try await workspace()
        let account = await #expect(throws: HostError.self) {
            try await host.resolveAccount(connection: "diary", account: "zx", as: "E02")
        }
        #expect(account?.description == "connection 'diary' has mentioned no account 'zx'")
        let person = await #expect(throws: HostError.self) {
            try await host.resolveAccount(connection: "diary", account: "zw", as: "E99")
        }
        #expect(person?.description == "the people file has no staff number 'E99'")
        withExtendedLifetime(workspace) {}
    }

    @Test func `a people import matches accounts anew`() async throws {
        let (workspace, host) = try await workspace()
        var people = Company.people
        people[1].emails.append("zw")
        let (changes, values) = try await host.replacePeople(people)
        #expect(changes.changed == ["E02"] && !values.changes.isEmpty)
        #expect(try await host.shown("deed_count", "E02") == "1")
        withExtendedLifetime(workspace) {}
    }

    @Test func `someone who leaves the people file leaves the values, and comes back to them`() async throws {
        let (workspace, host) = try await workspace()
        _ = try await host.replacePeople([Company.people[1]])
        #expect(try await host.shown("deed_count", "E01") == "no_data")
        #expect(try await host.unmatchedAccounts().map(\.account.account) == ["E01", "zw"])
        _ = try await host.replacePeople(Company.people)
        #expect(try await host.shown("deed_count", "E01") == "1")
        withExtendedLifetime(workspace) {}
    }

    // MARK: What sources tell of accounts

    private static let described = """
        accounts: {from: accounts, map: {account: source.id, email: source.email, name: source.name}}
        streams:

        """

    private func describedWorkspace(_ email: String) throws -> Company {
        let workspace = try Company()
        try workspace.edit("connectors/diary.yaml", "streams:\n", Self.described)
        try describe(workspace, email)
        return workspace
    }

    private func describe(_ workspace: Company, _ email: String) throws {
        try workspace.script(
            [Company.page(Company.deed("1", who: "zw"))],
            ["accounts": [["records": [["id": "zw", "email": .string(email), "name": "张伟"]]]]])
    }

    @Test func `what the source tells of an account is not forgotten when a record mentions it`() async throws {
        let workspace = try describedWorkspace("zhang@example.com")
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01") == "1")
        let account = try #require(try await host.store.accounts(connection: "diary", states: [.resolved]).first)
        #expect(account.rule == "email" && account.hints.name == "张伟")
    }

    @Test func `what cannot be read of accounts is told, and the accounts are there all the same`() async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "streams:\n",
            """
            accounts:
              from: accounts
              map: {account: source.id, email: source.emial, staff_number: source.number, phone: source.phones}
            streams:

            """)
        let accounts: JSON = [
            "records": [
                ["id": "zw", "number": 1001, "phones": .null], ["id": "ln", "number": "E02", "phones": ["138"]],
            ],
            "rejected": [["id": "line 3", "reason": "no closing quote", "raw": "1"]],
        ]
        try workspace.script([Company.page(Company.deed("1", who: "zw"))], ["accounts": [accounts]])
        let host = try await workspace.host()
        _ = try await host.replacePeople([DirectoryEntry(employee: "1001"), DirectoryEntry(employee: "E02")])
        let report = try await host.pull([])
        #expect(
            report.anomalies == [
                "diary: accounts: a record could not be read once: line 3: no closing quote",
                "diary: accounts: 'email' (connectors/diary.yaml:7:36) could not be read 2 times: zw: no such key: emial",
                "diary: accounts: 'phone' (connectors/diary.yaml:7:86) could not be read once: "
                    + "ln: expected a text or a number, not list",
            ])
        #expect(report.isComplete)
        #expect(try await host.shown("deed_count", "1001") == "1")
        #expect(try await host.preview("diary").anomalies == report.anomalies)
    }

    @Test func `a source that gives the same accounts again and again is stopped`() async throws {
        let workspace = try describedWorkspace("zhang@example.com")
        try workspace.script(
            [Company.page(Company.deed("1"))], ["accounts": [["records": [["id": "zw"]], "again": true]]])
        let report = try await workspace.host().pull([])
        #expect(
            report.failures.map(\.message) == ["unexpected answer: the source gave the same page of accounts again"])
    }

    @Test func `an e-mail that the source tells later matches the records that are there`() async throws {
        let workspace = try describedWorkspace("")
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.unmatchedAccounts().map(\.account.candidates) == [["E01"]])
        #expect(try await host.shown("deed_count", "E01") == nil)
        try describe(workspace, "zhang@example.com")
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01") == "1")
    }

    @Test func `hints in a record match its account`() async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "account(source.who)", "\"account(source.who, {'email': 'li@example.com'})\"")
        try workspace.script([Company.page(Company.deed("1", who: "lina"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E02") == "1")
    }

    @Test func `an e-mail that was handed on counts for each in their time`() async throws {
        let workspace = try Company()
        try workspace.script([
            Company.page(
                Company.deed("1", who: "desk@example.com", at: "2026-07-15T15:59:59Z"),
                Company.deed("2", who: "desk@example.com", at: "2026-07-15T16:00:00Z"),
                Company.deed("3", who: "desk@example.com", at: "2026-07-20T00:00:00Z"))
        ])
        var people = Company.people
        people[0].emails = ["desk@example.com"]
        people[0].validTo = Day(text: "2026-07-16")
        people[1].emails = ["desk@example.com"]
        people[1].validFrom = Day(text: "2026-07-16")
        let host = try await workspace.host()
        _ = try await host.replacePeople(people)
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01") == "1")
        #expect(try await host.shown("deed_count", "E02") == "2")
        let report = try await host.explain("deed_count", subject: .init(kind: .employee, id: "E02"), period: .july)
        #expect(report.explanation.measures[0].records.map(\.reference.externalID) == ["2", "3"])
        #expect(report.agrees == true)
    }

    // MARK: As of the event

    @Test func `a transfer in mid-month gives each unit its own days`() async throws {
        let workspace = try Company()
        try workspace.script([
            Company.page(
                Company.deed("1", at: "2026-07-10T00:00:00Z", points: "1"),
                Company.deed("2", at: "2026-07-15T15:59:59Z", points: "2"),
                Company.deed("3", at: "2026-07-15T16:00:00Z", points: "6"))
        ])
        let host = try await workspace.host()
        let day = Day(text: "2026-07-16")
        _ = try await host.replacePeople([
            DirectoryEntry(employee: "E01", unit: "Plumb/Support", validTo: day),
            DirectoryEntry(employee: "E01", unit: "Plumb/Sales", validFrom: day),
        ])
        _ = try await host.pull([])
        #expect(try await host.shown("deed_points", "E01") == "3.00")
        #expect(try await host.shown("deed_points", "Plumb/Support") == "1.50")
        #expect(try await host.shown("deed_points", "Plumb/Sales") == "6.00")
        #expect(try await host.shown("deed_points", "Plumb") == "3.00")
    }

    @Test(arguments: [
        ("before", "2026-07-09T02:00:00Z", "E02"), ("at", "2026-07-10T02:00:00Z", "E02"),
        ("after", "2026-07-10T02:00:01Z", "E01"),
    ])
    func `a record counts for who owned it at its anchor`(when: String, handedOver: String, owner: String) async throws
    {
        let workspace = try Company()
        let owners: [JSON] = [
            ["owner": "E01", "from": "2026-07-01T00:00:00Z", "to": .string(handedOver)],
            ["owner": "E02", "from": .string(handedOver), "to": .null],
        ]
        try workspace.script([Company.page(Company.deed("1", who: "E02", owners: owners))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", owner) == "1", "handed over \(when) the anchor")
        #expect(try await host.shown("deed_count", owner == "E01" ? "E02" : "E01") == nil)
    }

    @Test func `an indicator may ask for the owner as it is now`() async throws {
        let workspace = try Company()
        try workspace.edit("indicators/deeds.yaml", "aggregate: count", "aggregate: count\n    attribution: latest")
        let owners: [JSON] = [["owner": "E01", "from": "2026-07-01T00:00:00Z", "to": .null]]
        try workspace.script([Company.page(Company.deed("1", who: "E02", owners: owners))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E02") == "1")
        #expect(try await host.shown("deed_points", "E01") == "1.00")
    }
}
