import Indicators
import Testing

/// Records that could not be placed leave a trace, with the reason, where they would have counted.
@Suite struct LeftOutTests {
    private let deal = "lookup: {deal: {record: deal, key: record.ref}}"
    private let unfound = Exclusion(.noLookup, "there is no deal 'D9'")

    @Test func `a record whose lookup finds nothing is told to its subject`() throws {
        let ledger = try Ledger("{value: deal.worth, aggregate: sum, \(deal)}")
        let records = "[{ref: D1}, {ref: D9}, {}, {type: deal, id: D1, worth: 7}]"
        let value = try #require(try ledger.value(records))
        #expect(value.decimal == "7.00" && value.coverage == Coverage(included: 1, excluded: 1))
        #expect(try ledger.explanation(records).measures[0].excluded.map(\.exclusion) == [unfound])
        #expect(try ledger.explanation(records, "E03").measures[0].excluded.isEmpty)
    }

    @Test func `where the lookup would tell the subject, everybody of the period is told`() throws {
        let ledger = try Ledger("{aggregate: count, subject: deal.owner_id, \(deal)}")
        let records = "[{ref: D1}, {ref: D9}, {ref: D9, at: 2026-08-10T00:00:00Z}, {type: deal, id: D1, owner_id: E03}]"
        let value = try #require(try ledger.value(records, "E03"))
        #expect(value.decimal == "1.00" && value.coverage == Coverage(included: 1, unmatched: 1))
        #expect(try ledger.explanation(records, "E03").measures[0].excluded.map(\.exclusion) == [unfound])
    }

    @Test func `where the lookup would tell the period, the subject is told`() throws {
        let ledger = try Ledger("{aggregate: count, anchor: 'deal.owner_id == null ? null : record.at', \(deal)}")
        let excluded = try ledger.explanation("[{ref: D9}]").measures[0].excluded
        #expect(excluded.map(\.exclusion) == [unfound])
    }

    @Test func `a record that does not fulfil the condition anyway is not told as unfound`() throws {
        let ledger = try Ledger(
            "{aggregate: count, subject: deal.owner_id, where: \"record.kind == 'a' && deal.worth > 0\", \(deal)}")
        let records = "[{kind: b, ref: D9}, {kind: a, ref: D1}, {type: deal, id: D1, owner_id: E01, worth: 1}]"
        #expect(try ledger.value(records)?.coverage == Coverage(included: 1))
        #expect(try ledger.explanation(records).measures[0].excluded.isEmpty)
    }

    @Test func `what a lookup found before is not read for a record whose lookup finds nothing`() throws {
        let ledger = try Ledger("{aggregate: count, subject: deal.owner_id, \(deal)}")
        let records = "[{ref: D1}, {ref: D9}, {type: deal, id: D1, owner_id: E03}]"
        #expect(try ledger.values(ledger.evidence(records)) == ledger.values(ledger.evidence(records).reversed()))
        #expect(try ledger.shown(records, "E03") == "1.00")
    }

    @Test func `a stock whose period cannot be told is missing from every one, and told`() throws {
        var ledger = try Ledger("{aggregate: count, in_period: 'decimal(1) / record.points > 0'}")
        ledger.now = "2026-07-20T00:00:00Z"
        let records = "[{points: 1}, {points: 0}, {points: 0, owner_id: E03}]"
        let value = try #require(try ledger.value(records))
        #expect(value.decimal == "1.00" && value.coverage == Coverage(included: 1, missing: 1))
        #expect(value.status == .partial)
        #expect(try ledger.explanation(records).measures[0].excluded.map(\.exclusion.kind) == [.failed])
        #expect(try ledger.shown(records, "E03") == "no_data")
    }

    @Test func `a stock whose lookup finds nothing is told in its periods`() throws {
        var ledger = try Ledger(
            "{aggregate: count, in_period: 'record.from < period.end', where: deal.worth > 0, \(deal)}")
        ledger.now = "2026-09-20T00:00:00Z"
        let records = "[{ref: D9, from: 2026-08-10}]"
        #expect(try ledger.explanation(records, "E01", "2026-07").measures[0].excluded.isEmpty)
        #expect(try ledger.explanation(records, "E01", "2026-08").measures[0].excluded.map(\.exclusion) == [unfound])
    }
}
