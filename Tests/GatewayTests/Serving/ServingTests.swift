import Expressions
import Foundation
import GRDB
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What a serving process asks of its workspace.
@Suite struct ServingTests {
    typealias Company = TestWorkspace

    @Test func `the status tells when a connection was read, and what waits in it`() async throws {
        let workspace = try Company()
        let host = try await workspace.host()
        let never = ConnectionStatus(name: "diary", openRejects: 0, openHolds: 0)
        #expect(try await host.status().connections == [never])
        try workspace.script([Company.page(Company.deed("1", points: "many"), Company.deed("2"))])
        _ = try await host.pull([])
        let read = ConnectionStatus(
            name: "diary", lastSuccess: workspace.clock.now(), openRejects: 1, openHolds: 0)
        let status = try await host.status()
        #expect(status.connections == [read] && status.moment == workspace.clock.now())
        #expect(status.connections.first?.inboxDepth == nil, "what is not known is not zero")
    }

    @Test func `a failed run and a replayed reject are no reading`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "many"))])
        let host = try await workspace.host()
        _ = try await host.pull([])
        let first = try await host.status().connections
        workspace.clock.set("2026-10-16T00:00:00Z")
        try workspace.write("data/script.json", "no json")
        _ = try? await host.pull([])
        try workspace.tamper(
            """
            INSERT INTO runs (stream_id, started, finished, state, message)
            VALUES (1, 9000000000000000, 9000000000000000, 'succeeded', 'replay of reject 1')
            """)
        #expect(try await host.status().connections == first)
    }

    @Test func `what the gate holds is told`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1"))])
        let host = try await workspace.host()
        _ = try await host.pull([])
        try workspace.tamper(
            """
            INSERT INTO holds (stream_id, record_type, scope, findings, state, created)
            VALUES (1, 'deed', 'run', '[]', 'open', 0), (1, 'deed', 'run', '[]', 'released', 0)
            """)
        #expect(try await host.status().connections.first?.openHolds == 1)
    }

    @Test func `a host works on other files with the same store, new record types included`() async throws {
        let workspace = try Company()
        let host = try await workspace.host()
        try workspace.edit("indicators/deeds.yaml", "  deed:", "  favour:\n    fields: {id: string}\n  deed:")
        let read = try Workspace.read(workspace.path, registry: Company.registry)
        let other = try await host.working(on: read)
        #expect(other.workspace.recordTypes["favour"] != nil && host.workspace.recordTypes["favour"] == nil)
        #expect(try await other.store.tableDigests().contains { $0.table.contains("favour") })
        #expect(other.store as AnyObject === host.store as AnyObject)
    }

    @Test func `another zone takes a restart`() async throws {
        let workspace = try Company()
        let host = try await workspace.host()
        try workspace.edit("plumbline.yaml", "zone: Asia/Shanghai", "zone: Europe/Berlin")
        let read = try Workspace.read(workspace.path, registry: Company.registry)
        let error = await #expect(throws: HostError.self) { try await host.working(on: read) }
        #expect(error?.description.contains("from Asia/Shanghai to Europe/Berlin") == true)
    }

    @Test func `work keeps the host it began with`() async throws {
        let workspace = try Company()
        let current = CurrentHost(try await workspace.host())
        let begun = current.host
        try workspace.edit("plumbline.yaml", "periods: [month, quarter]", "periods: [month]")
        current.replace(try await workspace.host())
        #expect(begun.workspace.configuration.periodKinds.count == 2)
        #expect(current.host.workspace.configuration.periodKinds.count == 1)
    }

    @Test func `a workspace is served by one at a time`() throws {
        let workspace = try Company()
        let first = try ServingClaim(folder: workspace.path)
        let error = #expect(throws: HostError.self) { try ServingClaim(folder: workspace.path) }
        #expect(error?.description.contains("another 'plumbline serve'") == true)
        withExtendedLifetime(first) {}
    }

    @Test func `the token for metrics stands in a file, or in the environment`() async throws {
        let workspace = try Company()
        #expect(try await workspace.host().metricsToken() == nil)
        try workspace.write("secrets/metrics-token", "sesame\n")
        #expect(try await workspace.host().metricsToken() == Secret("sesame"))
    }

    @Test func `a database that another process locks is not writable, and is again when it lets go`() async throws {
        let workspace = try Company()
        workspace.patience = .milliseconds(50)
        let host = try await workspace.host()
        try await host.store.requireWritable()
        let before = try await host.store.tableDigests()
        try await host.store.requireWritable()
        #expect(try await host.store.tableDigests() == before)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: host.workspace.databasePath, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let error = await #expect(throws: StoreError.self) { try await host.store.requireWritable() }
        #expect(error?.remedy == .retryLater)
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await host.store.requireWritable()
    }
}
