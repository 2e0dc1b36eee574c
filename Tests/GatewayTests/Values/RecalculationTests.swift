import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What a recalculation computes although no record asks for it, and what it leaves.
@Suite struct RecalculationTests {
    typealias Company = TestWorkspace

    private static let file = "indicators/more.yaml"
    private static let extra = """
        indicators:
          - {id: extra, record: deed, subject: record.owner_id, anchor: record.at, aggregate: count, scale_digits: 0}
        """

    /// A company that counts deeds of July and August, with more indicators.
    private func company(_ indicators: String = extra) async throws -> (Company, WorkspaceHost) {
        let workspace = try Company([Self.file: indicators])
        try workspace.script([Company.page(Company.deed("1"), Company.deed("2", at: "2026-08-03T02:00:00Z"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        return (workspace, host)
    }

    private func expectNothingToRebuild(_ host: WorkspaceHost) async throws {
        #expect(try await host.rebuild().changes.map(\.new.key) == [])
    }

    // MARK: Indicators that go and come

    @Test func `an indicator that is defined no longer loses its values, but for those of locked periods`() async throws
    {
        let (workspace, host) = try await company()
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "hr", reason: nil)
        try workspace.remove(Self.file)
        let without = try await workspace.host()
        let outcome = try await without.recalculate(cause: "test", run: nil)
        #expect(Set(outcome.changes.map(\.new.key.indicator)) == ["extra"])
        #expect(Set(outcome.refused.map(\.key.period)) == ["2026-07"])
        #expect(try await without.shown("extra", "E01", "2026-08") == "no_data")
        #expect(try await without.shown("extra", "E01", "2026-07") == "1")
        #expect(try await without.recalculate(cause: "test", run: nil).refused.isEmpty, "that is said once")
        try await expectNothingToRebuild(without)
    }

    @Test(arguments: [false, true])
    func `an indicator that comes back as it was has the values of now`(isRebuilt: Bool) async throws {
        let (workspace, _) = try await company()
        try workspace.remove(Self.file)
        try workspace.script([Company.page(), Company.page(Company.deed("3", at: "2026-08-04T02:00:00Z"))])
        let without = try await workspace.host()
        _ = try await without.pull([])
        if isRebuilt { _ = try await without.rebuild() }
        try workspace.write(Self.file, Self.extra)
        let back = try await workspace.host()
        _ = try await back.recalculate(cause: "test", run: nil)
        #expect(try await back.shown("extra", "E01", "2026-08") == "2")
        #expect(try await back.shown("extra", "E01", "2026-07") == "1")
        try await expectNothingToRebuild(back)
    }

    @Test func `records of a type that is gone keep no other from being computed`() async throws {
        let (workspace, _) = try await company()
        let original = try #require(Company.files["indicators/deeds.yaml"])
        let others =
            "  others:\n    from: deeds\n    record: act\n    deletes: reported\n    map: {id: source.id, at: source.at}\n"
        try workspace.edit(
            "indicators/deeds.yaml", "record_types:", "record_types:\n  act: {fields: {id: string, at: datetime?}}")
        try workspace.edit("connectors/diary.yaml", "streams:\n", "streams:\n\(others)")
        let with = try await workspace.host()
        _ = try await with.pull([])
        try workspace.script([
            Company.page(), Company.page(Company.deed("1", at: "2026-08-01T02:00:00Z"), Company.deed("4")),
        ])
        try await with.readOnly()
        #expect(try await with.store.staleMarks().map(\.recordType) == ["act", "deed"])
        try workspace.write("indicators/deeds.yaml", original)
        try workspace.edit("connectors/diary.yaml", others, "")
        try workspace.reopen()
        let without = try await workspace.host()
        _ = try await without.recalculate(cause: "test", run: nil)
        #expect(try await without.shown("extra", "E01", "2026-08") == "2")
        try await expectNothingToRebuild(without)
    }

    // MARK: Time that passes

    /// A stock of whom nobody has enough for a partial value.
    private static let stock = """
        indicators:
          - {id: stock, record: deed, subject: record.owner_id, in_period: record.at < period.end, aggregate: count,
             min_sample: 30, scale_digits: 0}
        """

    @Test func `a period that begins has its values without any record having changed`() async throws {
        let (workspace, host) = try await company(Self.stock)
        #expect(try await host.published("stock", "E01", "2026-10")?.content.status == .lowSample)
        workspace.clock.set("2026-11-01T00:00:00Z")
        _ = try await host.recalculate(cause: "test", run: nil)
        #expect(try await host.shown("stock", "E01", "2026-11") == "2")
        try await expectNothingToRebuild(host)
        #expect(try await host.recalculate(cause: "test", run: nil).unchanged == 0, "once is enough")
    }

    /// A stock of which nobody has anything in the present period.
    private static let past = """
        indicators:
          - {id: past, record: deed, subject: record.owner_id, scale_digits: 0, aggregate: count,
             in_period: record.at >= period.start && record.at < period.end}
        """

    @Test func `a period without values makes an indicator whole once`() async throws {
        let (workspace, host) = try await company(Self.past)
        let first = Company.page(Company.deed("1"), Company.deed("2", at: "2026-08-03T02:00:00Z"))
        try workspace.script([first, Company.page(Company.deed("5", at: "2026-08-05T02:00:00Z"))])
        let changed = try await host.pull([]).values
        let computed = Set(changed.changes.map(\.new.key.indicator))
        #expect(
            computed.contains("past") && changed.unchanged == 0,
            "\(changed.unchanged) values were computed that nothing touches")
        try await expectNothingToRebuild(host)
    }

    @Test func `what a lock has refused is computed once the period is unlocked`() async throws {
        let (workspace, host) = try await company()
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "hr", reason: nil)
        try workspace.script([Company.page(), Company.page(Company.deed("6"))])
        #expect(try await host.pull([]).values.refused.isEmpty == false)
        #expect(try await host.shown("extra", "E01") == "1")
        _ = try await host.store.setPeriod("2026-07", to: .open, actor: "hr", reason: "a late deed")
        _ = try await host.recalculate(cause: "test", run: nil)
        #expect(try await host.shown("extra", "E01") == "2")
        try await expectNothingToRebuild(host)
    }

    @Test func `a value that time does not complete is not computed again and again`() async throws {
        let failing = Self.extra.replacing("aggregate", with: "where: \"int(record.kind) > 0\", aggregate")
        let (workspace, host) = try await company(failing)
        try workspace.script([
            Company.page(), Company.page(Company.deed("7", kind: "1"), Company.deed("8", kind: "x")),
        ])
        _ = try await host.pull([])
        #expect(try await host.published("extra", "E01")?.content.status == .partial)
        _ = try await host.recalculate(cause: "test", run: nil)
        #expect(try await host.recalculate(cause: "test", run: nil).unchanged == 0)
        try await expectNothingToRebuild(host)
    }
}

extension WorkspaceHost {
    /// Reads every source, judges what has come, and computes nothing.
    func readOnly() async throws {
        _ = try await read()
        _ = try await judgeRuns()
    }

    /// Reads every source; the runs are neither judged nor is anything computed.
    func read() async throws -> [Run] {
        var runs: [Run] = []
        for connection in workspace.connections {
            let open = try OpenConnection(connection, host: self)
            for group in open.connection.streamsBySource {
                runs += try await StreamPull(host: self, open: open, streams: group, progress: { _ in }).run()
                    .map(\.run)
            }
            await open.close()
        }
        return runs
    }
}
