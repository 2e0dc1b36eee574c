import Expressions
import Indicators
import Testing

/// How far a value can be trusted. Missing is never zero.
@Suite struct StatusTests {
    private func ledger(_ definition: String, now: String = "2027-06-01T00:00:00Z") throws -> Ledger {
        var ledger = try Ledger(definition)
        ledger.now = now
        return ledger
    }

    @Test(arguments: [("no_data", "no_data"), ("zero", "0.00"), ("exempt", "exempt")])
    func `nothing to divide by is what the definition says`(rule: String, shown: String) throws {
        let ledger = try ledger("{numerator: {}, denominator: {where: record.ok}, zero_denominator: \(rule)}")
        #expect(try ledger.shown("[{ok: false}]") == shown)
    }

    @Test func `a mean of nothing is no data`() throws {
        let ledger = try ledger("{value: record.points, aggregate: mean}")
        #expect(try ledger.shown("[{}]") == "no_data")
    }

    @Test func `a zero where zero is natural, in every period of those who are there`() throws {
        var ledger = try ledger("{aggregate: count, zero_denominator: zero}", now: "2026-09-15T00:00:00Z")
        ledger.people[0].validTo = Day(text: "2026-09-01")
        let months = ["2026-07", "2026-08", "2026-09"]
        #expect(try months.map { try ledger.shown("[{}]", "E01", $0) } == ["1.00", "0.00", nil])
        #expect(try months.map { try ledger.shown("[{}]", "Plumb/Support", $0) } == ["1.00", "0.00", "0.00"])
        ledger.people[1].validTo = Day(text: "2026-09-01")
        #expect(try months.map { try ledger.shown("[{}]", "Plumb/Support", $0) } == ["1.00", "0.00", nil])
        #expect(try months.map { try ledger.shown("[{}]", "Plumb", $0) } == ["1.00", "0.00", "0.00"])
    }

    @Test func `a zero with measured fields missing is no zero`() throws {
        let ledger = try ledger("{value: record.points, aggregate: sum, zero_denominator: zero}")
        #expect(try ledger.shown("[{}]") == "no_data")
    }

    @Test(arguments: [(2, ValueStatus.lowSample), (3, .complete)])
    func `too few records are a low sample, which still has its number`(count: Int, status: ValueStatus) throws {
        let ledger = try ledger("{value: record.points, aggregate: mean, min_sample: 3}")
        let records = "[" + Array(repeating: "{points: 2}", count: count).joined(separator: ", ") + "]"
        let value = try #require(try ledger.value(records))
        #expect(value.status == status && value.decimal == "2.00" && value.sample == count)
    }

    @Test func `a sample is counted by its key`() throws {
        let ledger = try ledger("{value: record.points, aggregate: mean, min_sample: 2, sample_by: record.rater}")
        #expect(try ledger.status("[{points: 2, rater: a}, {points: 2, rater: a}]") == .lowSample)
        #expect(try ledger.status("[{points: 2, rater: a}, {points: 2, rater: b}]") == .complete)
    }

    @Test(arguments: [
        ("2026-07-31T15:59:59Z", ValueStatus.partial), ("2026-07-31T16:00:00Z", .provisional),
        ("2026-08-07T15:59:59Z", .provisional), ("2026-08-07T16:00:00Z", .complete),
    ])
    func `a value is partial until its period ends, and provisional until its records have matured`(
        now: String, status: ValueStatus
    ) throws {
        #expect(try ledger("{aggregate: count, matures_after_days: 7}", now: now).status("[{}]") == status)
    }

    @Test(arguments: [(1, "1.00"), (2, "1.00"), (3, "no_data")])
    func `too many missing fields leave no value`(missing: Int, shown: String) throws {
        let ledger = try ledger("{value: record.points, aggregate: mean, max_missing_share: '0.4'}")
        let records = Array(repeating: "{points: 1}", count: 3) + Array(repeating: "{}", count: missing)
        let value = try #require(try ledger.value("[\(records.joined(separator: ", "))]"))
        #expect((value.decimal ?? value.status.rawValue) == shown)
        #expect(value.coverage == Coverage(included: 3, missing: missing))
    }

    @Test func `an answer that precedes its question is kept, and left out of the duration with the reason`() throws {
        let ledger = try ledger("{value: 'record.at - record.begun', aggregate: mean, unit: hours}")
        let records = "[{begun: 2026-07-10T03:00:00Z}, {begun: 2026-07-10T00:00:00Z}]"
        let value = try #require(try ledger.value(records))
        #expect(value.decimal == "2.00" && value.coverage == Coverage(included: 1, missing: 1))
        let excluded = try ledger.explanation(records).measures[0].excluded
        #expect(excluded.map(\.reference.externalID) == ["R0"])
        #expect(excluded.map(\.exclusion) == [Exclusion(.missing, "the time runs backwards: record.at - record.begun")])
    }

    @Test func `an empty field is told with its expression`() throws {
        let ledger = try ledger("{value: record.points, aggregate: mean}")
        let excluded = try ledger.explanation("[{points: 1}, {}]").measures[0].excluded
        #expect(excluded.map(\.exclusion) == [Exclusion(.missing, "record.points is empty")])
    }

    @Test func `each way of being left out has its reason`() throws {
        let ledger = try ledger("{aggregate: count, where: \"record.kind == 'a'\"}")
        let excluded = try ledger.explanation("[{id: A, kind: b}, {id: B, kind: a, at: null}, {id: C, kind: a}]")
            .measures[0].excluded
        #expect(
            excluded.map(\.exclusion) == [
                Exclusion(.condition, "not fulfilled: record.kind == 'a'"), Exclusion(.noAnchor, "record.at is empty"),
            ])
    }

    @Test func `an expression that fails lowers the coverage`() throws {
        let ledger = try ledger("{value: decimal(1) / record.points, aggregate: sum}")
        let value = try #require(try ledger.value("[{points: 2}, {points: 0}]"))
        #expect(value.decimal == "0.50" && value.coverage == Coverage(included: 1, missing: 1))
    }

    @Test func `a condition that fails on the only record leaves no data, and no zero`() throws {
        let ledger = try ledger("{aggregate: count, where: 'decimal(1) / record.points > 0', zero_denominator: zero}")
        let value = try #require(try ledger.value("[{points: 0}]"))
        #expect(value.status == .noData && value.value == nil && value.coverage == Coverage(missing: 1))
        #expect(try ledger.shown("[{points: -1}]") == "0.00")
    }

    @Test func `a record of which the numerator's condition fails leaves both parts`() throws {
        let ledger = try ledger(
            "{numerator: {where: \"businessTime(record.begun, record.at) < duration('1h')\"}, denominator: {}}")
        let records = "[{begun: 2026-07-11T00:00:00Z}, {begun: 2026-07-10T02:00:00Z}]"
        let value = try #require(try ledger.value(records))
        #expect(value.decimal == "1.00" && value.denominator == .one)
        #expect(value.coverage == Coverage(included: 1, missing: 1))
        let measures = try ledger.explanation(records).measures
        #expect(measures.map { $0.excluded.map(\.exclusion.kind) } == [[.failed], [.failed]])
    }

    @Test func `records of which a condition failed make a value partial, those unmatched or empty do not`() throws {
        let failing = try ledger("{aggregate: count, where: 'decimal(1) / record.points > 0'}")
        #expect(try failing.status("[{points: 1}, {points: 0}]") == .partial)
        #expect(try failing.status("[{points: 1}, {owner_id: nobody, points: 1}]") == .complete)
        let empty = try ledger("{value: record.points, aggregate: sum}")
        #expect(try empty.status("[{points: 1}, {}]") == .complete)
    }

    @Test func `a finish counts each record once, and is judged by the smallest measure that has data`() throws {
        let ledger = try ledger(
            "{measures: {all: {}, points: {value: record.points}, good: {where: record.ok}, none: {where: '!record.ok'}}, "
                + "finish: all + points + good + none, min_sample: 2}")
        let records = "[{points: 1, ok: true}, {points: 1, ok: true}, {ok: true}, {owner_id: nobody}]"
        let value = try #require(try ledger.value(records))
        #expect(value.sample == 2 && value.status == .complete)
        let once = try self.ledger("{measures: {all: {}, points: {value: record.points}}, finish: all + points}")
        #expect(
            try once.value(records)?.coverage == Coverage(included: 3, missing: 1, unmatched: 1))
        #expect(try ledger.status("[{points: 1, ok: true}, {ok: true}]") == .lowSample)
    }

    @Test func `a measure by samples and one by records are not mixed`() throws {
        let ledger = try ledger(
            "{measures: {raters: {value: record.points, aggregate: mean, sample_by: record.rater}, all: {}}, "
                + "finish: raters * all, min_sample: 2}")
        #expect(try ledger.value("[{points: 1, rater: a}, {points: 2, rater: a}]")?.sample == 1)
        #expect(try ledger.value("[{points: 1, rater: a}, {points: 2, rater: b}]")?.sample == 2)
    }

    @Test func `flags that hold are named`() throws {
        let ledger = try ledger(
            "{numerator: {where: record.ok}, denominator: {}, flags: {none: 'numerator == 0', all: 'numerator == denominator'}}"
        )
        #expect(try ledger.value("[{ok: false}]")?.flags == ["none"])
        #expect(try ledger.value("[{ok: true}]")?.flags == ["all"])
    }

    @Test func `a period that begins before the first day has no values, for part of it is not computed`() throws {
        for definition in ["{aggregate: count, zero_denominator: zero}", "{aggregate: count, in_period: 'true'}"] {
            var ledger = try ledger(definition, now: "2026-10-10T00:00:00Z")
            ledger.periodKinds = [.month, .quarter, .halfYear, .year]
            ledger.firstDay = "2026-08-01"
            let periods = Set(try ledger.values(ledger.evidence("[{at: 2026-08-10T00:00:00Z}]")).map(\.period.id))
            #expect(periods.isSuperset(of: ["2026-08"]) && periods.isDisjoint(with: ["2026-Q3", "2026-H2", "2026"]))
        }
    }

    @Test func `records before the first period have no values`() throws {
        let ledger = try ledger("{aggregate: count}")
        #expect(try ledger.values(ledger.evidence("[{at: 2026-06-30T15:59:59Z}]")).isEmpty)
    }
}
