import Expressions
import Indicators
import Testing

/// Values do not depend on the order in which records come.
@Suite struct OrderTests {
    static let definitions = [
        "{aggregate: count}", "{value: record.points, aggregate: sum}", "{value: record.points, aggregate: mean}",
        "{value: record.points, aggregate: median}", "{value: record.points, aggregate: percentile, percentile: '0.9'}",
        "{value: record.points, aggregate: min}", "{value: record.points, aggregate: last}",
        "{value: record.points, aggregate: mean_daily}", "{aggregate: distinct, distinct_by: [record.kind]}",
        "{value: record.points, aggregate: mean, inner_weight: record.weight}",
        "{value: record.points, aggregate: sum, latest_by: [record.kind]}",
        "{numerator: {where: record.ok}, denominator: {}, sample_by: record.rater}",
        "{value: record.points, group_by: [record.kind], inner: mean, outer: mean, min_group: 2}",
        "{value: record.points, group_by: [record.kind], inner: mean, outer: weighted_mean, min_group: 6, "
            + "sample_by: record.rater, small_groups: merge, group_weights: constants.weights}",
        "{value: record.points, group_by: [record.kind], inner: mean, outer: weighted_mean, group_weights: record.weight}",
        "{measures: {a: {where: record.ok}, b: {value: record.points, aggregate: max}}, finish: 'b / a'}",
        "{value: deal.worth, aggregate: sum, lookup: {deal: {record: deal, key: record.ref}}}",
        "{aggregate: count, zero_denominator: zero}",
    ]

    @Test(arguments: definitions)
    func `shuffled records give the same values and digests`(_ definition: String) throws {
        var ledger = try Ledger(definition, constants: "{weights: {a: 3, b: 2, c: 1, d: 1}}")
        ledger.periodKinds = [.month, .quarter]
        var random = SplitMix(state: 20_260_701)
        let evidence = try ledger.evidence(RandomDeeds.list(120, &random))
        let wanted = try ledger.values(evidence)
        #expect(!wanted.isEmpty && wanted.contains { $0.value != nil })
        for _ in 0..<20 {
            let values = try ledger.values(evidence.shuffled(using: &random))
            #expect(values == wanted)
        }
    }

    @Test func `of two records with one key a lookup finds the same, whichever came last`() throws {
        let ledger = try Ledger("{value: deal.worth, aggregate: sum, lookup: {deal: {record: deal, key: record.ref}}}")
        let evidence = try ledger.evidence(
            "[{ref: D1}, {type: deal, id: D1, worth: 3}, {type: deal, id: D1, worth: 5}]")
        let renamed = evidence.enumerated().map { number, record in
            EvidenceRecord(
                record: record.record,
                reference: EvidenceReference(connection: "test", stream: "s\(number)", externalID: "D1"),
                hash: record.hash, run: 1)
        }
        let values = try [renamed, renamed.reversed()].map { try ledger.values($0).first?.value }
        #expect(values == [Rational(5), Rational(5)])
    }

    @Test func `one record more or less is another digest`() throws {
        let ledger = try Ledger("{aggregate: count}")
        let evidence = try ledger.evidence("[" + Array(repeating: "{}", count: 20).joined(separator: ", ") + "]")
        let digests = try (0...20).map { count in
            Set(try ledger.values(Array(evidence.prefix(count))).map(\.digest.hex))
        }
        #expect(Set(digests).count == 21)
    }
}
