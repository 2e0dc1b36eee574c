import Foundation
import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing

/// Deliveries whose process is killed: nothing is lost, receivers can tell what comes twice, and a file holds nothing twice.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct OutboxKillTests {
    private static let secret = "whsec_" + Base64.encode([UInt8](repeating: 7, count: 32))

    /// A company with so many connections that fail, each of which sinks are told of.
    private func company(events: Int, sinks: [String: String]) async throws -> (
        program: Plumbline, folder: TemporaryFolder
    ) {
        let folder = try TemporaryFolder()
        try folder.fill(from: Checkout.workspaces.appending(path: "roundup"))
        for name in ["connectors", "indicators"] {
            try FileManager.default.removeItem(at: folder.url.appending(path: name))
        }
        for number in 1...events {
            try folder.write(
                """
                connection: c\(number)
                connector: file.csv
                settings: {path: absent.csv, id_field: id, complete: true}
                streams:
                  records:
                    record: kb_article
                    map:
                      id: source.id
                      author_id: account(source.author)
                      status: "'draft'"
                      linked_ticket_count: "0"
                      helpful_votes: "0"
                      unhelpful_votes: "0"
                """, to: "connectors/c\(number).yaml")
        }
        for (name, text) in sinks { try folder.write(text, to: "sinks/\(name).yaml") }
        try folder.write(Self.secret, to: "secrets/portal")
        let program = Plumbline(workspace: folder.url)
        let pulled = try await program.run("pull")
        #expect(pulled.status == 1, "\(pulled)")
        let waiting = try await program.json("outbox", "list", "--limit", "1000").array ?? []
        try #require(waiting.count == events * sinks.count)
        return (program, folder)
    }

    @Test func `what was sent and not noted is sent again under its key`() async throws {
        let killing = Mutex((isReached: false, mayAnswer: true))
        let server = try TestHTTPServer { _, index in
            // The process is killed while its request is being answered.
            if index % 5 == 3 {
                killing.withLock { $0 = (true, false) }
                while !killing.withLock(\.mayAnswer) { sched_yield() }
            }
            return .init()
        }
        defer { server.stop() }
        let (program, folder) = try await company(
            events: 20,
            sinks: [
                "portal": """
                {sink: portal, kind: http, url: "\(server.baseURL)", secret: "${file:portal}", events: [connection.failed]}
                """
            ])
        var kills = 0
        while kills < 50 {
            let running = try program.start(["outbox", "deliver"])
            var finished: Plumbline.Finished?
            while finished == nil, !killing.withLock(\.isReached) { finished = try await running.poll() }
            if finished != nil { break }
            running.kill()
            #expect(try await running.finish(timeout: .seconds(10)).wasKilled)
            killing.withLock { $0 = (false, true) }
            kills += 1
        }
        let sent = server.requests
        let keys = Set(sent.compactMap { $0.headers["webhook-id"] })
        #expect(kills >= 5 && sent.count == 20 + kills && keys.count == 20)
        // Each event has one text, however often it was sent.
        #expect(Set(sent.map(\.body)).count == 20)
        let left = try await program.json("outbox", "list")
        #expect(left == [])
        withExtendedLifetime(folder) {}
    }

    /// A busy machine may let a process write everything before it is killed: then others are killed over other events.
    @Test func `a file that is written to by processes that are killed holds each event once`() async throws {
        var kills = 0
        for _ in 1...10 where kills < 5 { kills += try await killsOverFile() }
        #expect(kills >= 5)
    }

    private func killsOverFile() async throws -> Int {
        let (program, folder) = try await company(
            events: 150, sinks: ["journal": "{sink: journal, kind: file, events: [connection.failed]}"])
        var kills = 0
        for _ in 1...200 {
            let running = try program.start(["outbox", "deliver"])
            // From where it begins to write on, at a random place.
            let written = (try? folder.text("outbox/journal.jsonl").count) ?? 0
            let wanted = written + Int.random(in: 1...600)
            var finished: Plumbline.Finished?
            while finished == nil, (try? folder.text("outbox/journal.jsonl").count) ?? 0 < wanted {
                finished = try await running.poll()
            }
            if finished != nil { break }
            running.kill()
            if try await running.finish(timeout: .seconds(10)).wasKilled { kills += 1 }
        }
        let lines = try folder.text("outbox/journal.jsonl").split(separator: "\n").map {
            try JSON.parse(Array($0.utf8))
        }
        #expect(lines.count == 150 && Set(lines.compactMap { $0["id"]?.string }).count == 150)
        #expect(Set(lines.compactMap { $0["data"]?["connection"]?.string }).count == 150)
        #expect(try await program.json("outbox", "list") == [])
        return kills
    }
}
