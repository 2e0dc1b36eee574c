import Indicators
import ReviewStore
import Testing

@testable import Gateway

/// Whose account it is: by staff number, e-mail, phone, in that order. Nobody is guessed.
@Suite struct AccountMatcherTests {
    private static let people = [
        DirectoryEntry(
            employee: "E01", nameZh: "张伟", nameEn: "Zhang Wei", emails: ["zhang@example.com"], phones: ["13800000001"]),
        DirectoryEntry(employee: "E02", nameZh: "李娜", emails: ["li@example.com"], phones: ["13800000002"]),
        DirectoryEntry(employee: "E03", nameZh: "张伟", emails: ["zw@example.com"], phones: ["13800000003"]),
    ]

    private func match(_ mention: AccountMention, among people: [DirectoryEntry] = people) -> [Account] {
        AccountMatcher(people).match(connection: "desk", mention)
    }

    private func day(_ text: String) throws -> Day { try #require(Day(text: text)) }

    @Test(arguments: [
        (AccountMention(account: "e01"), "E01", "staff_number"),
        (AccountMention(account: "zw", staffNumber: "E01"), "E01", "staff_number"),
        (AccountMention(account: "Zhang@Example.com"), "E01", "email"),
        (AccountMention(account: "zw", email: "LI@example.com"), "E02", "email"),
        (AccountMention(account: "+86 138-0000-0002"), "E02", "phone"),
        (AccountMention(account: "zw", phone: "8613800000003"), "E03", "phone"),
        (AccountMention(account: "zw", email: "zhang@example.com", staffNumber: "E01"), "E01", "staff_number"),
        (AccountMention(account: "zw", email: "li@example.com", phone: "13800000002"), "E02", "email"),
        (AccountMention(account: "zw", email: "nobody@example.com", phone: "13800000001"), "E01", "phone"),
    ])
    func `the strongest rule that finds someone decides`(mention: AccountMention, employee: String, rule: String) {
        let rows = match(mention)
        #expect(rows.map(\.state) == [.resolved(employee: employee)] && rows.map(\.rule) == [rule])
    }

    @Test func `a name only proposes`() {
        let rows = match(AccountMention(account: "zw", name: "张伟"))
        #expect(rows.map(\.state) == [.unresolved] && rows[0].candidates == ["E01", "E03"] && rows[0].rule == nil)
        #expect(match(AccountMention(account: "zhang wei"))[0].candidates == ["E01"])
        #expect(match(AccountMention(account: "li.na", name: "李娜"))[0].state == .unresolved)
    }

    @Test func `an account that nothing is known of has no candidates`() {
        let rows = match(AccountMention(account: "robot"))
        #expect(rows.map(\.state) == [.unresolved] && rows[0].candidates.isEmpty)
    }

    @Test func `an e-mail of two people at the same time is nobody's until a person decides`() {
        var people = Self.people
        people[1].emails = ["team@example.com"]
        people[2].emails = ["team@example.com"]
        let rows = match(AccountMention(account: "team", email: "team@example.com"), among: people)
        #expect(rows.map(\.state) == [.ambiguous] && rows[0].candidates == ["E02", "E03"])
    }

    @Test(arguments: [
        AccountMention(account: "zw", email: "li@example.com", staffNumber: "E01"),
        AccountMention(account: "zw", email: "li@example.com", phone: "13800000001"),
    ])
    func `hints of two people are ambiguous`(mention: AccountMention) {
        let rows = match(mention)
        #expect(rows.map(\.state) == [.ambiguous] && rows[0].candidates == ["E01", "E02"])
    }

    @Test func `a hint that several people share does not contradict the stronger one of a single person`() {
        var people = Self.people
        people[1].phones = people[0].phones
        let rows = match(AccountMention(account: "zw", email: "li@example.com", phone: "13800000001"), among: people)
        #expect(rows.map(\.state) == [.resolved(employee: "E02")] && rows[0].rule == "email")
    }

    @Test func `what the source tells of a person comes before an account that looks like someone's staff number`() {
        let people = Self.people + [DirectoryEntry(employee: "1017")]
        let told = match(AccountMention(account: "1017", email: "li@example.com"), among: people)
        #expect(told.map(\.state) == [.resolved(employee: "E02")] && told[0].rule == "email")
        let other = match(AccountMention(account: "1017", staffNumber: "E99"), among: people)
        #expect(other.map(\.state) == [.unresolved])
        let unknown = match(AccountMention(account: "1017", email: "nobody@example.com"), among: people)
        #expect(unknown.map(\.state) == [.resolved(employee: "1017")])
    }

    /// The address came twice, as name and as e-mail, so each span came twice too and no pull could store them.
    @Test func `an address that is also the account's name gives each span once`() throws {
        var people = Self.people
        people[0].emails = ["desk@example.com", "Desk@example.com"]
        people[0].validTo = try day("2026-07-16")
        people[1].emails = ["desk@example.com"]
        people[1].validFrom = try day("2026-07-16")
        let rows = match(AccountMention(account: "desk@example.com", email: "Desk@example.com"), among: people)
        #expect(rows.map(\.state) == [.resolved(employee: "E01"), .resolved(employee: "E02")])
        #expect(rows.map(\.validFrom) == [nil, try day("2026-07-16")])
    }

    @Test func `an e-mail that was handed on belongs to each in their time`() throws {
        var people = Self.people
        people[0].emails = ["desk@example.com"]
        people[0].validTo = try day("2026-07-16")
        people[1].emails = ["desk@example.com"]
        people[1].validFrom = try day("2026-07-16")
        let rows = match(AccountMention(account: "desk", email: "desk@example.com"), among: people.reversed())
        #expect(rows.map(\.state) == [.resolved(employee: "E01"), .resolved(employee: "E02")])
        #expect(rows.map(\.validTo) == [try day("2026-07-16"), nil])
        #expect(rows.map(\.validFrom) == [nil, try day("2026-07-16")])
    }

    @Test func `an employee with several spans keeps an account through all of them`() throws {
        let spans = [("A", nil, try day("2026-07-16")), ("B", try day("2026-07-16"), nil)].map { unit, from, to in
            DirectoryEntry(employee: "E01", emails: ["zhang@example.com"], unit: unit, validFrom: from, validTo: to)
        }
        let rows = match(AccountMention(account: "zhang@example.com"), among: spans)
        #expect(rows.map(\.state) == [.resolved(employee: "E01")] && rows[0].validFrom == nil && rows[0].validTo == nil)
    }
}
