import Expressions
import Indicators
import Testing

/// Units and longer periods are computed from records, never from the values of people or months.
@Suite struct RollUpTests {
    private static let records = """
        [{ok: true}, {ok: true}, {ok: true}, {ok: false}, {ok: false, owner_id: E02}, {ok: true, owner_id: E03},
         {ok: false, at: 2026-08-10T00:00:00Z}]
        """

    @Test func `a unit's ratio is the sum of numerators by the sum of denominators`() throws {
        let ledger = try Ledger("{numerator: {where: record.ok}, denominator: {}, scale: 100}")
        #expect(try ledger.shown(Self.records) == "75.00")
        #expect(try ledger.shown(Self.records, "E02") == "0.00")
        let unit = try #require(try ledger.value(Self.records, "Plumb/Support"))
        #expect(unit.numerator == Rational(3) && unit.denominator == Rational(5) && unit.decimal == "60.00")
        #expect(try ledger.shown(Self.records, "Plumb") == "66.67")
    }

    @Test func `a quarter is computed from records`() throws {
        var ledger = try Ledger("{numerator: {where: record.ok}, denominator: {}, scale: 100}")
        ledger.periodKinds = [.month, .quarter, .halfYear, .year]
        ledger.firstDay = "2026-01-01"
        #expect(try ledger.shown(Self.records, "E01", "2026-07") == "75.00")
        #expect(try ledger.shown(Self.records, "E01", "2026-08") == "0.00")
        for period in ["2026-Q3", "2026-H2", "2026"] {
            #expect(try ledger.shown(Self.records, "E01", period) == "60.00")
        }
    }

    @Test func `a unit's median is that of its records`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: median}")
        let records = "[{points: 1}, {points: 2}, {points: 9}, {points: 10, owner_id: E02}]"
        #expect(try ledger.shown(records) == "2.00")
        #expect(try ledger.shown(records, "Plumb/Support") == "5.50")
    }

    @Test func `an indicator of units takes a person's unit, or a unit itself`() throws {
        let person = try Ledger("{aggregate: count, scope: org_unit}")
        #expect(try person.shown("[{}, {owner_id: E03}]", "Plumb") == "2.00")
        #expect(try person.shown("[{}]", "E01") == nil)
        let unit = try Ledger("{aggregate: count, scope: org_unit, subject: record.unit}")
        #expect(try unit.shown("[{unit: Plumb/Sales}]", "Plumb/Sales") == "1.00")
        #expect(try unit.shown("[{unit: Plumb/Sales}]", "Plumb") == "1.00")
    }

    @Test func `an indicator of the company has one value`() throws {
        let ledger = try Ledger("{aggregate: count, scope: company, subject: company}")
        #expect(try ledger.values(ledger.evidence("[{}, {owner_id: E03}]")).map(\.subject) == [.company])
        #expect(try ledger.shown("[{}, {owner_id: E03}]", "company") == "2.00")
    }

    @Test func `a share of the company's total is for each of its people`() throws {
        let ledger = try Ledger(
            "{measures: {own: {}, all: {subject: company}}, finish: 'own / all', scale: 100, scale_digits: 0}")
        #expect(try ledger.shown("[{}, {owner_id: E02}, {owner_id: E03}, {owner_id: E03}]") == "25")
        #expect(try ledger.shown("[{}, {owner_id: E02}, {owner_id: E03}, {owner_id: E03}]", "E03") == "50")
    }

    @Test(arguments: [
        ("2026-06-30T15:59:59Z", "2026-06"), ("2026-06-30T16:00:00Z", "2026-07"), ("2026-07-31T15:59:59Z", "2026-07"),
        ("2026-07-31T16:00:00Z", "2026-08"),
    ])
    func `a month begins at midnight of the company's zone`(at: String, month: String) throws {
        var ledger = try Ledger("{aggregate: count}")
        ledger.firstDay = "2026-01-01"
        #expect(Set(try ledger.values(ledger.evidence("[{at: \(at)}]")).map(\.period.id)) == [month])
    }
}
