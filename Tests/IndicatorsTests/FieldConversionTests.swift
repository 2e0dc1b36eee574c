import Expressions
import Indicators
import Testing
import YAMLDocument

/// What fits a field of a canonical record.
@Suite struct FieldConversionTests {
    private func convert(_ value: Value, _ type: String) throws -> Value {
        let field = try #require(RecordField(name: "field", typeText: type))
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        return try FieldConversion(field, zone: zone).convert(value)
    }

    @Test(arguments: ["9999-12-31T23:59:59Z", "0000-12-31", "0000-01-01"])
    func `a day outside the years 1 to 9999 fits no date`(_ text: String) throws {
        #expect(throws: ConversionFailure.self) { try convert(.string(text), "date?") }
    }

    @Test func `the last day of the year 9999 is a date`() throws {
        let wanted = try #require(Timestamp(rfc3339: "9999-12-30T16:00:00Z"))
        #expect(try convert(.string("9999-12-31"), "date") == .timestamp(wanted))
        #expect(try convert(.string("9999-12-31T15:59:59Z"), "date") == .timestamp(wanted))
    }

    @Test func `an optional is what it holds`() throws {
        #expect(try convert(.optional(.some(.string(""))), "employee_ref?") == .null)
        #expect(
            try convert(.optional(.some(.list([.optional(.some(.string("a")))]))), "list<string>")
                == .list([.string("a")]))
    }

    @Test func `an empty text is nobody in a list either`() throws {
        #expect(throws: ConversionFailure.self) { try convert(.list([.string("")]), "list<employee_ref>") }
    }
}

/// Which accounts a mapping mentions, so that identity can look for their people.
@Suite struct AccountMentionTests {
    private func accounts(_ owner: String, type: String = "employee_ref?") throws -> [String] {
        let log = ProblemLog()
        let types = try YAMLNode.parse("{thing: {fields: {id: string, owner: '\(type)'}}}", file: "types")
        let type = try #require(RecordTypeReader(log: log).recordTypes(types.entries ?? []).first)
        let calendar = try TestCatalogue.calendar()
        let node = try YAMLNode.parse("id: \"'1'\"\nowner: \"\(owner)\"", file: "map")
        let mapping = Mapping(
            try #require(node.entries), condition: nil, onto: type, at: node.place,
            environment: Mapping.environment(calendar: calendar, zone: calendar.zone), zone: calendar.zone, log: log)
        let source = Value.map(MapValue([(.string("owner"), .string("zhang")), (.string("empty"), .string(""))]))
        guard case .mapped(_, let accounts)? = mapping?.map(source) else {
            Issue.record("not mapped: \(log.problems)")
            return []
        }
        return accounts.map(\.account)
    }

    @Test(arguments: ["source.?owner", "optional.of(account(source.owner))", "source.owner", "account(source.owner)"])
    func `an account is mentioned, however it is wrapped`(_ owner: String) throws {
        #expect(try accounts(owner) == ["zhang"])
    }

    @Test(arguments: ["source.empty", "source.?empty", "source.?absent", "account(source.empty)"])
    func `an empty text is nobody`(_ owner: String) throws {
        #expect(try accounts(owner) == [])
    }

    @Test func `owners over time are mentioned, however they are wrapped`() throws {
        let start = "'from': timestamp('2026-07-01T00:00:00Z')"
        let owner = "optional.of([optional.of({\(start), 'owner': source.?owner}), {\(start), 'owner': source.empty}])"
        #expect(try accounts(owner, type: "list<owner_interval>") == ["zhang"])
        #expect(try accounts("[source.?owner]", type: "list<employee_ref>") == ["zhang"])
    }
}
