import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Streams that are renamed, or taken out of their file: what they brought never counts twice unseen.
@Suite struct StreamTests: GateSuite {
    typealias Hooked = HookedWorkspace

    /// A company that was sent a deed of each id, and whose stream has another name then.
    private func renamed() async throws -> (hooked: Hooked, host: WorkspaceHost) {
        let hooked = try await HookedWorkspace()
        for id in ["a", "b"] { try await hooked.send(id, Hooked.deed(id)) }
        _ = try await hooked.host.drainInbox()
        try hooked.company.edit("connectors/hooks.yaml", "  deeds:\n", "  acts:\n")
        return (hooked, try await hooked.company.host())
    }

    @Test func `a pushed stream that is renamed waits until its old records are retired`() async throws {
        let (hooked, host) = try await renamed()
        let report = try await host.replayInbox(InboxFilter(connection: "hooks")).report
        let findings = report.values.judgements.flatMap(\.holds).flatMap(\.findings)
        #expect(findings.map(\.rule) == ["left_behind"] && findings.map(\.subject) == ["hooks/deeds"])
        #expect(findings.first?.text.en.contains("'plumbline streams retire hooks/deeds'") == true)
        #expect(try await host.shown("deed_count", "E01") == "2")
        try await hooked.send("c", Hooked.deed("c"))
        _ = try await host.drainInbox()
        #expect(try await host.shown("deed_count", "E01") == "2", "and so does what comes next")
        #expect(try await host.holds().count == 1)

        let old = StreamReference(connection: "hooks", stream: "deeds")
        let retired = try await host.retire(old, reason: "renamed")
        #expect(retired.records == 2)
        #expect(try await host.holds().isEmpty)
        #expect(try await host.shown("deed_count", "E01") == "3")
        #expect(try await host.rebuild().changes.isEmpty)
        #expect(try await host.store.verifyAudit().problems == [])
        #expect(try await host.store.auditEntries(after: 0, limit: 99).map(\.action).contains("stream.retired"))
        try await hooked.send("d", Hooked.deed("d"))
        #expect(try await host.drainInbox().values.judgements.flatMap(\.holds).isEmpty)
        #expect(try await host.shown("deed_count", "E01") == "4")
    }

    @Test func `whoever says that both count is not asked again`() async throws {
        let (hooked, host) = try await renamed()
        try await hooked.send("c", Hooked.deed("c"))
        _ = try await host.drainInbox()
        _ = try await host.decide(1, .release, reason: "other deeds")
        #expect(try await host.shown("deed_count", "E01") == "3")
        try await hooked.send("d", Hooked.deed("d"))
        #expect(try await host.drainInbox().values.judgements.flatMap(\.holds).isEmpty)
        #expect(try await host.shown("deed_count", "E01") == "4")
    }

    @Test func `a drain that brings a new stream nothing does not make it known`() async throws {
        let (hooked, host) = try await renamed()
        try await hooked.send("other", #"{"type":"comment","id":"x"}"#)
        #expect(try await host.drainInbox().values.judgements.flatMap(\.holds).isEmpty)
        try await hooked.send("c", Hooked.deed("c"))
        #expect(try await host.drainInbox().values.judgements.flatMap(\.holds).count == 1)
    }

    @Test(arguments: [true, false])
    func `a pulled stream, or its connection, that is renamed waits as well`(isStream: Bool) async throws {
        let (workspace, host) = try await company()
        _ = try await pull(workspace, host, deeds(3))
        if isStream {
            try workspace.edit("connectors/diary.yaml", "  deeds:\n", "  acts:\n    from: deeds\n")
        } else {
            try workspace.edit("connectors/diary.yaml", "connection: diary", "connection: journal")
        }
        let again = try await workspace.host()
        #expect(rules(try await pull(workspace, again, deeds(3))) == ["left_behind"])
        #expect(try await again.shown("deed_count", "E01") == "3")
        _ = try await again.retire(StreamReference(connection: "diary", stream: "deeds"), reason: "renamed")
        #expect(try await again.shown("deed_count", "E01") == "3")
        #expect(try await again.knownStreams().map(\.isDescribed) == [true])
    }

    @Test func `what a file describes cannot be retired, nor what waits at the gate`() async throws {
        let (hooked, host) = try await renamed()
        await #expect(throws: HostError.self) {
            try await host.retire(StreamReference(connection: "hooks", stream: "acts"), reason: "x")
        }
        await #expect(throws: HostError.self) {
            try await host.retire(StreamReference(connection: "hooks", stream: "nothing"), reason: "x")
        }
        let old = StreamReference(connection: "hooks", stream: "deeds")
        await #expect(throws: HostError.self) { try await host.retire(old, reason: " ") }
        try hooked.company.tamper(
            """
            INSERT INTO holds (stream_id, record_type, scope, findings, state, created)
            SELECT id, 'deed', 'records', '[]', 'open', 0 FROM streams WHERE stream = 'deeds'
            """)
        await #expect(throws: HostError.self) { try await host.retire(old, reason: "renamed") }
        #expect(try await host.shown("deed_count", "E01") == "2")
    }

    @Test func `a retired stream that comes back is read from its beginning`() async throws {
        let (workspace, host) = try await company()
        try workspace.script([Company.page(Company.deed("1")), Company.page(Company.deed("2"))])
        _ = try await host.pull([])
        try workspace.edit("connectors/diary.yaml", "  deeds:\n", "  acts:\n    from: deeds\n")
        _ = try await workspace.host().retire(
            StreamReference(connection: "diary", stream: "deeds"), reason: "not needed")
        #expect(try await host.shown("deed_count", "E01") != "2")
        try workspace.edit("connectors/diary.yaml", "  acts:\n    from: deeds\n", "  deeds:\n")
        let back = try await workspace.host()
        _ = try await back.pull([])
        #expect(try await back.shown("deed_count", "E01") == "2")
    }
}
