import Callbacks
import Foundation
import Gateway
import Indicators
import Logging
import PlumblineTesting
import ReviewStore
import ServiceLifecycle
import Synchronization
import Testing

@testable import Console

/// What happens around the server: workers that fail, files that change, the end.
@Suite(.timeLimit(.minutes(15))) struct ServingTests {
    /// A worker that fails so many times and then ends the test's wait.
    private struct Failing: Service {
        struct Broken: Error, CustomStringConvertible {
            let description = "broken"
        }

        func run() async throws { throw Broken() }
    }

    @Test func `a worker that fails is started again, each time later, and the board tells`() async throws {
        let board = WorkerBoard()
        let log = TestLog()
        let waits = Mutex<[Duration]>([])
        let troubles = Mutex<[String?]>([])
        let supervised = SupervisedService(
            name: "inbox", worker: Failing(), board: board, logger: log.logger,
            pause: { wait in
                troubles.withLock { $0.append(board.workers.first?.trouble) }
                return waits.withLock { waits in
                    waits.append(wait)
                    return waits.count < 9
                }
            })
        try await supervised.run()
        #expect(waits.withLock { $0 } == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        #expect(troubles.withLock { $0 }.allSatisfy { $0 == "failed: broken" } && board.workers.first?.failures == 9)
        #expect(
            log.text.contains("error a worker failed and is started again after=\"1 s\" reason=broken worker=inbox\n"))
    }

    @Test func `a worker that ends by itself has failed`() async throws {
        struct Ending: Service {
            func run() async throws {}
        }
        let board = WorkerBoard()
        let supervised = SupervisedService(
            name: "inbox", worker: Ending(), board: board, logger: TestLog().logger, pause: { _ in false })
        try await supervised.run()
        #expect(board.workers.first?.trouble?.contains("it ended") == true)
    }

    @Test func `a store that cannot be written is a worker that failed`() async throws {
        let gateway = try await TestGateway()
        let probe = StoreProbe(current: gateway.served.current, board: gateway.board, pause: { _ in false })
        try await probe.run()
        #expect(gateway.board.workers.map(\.trouble) == [nil])
        try gateway.closeStore()
        let supervised = SupervisedService(
            name: StoreProbe.name, worker: probe, board: gateway.board, logger: gateway.log.logger,
            pause: { _ in false })
        try await supervised.run()
        #expect(gateway.board.workers.first?.trouble?.hasPrefix("failed: ") == true)
        await #expect(throws: StoreError.self) { try await probe.run() }
    }

    @Test func `workers begin when the server listens, those that wait and those that come later`() async {
        let start = StartSignal()
        async let first = start.wait()
        async let second = start.wait()
        start.send()
        let both = await (first, second)
        #expect(both.0 && both.1)
        #expect(await start.wait())
    }

    @Test func `a request ends with what it began with, the next has the new files`() async throws {
        let made = Mutex(0)
        let gateway = try await TestGateway { _ in
            made.withLock { $0 += 1 }
            return ScriptedAnswering(bodyBytes: made.withLock { $0 })
        }
        let before = gateway.served.answering
        let begun = gateway.served.current.host
        let file = gateway.folder.appending(path: "plumbline.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try gateway.write("plumbline.yaml", text.replacing("first_period: 2026-01", with: "first_period: 2026-02"))
        await gateway.served.reload()
        #expect(before.limits(of: "desk")?.bodyBytes == 1)
        #expect(gateway.served.answering.limits(of: "desk")?.bodyBytes == 2)
        #expect(begun.workspace.configuration.firstPeriod.id == "2026-01")
        #expect(gateway.served.current.host.workspace.configuration.firstPeriod.id == "2026-02")
        try gateway.write("plumbline.yaml", "zone: [")
        await gateway.served.reload()
        #expect(gateway.served.answering.limits(of: "desk")?.bodyBytes == 2 && gateway.served.trouble != nil)
        #expect(gateway.served.current.host.workspace.configuration.firstPeriod.id == "2026-02")
    }

    @Test func `what cannot be answered for keeps the old`() async throws {
        let made = Mutex(0)
        let gateway = try await TestGateway { _ throws(HostError) in
            let number = made.withLock { made in
                made += 1
                return made
            }
            if number > 1 { throw .invalid("the secret is not there") }
            return ScriptedAnswering()
        }
        await gateway.served.reload()
        #expect(gateway.served.trouble == "the secret is not there")
        #expect(gateway.served.answering.limits(of: "desk") != nil)
    }

    @Test func `changed files are read once they stay as they are, and only then`() async throws {
        let gateway = try await TestGateway(answering: NoCallbacks())
        let troubles = Mutex<[Bool]>([])
        let watcher = WorkspaceWatcher(
            served: gateway.served, board: gateway.board, logger: gateway.log.logger,
            pause: { [served = gateway.served, folder = gateway.folder] _ in
                let look = troubles.withLock { troubles in
                    troubles.append(served.trouble != nil)
                    return troubles.count
                }
                let text = look == 1 ? "zone: [" : look == 2 ? "zone: [[" : nil
                if let text { try? Data(text.utf8).write(to: folder.appending(path: "plumbline.yaml")) }
                return look < 6
            })
        try await watcher.run()
        #expect(troubles.withLock { $0 } == [false, false, false, true, true, true])
        #expect(gateway.log.text.components(separatedBy: "have mistakes").count == 2)
    }

    @Test func `a server that stops answers what it has begun, and then takes no more`() async throws {
        let slow = SlowAnswering()
        let gateway = try await TestGateway(answering: slow)
        let server = gateway.server()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        // Not a child, as in `serve`.
        let running = Task { try await server.run { port.yield($0.port) } }
        var iterator = ports.makeAsyncIterator()
        let client = RawClient(port: try #require(await iterator.next()))
        async let answer = client.exchange("POST /hooks/desk HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na")
        await slow.asked()
        async let stopped: Void = server.stop()
        slow.release()
        #expect(try await answer.firstStatus == 200)
        await stopped
        try await running.value
        await #expect(throws: (any Error).self) { try await client.exchange("GET /healthz HTTP/1.0\r\n\r\n") }
    }

    @Test func `a server that is stopped before it runs does not run`() async throws {
        let server = try await TestGateway().server()
        await server.stop()
        try await server.run { _ in Issue.record("it listens") }
    }

    @Test func `a log line is one line, and steers no terminal`() {
        let log = TestLog()
        log.logger.error("a\nb\u{1B}[2J", metadata: ["x": "q\"\n\u{9B}", "plain": "a/b-1"])
        #expect(
            log.text == "2026-11-26T09:20:00Z error a\\nb\\u{1b}[2J plain=a/b-1 x=\"q\\\"\\n\\u{9b}\"\n")
    }
}

/// Answers when it is told to.
private final class SlowAnswering: CallbackAnswering {
    private let began = AsyncStream.makeStream(of: Void.self)
    private let go = AsyncStream.makeStream(of: Void.self)

    func limits(of connection: String) -> CallbackLimits? { CallbackLimits(bodyBytes: 10, requestsPerSecond: 100) }

    func answer(_ request: CallbackRequest, for connection: String) async -> CallbackReply {
        began.continuation.finish()
        for await _ in go.stream {}
        return CallbackReply(status: 200)
    }

    func asked() async { for await _ in began.stream {} }

    func release() { go.continuation.finish() }
}
