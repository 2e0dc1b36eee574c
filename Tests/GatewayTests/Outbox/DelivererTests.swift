import Expressions
import Foundation
import Logging
import PlumblineKit
import PlumblineTesting
import ReviewStore
import ServiceLifecycle
import Synchronization
import Testing

@testable import Gateway

/// The service that delivers while a process serves.
@Suite struct DelivererTests {
    typealias Company = TestWorkspace

    private func company(_ server: TestHTTPServer) throws -> Company {
        try Company.telling(["portal": Company.portal(server.baseURL)], secrets: ["portal": Company.webhookSecret])
    }

    @Test func `it delivers what is written while it runs, and ends when it is asked to`() async throws {
        let arrived = OutboxBell()
        let server = try TestHTTPServer { _, _ in
            arrived.ring()
            return .init()
        }
        defer { server.stop() }
        let company = try company(server)
        let host = try await company.host()
        let board = WorkerBoard()
        let deliverer = Deliverer(
            CurrentHost(host), board: board, sleep: { _ in try await Task.sleep(for: .seconds(60)) })
        let services = ServiceGroup(services: [deliverer], logger: .init(label: "test"))
        async let running: Void = services.run()
        for name in ["one", "two"] {
            try await company.tell(name, host: host)
            await arrived.wait()
        }
        await services.triggerGracefulShutdown()
        try await running
        #expect(try await host.deliveryStates() == ["1 delivered 1", "2 delivered 1"])
        #expect(board.workers.map(\.name) == ["deliverer"] && board.workers.first?.trouble == "has ended")
    }

    @Test func `once it is asked to end, the attempt under way is finished and noted, and no other begins`()
        async throws
    {
        let (begun, goOn) = (OutboxBell(), DispatchGate())
        let server = try TestHTTPServer { _, _ in
            begun.ring()
            goOn.wait()
            return .init()
        }
        defer { server.stop() }
        let company = try company(server)
        let host = try await company.host()
        try await company.tell("one", "two", "three", host: host)
        let deliverer = Deliverer(CurrentHost(host), board: WorkerBoard())
        let services = ServiceGroup(services: [deliverer], logger: .init(label: "test"))
        async let running: Void = services.run()
        await begun.wait()
        await services.triggerGracefulShutdown()
        goOn.open()
        try await running
        #expect(try await host.deliveryStates() == ["1 delivered 1", "2 waiting 0", "3 waiting 0"])
    }

    @Test func `what keeps a sink from being sent to is said once`() async throws {
        let server = try TestHTTPServer(answers: [.init()])
        defer { server.stop() }
        let company = try company(server)
        try company.remove("secrets/portal")
        let host = try await company.host()
        try await company.tell("one", host: host)
        let said = Mutex<[String]>([])
        let passes = Mutex(0)
        let enough = OutboxBell()
        let deliverer = Deliverer(
            CurrentHost(host), board: WorkerBoard(), log: { line in said.withLock { $0.append(line) } },
            sleep: { _ in
                let count = passes.withLock { count in
                    count += 1
                    return count
                }
                if count == 5 { enough.ring() }
                await Task.yield()
            })
        let services = ServiceGroup(services: [deliverer], logger: .init(label: "test"))
        async let running: Void = services.run()
        await enough.wait()
        await services.triggerGracefulShutdown()
        try await running
        #expect(said.withLock { $0 }.count == 1)
    }
}

/// Lets a server's thread wait until a test lets it go on.
private final class DispatchGate: Sendable {
    private let isOpen = Mutex(false)
    func open() { isOpen.withLock { $0 = true } }
    func wait() { while !isOpen.withLock({ $0 }) { sched_yield() } }
}
