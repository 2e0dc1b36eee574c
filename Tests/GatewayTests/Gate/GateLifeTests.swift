import Expressions
import Foundation
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// The quality gate in the ordinary life of a company: no alarm where nothing is wrong, one where something is.
@Suite struct GateLifeTests: GateSuite {
    @Test func `mended rejects hold no pull`() async throws {
        let (workspace, host) = try await company()
        let broken = deeds(100) { Company.deed("\($0)", points: $0 > 90 ? "many" : "2") }
        for _ in 0..<5 { #expect(rules(try await pull(workspace, host, broken, ["count": 100])).isEmpty) }
        #expect(rules(try await pull(workspace, host, deeds(100, points: "2"), ["count": 100])).isEmpty)
    }

    @Test func `a ticket that comes while a small source is read is no difference`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(40), ["count": 40])
        #expect(rules(try await pull(workspace, host, deeds(40), ["count": 41])).isEmpty)
    }

    @Test func `a source that never tells of deletions drifts without an alarm`() async throws {
        let (workspace, _) = try await company()
        try workspace.edit("connectors/diary.yaml", "deletes: reported", "deletes: never_known")
        let host = try await workspace.host()
        var pages: [JSON] = [["records": .array(deeds(500))]]
        for day in 0...20 {
            if day > 0 { pages.append(["records": .array(deeds(2, from: 1000 + 10 * day) { Company.deed("\($0)") })]) }
            try clock(workspace, "2026-09-01T20:00:00Z", day * 1440)
            try workspace.script(pages, ["count": .int(500 + day)])
            #expect(rules(try await host.pull([])).isEmpty)
        }
    }

    @Test func `a count that was wrong for a moment heals by itself`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(40), ["count": 40])
        #expect(rules(try await pull(workspace, host, deeds(41), ["count": 50])) == ["source_count"])
        #expect(try await host.shown("deed_count", "E01") == "40")
        #expect(rules(try await pull(workspace, host, deeds(42), ["count": 42])).isEmpty)
        #expect(try await host.holds().isEmpty)
        #expect(try await host.shown("deed_count", "E01") == "42")
        #expect(try await host.store.verifyAudit().problems == [])
    }

    @Test func `a busy morning after a quiet night is no surge`() async throws {
        let (workspace, host) = try await company()
        var pages: [JSON] = [["records": .array(deeds(3000))]]
        for quarter in 0...16 {
            if quarter > 0 {
                pages.append(
                    quarter % 4 == 0 ? Company.page(Company.deed("n\(quarter)")) : ["records": .array([])])
            }
            try clock(workspace, "2026-09-06T20:00:00Z", quarter * 15)
            try workspace.script(pages)
            #expect(rules(try await host.pull([])).isEmpty)
        }
        pages.append(["records": .array(deeds(120, from: 5000) { Company.deed("\($0)") })])
        workspace.clock.set("2026-09-07T00:45:00Z")
        try workspace.script(pages)
        #expect(rules(try await host.pull([])).isEmpty)
    }

    @Test func `the second day of attendance is no growth`() async throws {
        let (workspace, host) = try await company()
        var pages: [JSON] = [["records": .array(deeds(250))]]
        workspace.clock.set("2026-09-07T20:00:00Z")
        try workspace.script(pages)
        _ = try await host.pull([])
        pages.append(["records": .array(deeds(250, from: 1000) { Company.deed("\($0)") })])
        workspace.clock.set("2026-09-08T20:00:00Z")
        try workspace.script(pages)
        #expect(rules(try await host.pull([])).isEmpty)
    }

    @Test func `all the few records of a small company do not vanish unseen`() async throws {
        let (workspace, _) = try await company()
        try workspace.edit("connectors/diary.yaml", "deletes: reported", "deletes: full_list")
        let host = try await workspace.host()
        var pages: [JSON] = [["records": .array(deeds(15))]]
        try workspace.script(pages)
        _ = try await host.pull([])
        pages.append(["records": .array([])])
        try workspace.script(pages, ["ids": .array([])])
        #expect(rules(try await host.pull([])) == ["vanished"])
        #expect(try await host.shown("deed_count", "E01") == "15")
    }

    @Test func `a trial import does not hold the real file`() async throws {
        let (host, importRows) = try await importingCompany()
        _ = try await importRows(1..<4, "trial.csv")
        #expect(try await importRows(1..<31, "real.csv").values.judgements.flatMap(\.holds).isEmpty)
        #expect(try await host.shown("deed_count", "E01") == "30")
    }

    @Test func `silence is found however often a source is asked`() async throws {
        let (workspace, host) = try await company()
        var found: [String] = []
        for day in 6...17 {
            // Records come until the ninth.
            let newest = min(day, 9)
            let some = deeds(30) { Company.deed("\($0)", at: "2026-07-0\(newest)T00:00:00Z") }
            for quarter in 0..<12 {
                try clock(workspace, "2026-07-\(day < 10 ? "0" : "")\(day)T01:00:00Z", quarter * 15)
                found += rules(try await pull(workspace, host, some))
            }
            if day <= 13 { #expect(found.isEmpty) }
        }
        #expect(Set(found) == ["freshness"])
        #expect(try await host.holds().count == 1, "runs of a stream share a hold")
    }

    @Test func `a second stream of a source holds nothing`() async throws {
        let (workspace, host) = try await company()
        var pages: [JSON] = [["records": .array(deeds(100) { Company.deed("\($0)", points: nil) })]]
        for day in 1...4 {
            workspace.clock.set("2026-09-0\(day)T20:00:00Z")
            try workspace.script(pages)
            #expect(rules(try await host.pull([])).isEmpty)
            pages.append(["records": .array(deeds(22, from: 1000 * day) { Company.deed("\($0)") })])
        }
        try workspace.edit(
            "connectors/diary.yaml", "  deeds:\n",
            """
              others:
                from: deeds
                record: deed
                deletes: reported
                map: {id: source.id, at: source.at}
              deeds:

            """)
        workspace.clock.set("2026-09-06T20:00:00Z")
        #expect(rules(try await workspace.host().pull([])).isEmpty)
    }

    @Test func `a replay lets no impossible time count`() async throws {
        let (workspace, host) = try await company()
        let odd = Company.deed("2", at: "2062-07-10T00:00:00Z", points: "many")
        _ = try await pull(workspace, host, [Company.deed("1"), odd])
        try workspace.edit(
            "connectors/diary.yaml", "points: source.points",
            "points: \"source.points == 'many' ? null : source.points\"")
        let report = try await workspace.host().replay([])
        #expect(report.resolved.isEmpty && report.failed.map(\.reason).first?.contains("which cannot be") == true)
    }

    @Test func `a released impossible time is accepted for good`() async throws {
        let (workspace, host) = try await company()
        let some = [Company.deed("1"), Company.deed("2", begun: "1975-01-01T00:00:00Z")]
        #expect(rules(try await pull(workspace, host, some)) == ["impossible_times"])
        _ = try await host.decide(1, .release, reason: "it is so")
        #expect(try await host.shown("deed_count", "E01") == "2")
        try workspace.edit(
            "connectors/diary.yaml", "kind: source.kind", "kind: \"source.kind == 'x' ? 'y' : source.kind\"")
        #expect(rules(try await pull(workspace, try await workspace.host(), some)).isEmpty)
    }

    @Test(arguments: [true, false])
    func `a record type that is taken out again stops nothing`(isDiscarded: Bool) async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(100))
        let before = try String(contentsOf: workspace.folder.appending(path: "connectors/diary.yaml"), encoding: .utf8)
        try workspace.edit(
            "indicators/deeds.yaml", "record_types:",
            "record_types:\n  act: {fields: {id: string, at: datetime?, points: decimal?}}")
        let end = try #require(before.range(of: "      owner_id"))
        try workspace.write(
            "connectors/diary.yaml",
            before[..<end.lowerBound].replacing("record: deed", with: "record: act")
                + "      at: source.at\n      points: source.points\n")
        #expect(rules(try await pull(workspace, try await workspace.host(), deeds(300))) == ["volume"])
        try workspace.write("connectors/diary.yaml", before)
        try workspace.write("indicators/deeds.yaml", try #require(Company.files["indicators/deeds.yaml"]))
        try workspace.reopen()
        let back = try await workspace.host()
        if isDiscarded { _ = try await back.decide(1, .discard, reason: "the wrong type") }
        #expect(rules(try await pull(workspace, back, deeds(100))).isEmpty)
        _ = try await back.rebuild()
        #expect(try await back.shown("deed_count", "E01") == "100")
    }

    @Test func `what stored nothing is never held`() async throws {
        let (host, importRows) = try await importingCompany()
        _ = try await importRows(1..<31, "july.csv")
        let mentions = (1...9).map { AccountMention(account: "stranger-\($0)") }
        try await host.noteAccounts(mentions, connection: "diary")
        _ = try await host.previewImport(
            ImportRequest(path: host.workspace.folder + "/july.csv", connection: "diary"))
        _ = try await host.recalculate(cause: "test", run: nil)
        #expect(try await host.holds(in: Set(Hold.State.allCases)).isEmpty)
        let again = try await importRows(1..<32, "august.csv")
        #expect(again.values.judgements.flatMap(\.holds).flatMap(\.findings).map(\.rule) == ["unmatched_share"])
    }

    @Test func `an undone import is not what later ones are compared with`() async throws {
        let (host, importRows) = try await importingCompany()
        for number in 1...3 { _ = try await importRows(number * 100..<number * 100 + 30, "\(number).csv") }
        _ = try await importRows(1000..<1300, "right.csv")
        let wrong = try await importRows(2000..<9000, "wrong.csv")
        _ = try await host.undoImport(try #require(wrong.id))
        _ = try await host.decide(1, .release, reason: "the first was right")
        let known = try await host.store.judgedRuns(connection: "diary", stream: "deeds", limit: 9)
        #expect(known.map(\.run.counters.read) == [300])
    }
}
