import PlumblineKit
import PlumblineTesting
import ReviewStore
import Synchronization
import Testing

@testable import Gateway

/// Sources that fail in the middle of a pull, read by a real connector through the guarded transport.
///
/// After each failure cursor, evidence and values are as before, and the next good pull brings everything.
@Suite struct FailingSourceTests {
    struct Trouble: Sendable, CustomTestStringConvertible {
        let what: String
        let answer: @Sendable (_ base: String) -> TestHTTPServer.Answer
        /// What the run says; `BASE` stands for the source's address.
        let message: String
        var testDescription: String { what }

        init(_ what: String, _ message: String, _ answer: @escaping @Sendable (_ base: String) -> TestHTTPServer.Answer)
        {
            (self.what, self.answer, self.message) = (what, answer, message)
        }
    }

    private static let troubles = [
        Trouble("401", "the source refused us with status 401: Unauthorized: password=***") { _ in
            .text("Unauthorized: password=secret-word", status: 401)
        },
        Trouble("403", "the source refused us with status 403: Forbidden") { _ in .text("Forbidden", status: 403) },
        Trouble(
            "429 with Retry-After",
            "the source is unavailable: GET BASE: status 429: slow down; try again in 3600.0 seconds"
        ) { _ in .tooManyRequests(retryAfter: "3600") },
        Trouble("500", "the source is unavailable: GET BASE: status 500: oops (4 attempts)") { _ in
            .text("oops", status: 500)
        },
        Trouble(
            "a cut-off body",
            "the source is unavailable: GET BASE: the answer was cut off after 10 of 28 bytes: the "
                + "connection closed before the end of the answer (4 attempts)"
        ) { _ in .cutOff(#"{"data": {"collection": []}}"#, after: 10) },
        Trouble(
            "JSON that ends half way",
            "unexpected answer: broken JSON from GET /rest/data/issue at line 1, column 26: expected a value, got the end"
        ) { _ in .json(#"{"data": {"collection": ["#) },
        Trouble(
            "HTML instead of JSON",
            "unexpected answer: expected JSON from GET /rest/data/issue, got text/html: "
                + "<html><title>Please log in</title></html>"
        ) { _ in .html("<html><title>Please log in</title></html>") },
        Trouble("another form", "unexpected answer: the answer to GET /rest/data/issue has no list 'collection'") { _ in
            .json(#"{"data": {"items": []}}"#)
        },
        Trouble(
            "a redirect to another host",
            "unexpected answer: 127.0.0.1 redirects to another host, elsewhere.example.com; no redirect to another "
                + "host is followed: check base_url, or whether the source wants a login"
        ) { _ in .redirect(to: "https://elsewhere.example.com/login") },
        Trouble(
            "a redirect to a metadata address",
            "unexpected answer: 127.0.0.1 redirects to another host, 169.254.169.254; no redirect to another "
                + "host is followed: check base_url, or whether the source wants a login"
        ) { _ in .redirect(to: "http://169.254.169.254/latest/meta-data") },
        Trouble("a redirect in a circle", "unexpected answer: BASE redirected more than 5 times") { base in
            .redirect(to: "\(base)/rest/data/issue")
        },
        Trouble(
            "a source that hangs up",
            "the source is unavailable: GET BASE: the source closed the connection (4 attempts)"
        ) { _ in .hangUp },
    ]

    @Test(arguments: troubles)
    func `a failure in the list says what happened and loses nothing`(_ trouble: Trouble) async throws {
        try await expectNothingLost(trouble, at: .list)
    }

    @Test(arguments: troubles.filter { $0.what != "a redirect in a circle" })
    func `a failure between list and tickets loses nothing`(_ trouble: Trouble) async throws {
        try await expectNothingLost(trouble, at: .tickets)
    }

    @Test func `a source that names a record twice is not believed`() async throws {
        let source = try Tracker(tickets: [1])
        defer { source.stop() }
        let workspace = try source.workspace()
        _ = try await workspace.host().pull([])
        source.tickets = [1, 2, 2]
        let report = try await workspace.host().pull([])
        #expect(report.streams.map(\.run.message) == ["unexpected answer: the list of issues names some of them twice"])
        #expect(try await workspace.host().evidenceStates("ticket") == ["1 live"])
    }

    @Test func `a source that turns in a circle is stopped`() async throws {
        let workspace = try TestWorkspace()
        try workspace.script([
            TestWorkspace.page(TestWorkspace.deed("1")),
            ["records": [TestWorkspace.deed("2")], "again": true],
        ])
        let report = try await workspace.host().pull([])
        #expect(
            report.streams.map(\.run.message) == ["unexpected answer: the source gave the same page again after page 1"]
        )
        let host = try await workspace.host()
        #expect(try await host.evidenceStates() == ["1 live"])
        try workspace.script([
            TestWorkspace.page(TestWorkspace.deed("1")), TestWorkspace.page(TestWorkspace.deed("2")),
        ])
        #expect(try await host.pull([]).isComplete)
        #expect(try await host.evidenceStates() == ["1 live", "2 live"])
    }

    @Test(arguments: [
        ("http://169.254.169.254/rest", "169.254.169.254"), ("http://[fe80::1]/rest", "fe80::1"),
        ("http://100.100.100.200/rest", "100.100.100.200"),
    ])
    func `a metadata address is refused with the place of the setting`(address: String, host: String) async throws {
        let source = try Tracker(tickets: [1])
        defer { source.stop() }
        let workspace = try source.workspace()
        _ = try await workspace.host().pull([])
        let cursor = try await workspace.host().store.cursor(connection: "tracker", stream: "tickets")
        try workspace.edit("connectors/tracker.yaml", "\(source.base)/rest", "\"\(address)\"")
        let report = try await workspace.host().pull([])
        let message = try #require(report.failures.first?.message)
        #expect(message.hasPrefix("connectors/tracker.yaml:4:13: setting 'base_url': "))
        #expect(message.contains(host))
        #expect(try await workspace.host().evidenceStates("ticket") == ["1 live"])
        #expect(try await workspace.host().store.cursor(connection: "tracker", stream: "tickets") == cursor)
    }

    @Test func `a name that leads to a metadata address is refused`() async throws {
        let workspace = try Tracker.workspace(base: "http://tracker.example.internal")
        var host = try await workspace.host()
        host.transportEnvironment.resolve = { _ in [IPAddress("169.254.169.254")].compactMap(\.self) }
        let report = try await host.pull([])
        let message = try #require(report.streams.first?.run.message)
        #expect(message.contains("169.254.169.254"))
    }

    @Test func `one failing connection does not keep the others from being read`() async throws {
        let workspace = try Tracker.workspace(base: "http://127.0.0.1:1")
        try workspace.write("connectors/diary.yaml", try #require(TestWorkspace.files["connectors/diary.yaml"]))
        try workspace.script([TestWorkspace.page(TestWorkspace.deed("1"))])
        let report = try await workspace.host().pull([])
        #expect(!report.isComplete)
        #expect(report.streams.map(\.run.state) == [.succeeded, .failed])
        #expect(try await workspace.host().evidenceStates() == ["1 live"])
    }

    private func expectNothingLost(_ trouble: Trouble, at place: Tracker.Place) async throws {
        let source = try Tracker(tickets: [1])
        defer { source.stop() }
        let workspace = try source.workspace()
        let host = try await workspace.host()
        _ = try await host.replacePeople(TestWorkspace.people)
        #expect(try await host.pull([]).isComplete)
        let before = try await host.state()

        source.tickets = [1, 2]
        source.trouble = (place, trouble.answer(source.base))
        let report = try await host.pull([])
        let message = try #require(report.streams.first?.run.message)
        let wanted = trouble.message.replacing("BASE", with: source.base)
        #expect(message == wanted)
        #expect(!message.contains("secret-word"))
        #expect(report.streams.map(\.run.state) == [.failed] && !report.isComplete)
        #expect(try await host.state() == before)

        source.trouble = nil
        #expect(try await host.pull([]).isComplete)
        #expect(try await host.evidenceStates("ticket") == ["1 live", "2 live"])
    }
}
