import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

@Suite struct RedmineTests {
    typealias Scene = RedmineScene
    private let fixtures = Fixtures("redmine", in: .module)

    @Test func `conforms`() async throws {
        try await ConformanceSuite(
            RedmineConnector.self, settings: Scene.settings, stream: "tickets",
            records: ["1", "2", "3", "5", "6", "7"],
            rejected: ["4"]
        ) {
            let service = EmulatedService(Scene.seven())
            return Scene.context(service, now: service.now)
        }.run()
    }

    @Test func `users conform`() async throws {
        try await ConformanceSuite(
            RedmineConnector.self, settings: Scene.settings, stream: "users", records: ["1", "3", "9", "10", "11"]
        ) {
            let service = EmulatedService(Scene.seven())
            return Scene.context(service, now: service.now)
        }.run()
    }

    // MARK: One issue

    private func recorded() throws -> CannedTransport {
        CannedTransport([
            "GET /issues.json": try .file("issues.json", of: fixtures),
            "GET /issues/41.json?include=journals": try .file("issue-41.json", of: fixtures),
            "GET /issue_statuses.json": try .file("issue-statuses.json", of: fixtures),
            "GET /users.json": try .file("users.json", of: fixtures),
        ])
    }

    private func ticket(_ changes: [String: SettingInput] = [:]) async throws -> JSON {
        var input = Scene.settings.merging(changes) { $1 }
        input["agents"] = input["agents"] == .list(["9", "li.na"]) ? .list(["9", "10"]) : input["agents"]
        let settings = try Settings(input, against: RedmineConnector.description.settings)
        let connector = try RedmineConnector(
            settings: settings, context: Scene.context(try recorded(), now: FixedClock().now))
        return try #require(try await connector.page(of: "tickets", after: nil).records.first).json
    }

    @Test func `an issue's journals are folded in`() async throws {
        let ticket = try await ticket()
        #expect(ticket["id"] == "41" && ticket["status"] == "Closed" && ticket["queue"] == "Help desk")
        #expect(ticket["requester"] == "3" && ticket["owner"] == "9" && ticket["tracker"] == "Support")
        #expect(ticket["first_reply_at"] == "2026-01-05T01:00:00Z" && ticket["first_reply_by"] == "9")
        #expect(ticket["reply_count"] == 2, "neither the author's note nor the private one")
        #expect(ticket["first_solved_at"] == "2026-01-05T02:00:00Z" && ticket["solved_at"] == "2026-01-05T05:00:00Z")
        #expect(ticket["reopened_at"] == ["2026-01-05T03:00:00Z"] && ticket["reopen_count"] == 1)
        #expect(ticket["closed_at"] == "2026-01-06T00:00:00Z", "from solved to closed is no new solution")
        #expect(ticket["replies_until_first_solved"] == 1)
        #expect(ticket["pause_intervals"] == [["from": "2026-01-05T03:30:00Z", "to": "2026-01-05T04:00:00Z"]])
        #expect(
            ticket["owner_intervals"] == [
                ["owner": .null, "from": "2026-01-05T00:10:00Z", "to": "2026-01-05T00:20:00Z"],
                ["owner": "10", "from": "2026-01-05T00:20:00Z", "to": "2026-01-05T03:00:00Z"],
                ["owner": "9", "from": "2026-01-05T03:00:00Z", "to": .null],
            ])
        #expect(ticket["satisfaction"] == 4 && ticket["satisfaction_at"] == "2026-01-06T00:00:00Z")
        #expect(ticket["satisfaction_by"] == "3" && ticket["custom_fields"]?["Area"] == ["network", "vpn"])
        #expect(ticket["due_date"] == "2026-01-09" && ticket["version"] == .null)
    }

    @Test func `spent hours are read where a setting says so`() async throws {
        #expect(try await ticket()["time_worked_seconds"] == .null)
        #expect(try await ticket(["read_spent_hours": .text("true")])["time_worked_seconds"] == 4500)
    }

    @Test(arguments: [("0.0", 0), ("1", 3600), ("0.333333333333", 1200), ("12.75", 45_900), ("0.000138889", 1)])
    func `hours become seconds`(hours: String, seconds: Int) async throws {
        var redmine = Scene.redmine()
        redmine.create(1, at: Scene.minute(0)) { $0.spentHours = hours }
        let page = try await Scene.connector(EmulatedService(redmine), ["read_spent_hours": .text("true")])
            .page(of: "tickets", after: nil)
        #expect(page.records.first?.json["time_worked_seconds"] == .int(seconds))
    }

    @Test(arguments: ["1e1", "-1.5"])
    func `hours that are none reject the issue`(hours: String) async throws {
        var redmine = Scene.redmine()
        redmine.create(1, at: Scene.minute(0)) { $0.spentHours = hours }
        let page = try await Scene.connector(EmulatedService(redmine), ["read_spent_hours": .text("true")])
            .page(of: "tickets", after: nil)
        #expect(page.rejected.map(\.id) == ["1"] && page.records.isEmpty)
    }

    @Test func `journals shown newest first are put in order`() async throws {
        var redmine = Scene.redmine()
        redmine.create(1, at: Scene.minute(0))
        redmine.move(1, to: 3, by: 9, at: Scene.minute(10))
        redmine.move(1, to: 2, by: 9, at: Scene.minute(20))
        redmine.showsNewestFirst = true
        let ticket = try await Scene.connector(EmulatedService(redmine)).page(of: "tickets", after: nil).records.first
        #expect(ticket?.json["reopened_at"] == ["2026-07-01T00:20:00Z"] && ticket?.json["solved_at"] == .null)
    }

    @Test(arguments: [true, false])
    func `closed_on that stays after a reopening is not believed`(tellsClosed: Bool) async throws {
        var redmine = Scene.redmine()
        redmine.create(1, at: Scene.minute(0))
        redmine.move(1, to: 5, by: 9, at: Scene.minute(10))
        redmine.move(1, to: 2, by: 9, at: Scene.minute(20))
        redmine.tellsClosed = tellsClosed
        let ticket = try await Scene.connector(EmulatedService(redmine)).page(of: "tickets", after: nil).records.first
        #expect(ticket?.json["closed_at"] == .null && ticket?.json["first_solved_at"] == "2026-07-01T00:10:00Z")
    }

    @Test func `a status that Redmine calls closed is so without a setting`() async throws {
        var redmine = Scene.redmine()
        redmine.create(1, at: Scene.minute(0))
        redmine.move(1, to: 5, by: 9, at: Scene.minute(10))
        let connector = try Scene.connector(EmulatedService(redmine), ["closed_statuses": .list([])])
        let ticket = try await connector.page(of: "tickets", after: nil).records.first
        #expect(ticket?.json["closed_at"] == "2026-07-01T00:10:00Z")
        #expect(ticket?.json["solved_at"] == "2026-07-01T00:10:00Z")
    }

    // MARK: Who is who

    @Test func `users have the name, address and staff number that people are matched by`() async throws {
        let connector = try Scene.connector(
            EmulatedService(Scene.seven()), ["staff_number_field": .text("Staff number")])
        let users = try await connector.page(of: "users", after: nil).records
        let zhang = try #require(users.first { $0.id == "9" }).json
        #expect(zhang["name"] == "张伟" && zhang["login"] == "zhang.wei" && zhang["staff_number"] == "P003")
        #expect(zhang["email"] == "zhang.wei@plumbline.example")
        #expect(users.first { $0.id == "3" }?.json["name"] == "Chao Ma")
    }

    @Test func `a group's members are agents`() async throws {
        let connector = try Scene.connector(
            EmulatedService(Scene.seven()), ["agents": .list([]), "agents_group": .text("40")])
        #expect(try await connector.check().remarks.first == "2 agents")
    }

    @Test func `an agent whom nobody knows is a mistake in the settings`() async throws {
        let connector = try Scene.connector(EmulatedService(Scene.seven()), ["agents": .list(["nosuch"])])
        await #expect(throws: ConnectorError.settings(field: "agents", reason: "there is no user 'nosuch'")) {
            try await connector.page(of: "tickets", after: nil)
        }
    }

    @Test func `no agent at all is a mistake in the settings`() {
        #expect(throws: ConnectorError.self) {
            try Scene.connector(EmulatedService(Scene.seven()), ["agents": .list([])])
        }
    }

    @Test func `the check tells what is there, and names statuses that are not`() async throws {
        let service = EmulatedService(Scene.seven())
        #expect(try await Scene.connector(service).check().remarks == ["2 agents", "7 issues"])
        let error = await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service, ["resolved_statuses": .list(["Done"])]).check()
        }
        guard case .settings("resolved_statuses", let reason) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.contains("Closed, Feedback, In Progress"))
    }

    @Test func `what the server says of a bad request is told`() async throws {
        let transport = CannedTransport(always: .json(#"{"errors":["Updated is invalid"]}"#, status: 422))
        let settings = try Settings(Scene.settings, against: RedmineConnector.description.settings)
        let connector = try RedmineConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock().now))
        await #expect {
            _ = try await connector.page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("answered 422") && "\($0)".contains("Updated is invalid") }
    }
}
