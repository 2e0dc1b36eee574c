import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What a pull makes of what a source says.
@Suite struct PullTests {
    typealias Company = TestWorkspace

    @Test func `a second pull changes nothing`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1"), Company.deed("2")), Company.page(Company.deed("3"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        let first = try await host.pull([])
        #expect(first.streams.map(\.run.counters.inserted) == [3])
        let before = try await host.state()
        let head = try await host.store.exportHead()
        let second = try await host.pull([])
        #expect(second.values.changes.isEmpty && second.streams.map(\.run.counters.read) == [0])
        #expect(try await host.state() == before)
        #expect(try await host.store.exportHead().sequence == head.sequence)
    }

    @Test func `reading the same records again changes nothing`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(Company.deed("1")), Company.page(Company.deed("1"))])
        let report = try await host.pull([])
        #expect(report.streams.map(\.run.counters.unchanged) == [1])
        #expect(report.values.changes.isEmpty)
    }

    @Test func `a stop between two pages keeps the first, and the next pull goes on`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1")), ["fail": "out of paper"]])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        let report = try await host.pull([])
        #expect(report.streams.map(\.run.message) == ["the source is unavailable: out of paper"])
        #expect(try await host.shown("deed_count", "E01") == "1")
        try workspace.script([["fail": "read twice"], Company.page(Company.deed("2"))])
        #expect(try await host.pull([]).isComplete)
        #expect(try await host.shown("deed_count", "E01") == "2")
    }

    @Test func `another mapping reads the stream from its start`() async throws {
        let workspace = try Company()
        try workspace.script([
            Company.page(Company.deed("1", points: "2")), Company.page(Company.deed("2", points: "4")),
        ])
        _ = try await workspace.host().replacePeople(Company.people)
        _ = try await workspace.host().pull([])
        #expect(try await workspace.host().shown("deed_points", "E01") == "3.00")
        try workspace.edit("connectors/diary.yaml", "points: source.points", "points: decimal(source.points) * 10")
        let report = try await workspace.host().pull([])
        #expect(report.streams.map(\.run.counters.updated) == [2])
        #expect(try await workspace.host().shown("deed_points", "E01") == "30.00")
    }

    @Test func `two streams of one source are read once and stored by their names`() async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "streams:\n",
            """
            streams:
              good:
                from: deeds
                record: deed
                where: source.kind == 'good'
                map: {id: source.id, owner_id: account(source.who), at: source.at}

            """)
        try workspace.script([Company.page(Company.deed("1", kind: "good"), Company.deed("2", kind: "bad"))])
        let host = try await workspace.host()
        let report = try await host.pull([])
        #expect(report.streams.map { "\($0.run.stream) \($0.run.counters.inserted)" } == ["good 1", "deeds 2"])
        try workspace.script([Company.page(), Company.page(Company.deed("3", kind: "good"))])
        #expect(try await host.pull([]).streams.map(\.run.counters.inserted) == [1, 1])
    }

    @Test func `of two pulls at the same time the second is refused with a sentence`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1"))])
        let host = try await workspace.host()
        let run = try await host.store.beginRun(connection: "diary", stream: "deeds")
        let report = try await host.pull([])
        #expect(report.failures.map(\.message) == ["another run is reading diary/deeds. Wait for it, or end it."])
        #expect(!report.isComplete && report.streams.isEmpty)
        _ = try await host.store.finishRun(run.id, as: .failed, message: nil, sourceCount: nil)
        #expect(try await host.pull([]).isComplete)
        #expect(try await host.evidenceStates() == ["1 live"])
    }

    @Test func `a busy stream does not keep other connections from being read and counted`() async throws {
        let workspace = try Company()
        let other = try #require(Company.files["connectors/diary.yaml"]).replacing("diary", with: "second")
        try workspace.write("connectors/second.yaml", other)
        try workspace.script([Company.page(Company.deed("1"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.store.beginRun(connection: "diary", stream: "deeds")
        let report = try await host.pull([])
        #expect(report.failures.map(\.message) == ["another run is reading diary/deeds. Wait for it, or end it."])
        #expect(report.failures.map(\.isTemporary) == [true])
        #expect(!report.isComplete)
        #expect(try await host.shown("deed_count", "E01") == "1")
    }

    @Test func `a busy stream keeps neither the streams before it from being told nor those after it from being read`()
        async throws
    {
        let workspace = try Company()
        let map = "    record: deed\n    map: {id: source.id, owner_id: account(source.id)}\n"
        try workspace.edit(
            "connectors/diary.yaml", "streams:\n", "streams:\n  first:\n    from: accounts\n\(map)")
        try workspace.script([Company.page(Company.deed("1"))], ["accounts": [["records": [["id": "2"]]]]])
        let host = try await workspace.host()
        for (busy, read) in [("deeds", "first"), ("first", "deeds")] {
            let run = try await host.store.beginRun(connection: "diary", stream: busy)
            let report = try await host.pull([])
            #expect(report.streams.map(\.run.stream) == [read])
            #expect(report.failures.count == 1 && !report.isComplete)
            _ = try await host.store.finishRun(run.id, as: .failed, message: nil, sourceCount: nil)
        }
    }

    // MARK: Order of versions

    @Test func `a version that runs backwards is not applied, and is listed`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "5", version: 10))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(), Company.page(Company.deed("1", points: "1", version: 9))])
        let report = try await host.pull([])
        #expect(report.streams.first?.anomalies == ["1: version 9 is older than the stored 10, not applied"])
        #expect(report.streams.first?.run.counters.older == 1)
        #expect(try await host.shown("deed_points", "E01") == "5.00")
        try workspace.script([
            Company.page(), Company.page(), Company.page(Company.deed("1", points: "7", version: 11)),
        ])
        _ = try await host.pull([])
        #expect(try await host.shown("deed_points", "E01") == "7.00")
    }

    @Test func `without versions the later read wins`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "5"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(), Company.page(Company.deed("1", points: "1"))])
        #expect(try await host.pull([]).streams.first?.anomalies == [])
        #expect(try await host.shown("deed_points", "E01") == "1.00")
    }

    @Test func `what the connector finds odd is listed with the run`() async throws {
        let workspace = try Company()
        try workspace.script([
            ["records": [Company.deed("1")], "anomalies": [["id": "1", "reason": "closed before it was opened"]]]
        ])
        #expect(try await workspace.host().pull([]).streams.first?.anomalies == ["1: closed before it was opened"])
    }

    // MARK: Records that go

    @Test func `a record that vanished leaves the values and comes back to them`() async throws {
        let workspace = try Company()
        try workspace.edit("connectors/diary.yaml", "deletes: reported", "deletes: full_list")
        let pages = [Company.page(Company.deed("1"), Company.deed("2"))]
        try workspace.script(pages)
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01") == "2")

        try workspace.script(pages, ["ids": ["1"]])
        let report = try await host.pull([])
        #expect(report.streams.map(\.run.counters.gone) == [1])
        #expect(try await host.evidenceStates() == ["1 live", "2 gone"])
        #expect(try await host.shown("deed_count", "E01") == "1")

        try workspace.script(pages, ["ids": ["1", "2"]])
        _ = try await host.pull([])
        #expect(try await host.evidenceStates() == ["1 live", "2 live"])
        #expect(try await host.shown("deed_count", "E01") == "2")
    }

    @Test func `a sweep that fails marks nothing as gone`() async throws {
        let workspace = try Company()
        try workspace.edit("connectors/diary.yaml", "deletes: reported", "deletes: full_list")
        try workspace.script([Company.page(Company.deed("1"), Company.deed("2"))])
        let host = try await workspace.host()
        _ = try await host.pull([])
        try workspace.script([Company.page(Company.deed("1")), ["fail": "gone fishing"]], ["ids": ["1"]])
        #expect(try await host.pull([]).isComplete == false)
        #expect(try await host.evidenceStates() == ["1 live", "2 live"])
    }

    @Test func `a deletion that the source reports leaves the values`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1"), Company.deed("2"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(), ["deleted": ["2"]]])
        #expect(try await host.pull([]).streams.map(\.run.counters.deleted) == [1])
        #expect(try await host.evidenceStates() == ["1 live", "2 deleted"])
        #expect(try await host.shown("deed_count", "E01") == "1")
    }

    @Test func `the last record of a subject that goes leaves no data, not a zero`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(), ["deleted": ["1"]]])
        _ = try await host.pull([])
        #expect(try await host.shown("deed_points", "E01") == "no_data")
    }

    @Test(arguments: ["reported", "full_list"])
    func `a record that the condition leaves out after it was in leaves the values, and may return`(
        _ deletes: String
    ) async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "deletes: reported", "deletes: \(deletes)\n    where: source.kind != 'draft'")
        try workspace.script([Company.page(Company.deed("1", kind: "done"), Company.deed("2", kind: "draft"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01") == "1")
        try workspace.script([Company.page(), Company.page(Company.deed("1", kind: "draft"))], ["ids": ["1", "2"]])
        _ = try await host.pull([])
        #expect(try await host.evidenceStates() == ["1 deleted"])
        try workspace.script(
            [Company.page(), Company.page(), Company.page(Company.deed("1", kind: "done"))], ["ids": ["1", "2"]])
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "E01") == "1")
    }

    @Test func `the source's count is not held against a stream that leaves records out`() async throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "deletes: reported", "deletes: reported\n    where: source.kind != 'draft'")
        try workspace.script([Company.page(Company.deed("1"))], ["count": 3])
        let report = try await workspace.host().pull([])
        #expect(report.streams.map(\.run.sourceCount) == [nil])
    }

    @Test func `the source's count is kept beside ours`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1"))], ["count": 3])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        let report = try await host.explain("deed_count", subject: .init(kind: .employee, id: "E01"), period: .july)
        #expect(report.streams.map(\.live) == [1] && report.streams.map(\.sourceCount) == [3])
        #expect(report.streams.map(\.deletions) == ["reported"])
    }
}
