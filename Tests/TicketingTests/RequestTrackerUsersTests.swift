import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

@Suite struct RequestTrackerUsersTests {
    typealias Recorded = RecordedRequestTracker

    private func transport() throws -> CannedTransport {
        let fixtures = Recorded.fixtures
        return CannedTransport([
            "GET /REST/2.0/users?page=1": try .file("users-page-1.json", of: fixtures),
            "GET /REST/2.0/users?page=2": try .file("users-page-2.json", of: fixtures),
            "GET /REST/2.0/users": try .file("nothing.json", of: fixtures),
            "GET /REST/2.0/groups": try .file("groups.json", of: fixtures),
            "GET /REST/2.0/group/27": try .file("group-27.json", of: fixtures),
            "GET /REST/2.0/group/1690": try .file("group-1690.json", of: fixtures),
            "GET /REST/2.0/rt": try .file("rt.json", of: fixtures),
            "GET /REST/2.0/queues/all": try .file("queues.json", of: fixtures),
            "GET /REST/2.0/queue/it-support": .json(#"{"id":3,"Name":"it-support"}"#),
            "GET /REST/2.0/queue/hidden": .json(#"{"message":"Forbidden"}"#, status: 403),
            "GET /REST/2.0/queue/nosuch": .json(#"{"message":"Not Found"}"#, status: 404),
            "GET /REST/2.0/tickets": try .file("tickets-page-1.json", of: fixtures),
        ])
    }

    @Test func `conforms`() async throws {
        try await ConformanceSuite(
            RequestTrackerConnector.self, settings: Recorded.settings, stream: "users",
            records: ["RT_System", "root", "Nobody", "zhang.wei", "li.na", "wang.fang"]
        ) { Recorded.context(try transport()) }.run()
    }

    @Test func `users carry what accounts are matched by`() async throws {
        let connector = try Recorded.connector(transport(), ["staff_number_field": .text("ExternalAuthId")])
        var users: [SourceRecord] = []
        for try await page in connector.pages(of: "users") { users += page.records }
        let user = try #require(users.first { $0.id == "zhang.wei" })
        #expect(user.json["name"] == "张伟" && user.json["email"] == "zhang.wei@plumbline.example")
        #expect(user.json["staff_number"] == .null)
    }

    @Test func `users that repeat are an error`() async throws {
        let answer = try CannedAnswer.file("users-page-1.json", of: Recorded.fixtures)
        let connector = try Recorded.connector(CannedTransport(["GET /REST/2.0/users": answer]))
        await #expect(throws: ConnectorError.self) { for try await _ in connector.pages(of: "users") {} }
    }

    /// As since RT 5.0.6, for users who are told the total.
    @Test func `a server that gives its last page again for one beyond comes to an end`() async throws {
        func page(_ name: String) throws -> CannedAnswer {
            .json(try Recorded.fixtures.text(name).replacing(#""total": 24"#, with: #""total": 6"#))
        }
        let transport = CannedTransport([
            "GET /REST/2.0/users?page=1": try page("users-page-1.json"),
            "GET /REST/2.0/users": try page("users-page-2.json"),
        ])
        var logins: [String] = []
        for try await page in try Recorded.connector(transport).pages(of: "users") { logins += page.records.map(\.id) }
        #expect(logins.count == 6 && transport.requests.count == 2)
    }

    @Test func `a page of users that nobody may see is passed over`() async throws {
        let hidden = #"{"items":[],"total":null,"next_page":"https://rt.example/REST/2.0/users?page=2"}"#
        let transport = CannedTransport([
            "GET /REST/2.0/users?page=1": .json(hidden),
            "GET /REST/2.0/users?page=2": try .file("users-page-2.json", of: Recorded.fixtures),
            "GET /REST/2.0/users": try .file("nothing.json", of: Recorded.fixtures),
        ])
        var logins: [String] = []
        for try await page in try Recorded.connector(transport).pages(of: "users") { logins += page.records.map(\.id) }
        #expect(logins == ["zhang.wei", "li.na", "wang.fang"])
    }

    @Test func `the agents of a group come with those of the groups inside it`() async throws {
        let settings: [String: SettingInput] = ["agents": .list([]), "agents_group": .text("Agents")]
        let report = try await Recorded.connector(transport(), settings).check()
        #expect(report.source == "Request Tracker 5.0.3+dfsg-3~deb12u6")
        let leavers =
            "agents are those of agents_group now: list in agents who leaves, or their replies of the past are lost"
        #expect(report.remarks == ["9 agents", "3 queues", leavers, "7 tickets"])
    }

    @Test func `a group that is not to be seen is a mistake in the settings`() async throws {
        let settings: [String: SettingInput] = ["agents_group": .text("Nosuch")]
        let error = await #expect(throws: ConnectorError.self) {
            try await Recorded.connector(transport(), settings).check()
        }
        guard case .settings(field: "agents_group", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test func `each queue of the settings is asked for by its name`() async throws {
        let transport = try transport()
        _ = try await Recorded.connector(transport, ["queues": .text("it-support")]).check()
        #expect(transport.requests.contains { $0.url == "https://rt.example/REST/2.0/queue/it-support" })
    }

    @Test(arguments: ["hidden", "nosuch"])
    func `a queue that is not to be seen is a mistake in the settings`(name: String) async throws {
        let connector = try Recorded.connector(transport(), ["queues": .list(["it-support", name])])
        await #expect(
            throws: ConnectorError.settings(
                field: "queues", reason: "there is no queue '\(name)' that our user may see")
        ) { try await connector.check() }
    }
}
