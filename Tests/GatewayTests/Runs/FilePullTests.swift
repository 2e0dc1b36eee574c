import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Files that are pulled by the batch.
@Suite struct FilePullTests {
    typealias Company = TestWorkspace

    private func workspace(_ lines: [String], _ changes: [String: String] = [:]) throws -> Company {
        let workspace = try Company([
            "connectors/diary.yaml": """
            connection: diary
            connector: file.jsonl
            settings: {path: deeds.jsonl, id_field: id, page_size: 3}
            streams:
              deeds:
                from: records
                record: deed
                deletes: never_known
                where: source.kind != 'draft'
                map: {id: source.id, owner_id: account(source.who), at: source.at, points: source.points}
            """
        ])
        try workspace.write("data/deeds.jsonl", lines.map { $0 + "\n" }.joined())
        return workspace
    }

    private func line(_ id: Int, points: String = "1", kind: String = "done", more: String = "") -> String {
        let usual = #""who":"E01","at":"2026-07-10T02:00:00Z""#
        return #"{"id":"\#(id)",\#(usual),"points":"\#(points)","kind":"\#(kind)"\#(more)}"#
    }

    @Test func `a file is read page by page into values`() async throws {
        let workspace = try workspace((1...8).map { line($0) })
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        let report = try await host.pull([])
        #expect(report.streams.map(\.run.counters.inserted) == [8] && report.streams.map(\.run.counters.pages) == [3])
        #expect(try await host.shown("deed_count", "E01") == "8")
        #expect(try await host.pull([]).streams.map(\.run.counters.read) == [0])
    }

    @Test(arguments: [1, 2, 3, 10])
    func `of several lines about one record the last counts, however they are cut into pages`(size: Int) async throws {
        let workspace = try workspace([
            line(7, kind: "draft"), line(7), line(8), line(8, kind: "draft"), line(9, points: "many"), line(9),
            line(6), line(6, points: "many"),
        ])
        try workspace.edit("connectors/diary.yaml", "page_size: 3", "page_size: \(size)")
        let host = try await workspace.host()
        _ = try await host.pull([])

        #expect(try await host.evidenceStates().filter { $0.hasSuffix("live") } == ["6 live", "7 live", "9 live"])
        #expect(try await host.openRejects().map(\.externalID) == ["6"])
    }

    @Test func `a rejected line is kept whole, and no other line in its place`() async throws {
        let long = String(repeating: "x", count: 1 << 20 + 1)
        let workspace = try workspace([
            line(1, more: #","note":"a","note":"b""#), line(2, points: "\(long)"),
            line(3, points: "many", more: #","note":"kept""#), line(4),
        ])
        let host = try await workspace.host()
        _ = try await host.pull([])
        let rejects = try await host.openRejects()
        let reject = try #require(rejects.first { $0.externalID == "3" })
        let input = String(decoding: try await host.store.openDeadLetter(reject.id), as: UTF8.self)
        #expect(input == line(3, points: "many", more: #","note":"kept""#))
        #expect(try await host.evidenceStates() == ["1 live", "4 live"])
    }

    @Test func `a bad row of a file that names an unread column twice stops no other`() async throws {
        let workspace = try Company([
            "connectors/diary.yaml": """
            connection: diary
            connector: file.csv
            settings: {path: deeds.csv, id_field: id, complete: true}
            streams:
              deeds:
                from: records
                record: deed
                deletes: never_known
                map: {id: source.id, owner_id: account(source.who), at: source.at, points: source.points}
            """
        ])
        let at = "2026-07-10T02:00:00Z"
        try workspace.write(
            "data/deeds.csv", "id,who,at,points,note,note\n1,E01,\(at),many,a,b\n2,E01,\(at),3,a,b\n")
        let host = try await workspace.host()
        _ = try await host.pull([])
        #expect(try await host.evidenceStates() == ["2 live"])
        let reject = try #require(try await host.openRejects().first)
        let input = String(decoding: try await host.store.openDeadLetter(reject.id), as: UTF8.self)
        #expect(reject.externalID == "1" && input.contains("many"))
    }
}
