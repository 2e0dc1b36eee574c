import Expressions
import ReviewStore
import Testing

@testable import Gateway

/// Alarms are counted by what they are about, as long as nobody invents things to be alarmed about.
@Suite struct AlarmBookTests {
    @Test func `whoever invents a thousand things fills two hundred rows, and all are counted`() async throws {
        let workspace = try TestWorkspace()
        let host = try await workspace.host()
        let book = AlarmBook()
        var news = 0
        for batch in 0..<10 {
            for number in 0..<100 { book.note(.refused, "thing \(batch * 100 + number)", at: "gates", now: host.now()) }
            news += try await book.write(to: host.store).count
        }
        let alarms = try await self.alarms(host, at: "gates")
        #expect(alarms.count == 201 && news == 201)
        #expect(alarms.reduce(0) { $0 + $1.count } == 1000)
        #expect(alarms.first { $0.detail == "other" }?.count == 800)
    }

    private func alarms(_ host: WorkspaceHost, at connection: String) async throws -> [Alarm] {
        try await host.store.alarms().filter { $0.connection == connection }
    }

    @Test func `what was told apart once stays so, and another connection has its own`() async throws {
        let workspace = try TestWorkspace()
        let host = try await workspace.host()
        let book = AlarmBook()
        for number in 0..<300 { book.note(.refused, "thing \(number)", at: "gates", now: host.now()) }
        try await book.write(to: host.store)
        book.note(.refused, "thing 7", at: "gates", now: host.now())
        book.note(.refused, "thing 299", at: "doors", now: host.now())
        try await book.write(to: host.store)
        #expect(try await alarms(host, at: "gates").first { $0.detail == "thing 7" }?.count == 2)
        #expect(try await alarms(host, at: "doors").map(\.detail) == ["thing 299"])
    }
}
