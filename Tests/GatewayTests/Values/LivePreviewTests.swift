import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What edits of the workspace would change, beside what is published: exactly what the next pull then publishes.
@Suite struct LivePreviewTests {
    typealias Company = TestWorkspace

    /// Twenty people with a deed each in July and August; the last three have more points than the others.
    private func company(points: (Int) -> Int = { $0 > 17 ? 20 : 5 }) async throws -> (Company, WorkspaceHost) {
        let workspace = try Company()
        let numbers = 1...20
        try workspace.script(
            ["2026-07", "2026-08"].map { month in
                [
                    "records": .array(
                        numbers.map { number in
                            Company.deed(
                                "\(month)/\(number)", who: Self.staff(number), at: "\(month)-10T02:00:00Z",
                                points: "\(points(number))", kind: number % 2 == 0 ? "even" : "odd")
                        })
                ]
            })
        let host = try await workspace.host()
        _ = try await host.replacePeople(
            numbers.map {
                DirectoryEntry(
                    employee: Self.staff($0), nameZh: "员工", unit: $0 % 2 == 0 ? "Plumb/Even" : "Plumb/Odd")
            })
        _ = try await host.pull([])
        return (workspace, host)
    }

    private static func staff(_ number: Int) -> String { "E\(100 + number)" }

    private static let capped = (
        "indicators/deeds.yaml", "value: record.points",
        "value: \"record.points > decimal('10') ? decimal('10') : record.points\""
    )

    @Test func `an edited definition that concerns three of twenty people says so`() async throws {
        let (workspace, _) = try await company()
        try workspace.edit(Self.capped.0, Self.capped.1, Self.capped.2)
        let preview = try await workspace.host().previewAgainstLive(LivePreviewRequest())
        let points = try #require(preview.indicators.first)
        #expect(preview.indicators.map(\.definition.id) == ["deed_points"])
        #expect(points.causes == [.definition] && preview.streams.isEmpty)
        #expect(points.subjects(.employee) == (differing: 3, all: 20))
        #expect(
            Set(points.differing.filter { $0.key.subject.kind == .employee }.map(\.key.subject.id))
                == ["E118", "E119", "E120"])
        let mover = try #require(points.topMovers(1).first)
        #expect(mover.old?.decimal == "20.00" && mover.new?.decimal == "10.00" && mover.movement == Rational(-10))
        #expect(mover.relativeMovement?.description == "-0.5")
        #expect(points.distributions?.old?.greatest == Rational(20))
        #expect(points.distributions?.new?.greatest == Rational(10) && points.distributions?.new?.count == 40)
    }

    // MARK: What is previewed is what is published

    struct Edit: CustomTestStringConvertible {
        let what: String
        let changes: [(file: String, old: String, new: String)]
        var testDescription: String { what }

        init(_ what: String, _ changes: (String, String, String)...) {
            self.what = what
            self.changes = changes.map { (file: $0.0, old: $0.1, new: $0.2) }
        }
    }

    private static let definitions = "indicators/deeds.yaml"
    private static let mapping = "connectors/diary.yaml"

    static let edits = [
        Edit("a cap", capped),
        Edit("another aggregate", (definitions, "aggregate: mean", "aggregate: max")),
        Edit(
            "a smaller set of records",
            (definitions, "aggregate: mean", "aggregate: mean\n    where: record.kind == 'odd'")),
        Edit("a minimum that nobody reaches", (definitions, "aggregate: mean", "aggregate: mean\n    min_sample: 9")),
        Edit("other periods", ("plumbline.yaml", "[month, quarter]", "[month, year]")),
        Edit("another number in the mapping", (mapping, "points: source.points", "points: source.points + '0'")),
        Edit(
            "a filter in the mapping",
            (mapping, "deletes: reported", "deletes: reported\n    where: source.kind == 'odd'")),
        Edit("other people in the mapping", (mapping, "account(source.who)", "account('E101')")),
        Edit(
            "records that fail now",
            (mapping, "points: source.points", "points: \"source.kind == 'odd' ? 'many' : '7'\"")),
        Edit(
            "definition and mapping", capped, (mapping, "points: source.points", "points: source.points + '1'")),
    ]

    @Test(arguments: edits) func `what is previewed is what the next pull publishes`(edit: Edit) async throws {
        let (workspace, _) = try await company()
        for change in edit.changes { try workspace.edit(change.file, change.old, change.new) }
        let host = try await workspace.host()
        let before = try await host.store.tableDigests()
        let preview = try await host.previewAgainstLive(LivePreviewRequest())
        #expect(try await host.store.tableDigests() == before)
        #expect(preview.rows?.changed == [] && preview.rows?.rows ?? 0 > 80)
        #expect(!preview.indicators.flatMap(\.differing).isEmpty)
        try await pull(host)
        try await expectPublished(preview, host)
        let again = try await host.previewAgainstLive(LivePreviewRequest())
        #expect(again.indicators.isEmpty && again.streams.isEmpty, "nothing is left to preview")
    }

    /// A pull of which everything counts, however unusual the edit has made it.
    private func pull(_ host: WorkspaceHost) async throws {
        _ = try await host.pull([])
        for hold in try await host.holds() {
            _ = try await host.decide(hold.id, .release, reason: "the edit was meant so")
        }
    }

    private func expectPublished(_ preview: LivePreview, _ host: WorkspaceHost) async throws {
        for indicator in preview.indicators {
            for value in indicator.values {
                let published = try await host.store.value(value.key)?.content
                #expect(
                    published?.exact == value.new?.exact && published?.decimal == value.new?.decimal, "\(value.key)")
                #expect(published?.status ?? .noData == value.new?.status ?? .noData, "\(value.key)")
                #expect(published?.sampleSize ?? 0 == value.new?.sampleSize ?? 0, "\(value.key)")
            }
        }
    }

    @Test func `a rebuild publishes what is previewed too`() async throws {
        let (workspace, _) = try await company()
        try workspace.edit(Self.capped.0, Self.capped.1, Self.capped.2)
        let host = try await workspace.host()
        let preview = try await host.previewAgainstLive(LivePreviewRequest())
        _ = try await host.rebuild()
        try await expectPublished(preview, host)
    }

    // MARK: Edited mappings

    @Test func `an edited mapping tells what was read anew, and what newly fails with the reason`() async throws {
        let (workspace, _) = try await company()
        try workspace.edit(Self.mapping, "points: source.points", "points: \"source.kind == 'odd' ? 'many' : '7'\"")
        let preview = try await workspace.host().previewAgainstLive(LivePreviewRequest())
        let stream = try #require(preview.streams.first)
        #expect(stream.reading.read == 40 && stream.reading.changed == 20 && stream.newlyRejected.count == 20)
        #expect(stream.newlyRejected.first?.reason == "'points' wants decimal?, not 'xxxx'")
        #expect(stream.kept == 20, "records that fail stay as they are stored")
        #expect(Set(preview.indicators.map(\.definition.id)) == ["deed_count", "deed_points"])
        #expect(preview.indicators.allSatisfy { $0.causes == [.mapping] })
    }

    @Test func `records that were rejected before are not told as new`() async throws {
        let (workspace, host) = try await company()
        try workspace.script([Company.page(Company.deed("1", points: "1"), Company.deed("2", points: "many"))])
        try workspace.edit(Self.mapping, "kind: source.kind", "kind: \"'one'\"")
        _ = try await workspace.host().pull([])
        try workspace.edit(Self.mapping, "kind: \"'one'\"", "kind: \"'two'\"")
        let stream = try #require(
            try await workspace.host().previewAgainstLive(LivePreviewRequest()).streams.first)
        #expect(stream.reading.rejects.count == 1 && stream.newlyRejected.isEmpty)
        withExtendedLifetime(host) {}
    }

    @Test func `what the source does not give again counts as stored, and lacks what the mapping fills first`()
        async throws
    {
        let (workspace, _) = try await company()
        try workspace.script([
            Company.page(Company.deed("2026-07/1", who: "E101", points: "9", begun: "2026-07-01T00:00:00Z"))
        ])
        try workspace.edit(Self.mapping, "points: source.points", "points: source.points + '0'")
        let preview = try await workspace.host().previewAgainstLive(LivePreviewRequest())
        let stream = try #require(preview.streams.first)
        #expect(stream.reading.read == 1 && stream.kept == 39 && stream.newFields == ["begun"])
        let mover = try #require(preview.indicators.last?.topMovers(1).first)
        #expect(mover.key.subject.id == "E101" && mover.new?.decimal == "90.00")
    }

    @Test func `a source that cannot be read leaves its records as they are stored`() async throws {
        let (workspace, _) = try await company()
        try workspace.script([Company.page(Company.deed("2026-07/1", points: "99")), ["fail": "out of paper"]])
        try workspace.edit(Self.mapping, "points: source.points", "points: source.points + '0'")
        let preview = try await workspace.host().previewAgainstLive(LivePreviewRequest())
        #expect(!preview.isComplete && preview.streams.first?.failure == "the source is unavailable: out of paper")
        #expect(preview.streams.first?.kept == 40 && preview.indicators.flatMap(\.differing).isEmpty)
    }

    @Test func `a stream that is mapped onto another type takes its records along`() async throws {
        let (workspace, _) = try await company()
        try workspace.edit(
            Self.definitions, "record_types:\n", "record_types:\n  favour: {fields: {id: string, at: datetime?}}\n")
        try workspace.edit(Self.mapping, "record: deed", "record: favour")
        for field in [
            "owner_id: account(source.who)", "begun: source.begun", "points: source.points", "kind: source.kind",
            "owner_intervals: source.owners",
        ] { try workspace.edit(Self.mapping, "      \(field)", "") }
        try workspace.script([Company.page(Company.deed("2026-07/1", who: "E101"))])
        let host = try await workspace.host()
        let preview = try await host.previewAgainstLive(LivePreviewRequest())
        #expect(preview.indicators.contains { $0.differing(.lost).count > 40 } && preview.streams.first?.kept == 0)
        try await pull(host)
        try await expectPublished(preview, host)
    }

    @Test func `a definition that reads what no record has is told`() async throws {
        let (workspace, _) = try await company()
        try workspace.edit(Self.definitions, "value: record.points", "value: workingDays(record.begun, record.at)")
        let preview = try await workspace.host().previewAgainstLive(LivePreviewRequest())
        #expect(preview.indicators.first?.emptyFields == ["deed.begun"])
    }

    // MARK: Which are compared

    @Test func `a locked period shows a finding and no value`() async throws {
        let (workspace, host) = try await company()
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "hr", reason: nil)
        try workspace.edit(Self.capped.0, Self.capped.1, Self.capped.2)
        let edited = try await workspace.host()
        let points = try #require(try await edited.previewAgainstLive(LivePreviewRequest()).indicators.first)
        #expect(Set(points.findings.map(\.key.period)) == ["2026-07"])
        #expect(points.findings.count { $0.key.subject.kind == .employee } == 3)
        #expect(!points.differing.contains { $0.key.period == "2026-07" })
        let refused = try await edited.pull([]).values.refused.filter {
            $0.old?.exact != $0.new.exact || $0.old?.status != $0.new.status
        }
        #expect(Set(refused.map(\.key)) == Set(points.findings.map(\.key)))
    }

    @Test(arguments: [(1, ["2026-08", "2026-Q3"]), (6, ["2026-07", "2026-08", "2026-Q3"])])
    func `the latest periods of each kind are compared`(count: Int, periods: [String]) async throws {
        let (workspace, _) = try await company()
        try workspace.edit(Self.capped.0, Self.capped.1, Self.capped.2)
        var request = LivePreviewRequest()
        request.periods = count
        let preview = try await workspace.host().previewAgainstLive(request)
        #expect(preview.periods == periods)
        #expect(Set(preview.indicators.flatMap(\.values).map(\.key.period)) == Set(periods))
    }

    @Test func `an indicator that is asked for is compared although nothing was edited`() async throws {
        let (workspace, host) = try await company()
        var request = LivePreviewRequest()
        request.indicators = ["deed_count"]
        let preview = try await host.previewAgainstLive(request)
        #expect(preview.indicators.map(\.definition.id) == ["deed_count"])
        #expect(preview.indicators[0].causes.isEmpty && preview.indicators[0].differing.isEmpty)
        #expect(preview.indicators[0].unchanged > 40)
        withExtendedLifetime(workspace) {}
    }

    @Test func `a workspace without values has nothing to compare with`() async throws {
        let workspace = try Company()
        let preview = try await workspace.host().previewAgainstLive(LivePreviewRequest())
        #expect(preview.isUnpublished && preview.indicators.isEmpty)
    }

    @Test func `values without a definition and records without values are told`() async throws {
        let (workspace, host) = try await company()
        try workspace.edit(Self.definitions, "id: deed_points", "id: deed_worth")
        _ = try await host.store.saveAccounts(of: "diary", markingStale: ["deed"]) { known, _ in
            known.map { Account(connection: $0.connection, account: $0.account, state: .ignored) }
        }
        let preview = try await workspace.host().previewAgainstLive(LivePreviewRequest())
        #expect(preview.withdrawn == ["deed_points"] && preview.pending == ["deed"])
        #expect(preview.indicators.map(\.causes) == [[.new]])
    }

    @Test func `rows that differ are told by their table`() {
        let before = [TableDigest(table: "a", rows: 1, digest: "1"), TableDigest(table: "b", rows: 2, digest: "2")]
        let after = [before[0], TableDigest(table: "b", rows: 3, digest: "3")]
        #expect(RowCheck(before: before, after: before).changed == [])
        #expect(RowCheck(before: before, after: after).changed == ["b"])
        #expect(RowCheck(before: before, after: after).rows == 4)
    }
}
