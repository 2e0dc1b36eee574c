import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// A preview says what a pull will do, and writes nothing.
@Suite struct PreviewTests {
    typealias Company = TestWorkspace

    @Test func `a preview writes nothing`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1"), Company.deed("2", points: "many"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        let before = (try await host.state(), workspace.databaseBytes())
        _ = try await host.preview("diary")
        #expect(try await host.state() == before.0)
        #expect(workspace.databaseBytes() == before.1)
        #expect(try await host.store.runs(connection: nil, limit: 10).isEmpty)
        #expect(try await host.openRejects().isEmpty)
    }

    @Test func `what is new, changed, left out and rejected is counted`() async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "deletes: reported", "deletes: reported\n    where: source.kind != 'draft'")
        try workspace.script([Company.page(Company.deed("1"), Company.deed("2"))])
        let host = try await workspace.host()
        _ = try await host.pull([])
        try workspace.script([
            Company.page(Company.deed("1"), Company.deed("2", points: "7")),
            Company.page(
                Company.deed("3", who: "zw"), Company.deed("4", kind: "draft"), Company.deed("5", points: "many")),
        ])
        let stream = try #require(try await host.preview("diary", samples: 2).streams.first)
        #expect(stream.read == 5 && stream.new == 1 && stream.changed == 1)
        #expect(stream.unchanged == 1 && stream.leftOut == 1)
        #expect(stream.samples.count == 2 && stream.rejects.map(\.externalID) == ["5"])
    }

    @Test func `a preview shows no number of an anonymous indicator`() async throws {
        let shy = """
            indicators:
              - {id: shy, record: deed, subject: record.owner_id, anchor: record.at, value: record.points,
                 aggregate: mean, anonymous: true, min_sample: 2}
            """
        let workspace = try Company(["indicators/shy.yaml": shy])
        try workspace.script([Company.page(Company.deed("1", points: "1"), Company.deed("2", points: "2"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(), Company.page(Company.deed("3", points: "6"))])
        let changes = try await host.preview("diary").changes.filter { $0.key.indicator == "shy" }
        #expect(!changes.isEmpty)
        #expect(changes.allSatisfy { $0.new != nil && $0.new?.exact == nil && $0.new?.decimal == nil })
        #expect(changes.allSatisfy { $0.old?.exact == nil && $0.old?.decimal == nil })
    }

    @Test func `a preview shows values with old and new`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "1"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([
            Company.page(Company.deed("1", points: "1")), Company.page(Company.deed("2", points: "2")),
        ])
        let change = try #require(
            try await host.preview("diary").changes.first {
                $0.key
                    == ValueKey(indicator: "deed_points", subject: .init(kind: .employee, id: "E01"), period: "2026-07")
            })
        #expect(change.old?.decimal == "1.00" && change.new?.decimal == "1.50")
    }

    /// Each step is previewed, then pulled: what the preview said is what is published.
    @Test(
        arguments: [
            ("new records", [[TestWorkspace.page(TestWorkspace.deed("1"), TestWorkspace.deed("2", who: "E02"))]]),
            (
                "a changed record",
                [
                    [TestWorkspace.page(TestWorkspace.deed("1"))],
                    [
                        TestWorkspace.page(TestWorkspace.deed("1")),
                        TestWorkspace.page(TestWorkspace.deed("1", points: "9")),
                    ],
                ]
            ),
            (
                "a reported deletion",
                [
                    [TestWorkspace.page(TestWorkspace.deed("1"), TestWorkspace.deed("2"))],
                    [TestWorkspace.page(TestWorkspace.deed("1"), TestWorkspace.deed("2")), ["deleted": ["2"]]],
                ]
            ),
            (
                "a version that runs backwards",
                [
                    [TestWorkspace.page(TestWorkspace.deed("1", points: "5", version: 10))],
                    [
                        TestWorkspace.page(TestWorkspace.deed("1", points: "5", version: 10)),
                        TestWorkspace.page(TestWorkspace.deed("1", points: "1", version: 9)),
                    ],
                ]
            ),
            (
                "a version that runs backwards within the script",
                [
                    [
                        TestWorkspace.page(TestWorkspace.deed("1", points: "5", version: 10)),
                        TestWorkspace.page(TestWorkspace.deed("1", points: "1", version: 9)),
                    ]
                ]
            ),
            (
                "a record that fails after it was good",
                [
                    [TestWorkspace.page(TestWorkspace.deed("1"))],
                    [
                        TestWorkspace.page(TestWorkspace.deed("1")),
                        TestWorkspace.page(TestWorkspace.deed("1", points: "many")),
                    ],
                ]
            ),
        ] as [(String, [[JSON]])])
    func `a preview says what the pull then does`(what: String, scripts: [[JSON]]) async throws {
        let workspace = try Company()
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        for script in scripts {
            try workspace.script(script)
            let preview = try await host.preview("diary")
            let report = try await host.pull([])
            let said = preview.changes.map { "\($0.key) \($0.new?.exact?.description ?? "none")" }
            let done = report.values.changes.filter {
                $0.old?.content.exact != $0.new.content.exact || $0.old?.content.status != $0.new.content.status
            }
            let published = done.map { "\($0.new.key) \($0.new.content.exact?.description ?? "none")" }
            #expect(said == published, "\(what)")
        }
    }

    @Test func `a preview foresees what a sweep takes out and brings back`() async throws {
        let workspace = try Company()
        try workspace.edit("connectors/diary.yaml", "deletes: reported", "deletes: full_list")
        let pages = [Company.page(Company.deed("1", points: "1"), Company.deed("2", points: "5"))]
        try workspace.script(pages)
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        for (ids, gone) in [(["1"], [1]), (["2"], [1]), ([], [1]), (["1", "2"], [0])] as [([JSON], [Int])] {
            try workspace.script(pages, ["ids": .array(ids)])
            let preview = try await host.preview("diary")
            #expect(preview.streams.map(\.gone) == gone)
            let report = try await host.pull([])
            let said = preview.changes.map { "\($0.key) \($0.new?.exact?.description ?? "none")" }
            let published = report.values.changes.filter { $0.old?.content.exact != $0.new.content.exact }
                .map { "\($0.new.key) \($0.new.content.exact?.description ?? "none")" }
            #expect(said == published && report.streams.map(\.run.counters.gone) == gone, "\(ids)")
        }
    }

    @Test func `accounts that would be unmatched are named, those that a person has decided are not`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", who: "zw"), Company.deed("2", who: "robot"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        #expect(try await host.preview("diary").streams.map(\.unmatched) == [["zw", "robot"]])
        _ = try await host.pull([])
        _ = try await host.resolveAccount(connection: "diary", account: "zw", as: "E02")
        _ = try await host.resolveAccount(connection: "diary", account: "robot", as: nil)
        #expect(try await host.preview("diary").streams.map(\.unmatched) == [[]])
        #expect(try await host.preview("diary").changes.isEmpty)
    }

    @Test func `a preview knows accounts as the source describes them`() async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "streams:\n",
            "accounts: {from: accounts, map: {account: source.id, email: source.email}}\nstreams:\n")
        try workspace.script(
            [Company.page(Company.deed("1", who: "zw"))],
            ["accounts": [["records": [["id": "zw", "email": "zhang@example.com"]]]]])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        let preview = try await host.preview("diary")
        #expect(preview.streams.map(\.unmatched) == [[]])
        #expect(preview.changes.contains { $0.key.subject.id == "E01" })
    }

    @Test func `a source that fails is told as in a pull`() async throws {
        let workspace = try Company()
        try workspace.script([["fail": "out of paper"]])
        let host = try await workspace.host()
        let error = await #expect(throws: HostError.self) { try await host.preview("diary") }
        #expect(error?.description == "diary: the source is unavailable: out of paper")
    }
}
