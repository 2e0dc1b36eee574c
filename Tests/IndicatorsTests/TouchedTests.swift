import Expressions
import Indicators
import Testing

/// Computing only what changed records touch gives what computing everything gives.
@Suite struct TouchedTests {
    private static let definitions =
        OrderTests.definitions + [
            "{value: record.points, aggregate: sum, zero_denominator: zero, anonymous: true, min_sample: 3}",
            "{value: record.points, aggregate: mean, anonymous: true, min_sample: 2, sample_by: record.rater}",
            "{in_period: 'record.at < period.end', aggregate: count, scope: org_unit}",
            "{subjects: '{\"E01\": 1, \"E02\": 2}', aggregate: count}",
            "{aggregate: count, scope: company}",
            "{measures: {a: {where: record.ok}, b: {value: record.points, aggregate: sum, subject: company}}, finish: 'a + b'}",
            "{measures: {a: {anchor: record.begun, aggregate: count}, b: {value: record.points, aggregate: sum, subject: company}}, "
                + "finish: 'a + b'}",
            "{measures: {a: {aggregate: count}, b: {value: record.points, aggregate: sum, subject: company}}, "
                + "finish: 'a + b', zero_denominator: zero}",
            "{where: 'employee.unit == \"Plumb/Sales\"', aggregate: count}",
            "{anchor: 'addDays(record.at, 40)', aggregate: count, zero_denominator: zero}",
            "{value: record.points, aggregate: median, subject: record.unit, scope: org_unit}",
        ]

    @Test(arguments: definitions)
    func `values of touched subjects and periods are all that differ`(_ definition: String) throws {
        var ledger = try Ledger(definition, constants: "{weights: {a: 3, b: 2, c: 1, d: 1}}")
        ledger.periodKinds = [.month, .quarter]
        var random = SplitMix(state: 20_261_126)
        var evidence = try ledger.evidence(RandomDeeds.list(25, &random))
        var published = try ledger.values(evidence)
        for round in 0..<60 {
            let changes = try change(&evidence, 1 + round % 3, ledger, &random)
            let computed = try recompute(published, evidence, changes, ledger)
            published = try ledger.values(evidence)
            #expect(computed == published, "round \(round)")
        }
    }

    @Test func `a record of somebody touches nobody else's value`() throws {
        let ledger = try Ledger("{aggregate: count}")
        let evidence = try ledger.evidence("[{id: R1}, {id: R2, owner_id: E03}]")
        var aggregation = try ledger.aggregation(evidence)
        aggregation.restrict(["x"], to: [evidence[1]], published: [:])
        for record in evidence { aggregation.add(record) }
        #expect(aggregation.values().map(\.subject.id) == ["E03", "Plumb", "Plumb/Sales"])
    }

    @Test func `only records from the first period on are asked for, or of the touched periods`() throws {
        let ledger = try Ledger("{aggregate: count}")
        let evidence = try ledger.evidence("[{id: R1}, {id: R2, at: 2026-09-01T02:00:00Z}]")
        var aggregation = try ledger.aggregation(evidence)
        let july = try #require(Timestamp(rfc3339: "2026-06-30T16:00:00Z"))
        let august = try #require(Timestamp(rfc3339: "2026-07-31T16:00:00Z"))
        #expect(aggregation.windows(of: "deed") == [FieldWindow(field: "at", times: july..<Timestamp.latest)])
        aggregation.restrict(["x"], to: [evidence[0]], published: [:])
        #expect(aggregation.windows(of: "deed") == [FieldWindow(field: "at", times: july..<august)])
    }

    @Test(arguments: [
        ("2026-07-05T00:00:00Z", ["2026-06-30T16:00:00Z", "2026-07-31T16:00:00Z"]),
        ("2026-08-05T00:00:00Z", ["2026-06-30T16:00:00Z", "2026-08-31T16:00:00Z"]),
        (
            "2026-12-05T00:00:00Z",
            ["2026-06-30T16:00:00Z", "2026-07-31T16:00:00Z", "2026-11-30T16:00:00Z", "2026-12-31T16:00:00Z"]
        ),
    ])
    func `what lies between two touched periods is not asked for`(at: String, bounds: [String]) throws {
        let ledger = try Ledger("{aggregate: count}")
        let evidence = try ledger.evidence("[{id: R1}, {id: R2, at: \(at)}]")
        var aggregation = try ledger.aggregation(evidence)
        aggregation.restrict(["x"], to: evidence, published: [:])
        let windows = try #require(aggregation.windows(of: "deed"))
        #expect(windows.flatMap { [$0.times.lowerBound.rfc3339, $0.times.upperBound.rfc3339] } == bounds)
    }

    @Test func `an account that could be anybody's touches every value of its period`() throws {
        let ledger = try Ledger("{aggregate: count}")
        let evidence = try ledger.evidence(
            "[{id: R1}, {id: R2, owner_id: E03}, {id: R3, at: 2026-08-01T02:00:00Z}, {id: R4, owner_id: '?a/b'}]")
        var aggregation = try ledger.aggregation(evidence)
        aggregation.restrict(["x"], to: [evidence[3]], published: [:])
        for record in evidence { aggregation.add(record) }
        #expect(Set(aggregation.values().map(\.period.id)) == ["2026-07"])
        #expect(aggregation.values().filter { $0.subject.kind == .employee }.map(\.coverage.unmatched) == [1, 1])
    }

    /// Takes away, changes or adds some deeds; gives the states of each before and after.
    private func change(
        _ evidence: inout [EvidenceRecord], _ count: Int, _ ledger: Ledger, _ random: inout SplitMix
    ) throws -> [EvidenceRecord] {
        var states: [EvidenceRecord] = []
        for _ in 0..<count {
            let number = Int(random.next() % 30)
            let text = RandomDeeds.deed(number, owners: ["E01", "E02", "E03", "null", "'?a/b'"], &random)
            let new = try ledger.evidence("[\(text)]")[0]
            let index = evidence.firstIndex { $0.reference == new.reference }
            if let index { states.append(evidence.remove(at: index)) }
            guard index == nil || random.next() % 3 > 0 else { continue }
            evidence.append(new)
            states.append(new)
        }
        return states
    }

    private func lies(_ record: EvidenceRecord, in windows: [FieldWindow]?) -> Bool {
        windows?.contains { window in
            guard case .timestamp(let time) = record.record[window.field] else { return false }
            return window.times.contains(time)
        } ?? true
    }

    /// The published values with what is touched of them computed anew.
    private func recompute(
        _ published: [IndicatorValue], _ evidence: [EvidenceRecord], _ states: [EvidenceRecord], _ ledger: Ledger
    ) throws -> [IndicatorValue] {
        var aggregation = try ledger.aggregation(evidence)
        aggregation.restrict(["x"], to: states, published: ["x": Set(published.map(\.subject))])
        for record in evidence where lies(record, in: aggregation.windows(of: record.record.type.name)) {
            aggregation.add(record)
        }
        if !aggregation.undecided.isEmpty { return try ledger.values(evidence) }
        let touched = try #require(aggregation.touched["x"])
        let rest = published.filter { !touched.contains($0.subject, $0.period) }
        return (rest + aggregation.values()).sorted { ($0.subject, $0.period) < ($1.subject, $1.period) }
    }
}
