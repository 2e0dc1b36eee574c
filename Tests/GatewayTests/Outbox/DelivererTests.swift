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

    @Test(.timeLimit(.minutes(5))) func `a sink that never answers keeps no other waiting`() async throws {
        let (begun, ended, goOn) = (OutboxBell(), OutboxBell(), OutboxBell())
        let quick = try TestHTTPServer { _, _ in .init() }
        defer { quick.stop() }
        let company = try Company.telling(
            [
                "portal": Company.portal("https://silent.example/in"),
                "quick": Company.portal(quick.baseURL).replacing("sink: portal", with: "sink: quick"),
            ], secrets: ["portal": Company.webhookSecret])
        var host = try await company.host()
        // Its address is waited for, which no time limit of a request ends.
        host.transportEnvironment.resolve = { (_) async throws(ResolutionFailure) in
            begun.ring()
            await goOn.wait()
            throw ResolutionFailure(reason: "nobody answers")
        }
        let deliverer = Deliverer(
            CurrentHost(host), board: WorkerBoard(), log: { if $0.contains("quick: 1 delivered") { ended.ring() } },
            sleep: { _ in try await Task.sleep(for: .seconds(600)) })
        let services = ServiceGroup(services: [deliverer], logger: .init(label: "test"))
        async let running: Void = services.run()
        try await company.tell("one", host: host)
        await begun.wait()
        // What follows is written when the round before is over, for the one sink, and goes on for the other.
        await ended.wait()
        for name in ["two", "three"] {
            try await company.tell(name, host: host)
            await ended.wait()
        }
        #expect(quick.requests.count == 3)
        #expect(try await host.store.attempts(of: 1).map(\.sink) == ["quick"])
        goOn.ring()
        await services.triggerGracefulShutdown()
        try await running
        let keys = quick.requests.compactMap { $0.headers["webhook-id"] }
        let events = try await host.store.deliveries(DeliveryFilter(sink: "quick"), limit: 10).reversed()
        #expect(keys == events.map(\.event.key), "in their order")
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
