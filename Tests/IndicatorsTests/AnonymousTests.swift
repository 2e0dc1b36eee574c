import Indicators
import Testing

/// Nobody's answer can be told from the values of an anonymous indicator, nor from differences between them.
@Suite struct AnonymousTests {
    private static let plain =
        "{value: record.points, aggregate: mean, sample_by: record.rater, min_sample: 3, anonymous: true"
    private static let grouped =
        "{value: record.points, group_by: [record.kind], inner: mean, outer: mean, min_group: 3, "
        + "sample_by: record.rater, min_sample: 3, anonymous: true}"

    private func ratings(_ ratings: [(owner: String, raters: [String])], kind: String = "peer") -> String {
        let records = ratings.flatMap { owner, raters in
            raters.map { "{owner_id: \(owner), kind: \(kind), points: 4, rater: \($0)}" }
        }
        return "[\(records.joined(separator: ", "))]"
    }

    @Test func `a unit of which one hidden answer is left beside the shown ones is withheld`() throws {
        let ledger = try Ledger(Self.plain + "}")
        let records = ratings([("E01", ["a", "b", "c"]), ("E02", ["d"])])
        #expect(try ledger.shown(records) == "4.00")
        let unit = try #require(try ledger.value(records, "Plumb/Support"))
        #expect(unit.status == .lowSample && unit.value == nil && unit.decimal == nil)
    }

    @Test func `a unit whose hidden answers are enough, or none, is shown`() throws {
        let ledger = try Ledger(Self.plain + "}")
        #expect(try ledger.shown(ratings([("E01", ["a", "b", "c"])]), "Plumb/Support") == "4.00")
        let people = Ledger.team + [DirectoryEntry(employee: "E04", unit: "Plumb/Support")]
        let larger = try Ledger(Self.plain + "}", people: people)
        let records = ratings([("E01", ["a", "b", "c"]), ("E02", ["a", "b"]), ("E04", ["c"])])
        #expect(try larger.shown(records, "Plumb/Support") == "4.00")
    }

    @Test func `a unit does not tell what a withheld unit below it hides`() throws {
        let ledger = try Ledger(Self.plain + "}")
        let records = ratings([("E01", ["a", "b", "c"]), ("E02", ["d"]), ("E03", ["e", "f", "g"])])
        #expect(try ledger.status(records, "Plumb/Support") == .lowSample)
        #expect(try ledger.shown(records, "Plumb/Sales") == "4.00")
        #expect(try ledger.status(records, "Plumb") == .lowSample)
    }

    @Test func `each group is judged by itself`() throws {
        let ledger = try Ledger(Self.grouped)
        let shown = ratings([("E01", ["a", "b", "c"]), ("E02", ["a", "b", "c"])]).dropLast()
        #expect(try ledger.shown("\(shown)]", "Plumb/Support") == "4.00")
        // A customer of one person is hidden there; with the three of another it would be told.
        let customer = "{owner_id: E01, kind: customer, points: 1, rater: x}"
        let customers = ["a", "b", "c"].map { "{owner_id: E02, kind: customer, points: 5, rater: \($0)}" }
        let records = "\(shown), \(([customer] + customers).joined(separator: ", "))]"
        #expect(try ledger.shown(records) == "4.00")
        #expect(try ledger.status(records, "Plumb/Support") == .lowSample)
    }

    @Test func `a person who moved leaves no unit that tells which of the answers are its`() throws {
        var ledger = try Ledger(Self.plain + "}")
        ledger.people.append(DirectoryEntry(employee: "E04", unit: "Plumb/Support", validTo: Day(text: "2026-07-09")))
        ledger.people.append(DirectoryEntry(employee: "E04", unit: "Plumb/Sales", validFrom: Day(text: "2026-07-09")))
        let records = ratings([("E03", ["a", "b", "c"]), ("E04", ["d", "e"])])
        #expect(try ledger.status(records, "Plumb/Sales") == .lowSample)
    }

    @Test func `the own answers of a unit are not told beside those of its parts`() throws {
        let ledger = try Ledger(Self.plain + ", scope: org_unit, subject: record.unit}")
        func answers(_ unit: String, _ raters: [String]) -> [String] {
            raters.map { "{unit: \(unit), points: 3, rater: \($0)}" }
        }
        let few = (answers("Plumb/Sales", ["a", "b", "c"]) + answers("Plumb", ["d"])).joined(separator: ", ")
        #expect(try ledger.shown("[\(few)]", "Plumb/Sales") == "3.00")
        #expect(try ledger.status("[\(few)]", "Plumb") == .lowSample)
        let enough = (answers("Plumb/Sales", ["a", "b", "c"]) + answers("Plumb", ["d", "e", "f"])).joined(
            separator: ", ")
        #expect(try ledger.shown("[\(enough)]", "Plumb") == "3.00")
    }

    @Test func `values are for one kind of period, so that none is the difference of others`() throws {
        for (kind, periods) in [("quarter", ["2026-Q3"]), ("month", ["2026-07"]), ("year", ["2026-H2"])] {
            var ledger = try Ledger(Self.plain + ", default_period: \(kind)}")
            ledger.periodKinds = [.month, .quarter, .halfYear]
            let values = try ledger.values(ledger.evidence(ratings([("E01", ["a", "b", "c"])])))
            #expect(Set(values.map(\.period.id)) == Set(periods))
        }
    }
}
