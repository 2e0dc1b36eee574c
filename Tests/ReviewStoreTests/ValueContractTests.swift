import Expressions
import Indicators
import ReviewStore
import Testing

func valueKey(_ subject: String, _ indicator: String = "resolution_rate", period: String = "2026-07") -> ValueKey {
    ValueKey(indicator: indicator, subject: Subject(kind: .employee, id: subject), period: period)
}

func value(
    _ subject: String, _ number: String, indicator: String = "resolution_rate", period: String = "2026-07"
) -> ComputedValue {
    ComputedValue(
        key: valueKey(subject, indicator, period: period), status: .complete, exact: Rational(decimalText: number),
        decimal: number, sampleSize: 12, coverage: Coverage(included: 12, missing: 1, excluded: 3, unmatched: 2),
        flags: ["late", "early"], definitionVersion: "d1", evidenceDigest: "ab12")
}

extension ReviewStore {
    @discardableResult
    func publish(_ values: [ComputedValue], scope: Publication.Scope = .keys([])) async throws -> PublicationOutcome {
        try await publish(Publication(values: values, scope: scope, cause: "pull", run: nil, actor: "u1"))
    }

    func decimals() async throws -> [String: String] {
        try await values(ValueFilter()).reduce(into: [:]) { $0[$1.key.subject.id] = $1.content.decimal ?? "-" }
    }
}

@Suite struct ValueContractTests {
    @Test(arguments: TestedStore.allCases)
    func `a value reads back exactly with its proof`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        var third = value("e1", "0.33")
        third.exact = Rational(numerator: "100000000000000000000000000001", denominator: "3")
        let outcome = try await store.publish([third])
        let published = try #require(try await store.value(third.key))
        #expect(published.content == third)
        #expect((published.revision, published.isCurrent, published.cause) == (1, true, "pull"))
        #expect(outcome.changes.map(\.new) == [published])
        #expect(outcome.changes.map(\.old) == [nil])
        #expect(outcome.auditSequence == published.auditSequence)
    }

    @Test(arguments: TestedStore.allCases)
    func `an equal value gets no new revision`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "50"), value("e2", "60")])
        let before = try harness.dump()
        let again = try await store.publish([value("e2", "60"), value("e1", "50")])
        #expect((again.unchanged, again.changes.count, again.auditSequence) == (2, 0, nil))
        #expect(try harness.dump() == before)
    }

    static let differences: [(name: String, change: @Sendable (inout ComputedValue) -> Void)] = [
        ("status", { $0.status = .partial }), ("exact", { $0.exact = Rational(51) }),
        ("no number", { $0.exact = nil }), ("decimal", { $0.decimal = "50.0" }), ("sample", { $0.sampleSize = 13 }),
        ("included", { $0.coverage.included = 9 }), ("excluded", { $0.coverage.excluded = 9 }),
        ("missing", { $0.coverage.missing = 9 }), ("unmatched", { $0.coverage.unmatched = 9 }),
        ("flags", { $0.flags = ["late"] }), ("definition", { $0.definitionVersion = "d2" }),
        ("digest", { $0.evidenceDigest = "cd34" }),
    ]

    @Test(arguments: TestedStore.allCases, differences.map(\.name))
    func `any difference makes a new revision and keeps the old one`(kind: TestedStore, name: String) async throws {
        let store = try await kind.harness().prepared()
        let old = value("e1", "50")
        var new = old
        try #require(Self.differences.first { $0.name == name }).change(&new)
        try await store.publish([old])
        let outcome = try await store.publish([new])
        #expect(outcome.changes.map(\.new.revision) == [2])
        #expect(outcome.changes.first?.old?.content == old)
        let history = try await store.history(of: old.key)
        #expect(history.map(\.content) == [old, new])
        #expect(history.map(\.isCurrent) == [false, true])
        #expect(try await store.verifyAudit().isIntact)
    }

    @Test(arguments: TestedStore.allCases)
    func `a value that disappeared becomes no_data, once`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.publish([
            value("e1", "50"), value("e2", "60"), value("e3", "70", period: "2026-08"),
            value("e4", "80", indicator: "csat"),
        ])
        let scope = Publication.Scope.indicators(["resolution_rate": "d1"])
        let outcome = try await store.publish([value("e1", "50")], scope: scope)
        #expect(outcome.changes.map(\.new.key.subject.id) == ["e2", "e3"])
        let gone = try #require(try await store.value(valueKey("e2")))
        #expect((gone.content.status, gone.content.exact, gone.content.decimal) == (.noData, nil, nil))
        #expect(gone.revision == 2)
        #expect(try await store.publish([value("e1", "50")], scope: scope).changes.isEmpty)
        #expect(try await store.publish([], scope: .keys([valueKey("e1"), valueKey("nobody")])).changes.count == 1)
        #expect(try await store.decimals() == ["e1": "-", "e2": "-", "e3": "-", "e4": "80"])
    }

    @Test(arguments: TestedStore.allCases)
    func `in recomputed periods, and of withdrawn indicators, values disappear and no others`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        let periods = ["2026-06", "2026-07", "2026-08", "2026-Q3"]
        try await store.publish(
            ["resolution_rate", "csat", "gone"].flatMap { id in
                periods.map { value("e1", "5", indicator: id, period: $0) }
            })
        var scope = Publication.Scope()
        scope.periods = ["resolution_rate": ["2026-07", "2026-Q3"], "csat": ["2026-06"]]
        scope.withdrawn = ["gone"]
        let outcome = try await store.publish([value("e1", "5", period: "2026-Q3")], scope: scope)
        #expect(
            outcome.changes.map { "\($0.new.key.indicator) \($0.new.key.period)" }
                == [
                    "csat 2026-06", "gone 2026-06", "gone 2026-07", "gone 2026-08", "gone 2026-Q3",
                    "resolution_rate 2026-07",
                ]
        )
        #expect(outcome.changes.allSatisfy { $0.new.content.status == .noData })
    }

    @Test(arguments: TestedStore.allCases)
    func `the definitions that values were computed with are noted, without values too`(kind: TestedStore) async throws
    {
        let store = try await kind.harness().prepared()
        #expect(try await store.definitionVersions().isEmpty)
        try await store.publish([value("e1", "50")], scope: .indicators(["resolution_rate": "d1", "csat": "d1"]))
        try await store.publish([], scope: .indicators(["csat": "d2"]))
        #expect(try await store.definitionVersions() == ["resolution_rate": "d1", "csat": "d2"])
        try await store.beginRebuild()
        _ = try await store.finishRebuild(actor: "u1", versions: ["csat": "d3"], moment: nil, clearing: [])
        #expect(try await store.definitionVersions() == ["csat": "d3"])
    }

    @Test(arguments: TestedStore.allCases)
    func `one computes and publishes at a time, in one store or two`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let other = try harness.open(patience: .zero)
        let reason = "another process is computing values; try again when it is done"
        try await store.withPublicationClaim {
            let error = await #expect(throws: StoreError.busy(reason: reason)) {
                try await other.withPublicationClaim { Issue.record("two publish at once") }
            }
            #expect(error?.remedy == .retryLater)
        }
        #expect(try await other.withPublicationClaim { 7 } == 7)
        // A patient one waits for its turn.
        let turns = try await withThrowingTaskGroup(of: Int.self) { group in
            for turn in 1...3 { group.addTask { try await store.withPublicationClaim { turn } } }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(turns == [1, 2, 3])
    }

    @Test(arguments: TestedStore.allCases)
    func `values are found by indicator, subject, period and status`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.publish([
            value("e1", "1"), value("e2", "2"), value("e1", "3", indicator: "csat"),
            value("e1", "4", period: "2026-Q3"),
        ])
        try await store.publish([value("e2", "5")])
        func found(_ filter: ValueFilter) async throws -> [String] {
            try await store.values(filter).compactMap(\.content.decimal)
        }
        #expect(try await found(ValueFilter()) == ["3", "1", "4", "5"])
        #expect(try await found(ValueFilter(indicator: "csat")) == ["3"])
        #expect(try await found(ValueFilter(subjectKind: .employee, subject: "e1", period: "2026-07")) == ["3", "1"])
        #expect(try await found(ValueFilter(status: .noData)).isEmpty)
        #expect(try await found(ValueFilter(subjectKind: .company)).isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `a value given twice is refused as a whole`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let before = try harness.dump()
        await #expect(throws: StoreError.self) { try await store.publish([value("e1", "1"), value("e1", "2")]) }
        #expect(try harness.dump() == before)
    }

    @Test(
        arguments: TestedStore.allCases,
        ["indicator_values", "audit", "audit_head", "stale_marks", "findings", "computed_definitions"])
    func `a fault in the middle of a publication leaves nothing of it`(
        kind: TestedStore, table: String
    ) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "1"), value("e2", "1", period: "2026-06")])
        _ = try await store.setPeriod("2026-06", to: .locked, actor: "u1", reason: nil)
        try await store.pull([mapped("1", "a")])
        let marks = try await store.staleMarks()
        let before = try harness.dump()
        try harness.failWrites(to: table)
        let publication = Publication(
            values: [value("e1", "2"), value("e2", "2", period: "2026-06")],
            scope: .indicators(["resolution_rate": "d1"]), cause: "pull", actor: "u1", clearing: marks)
        await #expect(throws: StoreError.self) { try await store.publish(publication) }
        #expect(try harness.dump() == before)
        try harness.allowWrites(to: table)
        #expect(try await store.publish(publication).changes.count == 1)
        #expect(try await store.staleMarks().isEmpty)
    }
}
