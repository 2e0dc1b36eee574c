import Foundation
import PlumblineKit
import Testing

/// `preview --against live` as people run it: what an edit would change, nothing written, nothing anonymous shown.
@Suite(.serialized, .timeLimit(.minutes(5)), .sampleCompany)
struct LivePreviewTests {
    private func copy() throws -> SampleCompany { try SampleCompany(copying: #require(SampleCompany.current)) }

    private func edit(_ company: SampleCompany, _ file: String, _ old: String, _ new: String) throws {
        let url = company.url.appending(path: file)
        let text = try String(contentsOf: url, encoding: .utf8)
        try #require(text.contains(old))
        try text.replacing(old, with: new).write(to: url, atomically: true, encoding: .utf8)
    }

    private static let definition = "indicators/support.yaml"

    /// Every row of every table, as text.
    private func rows(_ company: SampleCompany) throws -> [String: [[String]]] {
        let database = try company.database()
        let names = try database.rows("SELECT name FROM sqlite_schema WHERE type = 'table'").compactMap(\.first)
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try database.rows("SELECT * FROM \"\($0)\"")) })
    }

    @Test func `an edited definition is shown beside what is published, and a pull then publishes it`() async throws {
        let company = try copy()
        try edit(company, Self.definition, "aggregate: count", "aggregate: count\n    scale: 7")
        let before = try rows(company)
        let preview = try await company.program.json("preview", "--against", "live")
        let shown = try await company.program.run("preview", "--against", "live").output
        #expect(try rows(company) == before)
        #expect(preview["rows"]?["changed"] == [] && preview["rows"]?["rows"]?.int ?? 0 > 1_000)
        #expect(shown.contains("own_after_hours_replies") && shown.contains("(definition edited)"))
        #expect(shown.contains("Nothing was written: "))
        let indicator = try #require(preview["indicators"]?.array?.first)
        let differences = try #require(indicator["differences"]?.array)
        #expect(!differences.isEmpty && preview["indicators"]?.array?.count == 1)
        _ = try await company.program.json("pull")
        let values = try await company.program.values()
        for difference in differences {
            let key = PublishedValue.Key(
                indicator: "own_after_hours_replies", kind: difference["subject"]?["kind"]?.string ?? "",
                subject: difference["subject"]?["id"]?.string ?? "", period: difference["period"]?.string ?? "")
            #expect(values[key]?.exact == difference["new"]?["exact"]?.string, "\(key)")
        }
    }

    @Test func `without an edit there is nothing to show, without values neither`() async throws {
        let company = try copy()
        let same = try await company.program.run("preview", "--against", "live")
        #expect(same.status == 0 && same.output.hasPrefix("Nothing differs from what is published.\n"))
        let unread = try SampleCompany()
        let empty = try await unread.program.run("preview", "--against", "live")
        #expect(empty.status == 0 && empty.output.hasPrefix("Nothing is published yet; 'plumbline pull'"))
    }

    @Test func `numbers of anonymous indicators are not shown`() async throws {
        let company = try copy()
        let values = try await company.program.json("values", "--all").array ?? []
        let rated = values.filter { $0["status"] == "low_sample" && $0["exact"] == .null }
        let id = try #require(rated.first?["indicator"]?.string)
        let preview = try await company.program.json("preview", "--against", "live", "--indicator", id)
        let indicator = try #require(preview["indicators"]?.array?.first)
        #expect(indicator["anonymous"] == true && indicator["distribution"] == .null)
        let shown = try await company.program.run("preview", "--against", "live", "--indicator", id).output
        #expect(!shown.contains("MEDIAN"))
    }

    @Test func `a source that is gone is told, and the command says so`() async throws {
        let company = try copy()
        try edit(
            company, "connectors/zendesk-tickets.yaml", "source.metric_set.reopens", "source.metric_set.reopens + 1")
        try FileManager.default.removeItem(
            at: company.url.appending(path: "data/ticketing/zendesk-export/tickets.jsonl"))
        let finished = try await company.program.run("preview", "--against", "live")
        #expect(finished.status == 1 && finished.output.contains("the source could not be read, so its records count"))
    }

    @Test func `what goes only with live, and a connection without it, are asked for`() async throws {
        let company = try copy()
        #expect(try await company.program.run("preview").status == 64)
        #expect(try await company.program.run("preview", "--against", "live", "--indicator", "nope").status == 2)
        #expect(try await company.program.run("preview", "nope", "--against", "live").status == 2)
    }
}
