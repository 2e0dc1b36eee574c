import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Evidence whose time is over: what may go, and that no value changes by it.
@Suite struct RetentionTests {
    typealias Company = TestWorkspace

    /// Deeds of July and of October are kept for 30 days, and it is the middle of December.
    private func company(_ rules: String = "records: {deed: 30}") async throws -> Company {
        let company = try Company()
        try company.edit("plumbline.yaml", "zone:", "retention: {\(rules)}\nzone:")
        try company.script([
            Company.page(
                Company.deed("1"), Company.deed("2", who: "E02", points: "4"),
                Company.deed("3", at: "2026-08-03T02:00:00Z"), Company.deed("4", at: "2026-10-10T02:00:00Z"),
                Company.deed("5", at: nil))
        ])
        let host = try await company.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        company.clock.set("2026-12-15T00:00:00Z")
        // October has ended in the meantime.
        _ = try await host.pull([])
        return company
    }

    private func lock(_ periods: [String], in host: WorkspaceHost) async throws {
        for period in periods {
            _ = try await host.store.setPeriod(period, to: .locked, actor: "tester", reason: nil)
        }
    }

    private static let third = ["2026-07", "2026-08", "2026-Q3"]

    @Test func `events go so many days behind their delivery, those that are not delivered stay`() async throws {
        let company = try Company.telling(["a": "sink: a\nkind: file\nevents: [connection.failed]"])
        try company.edit("plumbline.yaml", "zone:", "retention: {outbox: 7}\nzone:")
        let host = try await company.host()
        try await company.tell("one", host: host)
        _ = try await host.deliverDue()
        try await company.tell("two", host: host)
        company.clock.set("2026-10-22T00:00:00Z")
        #expect(try await host.applyRetention(isPreview: true).outbox == 0, "seven days are not over")
        company.clock.set("2026-10-23T00:00:00Z")
        #expect(try await host.applyRetention(isPreview: true).outbox == 1)
        #expect(try await host.applyRetention(isPreview: false).outbox == 1)
        #expect(try await host.deliveryStates() == ["2 waiting 0"])
    }

    @Test func `what counts in open periods stays, and the period in the way is named`() async throws {
        let company = try await company()
        let host = try await company.host()
        let report = try await host.applyRetention(isPreview: false)
        let deeds = try #require(report.types.first)
        #expect(deeds.deleted == 1, "that of no period")
        #expect(deeds.waiting == 3, "October's is not old enough: the quarter ends with the year")
        #expect(deeds.reason == .openPeriod("2026-07") && deeds.before == nil)
        #expect(try await host.evidenceStates().count == 4)
        #expect(try await host.rebuild().kept == 0)
    }

    @Test func `what counts in locked periods alone goes, and no value changes`() async throws {
        let company = try await company()
        let host = try await company.host()
        try await lock(Self.third, in: host)
        let before = try await host.store.values(ValueFilter())
        let preview = try await host.applyRetention(isPreview: true)
        #expect(try await host.evidenceStates().count == 5, "a preview deletes nothing")
        let report = try await host.applyRetention(isPreview: false)
        #expect(report.types == preview.types)
        #expect(report.types.first?.deleted == 4 && report.types.first?.before?.description == "2026-10-01")
        #expect(try await host.evidenceStates() == ["4 live"])
        #expect(try await host.store.values(ValueFilter()) == before)
        let rebuilt = try await host.rebuild()
        #expect(rebuilt.changes.isEmpty && rebuilt.refused.isEmpty && rebuilt.kept > 0)
        #expect(rebuilt.unchanged == before.count)
        #expect(try await host.store.values(ValueFilter()) == before)
        #expect(try await host.store.verifyAudit().isIntact)
        #expect(try await host.store.findings(period: nil).isEmpty)
        let actions = try await host.store.auditEntries(after: 0, limit: 100).map(\.action)
        #expect(actions.contains("evidence.expired"))
        #expect(try await host.applyRetention(isPreview: false).types.first?.deleted == 0)
    }

    @Test func `a value whose evidence is gone says so, others are computed on`() async throws {
        let company = try await company()
        let host = try await company.host()
        try await lock(Self.third, in: host)
        _ = try await host.applyRetention(isPreview: false)
        let july = try await host.explain("deed_points", subject: Subject(kind: .employee, id: "E02"), period: .july)
        #expect(july.agrees == nil && july.expiredBefore?.description == "2026-10-01")
        #expect(july.published?.content.decimal == "4.00")
        let october = try await host.explain(
            "deed_count", subject: Subject(kind: .employee, id: "E01"), period: #require(Period(id: "2026-10")))
        #expect(october.agrees == true && october.expiredBefore == nil)
        try company.script([Company.page(Company.deed("6", at: "2026-10-11T02:00:00Z"))], ["whole": true])
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01", "2026-10") == "2")
        #expect(try await host.shown("deed_count", "E01", "2026-07") == "1")
        #expect(try await host.store.findings(period: nil).isEmpty)
    }

    @Test func `zeros of somebody whose records are deleted stay, whatever is computed again`() async throws {
        let company = try await company()
        try company.write("indicators/zeros.yaml", Self.zeros)
        let host = try await company.host()
        _ = try await host.recalculate(cause: "test", run: nil)
        #expect(try await host.shown("zeros", "E02", "2026-11") == "0", "E02 has a deed of July alone")
        try await lock(Self.third + ["2026-09"], in: host)
        let before = try await host.store.values(ValueFilter())
        #expect(try await host.applyRetention(isPreview: false).types.first?.deleted == 4)
        #expect(try await host.rebuild().changes.isEmpty)
        var request = LivePreviewRequest()
        request.indicators = ["zeros"]
        let live = try await host.previewAgainstLive(request)
        #expect(live.indicators.flatMap(\.differing).isEmpty)
        let november = try #require(Period(id: "2026-11"))
        let explained = try await host.explain(
            "zeros", subject: Subject(kind: .employee, id: "E02"), period: november)
        #expect(explained.agrees == true)
        _ = try await host.replacePeople(Company.people + [DirectoryEntry(employee: "E03", unit: "Plumb/Sales")])
        _ = try await host.recalculate(cause: "test", run: nil)
        #expect(try await host.store.values(ValueFilter()) == before)
        company.clock.set("2027-01-15T00:00:00Z")
        _ = try await host.recalculate(cause: "test", run: nil)
        #expect(try await host.shown("zeros", "E02", "2027-01") == "0")
        #expect(try await host.shown("zeros", "E03", "2027-01") == nil)
        #expect(try await host.rebuild().changes.isEmpty)
    }

    private static let zeros = """
        indicators:
          - {id: zeros, record: deed, subject: record.owner_id, anchor: record.at, aggregate: count,
             zero_denominator: zero, scale_digits: 0}
        """

    @Test func `a discarded record stays, and the others go`() async throws {
        let company = try await company()
        let host = try await company.host()
        try company.script([Company.page(), Company.page(Company.deed("1", at: "1975-07-10T02:00:00Z"))])
        _ = try await host.pull([])
        _ = try await host.decide(1, .discard, reason: "nonsense")
        try await lock(Self.third, in: host)
        company.clock.set("2027-03-15T00:00:00Z")
        _ = try await host.recalculate(cause: "test", run: nil)
        let preview = try await host.applyRetention(isPreview: true).types
        let report = try await host.applyRetention(isPreview: false).types
        #expect(report == preview)
        #expect(report.first?.deleted == 3 && report.first?.waiting == 2)
        #expect(try await host.evidenceStates() == ["1 live", "4 live"])
        #expect(try await host.rebuild().changes.isEmpty)
    }

    @Test func `a source that gives a deleted record again as it was brings it not back`() async throws {
        let company = try await company()
        let host = try await company.host()
        try await lock(Self.third, in: host)
        _ = try await host.applyRetention(isPreview: false)
        let page = Company.page(
            Company.deed("1"), Company.deed("2", who: "E02", points: "4"), Company.deed("3", at: "2026-12-03T02:00:00Z")
        )
        try company.script([page], ["whole": true])
        let report = try await host.pull([])
        #expect(report.streams.first?.run.counters.unchanged == 2 && report.streams.first?.run.counters.inserted == 1)
        #expect(try await host.evidenceStates() == ["3 live", "4 live"], "what comes changed is new")
        #expect(try await host.shown("deed_count", "E01", "2026-12") == "1")
        #expect(try await host.store.expiredEvidence().first?.records == 3, "that of no period, too")
    }

    @Test func `an unlocked period whose evidence is gone keeps its values`() async throws {
        let company = try await company()
        let host = try await company.host()
        try await lock(Self.third, in: host)
        _ = try await host.applyRetention(isPreview: false)
        _ = try await host.store.setPeriod("2026-07", to: .open, actor: "tester", reason: "a look")
        let before = try await host.store.values(ValueFilter())
        #expect(try await host.rebuild().changes.isEmpty)
        #expect(try await host.store.values(ValueFilter()) == before)
    }

    @Test func `records that an indicator looks up stay, whatever their age`() async throws {
        let company = try await company()
        try company.write("indicators/looking.yaml", Self.looking)
        let host = try await company.host()
        try await lock(Self.third, in: host)
        let deeds = try await host.applyRetention(isPreview: false).types.first
        #expect(deeds?.deleted == 0 && deeds?.reason == .lookedUp(indicator: "replies"))
    }

    private static let looking = """
        record_types:
          reply: {fields: {id: string, deed_id: string?, at: datetime?}}
        indicators:
          - id: replies
            record: reply
            lookup: {deed: {record: deed, key: record.deed_id}}
            subject: deed.owner_id
            anchor: record.at
            aggregate: count
        """

    @Test func `rejects go after their days, by the old name too`() async throws {
        for rule in ["retention: {rejects: 60}", "reject_retention_days: 60"] {
            let company = try Company()
            try company.edit("plumbline.yaml", "zone:", "\(rule)\nzone:")
            try company.script([Company.page(Company.deed("1", points: "many"))])
            let host = try await company.host()
            _ = try await host.pull([])
            company.clock.set("2026-12-13T00:00:00Z")
            #expect(try await host.applyRetention(isPreview: false).rejects == 0)
            company.clock.set("2026-12-15T00:00:01Z")
            #expect(try await host.applyRetention(isPreview: true).rejects == 1)
            #expect(try await host.openRejects().count == 1)
            #expect(try await host.applyRetention(isPreview: false).rejects == 1)
            #expect(try await host.openRejects().isEmpty)
        }
    }

    @Test(arguments: [
        ("records: {deeds: 30}", "there is no record type 'deeds', perhaps 'deed'"),
        ("records: {deed: 0}", "'deed' must be 1 to 36500"), ("rejects: 0", "'rejects' must be 1 to 3650"),
        ("reject: 3", "unknown key 'reject'"),
    ])
    func `mistakes in the rules are named`(rules: String, message: String) throws {
        let company = try Company()
        try company.edit("plumbline.yaml", "zone:", "retention: {\(rules)}\nzone:")
        let problems = try company.problems()
        #expect(problems.count == 1 && problems.first?.contains(message) == true, "\(problems)")
    }
}
