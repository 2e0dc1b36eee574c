import Expressions
import Foundation
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What the quality gate holds, and what then happens to values.
@Suite struct GateTests: GateSuite {
    @Test func `a first run learns and holds nothing`() async throws {
        let (workspace, host) = try await company()
        let report = try await pull(workspace, host, deeds(100))
        #expect(report.values.judgements.map(\.isFirst) == [true] && rules(report).isEmpty)
        #expect(try await host.shown("deed_count", "E01") == "100")
        let again = try await pull(workspace, host, deeds(100))
        #expect(again.values.judgements.map(\.isFirst) == [false] && rules(again).isEmpty)
    }

    @Test func `a source that gives twice as much is held until a person says that it is right`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(100))
        let report = try await pull(workspace, host, deeds(200))
        #expect(rules(report) == ["volume"])
        #expect(try await host.shown("deed_count", "E01") == "100")
        let hold = try #require(try await host.holds().first)
        let (_, changes) = try await host.heldValues(of: hold.id)
        let july = try #require(changes.first { $0.key.subject.id == "E01" && $0.key.period == "2026-07" })
        #expect(july.key.indicator == "deed_count" && july.old?.decimal == "100" && july.new?.decimal == "200")
        await #expect(throws: HostError.self, "a reason is wanted") {
            try await host.decide(hold.id, .release, reason: " ")
        }
        let outcome = try await host.decide(hold.id, .release, reason: "a second team came in")
        #expect(Set(outcome.changes.map(\.new.content)).isSuperset(of: [try #require(july.new)]))
        #expect(try await host.shown("deed_count", "E01") == "200")
        #expect(rules(try await pull(workspace, host, deeds(205))).isEmpty, "that is usual from now on")
    }

    @Test func `what is discarded is read again by the next pull, and held again`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(100))
        let before = try await host.state()
        #expect(rules(try await pull(workspace, host, deeds(200))) == ["volume"])
        _ = try await host.decide(1, .discard, reason: "a test system")
        #expect(try await host.state() == before)
        #expect(rules(try await pull(workspace, host, deeds(200))) == ["volume"])
        #expect(rules(try await pull(workspace, host, deeds(100))).isEmpty)
        #expect(try await host.shown("deed_count", "E01") == "100")
    }

    @Test func `a source that suddenly gives nothing changes no value`() async throws {
        let (workspace, host) = try await company()
        try workspace.edit("connectors/diary.yaml", "deletes: reported", "deletes: full_list")
        let full = try await workspace.host()
        _ = try await pull(workspace, full, deeds(60))
        let report = try await pull(workspace, full, [])
        #expect(rules(report) == ["zero_rows", "vanished"])
        #expect(try await full.shown("deed_count", "E01") == "60")
        #expect(rules(try await pull(workspace, full, deeds(60))).isEmpty)
        #expect(try await full.shown("deed_count", "E01") == "60")
        #expect(try await full.holds(in: [.settled]).count == 1, "the source has brought everything back")
        #expect(try await host.holds().isEmpty)
    }

    @Test func `a value is not complete while records of its time are held`() async throws {
        let (workspace, host) = try await company()
        workspace.clock.set("2026-08-02T00:00:00Z")
        _ = try await pull(workspace, host, deeds(30))
        #expect(try await host.published("deed_count", "E01")?.content.status == .complete)
        workspace.clock.set("2026-07-20T00:00:00Z")
        let other = try Company()
        other.clock.set("2026-07-20T00:00:00Z")
        let late = try await other.host()
        _ = try await late.replacePeople(Company.people)
        _ = try await pull(other, late, deeds(30))
        other.clock.set("2026-08-02T00:00:00Z")
        #expect(rules(try await pull(other, late, deeds(90))) == ["volume"])
        #expect(try await late.published("deed_count", "E01")?.content.status == .partial)
        _ = try await late.decide(1, .release, reason: "a busy month")
        #expect(try await late.published("deed_count", "E01")?.content.status == .complete)
    }

    @Test func `a field that is empty all at once is held`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(40, points: "3"))
        let empty = deeds(40) { Company.deed("\($0)", points: $0 > 15 ? nil : "3") }
        let report = try await pull(workspace, host, empty)
        #expect(rules(report) == ["empty_share"])
        let finding = try #require(try await host.holds().first?.findings.first)
        #expect(finding.subject == "points" && finding.found == "62.5%" && finding.expected == "≤ 20%")
        #expect(try await host.shown("deed_points", "E01") == "3.00")
    }

    @Test func `a field of the source that is gone or of another kind is held`() async throws {
        let (workspace, _) = try await company("{empty_share: off}")
        try workspace.edit("connectors/diary.yaml", "source.kind", "\"has(source.kind) ? source.kind : null\"")
        let host = try await workspace.host()
        func deed(_ number: Int, _ change: (inout JSONObject) -> Void) -> JSON {
            guard case .object(var deed) = Company.deed("\(number)", kind: "call") else { return .null }
            deed["note"] = "nobody reads it"
            change(&deed)
            return .object(deed)
        }
        _ = try await pull(workspace, host, deeds(40) { deed($0) { _ in } })
        let changed = deeds(40) {
            deed($0) { deed in
                (deed["kind"], deed["note"]) = (nil, nil)
                deed["points"] = .int(1)
            }
        }
        #expect(rules(try await pull(workspace, host, changed)) == ["schema_drift", "schema_drift"])
        let findings = try #require(try await host.holds().first?.findings)
        #expect(findings.map(\.subject) == ["kind", "points"] && findings.map(\.found) == ["missing", "number"])
    }

    @Test func `many accounts that nobody knows are held`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(30))
        let strange = deeds(30) { Company.deed("\($0)", who: $0 > 20 ? "new-\($0)" : "E01") }
        let report = try await pull(workspace, host, strange)
        #expect(rules(report) == ["unmatched_share"])
        #expect(try await host.shown("deed_count", "E01") == "30")
    }

    @Test func `a source that counts otherwise than before is held`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(30), ["count": 32])
        #expect(rules(try await pull(workspace, host, deeds(30), ["count": 32])).isEmpty, "two always lack")
        #expect(rules(try await pull(workspace, host, deeds(30), ["count": 38])) == ["source_count"])
    }

    @Test func `rejects by the dozen are held`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(40))
        let broken = deeds(40) { Company.deed("\($0)", points: $0 > 30 ? "many" : "2") }
        #expect(rules(try await pull(workspace, host, broken)) == ["rejected_share"])
        #expect(try await host.shown("deed_points", "E01") == "1.00")
    }

    @Test func `a source that falls silent for longer than it used to is held`() async throws {
        let (workspace, host) = try await company()
        for day in ["06", "07", "08", "09"] {
            workspace.clock.set("2026-07-\(day)T10:00:00Z")
            let some = deeds(30) { Company.deed("\($0)", at: "2026-07-\(day)T0\($0 % 10):00:00Z") }
            #expect(rules(try await pull(workspace, host, some)).isEmpty)
        }
        let last = deeds(30) { Company.deed("\($0)", at: "2026-07-09T0\($0 % 10):00:00Z") }
        workspace.clock.set("2026-07-14T10:00:00Z")
        #expect(rules(try await pull(workspace, host, last)).isEmpty, "three working days, with a weekend between")
        workspace.clock.set("2026-07-15T10:00:00Z")
        #expect(rules(try await pull(workspace, host, last)) == ["freshness"])
        workspace.clock.set("2026-08-03T10:00:00Z")
        _ = try await host.recalculate(cause: "time", run: nil)
        #expect(
            try await host.published("deed_count", "E01")?.content.status == .partial, "July is not known to its end")
    }

    @Test func `a mass change is held where changes used to trickle`() async throws {
        let (workspace, host) = try await company()
        var pages = [Company.page()]
        pages[0] = ["records": .array(deeds(150))]
        for day in 1...4 {
            workspace.clock.set("2026-09-0\(day)T00:00:00Z")
            try workspace.script(pages)
            #expect(rules(try await host.pull([])).isEmpty)
            pages.append(Company.page(Company.deed("\(day)", points: "\(day + 1)")))
        }
        pages[4] = ["records": .array(deeds(150, points: "9"))]
        workspace.clock.set("2026-09-05T00:00:00Z")
        try workspace.script(pages)
        #expect(rules(try await host.pull([])) == ["surge"])
        let points = try await host.shown("deed_points", "E01")
        #expect(points != "9.00")
    }

    @Test func `a file that is cut short or swapped for another is held`() async throws {
        let (workspace, host) = try await company()
        func file(_ rows: Range<Int>) throws {
            let lines = rows.map { "\($0),E01,2026-07-10T00:00:00Z\n" }.joined()
            try workspace.write("data/deeds.csv", "id,who,at\n" + lines)
        }
        try workspace.write(
            "connectors/diary.yaml",
            """
            connection: diary
            connector: file.csv
            settings: {path: deeds.csv, id_field: id, complete: true}
            streams:
              deeds:
                from: records
                record: deed
                deletes: full_list
                map: {id: source.id, owner_id: account(source.who), at: source.at}
            """)
        let files = try await workspace.host()
        try file(1..<101)
        #expect(rules(try await files.pull([])).isEmpty)
        try file(1..<41)
        #expect(rules(try await files.pull([])) == ["vanished"])
        #expect(try await host.shown("deed_count", "E01") == "100")
        _ = try await files.decide(1, .discard, reason: "the export broke off")
        try file(1..<1001)
        #expect(rules(try await files.pull([])) == ["growth"])
        #expect(try await host.shown("deed_count", "E01") == "100")
    }

    @Test func `a time that cannot be holds its record alone, even in a first run`() async throws {
        let (workspace, host) = try await company()
        let some = [
            Company.deed("1"), Company.deed("2", at: "2062-07-10T00:00:00Z"),
            Company.deed("3", begun: "1970-01-01T00:00:00Z"),
        ]
        let report = try await pull(workspace, host, some)
        #expect(rules(report) == ["impossible_times"])
        #expect(try await host.shown("deed_count", "E01") == "1")
        #expect(try await host.holds().map(\.records) == [2])
        _ = try await pull(workspace, host, [Company.deed("1"), Company.deed("2"), Company.deed("3")])
        #expect(try await host.shown("deed_count", "E01") == "3", "the source has mended them")
        #expect(try await host.holds().isEmpty)
    }

    @Test func `a hold keeps back no other connection's records of the type`() async throws {
        let (workspace, host) = try await company()
        try workspace.write(
            "connectors/second.yaml",
            try #require(Company.files["connectors/diary.yaml"]).replacing(
                "connection: diary", with: "connection: second"
            )
            .replacing("script.json", with: "second.json"))
        try workspace.write("data/second.json", #"{"deeds": []}"#)
        _ = try await pull(workspace, host, deeds(100))
        #expect(rules(try await pull(workspace, host, deeds(300))) == ["volume"])
        let both = try await workspace.host()
        let more: JSON = ["deeds": [["records": .array(deeds(5, from: 1000) { Company.deed("\($0)") })]]]
        try workspace.write("data/second.json", more.text)
        _ = try await both.pull(["second"])
        #expect(try await both.shown("deed_count", "E01") == "105")
        #expect(
            try await both.explain("deed_count", subject: Subject(kind: .employee, id: "E01"), period: .july).holds
                .count == 1)
    }

    @Test func `rebuild, explain and verify see what is in effect`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(100))
        _ = try await pull(workspace, host, deeds(300))
        let outcome = try await host.rebuild()
        #expect(outcome.changes.isEmpty)
        let report = try await host.explain("deed_count", subject: Subject(kind: .employee, id: "E01"), period: .july)
        #expect(report.agrees == true)
        #expect(try await host.store.verifyAudit().problems == [])
    }

    @Test func `what a locked period would change by a release becomes a finding`() async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(100))
        _ = try await pull(workspace, host, deeds(300))
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "hr", reason: nil)
        let outcome = try await host.decide(1, .release, reason: "late, but right")
        #expect(outcome.refused.contains { $0.key.indicator == "deed_count" && $0.key.period == "2026-07" })
        #expect(try await host.shown("deed_count", "E01") == "100")
    }

    @Test func `an import that is far too big is held, and undone as any other`() async throws {
        let (host, importRows) = try await importingCompany()
        _ = try await importRows(1..<101, "july.csv")
        _ = try await importRows(101..<103, "late.csv")
        let mended = try await importRows(103..<104, "mended.csv")
        #expect(mended.values.judgements.flatMap(\.holds).isEmpty, "what was mended comes in small files")
        let big = try await importRows(1000..<2000, "big.csv")
        #expect(big.values.judgements.flatMap(\.holds).flatMap(\.findings).map(\.rule) == ["volume"])
        #expect(try await host.shown("deed_count", "E01") == "103")
        _ = try await host.undoImport(try #require(big.id))
        #expect(try await host.holds().isEmpty)
        #expect(try await host.shown("deed_count", "E01") == "103")
        let again = try await importRows(1000..<2000, "big.csv")
        _ = try await host.decide(try #require(try await host.holds().first).id, .discard, reason: "the wrong file")
        let entry = try #require(try await host.imports().first)
        #expect(entry.id == again.id && entry.undone != nil, "discarding takes the import back")
    }

    @Test func `thresholds are those of the connection, then the company's`() async throws {
        let (workspace, host) = try await company("{volume_change: 400%}")
        _ = try await pull(workspace, host, deeds(100))
        #expect(rules(try await pull(workspace, host, deeds(300))).isEmpty)
        try workspace.edit("connectors/diary.yaml", "streams:", "gate: {volume_change: 10%, deviations: 1}\nstreams:")
        let strict = try await workspace.host()
        #expect(rules(try await pull(workspace, strict, deeds(600))) == ["volume"])
    }

    static let mistakes = [
        ("{volume_chang: 3}", "unknown key 'volume_chang', perhaps 'volume_change'"),
        ("{volume_change: much}", "'volume_change' must be a share such as 0.2 or 20%, or off, not 'much'"),
        ("{zero_rows: maybe}", "'zero_rows' must be on or off, not 'maybe'"),
        ("{earliest: 1980}", "'earliest' must be a day such as 1980-01-01, or off, not '1980'"),
        ("{deviations: off}", "'deviations' must be a number above 0, not 'off'"),
        ("{compared_runs: 0}", "'compared_runs' must be 1 to 1000"),
    ]

    @Test(arguments: mistakes)
    func `a threshold that is none is told with its place`(_ gate: String, _ problem: String) throws {
        let workspace = try Company()
        try workspace.edit("plumbline.yaml", "zone:", "gate: \(gate)\nzone:")
        let problems = try workspace.problems()
        #expect(problems.count == 1 && problems[0].hasPrefix("plumbline.yaml:2:"))
        #expect(problems[0].contains(problem))
    }
}
