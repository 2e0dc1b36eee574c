import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Runs that have been kept long enough: which go, and that what rests on them stays as it was.
@Suite struct RunRetentionTests {
    typealias Hooked = HookedWorkspace

    /// A company that was sent a deed long ago, and many that told nothing new since.
    private func company(_ rules: String = "pushed_runs: 7") async throws -> (hooked: Hooked, host: WorkspaceHost) {
        let hooked = try await HookedWorkspace()
        try hooked.company.edit("plumbline.yaml", "zone:", "retention: {\(rules)}\nzone:")
        let host = try await hooked.company.host()
        try await hooked.send("m1", Hooked.deed("a"))
        _ = try await host.drainInbox()
        try hooked.company.tamper(Self.runs(150, isPushed: true))
        hooked.company.clock.set("2026-10-25T00:00:00Z")
        return (hooked, host)
    }

    /// Runs of the first stream that passed, as many as are wanted, on the first day.
    private static func runs(_ count: Int, isPushed: Bool) -> String {
        """
        INSERT INTO runs (stream_id, started, finished, state, gate, mode, is_pushed, unchanged)
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < \(count))
        SELECT stream_id, started, finished, 'succeeded', 'passed', mode, \(isPushed ? 1 : 0), 1 FROM runs, number
        WHERE id = 1
        """
    }

    @Test func `pushed runs go after their days, the last hundred stay, and values with them`() async throws {
        let (hooked, host) = try await company()
        defer { withExtendedLifetime(hooked) {} }
        let before = try await host.store.values(ValueFilter())
        #expect(try await host.applyRetention(isPreview: true).runs == 51)
        #expect(try await host.store.runs(connection: "hooks", limit: 999).count == 151)
        #expect(try await host.applyRetention(isPreview: false).runs == 51)
        #expect(try await host.store.runs(connection: "hooks", limit: 999).count == 100)
        #expect(try await host.applyRetention(isPreview: false).runs == 0)
        #expect(try await host.rebuild().changes.isEmpty)
        #expect(try await host.store.values(ValueFilter()) == before)
        #expect(try await host.store.verifyAudit().problems == [])
        #expect(try await host.store.auditEntries(after: 0, limit: 99).map(\.action).contains("runs.expired"))
    }

    @Test func `a value says which of its runs are kept no longer`() async throws {
        let (hooked, host) = try await company()
        defer { withExtendedLifetime(hooked) {} }
        func explained() async throws -> ExplanationReport {
            try await host.explain("deed_points", subject: Subject(kind: .employee, id: "E01"), period: .july)
        }
        #expect(try await explained().expiredRuns.isEmpty)
        _ = try await host.applyRetention(isPreview: false)
        let report = try await explained()
        #expect(report.expiredRuns == [1] && report.agrees == true)
        #expect(report.json["expired_runs"] == [1])
        #expect(report.streams.first { $0.stream.connection == "hooks" }?.lastRun != nil)
    }

    @Test func `a young run stays, and so does every pull within its own days`() async throws {
        let (hooked, host) = try await company("pushed_runs: 20")
        try hooked.company.tamper(Self.runs(150, isPushed: false))
        #expect(try await host.applyRetention(isPreview: false).runs == 0)
        hooked.company.clock.set("2026-11-25T00:00:00Z")
        #expect(try await host.applyRetention(isPreview: false).runs == 51)
        hooked.company.clock.set("2027-12-25T00:00:00Z")
        #expect(try await host.applyRetention(isPreview: false).runs == 50)
    }

    @Test func `what rests on a run keeps it`() async throws {
        let (hooked, host) = try await company()
        try await hooked.send("bad", Hooked.deed("bad", points: #""many""#))
        _ = try await host.drainInbox()
        let letter = try #require(try await host.openRejects().first)
        try hooked.company.tamper(Self.runs(150, isPushed: true))
        hooked.company.clock.set("2026-11-10T00:00:00Z")
        try hooked.company.tamper("UPDATE runs SET started = 1")
        try hooked.company.tamper(
            """
            INSERT INTO holds (stream_id, record_type, scope, findings, state, created)
            VALUES (1, 'deed', 'records', '[]', 'open', 0)
            """)
        #expect(try await host.applyRetention(isPreview: false).runs == 0, "something of the stream is held")
        try hooked.company.tamper("DELETE FROM holds")
        #expect(try await host.applyRetention(isPreview: false).runs > 100)
        #expect(try await host.store.run(letter.run).id == letter.run)
    }

    @Test func `a record of no period goes although its run went before it`() async throws {
        let (hooked, _) = try await company("pushed_runs: 7, records: {deed: 30}")
        try hooked.company.edit("connectors/hooks.yaml", "at: source.at", "at: \"'at' in source ? source.at : null\"")
        let host = try await hooked.company.host()
        try await hooked.send("odd", Hooked.deed("odd").replacing(#""at":"2026-07-10T02:00:00Z","#, with: ""))
        _ = try await host.drainInbox()
        try hooked.company.tamper(Self.runs(150, isPushed: true))
        hooked.company.clock.set("2026-12-30T00:00:00Z")
        #expect(try await host.applyRetention(isPreview: false).runs > 100)
        #expect(try await host.evidenceStates() == ["a live"], "that of the open period stays")
    }

    @Test func `many pushed runs drown no pulls`() async throws {
        let (hooked, host) = try await company()
        try hooked.company.tamper(Self.runs(1, isPushed: false))
        try hooked.company.tamper(Self.runs(150, isPushed: true))
        let pulls = try await host.store.runs(RunFilter(connection: "hooks", isPushed: false), limit: 5)
        #expect(pulls.count == 1)
        let judged = try await host.store.judgedRuns(
            connection: "hooks", stream: "deeds", arePushed: false, limit: 5)
        #expect(judged.count == 1)
        #expect(
            try await host.store.judgedRuns(connection: "hooks", stream: "deeds", arePushed: true, limit: 5).count == 5)
    }
}
