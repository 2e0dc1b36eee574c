import Expressions
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What stays of a sink that was taken out of the files, and what leaves this machine of its folders.
@Suite struct DroppedSinkTests {
    typealias Company = TestWorkspace

    private static func journal(_ name: String) -> String {
        "sink: \(name)\nkind: file\nevents: [connection.failed]\npeople: none\n"
    }

    private func findings(_ host: WorkspaceHost) async throws -> [Diagnosis] {
        SinkDiagnoses(host.workspace, try await host.store.health(), host.now()).all.filter { $0.level != .ok }
    }

    @Test func `what waits for a sink without a file is dropped when a person says so`() async throws {
        let company = try Company.telling(["a": Self.journal("a"), "b": Self.journal("b")])
        try await company.tell("one", "two", host: company.host())
        try company.remove("sinks/b.yaml")
        let host = try await company.host()
        let advice = try await findings(host).compactMap { $0.advice?.en }
        #expect(advice == ["bring its file back; where nobody needs them, plumbline outbox drop --sink b"])
        await #expect(throws: HostError.self) { try await host.dropDeliveries(to: "b", reason: " ") }
        await #expect(throws: HostError.self) { try await host.dropDeliveries(to: "a", reason: "a test") }
        #expect(try await host.dropDeliveries(to: "b", reason: "the portal is gone") == 2)
        #expect(try await host.dropDeliveries(to: "b", reason: "the portal is gone") == 0)
        #expect(try await findings(host).isEmpty)
        #expect(try await host.deliveryStates() == ["1 waiting 0", "2 waiting 0"])
        let entries = try await host.store.auditEntries(after: 0, limit: 100)
        #expect(entries.filter { $0.action == "outbox.dropped" }.count == 1)
    }

    @Test func `an event that nobody else is told of goes with its sink`() async throws {
        let company = try Company.telling(["b": Self.journal("b")])
        try await company.tell("one", host: company.host())
        try company.remove("sinks/b.yaml")
        let host = try await company.host()
        #expect(try await host.dropDeliveries(to: "b", reason: "a test") == 1)
        await #expect(throws: StoreError.self) { try await host.store.payload(of: 1) }
    }

    @Test func `why a connection failed is told without the folders of this machine`() async throws {
        let company = try Company.telling(["a": Self.journal("a")])
        try company.write(
            "connectors/sheets.yaml",
            """
            connection: sheets
            connector: file.csv
            settings: {path: absent.csv, id_field: id}
            streams: {records: {record: deed, map: {id: source.id}}}
            """)
        let host = try await company.host()
        let report = try await host.pull(["sheets"])
        let local = (report.failures.map(\.message) + report.streams.compactMap(\.run.message)).joined()
        #expect(local.contains("absent.csv"))
        let told = try await host.store.payload(of: 1)
        #expect(told.contains("absent.csv") && !told.contains(company.path) && !told.contains("/tmp"), "\(told)")
    }
}
