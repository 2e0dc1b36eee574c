import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Values as they are published: revisions, locked periods, other definitions, explanations.
@Suite struct PublishedValueTests {
    typealias Company = TestWorkspace

    private func workspace(_ files: [String: String] = [:]) async throws -> (Company, WorkspaceHost) {
        let workspace = try Company(files)
        try workspace.script([
            Company.page(
                Company.deed("1", points: "1"), Company.deed("2", points: "4"),
                Company.deed("3", who: "E02", points: "10"),
                Company.deed("4", who: "nobody", points: "100"),
                Company.deed("5", at: "2026-08-10T02:00:00Z", points: nil))
        ])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        return (workspace, host)
    }

    // MARK: Split pages

    @Test(arguments: [1, 2, 3, 7])
    func `however the records are split into pages, the values are the same`(size: Int) async throws {
        let deeds = (1...7).map { number in
            Company.deed(
                "\(number)", who: number % 3 == 0 ? "E02" : "E01", at: "2026-0\(7 + number % 3)-10T02:00:00Z",
                points: "\(number)")
        }
        func values(_ pages: [JSON]) async throws -> [ComputedValue] {
            let workspace = try Company()
            try workspace.script(pages)
            let host = try await workspace.host()
            _ = try await host.replacePeople(Company.people)
            _ = try await host.pull([])
            return try await host.store.values(ValueFilter()).map(\.content)
        }
        let pages = stride(from: 0, to: deeds.count, by: size).map { start -> JSON in
            ["records": .array(deeds[start..<min(start + size, deeds.count)].reversed())]
        }
        let wanted = try await values([["records": .array(deeds)]])
        #expect(!wanted.isEmpty)
        #expect(try await values(pages) == wanted)
        #expect(try await values(pages.reversed()) == wanted)
    }

    @Test func `what comes in two pulls is what comes in one`() async throws {
        let (workspace, host) = try await workspace()
        try workspace.script([Company.page(), Company.page(Company.deed("6", points: "1"))])
        _ = try await host.pull([])
        let values = try await host.store.values(ValueFilter()).map(\.content)
        _ = try await host.rebuild()
        #expect(try await host.store.values(ValueFilter()).map(\.content) == values)
    }

    // MARK: Revisions

    @Test func `a changed record makes a new revision of what it touches, and of nothing else`() async throws {
        let (workspace, host) = try await workspace()
        try workspace.script([Company.page(), Company.page(Company.deed("1", points: "2"))])
        let report = try await host.pull([])
        let changed = Set(report.values.changes.map { "\($0.new.key.subject.id) \($0.new.key.period)" })
        #expect(
            changed == [
                "E01 2026-07", "E01 2026-Q3", "Plumb 2026-07", "Plumb 2026-Q3", "Plumb/Support 2026-07",
                "Plumb/Support 2026-Q3",
            ])
        #expect(try await host.published("deed_points", "E01")?.revision == 2)
        #expect(try await host.published("deed_points", "E02")?.revision == 1)
    }

    @Test func `a rebuild of unchanged evidence gives no new revision`() async throws {
        let (workspace, host) = try await workspace()
        let outcome = try await host.rebuild()
        #expect(outcome.changes.isEmpty && outcome.refused.isEmpty && outcome.unchanged > 0)
        withExtendedLifetime(workspace) {}
    }

    @Test func `the end of a period makes its values complete with the next pull`() async throws {
        let workspace = try Company()
        workspace.clock.set("2026-07-20T00:00:00Z")
        try workspace.script([Company.page(Company.deed("1"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.published("deed_count", "E01")?.content.status == .partial)
        workspace.clock.set("2026-08-02T00:00:00Z")
        _ = try await host.pull([])
        #expect(try await host.published("deed_count", "E01")?.content.status == .complete)
        #expect(try await host.published("deed_count", "E01", "2026-Q3")?.content.status == .partial)
    }

    // MARK: Locked periods

    @Test func `a locked period refuses late data and records a finding`() async throws {
        let (workspace, host) = try await workspace()
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "hr", reason: nil)
        try workspace.script([Company.page(), Company.page(Company.deed("6", points: "1"))])
        let report = try await host.pull([])
        #expect(try await host.shown("deed_points", "E01") == "2.50")
        #expect(try await host.published("deed_points", "E01")?.revision == 1)
        #expect(report.values.refused.contains { $0.key.subject.id == "E01" && $0.new.exact == Rational(2) })
        let finding = try #require(
            try await host.store.findings(period: "2026-07").first {
                $0.key.indicator == "deed_points" && $0.key.subject.id == "E01"
            })
        #expect(finding.old?.decimal == "2.50" && finding.new.decimal == "2.00")
        #expect(finding.reason == "the period 2026-07 is locked; pull would change the value")
        #expect(try await host.evidenceStates().contains("6 live"))
        #expect(try await host.shown("deed_points", "E01", "2026-Q3") == "2.00")
    }

    @Test func `a locked period refuses other definitions and other people too`() async throws {
        let (workspace, host) = try await workspace()
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "hr", reason: nil)
        _ = try await host.replacePeople([Company.people[1]])
        #expect(try await host.shown("deed_points", "E01") == "2.50")
        try workspace.edit("indicators/deeds.yaml", "aggregate: mean", "aggregate: sum")
        _ = try await workspace.host().pull([])
        #expect(try await workspace.host().shown("deed_points", "E01") == "2.50")
    }

    // MARK: Definitions

    @Test func `another definition of an id changes values and version`() async throws {
        let (workspace, host) = try await workspace()
        let before = try #require(try await host.published("deed_points", "E01"))
        try workspace.edit("indicators/deeds.yaml", "aggregate: mean", "aggregate: max")
        _ = try await workspace.host().pull([])
        let after = try #require(try await workspace.host().published("deed_points", "E01"))
        #expect(before.content.decimal == "2.50" && after.content.decimal == "4.00" && after.revision == 2)
        #expect(before.content.definitionVersion != after.content.definitionVersion)
    }

    @Test func `a company's indicator takes the place of the product's by its id`() async throws {
        let workspace = try Company()
        let product = try #require(try await workspace.host().workspace.indicators.first { $0.definition.role != nil })
        let id = product.definition.id
        try workspace.write(
            "indicators/own.yaml",
            "indicators: [{id: \(id), record: deed, subject: record.owner_id, anchor: record.at, aggregate: count}]")
        let host = try await workspace.host()
        #expect(try host.compiledIndicator(id).recordTypes == ["deed"])
        #expect(host.workspace.indicators.count { $0.definition.id == id } == 1)
    }

    @Test func `other constants recompute what they decide`() async throws {
        let (workspace, _) = try await workspace()
        try workspace.edit("indicators/deeds.yaml", "value: record.points", "value: record.points * constants.worth")
        try workspace.write("indicators/worth.yaml", "constants: {worth: 2}")
        _ = try await workspace.host().pull([])
        #expect(try await workspace.host().shown("deed_points", "E01") == "5.00")
        try workspace.write("indicators/worth.yaml", "constants: {worth: 0.1}")
        _ = try await workspace.host().pull([])
        let value = try #require(try await workspace.host().published("deed_points", "E01"))
        #expect(value.content.exact?.description == "0.25")
    }

    @Test func `an indicator that is taken out has no values any more`() async throws {
        let (workspace, _) = try await workspace()
        try workspace.edit("indicators/deeds.yaml", "id: deed_points", "id: deed_worth")
        let host = try await workspace.host()
        _ = try await host.rebuild()
        #expect(try await host.shown("deed_points", "E01") == "no_data")
        #expect(try await host.shown("deed_worth", "E01") == "2.50")
    }

    @Test func `a new indicator is computed with the next pull, although no record changed`() async throws {
        let (workspace, _) = try await workspace()
        try workspace.write(
            "indicators/more.yaml",
            """
            indicators:
              - {id: deed_most, record: deed, subject: record.owner_id, anchor: record.at, value: record.points,
                 aggregate: max}
            """)
        let host = try await workspace.host()
        _ = try await host.pull([])
        #expect(try await host.shown("deed_most", "E01") == "4.00")
        #expect(try await host.recalculate(cause: "pull", run: nil).unchanged == 0, "nothing is computed twice")
    }

    @Test func `an indicator without values has them once its definition is mended`() async throws {
        let (workspace, _) = try await workspace()
        try workspace.edit("indicators/deeds.yaml", "aggregate: mean", "aggregate: mean\n    where: record.kind == 'x'")
        _ = try await workspace.host().pull([])
        #expect(try await workspace.host().shown("deed_points", "E01") == "no_data")
        try workspace.edit("indicators/deeds.yaml", "\n    where: record.kind == 'x'", "")
        _ = try await workspace.host().pull([])
        #expect(try await workspace.host().shown("deed_points", "E01") == "2.50")
    }

    @Test(arguments: [("[month, quarter]", "[month]", "2026-Q3"), ("2026-07", "2026-08", "2026-07")])
    func `periods that get no values any more lose them`(old: String, new: String, period: String) async throws {
        let (workspace, host) = try await workspace()
        #expect(try await host.shown("deed_points", "E02", period) == "10.00")
        try workspace.edit("plumbline.yaml", old, new)
        _ = try await workspace.host().pull([])
        #expect(try await workspace.host().shown("deed_points", "E02", period) == "no_data")
    }

    @Test func `a value far in the future is taken back with its record`() async throws {
        let workspace = try Company()
        try workspace.edit("plumbline.yaml", "zone:", "gate: {future_hours: off}\nzone:")
        try workspace.script([Company.page(Company.deed("1", at: "2031-01-10T00:00:00Z"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01", "2031-01") == "1")
        try workspace.script([Company.page(), ["deleted": ["1"]]])
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01", "2031-01") == "no_data")
    }

    @Test func `nothing is computed while another process computes`() async throws {
        let workspace = try Company()
        workspace.patience = .zero
        let host = try await workspace.host()
        let works: [() async throws -> PublicationOutcome] = [
            { try await host.recalculate(cause: "pull", run: nil) }, { try await host.rebuild() },
        ]
        try await host.store.withPublicationClaim {
            for work in works {
                let error = await #expect(throws: HostError.self) { _ = try await work() }
                guard case .store(let busy)? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(busy.remedy == .retryLater && busy.description.contains("another process is computing values"))
            }
        }
    }

    // MARK: Explanations

    @Test func `every published value has an explanation with the same digest`() async throws {
        let (workspace, host) = try await workspace()
        let values = try await host.store.values(ValueFilter())
        #expect(values.count >= 16)
        for value in values {
            let period = try #require(Period(id: value.key.period))
            let report = try await host.explain(value.key.indicator, subject: value.key.subject, period: period)
            #expect(report.agrees == true, "\(value.key)")
            let (shown, published) = (report.json["value"], report.json["published"])
            #expect(published?["evidence_digest"]?.string == shown?["evidence_digest"]?.string)
            let included = report.explanation.measures.reduce(0) { $0 + $1.records.count }
            #expect(included == value.content.coverage.included)
        }
        withExtendedLifetime(workspace) {}
    }

    @Test func `an explanation shows each record with its origin, hash and run`() async throws {
        let (workspace, host) = try await workspace()
        let report = try await host.explain("deed_points", subject: .init(kind: .employee, id: "E01"), period: .july)
        let measure = try #require(report.json["measures"]?.array?.first)
        let records = try #require(measure["records"]?.array)
        #expect(records.map { $0["external_id"]?.string } == ["1", "2"])
        #expect(records.map { $0["value"]?.string } == ["1", "4"])
        #expect(records.map { $0["connection"]?.string } == ["diary", "diary"])
        #expect(records.map { $0["hash"]?.string?.count } == [64, 64] && records.map { $0["run"]?.int } == [1, 1])
        #expect(measure["excluded"]?.array?.map { $0["reason"]?.string } == ["unmatched"])
        withExtendedLifetime(workspace) {}
    }

    @Test func `evidence that changed since is told`() async throws {
        let (workspace, host) = try await workspace()
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "hr", reason: nil)
        try workspace.script([Company.page(), Company.page(Company.deed("6", points: "1"))])
        _ = try await host.pull([])
        let report = try await host.explain("deed_points", subject: .init(kind: .employee, id: "E01"), period: .july)
        #expect(report.agrees == false)
    }

    @Test func `an anonymous value of too few answers is hidden, and no answer of any is shown`() async throws {
        let (workspace, host) = try await workspace([
            "indicators/secret.yaml": """
            indicators:
              - {id: secret, record: deed, subject: record.owner_id, anchor: record.at, value: record.points,
                 aggregate: mean, anonymous: true, min_sample: 2}
            """
        ])
        for (subject, value) in [("E01", "2.5"), ("E02", nil)] as [(String, String?)] {
            let report = try await host.explain("secret", subject: .init(kind: .employee, id: subject), period: .july)
            #expect(report.json["value"]?["exact"]?.string == value, "\(subject)")
            #expect(report.json["published"]?["exact"]?.string == value, "\(subject)")
            #expect(!report.json.text.contains("external_id"))
            #expect(report.json["value"]?["decimal"]?.string == value.map { _ in "2.50" })
            #expect(report.json["measures"]?.array?.first?["result"]?.string == value)
        }
        withExtendedLifetime(workspace) {}
    }
}
