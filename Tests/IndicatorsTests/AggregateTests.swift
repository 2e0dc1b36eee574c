import Expressions
import Indicators
import Testing
import YAMLDocument

/// How the values of records become one number.
@Suite struct AggregateTests {
    @Test(arguments: [
        ("count", "[{}, {}, {}]", "3.00"), ("sum", "[{points: 1}, {points: 2.5}]", "3.50"),
        ("mean", "[{points: 1}, {points: 1}, {points: 2}]", "1.33"),
        ("median", "[{points: 9}, {points: 1}, {points: 2}]", "2.00"),
        ("median", "[{points: 1}, {points: 4}]", "2.50"), ("min", "[{points: 3}, {points: -1}]", "-1.00"),
        ("max", "[{points: 3}, {points: -1}]", "3.00"),
    ])
    func `an aggregate of a few values is what a person reckons`(aggregate: String, records: String, value: String)
        throws
    {
        let measured = aggregate == "count" ? "" : "value: record.points, "
        #expect(try Ledger("{\(measured)aggregate: \(aggregate)}").shown(records) == value)
    }

    @Test func `the last one is the latest by its anchor, in whatever order they come`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: last}")
        let records = [
            "{points: 1, at: 2026-07-01T00:00:00Z}", "{points: 2, at: 2026-07-03T00:00:00Z}",
            "{points: 3, at: 2026-07-02T00:00:00Z}",
        ]
        #expect(try ledger.shown("[\(records.joined(separator: ", "))]") == "2.00")
        #expect(try ledger.shown("[\(records.reversed().joined(separator: ", "))]") == "2.00")
    }

    @Test func `a daily mean adds up each day of the company's zone, and counts days that have records`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: mean_daily}")
        let records = """
            [{points: 1, at: 2026-07-09T16:00:00Z}, {points: 2, at: 2026-07-10T15:59:59Z},
             {points: 7, at: 2026-07-10T16:00:00Z}]
            """
        #expect(try ledger.shown(records) == "5.00")
    }

    @Test func `distinct counts each key once`() throws {
        let ledger = try Ledger("{aggregate: distinct, distinct_by: [record.kind, record.rater]}")
        #expect(
            try ledger.shown("[{kind: a, rater: x}, {kind: a, rater: x}, {kind: a, rater: y}, {kind: b}]") == "3.00")
    }

    @Test func `keys of several parts are not confused`() throws {
        let ledger = try Ledger("{aggregate: distinct, distinct_by: [record.kind, record.rater]}")
        #expect(try ledger.shown("[{kind: ab, rater: c}, {kind: a, rater: bc}]") == "2.00")
    }

    @Test func `a weighted mean leaves out records without a weight`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: mean, inner_weight: record.weight}")
        #expect(try ledger.shown("[{points: 1, weight: 1}, {points: 5, weight: 3}, {points: 100}]") == "4.00")
    }

    @Test func `a mean whose weights are all empty weighs all the same`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: mean, inner_weight: record.weight}")
        #expect(try ledger.shown("[{points: 1}, {points: 5}]") == "3.00")
    }

    @Test func `of records with one key only the latest counts`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: sum, latest_by: [record.kind]}")
        let records = """
            [{kind: a, points: 1, at: 2026-07-02T00:00:00Z}, {kind: a, points: 10, at: 2026-07-03T00:00:00Z},
             {kind: b, points: 100}]
            """
        #expect(try ledger.shown(records) == "110.00")
        let excluded = try ledger.explanation(records).measures[0].excluded
        #expect(excluded.map(\.reference.externalID) == ["R0"] && excluded.map(\.exclusion.kind) == [.notLatest])
    }

    @Test func `of two at the same moment the greater id counts`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: sum, latest_by: [record.kind]}")
        #expect(try ledger.shown("[{id: B, kind: a, points: 2}, {id: A, kind: a, points: 1}]") == "2.00")
        #expect(try ledger.shown("[{id: A, kind: a, points: 1}, {id: B, kind: a, points: 2}]") == "2.00")
    }

    @Test func `the condition comes before the latest, the numerator's after it`() throws {
        let records = """
            [{kind: a, ok: true, at: 2026-07-02T00:00:00Z}, {kind: a, ok: false, at: 2026-07-03T00:00:00Z}]
            """
        let before = try Ledger("{aggregate: count, latest_by: [record.kind], where: record.ok}")
        #expect(try before.shown(records) == "1.00")
        let after = try Ledger("{numerator: {where: record.ok}, denominator: {}, latest_by: [record.kind]}")
        #expect(try after.shown(records) == "0.00")
    }

    @Test func `the latest of each subject and of each month counts`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: sum, latest_by: [record.kind]}")
        let records = """
            [{kind: a, points: 1}, {kind: a, points: 2, owner_id: E02}, {kind: a, points: 4, at: 2026-08-02T00:00:00Z}]
            """
        #expect(try ledger.shown(records) == "1.00")
        #expect(try ledger.shown(records, "E02") == "2.00")
        #expect(try ledger.shown(records, "E01", "2026-08") == "4.00")
    }

    @Test func `shares divide a record among several people`() throws {
        let ledger = try Ledger(
            "{value: record.points, aggregate: sum, subjects: \"{'E01': decimal('0.25'), 'E03': decimal('0.75')}\"}")
        #expect(try ledger.shown("[{points: 8}]") == "2.00")
        #expect(try ledger.shown("[{points: 8}]", "E03") == "6.00")
        #expect(try ledger.shown("[{points: 8}]", "Plumb") == "8.00")
    }

    @Test func `shares count parts of records`() throws {
        let ledger = try Ledger("{aggregate: count, subjects: \"{'E01': decimal('0.5'), 'E02': decimal('0.5')}\"}")
        #expect(try ledger.shown("[{}, {}, {}]") == "1.50")
        #expect(try ledger.shown("[{}, {}, {}]", "Plumb/Support") == "3.00")
    }

    @Test func `shares of two people of one unit are one record of the unit`() throws {
        let ledger = try Ledger(
            "{value: record.points, aggregate: sum, subjects: \"{'E01': decimal('0.25'), 'E02': decimal('0.75')}\"}")
        let unit = try #require(try ledger.value("[{points: 8}]", "Plumb/Support"))
        #expect(unit.decimal == "8.00" && unit.sample == 1 && unit.coverage == Coverage(included: 1))
        #expect(try ledger.explanation("[{points: 8}]", "Plumb").measures[0].records.map(\.share) == [.one])
        let person = try #require(try ledger.value("[{points: 8}]"))
        #expect(person.digest == unit.digest)
    }

    @Test func `a stock counts in each period that it lasts through`() throws {
        var ledger = try Ledger(
            "{aggregate: count, in_period: 'record.from < period.end && (record.to == null || record.to > period.start)'}"
        )
        ledger.now = "2026-10-01T00:00:00Z"
        let records = "[{from: 2026-01-01, to: 2026-08-15}, {from: 2026-08-10}]"
        let months = ["2026-06", "2026-07", "2026-08", "2026-09"]
        #expect(try months.map { try ledger.shown(records, "E01", $0) } == [nil, "1.00", "2.00", "1.00"])
    }

    @Test func `a lookup reads another record, and says when it finds none`() throws {
        let ledger = try Ledger(
            "{value: deal.worth, aggregate: sum, lookup: {deal: {record: deal, key: record.ref}}}")
        let records = "[{ref: D1}, {ref: D9}, {}, {type: deal, id: D1, worth: 7}]"
        #expect(try ledger.shown(records) == "7.00")
    }

    @Test func `a condition that an empty field leaves open is not fulfilled`() throws {
        #expect(try Ledger("{aggregate: count, where: record.ok}").shown("[{ok: true}, {ok: false}, {}]") == "1.00")
    }

    @Test func `a finish joins measures`() throws {
        let ledger = try Ledger(
            "{measures: {good: {where: record.ok}, all: {}, worth: {value: record.points}}, "
                + "finish: 'worth * good / all'}")
        #expect(try ledger.shown("[{ok: true, points: 2}, {ok: false, points: 4}]") == "3.00")
    }

    @Test func `a value is rounded once, half away from zero`() throws {
        let ledger = try Ledger("{value: record.points, aggregate: mean, scale_digits: 1}")
        #expect(try ledger.shown("[{points: 0.25}]") == "0.3" && ledger.shown("[{points: -0.25}]") == "-0.3")
        let value = try #require(try ledger.value("[{points: 1}, {points: 0}, {points: 0}]"))
        #expect(value.value?.description == "1/3" && value.decimal == "0.3")
    }

    @Test func `a duration is measured in the indicator's unit`() throws {
        let value = "value: 'record.at - record.begun', aggregate: mean"
        let records = "[{begun: 2026-07-10T00:30:00Z}]"
        #expect(try Ledger("{\(value), unit: minutes}").shown(records) == "90.00")
        #expect(try Ledger("{\(value), unit: hours}").shown(records) == "1.50")
    }
}
