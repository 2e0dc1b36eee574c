import Expressions
import Foundation
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Events in a file, each once.
@Suite struct FileSinkTests {
    typealias Company = TestWorkspace

    private func company(_ more: String = "") throws -> Company {
        try Company.telling(["log": "sink: log\nkind: file\nevents: [connection.failed]\n\(more)"])
    }

    private func lines(_ company: Company, _ name: String = "log.jsonl") throws -> [JSON] {
        let text = try String(contentsOf: company.folder.appending(path: "outbox/\(name)"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
    }

    private func connections(_ company: Company) throws -> [String?] {
        try lines(company).map { $0["data"]?["connection"]?.string }
    }

    @Test func `each event is a line, readable by its owner alone`() async throws {
        let company = try company()
        let host = try await company.host()
        try await company.tell("one", "two", host: host)
        #expect(try await host.deliverDue().sinks.map(\.delivered) == [2])
        #expect(try connections(company) == ["one", "two"])
        let keys = try await host.store.deliveries(DeliveryFilter(), limit: 9).map(\.event.key)
        #expect(try lines(company).map { $0["id"]?.string } == keys.reversed())
        let path = company.folder.appending(path: "outbox/log.jsonl").path
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a line that was written before the process was killed is not written again`() async throws {
        let company = try company()
        let host = try await company.host()
        try await company.tell("one", "two", host: host)
        _ = try await host.deliverDue()
        // As if the process had been killed before it noted what it had written.
        try company.tamper("UPDATE deliveries SET state = 'waiting', attempts = 0, next_attempt = 0")
        #expect(try await host.deliverDue().sinks.map(\.delivered) == [2])
        #expect(try connections(company) == ["one", "two"])
    }

    @Test(arguments: [1, 7, 60, 100_000])
    func `half a line is cut off and written as a whole`(kept: Int) async throws {
        let company = try company()
        let host = try await company.host()
        try await company.tell("one", "two", host: host)
        _ = try await host.deliverDue()
        let file = company.folder.appending(path: "outbox/log.jsonl")
        let text = try String(contentsOf: file, encoding: .utf8)
        let first = try #require(text.firstIndex(of: "\n"))
        let rest = text[text.index(after: first)...].dropLast()
        let filling = String(repeating: "x", count: max(0, kept - rest.count))
        try Data((text[...first] + rest.prefix(kept) + filling).utf8).write(to: file)
        try company.tamper("UPDATE deliveries SET state = 'waiting', attempts = 0, next_attempt = 0 WHERE event_id = 2")
        _ = try await host.deliverDue()
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test func `what a person asks for again is written only where it is not in the file any more`() async throws {
        let company = try company()
        let host = try await company.host()
        try await company.tell("one", "two", host: host)
        _ = try await host.deliverDue()
        let file = company.folder.appending(path: "outbox/log.jsonl")
        // Far more behind the line than is looked through for one that was written last.
        let filler = String(
            repeating: "{\"id\":\"evt_other\",\"filler\":\"\(String(repeating: "x", count: 1000))\"}\n", count: 5000)
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(filler.utf8))
        try handle.close()
        #expect(try await host.redeliver(DeliveryFilter(event: 1)) == 1)
        _ = try await host.deliverDue()
        #expect(try lines(company).count == 5002)
        try FileManager.default.removeItem(at: file)
        #expect(try await host.redeliver(DeliveryFilter(event: 1)) == 1)
        _ = try await host.deliverDue()
        #expect(try connections(company) == ["one"])
    }

    @Test func `a daily file is that of the day on which it happened, in the company's zone`() async throws {
        let company = try company("daily: true")
        company.clock.set("2026-10-14T15:59:59Z")
        let host = try await company.host()
        try await company.tell("one", host: host)
        company.clock.set("2026-10-14T16:00:00Z")
        try await company.tell("two", host: host)
        _ = try await host.deliverDue()
        #expect(try lines(company, "log-2026-10-14.jsonl").count == 1)
        #expect(try lines(company, "log-2026-10-15.jsonl").count == 1)
    }

    @Test func `a link in the file's place is not followed`() async throws {
        let company = try company()
        let elsewhere = company.folder.appending(path: "elsewhere")
        try Data().write(to: elsewhere)
        let folder = company.folder.appending(path: "outbox")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "log.jsonl"), withDestinationURL: elsewhere)
        let host = try await company.host()
        try await company.tell("one", host: host)
        #expect(try await host.deliverDue().sinks.map(\.failed) == [1])
        #expect(try Data(contentsOf: elsewhere).isEmpty)
    }
}
