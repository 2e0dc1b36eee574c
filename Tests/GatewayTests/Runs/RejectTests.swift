import Expressions
import Foundation
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Records that cannot be used: kept, sealed, and used once they can be.
@Suite struct RejectTests {
    typealias Company = TestWorkspace

    @Test func `a record that fails is kept with expression, place and reason, and the run goes on`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "many"), Company.deed("2"))])
        let host = try await workspace.host()
        let report = try await host.pull([])
        #expect(report.streams.map(\.run.state) == [.succeeded])
        #expect(report.streams.map(\.run.counters.rejected) == [1])
        #expect(try await host.evidenceStates() == ["2 live"])
        let reject = try #require(try await host.openRejects().first)
        #expect(reject.externalID == "1" && reject.expression == "source.points")
        #expect(reject.reason == "'points' wants decimal?, not 'xxxx'")
        #expect(reject.place == "connectors/diary.yaml:14:15")
    }

    @Test(
        arguments: [
            (
                TestWorkspace.deed("1", at: "10.07.2026"),
                "'at' wants a time such as 2026-07-01T09:00:00+08:00, not '10.07.2026'; "
                    + "parseTime(text, 'yyyy-MM-dd HH:mm:ss') reads other forms"
            ),
            (["id": "1"], "no such key: who"),
            (
                ["id": "1", "who": true, "at": .null, "points": .null, "kind": .null, "owners": []],
                "account(x) wants a text or a number, not bool"
            ),
            (TestWorkspace.deed("1", owners: ["E01"]), "'owner_intervals' wants list<owner_interval>, not 'x01'"),
            (
                TestWorkspace.deed("1", owners: [["owner": "E01"]]),
                "'owner_intervals.from' is empty, but the record type wants datetime"
            ),
        ] as [(JSON, String)])
    func `the reason names what was seen and what was wanted`(record: JSON, reason: String) async throws {
        let workspace = try Company()
        try workspace.script([["records": [record]]])
        let host = try await workspace.host()
        _ = try await host.pull([])
        let reasons = try await host.openRejects().map(\.reason)
        #expect(reasons == [reason])
    }

    @Test func `what the connector could not read is kept too`() async throws {
        let workspace = try Company()
        try workspace.script([["rejected": [["id": "line 3", "reason": "no closing quote", "raw": "1,\"a"]]]])
        let host = try await workspace.host()
        _ = try await host.pull([])
        let reject = try #require(try await host.openRejects().first)
        #expect(reject.externalID == "line 3" && reject.reason == "no closing quote" && reject.inputByteCount == 4)
    }

    @Test func `a reject is resolved when its record comes again and maps`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "many"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(), Company.page(Company.deed("1", points: "3"))])
        _ = try await host.pull([])
        #expect(try await host.openRejects().isEmpty)
        #expect(try await host.shown("deed_points", "E01") == "3.00")
    }

    @Test func `a record that was good and fails now keeps its last good state`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "3"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(), Company.page(Company.deed("1", points: "many"))])
        _ = try await host.pull([])
        #expect(try await host.openRejects().map(\.externalID) == ["1"])
        #expect(try await host.shown("deed_points", "E01") == "3.00")
    }

    @Test func `a replay uses the mapping as it is now`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "3 points"), Company.deed("2", points: "none"))])
        var host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.replay([]).resolved.isEmpty)
        try workspace.edit(
            "connectors/diary.yaml", "points: source.points", "points: source.points.replace(' points', '')")
        host = try await workspace.host()
        let report = try await host.replay([])
        #expect(report.resolved.count == 1)
        #expect(report.failed.map(\.reason) == ["'points' wants decimal?, not 'xxxx'"])
        #expect(try await host.openRejects().map(\.externalID) == ["2"])
        #expect(try await host.shown("deed_points", "E01") == "3.00")
    }

    @Test func `a replay that the condition leaves out closes the reject and takes the record out`() async throws {
        let workspace = try Company()
        try workspace.script([
            Company.page(Company.deed("1")), Company.page(Company.deed("1", points: "many", kind: "draft")),
        ])
        _ = try await workspace.host().replacePeople(Company.people)
        _ = try await workspace.host().pull([])
        #expect(try await workspace.host().shown("deed_count", "E01") == "1")
        try workspace.edit(
            "connectors/diary.yaml", "deletes: reported", "deletes: reported\n    where: source.kind != 'draft'")
        let host = try await workspace.host()
        _ = try await host.replay([])
        #expect(try await host.openRejects().isEmpty)
        let shown = try await host.shown("deed_count", "E01")
        #expect(shown == "no_data")
    }

    @Test func `a state that fails and is older than the stored one is no reject`() async throws {
        let workspace = try Company()
        try workspace.script([
            Company.page(Company.deed("1", points: "7", version: 10)),
            Company.page(Company.deed("1", points: "3 points", version: 9)),
        ])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        let report = try await host.pull([])
        #expect(report.streams.first?.anomalies == ["1: version 9 is older than the stored 10, not applied"])
        #expect(try await host.openRejects().isEmpty)
        #expect(try await host.shown("deed_points", "E01") == "7.00")
    }

    @Test func `a reject keeps its version, and a replay brings it`() async throws {
        let workspace = try Company()
        try workspace.script([
            Company.page(Company.deed("1", points: "7", version: 10)),
            Company.page(Company.deed("1", points: "3 points", version: 11)),
        ])
        var host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.openRejects().map(\.version?.own) == ["11"])
        try workspace.edit(
            "connectors/diary.yaml", "points: source.points", "points: source.points.replace(' points', '')")
        host = try await workspace.host()
        #expect(try await host.replay([]).resolved.count == 1)
        #expect(try await host.shown("deed_points", "E01") == "3.00")
    }

    @Test func `what the connector could not read is not replayed`() async throws {
        let workspace = try Company()
        try workspace.script([["rejected": [["id": "line 3", "reason": "no id", "raw": "{\"id\": \"3\"}"]]]])
        let host = try await workspace.host()
        _ = try await host.pull([])
        let report = try await host.replay([])
        #expect(
            report.failed.map(\.reason)
                == ["the connector could not read the record; mend it at the source and pull again"])
        #expect(try await host.evidenceStates().isEmpty)
    }

    @Test func `a reject that is not there is named`() async throws {
        let workspace = try Company()
        let host = try await workspace.host()
        let error = await #expect(throws: HostError.self) { try await host.replay([7]) }
        #expect(error?.description == "there is no open reject 7; 'plumbline rejects list' shows them")
    }

    @Test(arguments: [("2026-11-14T00:00:00Z", 1), ("2026-11-14T00:00:01Z", 0)])
    func `rejects are deleted by the first pull after their time`(moment: String, left: Int) async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "many"))])
        let host = try await workspace.host()
        _ = try await host.pull([])
        workspace.clock.set(moment)
        _ = try await host.pull([])
        #expect(try await host.openRejects().count == left)
    }

    @Test func `a workspace may keep rejects for longer`() async throws {
        let workspace = try Company()
        try workspace.edit("plumbline.yaml", "zone: Asia/Shanghai", "zone: Asia/Shanghai\nreject_retention_days: 90")
        try workspace.script([Company.page(Company.deed("1", points: "many"))])
        let host = try await workspace.host()
        _ = try await host.pull([])
        workspace.clock.set("2027-01-12T00:00:00Z")
        _ = try await host.pull([])
        #expect(try await host.openRejects().count == 1)
    }

    @Test func `what was rejected lies sealed in the database`() async throws {
        let workspace = try Company()
        try workspace.script([
            Company.page(
                Company.deed("1", points: "many", kind: "a-word-of-a-reject"),
                Company.deed("2", kind: "a-word-that-is-mapped"))
        ])
        let host = try await workspace.host()
        _ = try await host.pull([])
        let reject = try #require(try await host.openRejects().first)
        let input = try await host.store.openDeadLetter(reject.id)
        #expect(String(decoding: input, as: UTF8.self).contains("a-word-of-a-reject"))
        let bytes = workspace.databaseBytes()
        #expect(bytes.range(of: Data("a-word-that-is-mapped".utf8)) != nil)
        #expect(bytes.range(of: Data("a-word-of-a-reject".utf8)) == nil)
    }

    // MARK: Expressions that would never end

    /// An engine that backtracks would not come to an end in the age of the universe.
    @Test(.timeLimit(.minutes(10))) func `a pattern that makes others backtrack is answered`() async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "kind: source.kind", "kind: \"source.kind.matches('^(a+)+$') ? 'yes' : 'no'\"")
        let text = String(repeating: "a", count: 20_000) + "b"
        try workspace.script([Company.page(Company.deed("1", kind: text), Company.deed("2", kind: "aaa"))])
        let host = try await workspace.host()
        _ = try await host.pull([])
        let records = try await host.store.evidence(of: "deed", after: nil, limit: 10, states: [.live])
        #expect(records.map { $0.record["kind"] } == [.string("no"), .string("yes")])
    }

    @Test func `an evaluation that passes its budget is a rejected record`() async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "points: source.points",
            "points: \"source.tags.all(a, source.tags.all(b, source.tags.all(c, a + b + c >= 0))) ? 1 : 0\"")
        var record = try #require(Company.deed("1").object)
        record["tags"] = .array((0..<200).map { .int($0) })
        var small = try #require(Company.deed("2").object)
        small["tags"] = [1, 2]
        try workspace.script([["records": [.object(record), .object(small)]]])
        let host = try await workspace.host()
        _ = try await host.pull([])
        #expect(try await host.openRejects().map(\.externalID) == ["1"])
        let reason = try #require(try await host.openRejects().first?.reason)
        #expect(reason.contains("100000 steps"), "\(reason)")
        #expect(try await host.evidenceStates() == ["2 live"])
    }
}
