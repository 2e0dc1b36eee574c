import Expressions
import Indicators
import ReviewStore
import Testing

@Suite struct PeriodContractTests {
    @Test(arguments: TestedStore.allCases)
    func `a locked period refuses every change and records a finding once`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.publish([value("e1", "50"), value("e2", "60")])
        _ = try await store.setPeriod("2026-07", to: .locked, actor: "u1", reason: "closed")
        let scope = Publication.Scope.indicators(["resolution_rate": "d1"])
        let late = [value("e1", "55"), value("e3", "70"), value("e4", "80", period: "2026-08")]
        let outcome = try await store.publish(late, scope: scope)
        #expect(outcome.changes.map(\.new.key.subject.id) == ["e4"])
        #expect(outcome.refused.map(\.key.subject.id) == ["e1", "e2", "e3"])
        #expect(outcome.refused.map { $0.old?.decimal } == ["50", "60", nil])
        #expect(outcome.refused.map(\.new.decimal) == ["55", nil, "70"])
        #expect(outcome.refused.allSatisfy { $0.reason == "the period 2026-07 is locked; pull would change the value" })
        #expect(try await store.decimals() == ["e1": "50", "e2": "60", "e4": "80"])
        let findings = try await store.findings(period: "2026-07")
        #expect(findings == outcome.refused)
        #expect(try await store.publish(late, scope: scope).refused == findings)
        #expect(try await store.findings(period: nil) == findings)
        #expect(try await store.publish([value("e1", "56")]).refused.count == 1)
        #expect(try await store.findings(period: nil).count == 4)
        #expect(try await store.findings(period: "2026-08").isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `unlocking wants a reason, and lets values change again`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.publish([value("e1", "50")])
        #expect(try await store.periods().isEmpty)
        _ = try await store.setPeriod("2026-07", to: .locked, actor: "u1", reason: nil)
        await #expect(throws: StoreError.self) {
            try await store.setPeriod("2026-07", to: .inReview, actor: "u2", reason: nil)
        }
        await #expect(throws: StoreError.refused(reason: "the period 2026-07 is locked already")) {
            try await store.setPeriod("2026-07", to: .locked, actor: "u2", reason: nil)
        }
        let status = try await store.setPeriod("2026-07", to: .inReview, actor: "u2", reason: "a late answer")
        #expect(try await store.periods() == [status])
        #expect((status.state, status.changedBy, status.reason) == (.inReview, "u2", "a late answer"))
        #expect(try await store.publish([value("e1", "51")]).changes.count == 1)
        let entries = try await store.auditEntries(after: 1, limit: 2)
        #expect(entries.map(\.action) == ["period.locked", "period.in_review"])
        #expect(entries.map(\.actor) == ["u1", "u2"])
    }

    @Test(arguments: TestedStore.allCases)
    func `values of a locked period do not ripen`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        var partial = value("e1", "50")
        partial.status = .partial
        try await store.publish([partial])
        #expect(try await store.unripeValues().map(\.period) == ["2026-07"])
        _ = try await store.setPeriod("2026-07", to: .locked, actor: "u1", reason: nil)
        #expect(try await store.unripeValues().isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `after unlocking nobody knows when values were computed, nor who defines them`(kind: TestedStore) async throws
    {
        let store = try await kind.harness().prepared()
        let moment = try #require(Timestamp(rfc3339: "2026-09-01T00:00:00Z"))
        var scope = Publication.Scope.indicators(["resolution_rate": "d1"])
        _ = try await store.publish(
            Publication(values: [value("e1", "50")], scope: scope, cause: "pull", actor: "u1", moment: moment))
        #expect(try await store.wholeComputations() == ["resolution_rate": moment])
        _ = try await store.setPeriod("2026-07", to: .locked, actor: "u1", reason: nil)
        scope = Publication.Scope()
        scope.withdrawn = ["resolution_rate"]
        let withdrawal = Publication(values: [], scope: scope, cause: "pull", actor: "u1", moment: moment)
        #expect(try await store.publish(withdrawal).refused.count == 1)
        #expect(try await store.definitionVersions().isEmpty)
        _ = try await store.setPeriod("2026-07", to: .open, actor: "u1", reason: "a look")
        #expect(try await store.wholeComputations().isEmpty)
        #expect(try await store.definitionVersions().keys.sorted() == ["resolution_rate"])
        #expect(try await store.publish(withdrawal).changes.map(\.new.content.status) == [.noData])
    }

    @Test(arguments: TestedStore.allCases, ["2026-7", "2026-13", "July", ""])
    func `what is no period is not locked`(kind: TestedStore, period: String) async throws {
        let store = try kind.harness().open()
        let error = await #expect(throws: StoreError.self) {
            try await store.setPeriod(period, to: .locked, actor: "u1", reason: nil)
        }
        #expect("\(try #require(error))".contains("is no period: 2026-07"))
    }

    @Test(arguments: TestedStore.allCases)
    func `a rebuild changes what differs and nothing else`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.publish([
            value("e1", "1"), value("e2", "2"), value("e3", "3"), value("e5", "5", period: "2026-06"),
            value("e6", "6", period: "2026-06"),
        ])
        _ = try await store.setPeriod("2026-06", to: .locked, actor: "u1", reason: nil)
        try await store.beginRebuild()
        try await store.addToRebuild([value("e1", "1"), value("e2", "22")])
        try await store.addToRebuild([value("e4", "4"), value("e5", "55", period: "2026-06")])
        let outcome = try await store.finishRebuild(
            actor: "u1", versions: [:], moment: nil, clearing: store.staleMarks())
        #expect(outcome.unchanged == 1)
        #expect(outcome.changes.map(\.new.key.subject.id) == ["e2", "e3", "e4"])
        #expect(outcome.refused.map(\.key.subject.id) == ["e5", "e6"])
        #expect(outcome.refused.allSatisfy { $0.kind == .lockedRebuild })
        #expect(
            try await store.decimals() == ["e1": "1", "e2": "22", "e3": "-", "e4": "4", "e5": "5", "e6": "6"])
        #expect(try await store.history(of: valueKey("e1")).count == 1)
        #expect(try await store.verifyAudit().isIntact)
    }

    @Test(arguments: TestedStore.allCases)
    func `a rebuild of equal values leaves the database as it was`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let values = [value("e1", "1"), value("e2", "2")]
        try await store.publish(values)
        let before = try harness.dump()
        try await store.beginRebuild()
        try await store.addToRebuild([value("e9", "9")])
        try await store.beginRebuild()
        try await store.addToRebuild(values)
        let outcome = try await store.finishRebuild(actor: "u1", versions: [:], moment: nil, clearing: [])
        #expect((outcome.unchanged, outcome.changes.count, outcome.auditSequence) == (2, 0, nil))
        #expect(try harness.dump() == before)
    }

    @Test(arguments: TestedStore.allCases)
    func `a rebuild that was not begun, or that another store is doing, is refused`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let other = try await harness.prepared()
        try await store.publish([value("e1", "1")])
        await #expect(throws: StoreError.self) {
            try await store.finishRebuild(actor: "u1", versions: [:], moment: nil, clearing: [])
        }
        try await store.beginRebuild()
        await #expect(throws: StoreError.busy(reason: "another rebuild is under way")) {
            try await other.beginRebuild()
        }
        await #expect(throws: StoreError.self) {
            try await other.finishRebuild(actor: "u1", versions: [:], moment: nil, clearing: [])
        }
        #expect(try await store.decimals() == ["e1": "1"])
    }
}
