import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

@Suite struct JiraTests {
    typealias Scene = JiraScene
    private let fixtures = Fixtures("jira", in: .module)

    private func suite(
        _ stream: String, of scene: @escaping @Sendable () -> JiraEmulator, _ records: Set<String>,
        rejected: Set<String> = [], _ changes: [String: SettingInput] = [:]
    ) -> ConformanceSuite<JiraConnector> {
        ConformanceSuite(
            JiraConnector.self, settings: Scene.settings.merging(changes) { $1 }, stream: stream, records: records,
            rejected: rejected
        ) {
            let service = EmulatedService(scene())
            return Scene.context(service, now: service.now)
        }
    }

    @Test(arguments: ["relative", "local"])
    func `tickets conform`(dates: String) async throws {
        try await suite(
            "tickets", of: Scene.seven, ["1", "2", "3", "5", "6", "7"], rejected: ["4"], ["dates": .text(dates)]
        ).run()
    }

    @Test func `ratings conform`() async throws {
        let settings = Scene.serving.merging(["ratings_overlap": .text("0s")]) { $1 }
        try await suite("ratings", of: Scene.rated, ["1", "2"], rejected: ["3"], settings).run()
    }

    @Test func `users conform`() async throws {
        try await suite("users", of: Scene.seven, ["agent-1", "agent-2", "left"]).run()
    }

    // MARK: One issue

    private func recorded() throws -> CannedTransport {
        CannedTransport([
            "GET /rest/api/3/myself": try .file("myself.json", of: fixtures),
            "GET /rest/api/3/search/jql": try .file("search.json", of: fixtures),
            "GET /rest/api/3/status": try .file("status.json", of: fixtures),
            "GET /rest/api/3/group/member?groupId=g-1": try .file("members.json", of: fixtures),
            "GET /rest/api/3/issue/10007/changelog": try .file("changelog-10007.json", of: fixtures),
            "GET /rest/api/3/issue/10007/comment": try .file("comments-10007.json", of: fixtures),
            "GET /rest/servicedeskapi/request/10007/sla": try .file("sla-10007.json", of: fixtures),
        ])
    }

    private func ticket(_ changes: [String: SettingInput] = [:]) async throws -> JSON {
        let settings = try Settings(
            Scene.settings.merging(changes) { $1 }, against: JiraConnector.description.settings)
        let connector = try JiraConnector(
            settings: settings, context: Scene.context(try recorded(), now: FixedClock().now))
        return try #require(try await connector.page(of: "tickets", after: nil).records.first).json
    }

    @Test func `an issue's history and comments are folded in`() async throws {
        let ticket = try await ticket(["custom_fields": .list(["customfield_10040"])])
        #expect(ticket["id"] == "10007" && ticket["key"] == "SUP-7" && ticket["queue"] == "SUP")
        #expect(ticket["status"] == "Resolved" && ticket["status_category"] == "done" && ticket["priority"] == "High")
        #expect(ticket["created"] == "2026-01-05T00:10:00Z" && ticket["updated"] == "2026-01-05T03:10:00.5Z")
        #expect(ticket["requester"] == "qm:77" && ticket["owner"] == "5b10b" && ticket["labels"] == ["vpn"])
        #expect(ticket["first_reply_at"] == "2026-01-05T00:50:00Z" && ticket["first_reply_by"] == "5b10a")
        #expect(ticket["reply_count"] == 2, "neither an app's, nor the reporter's, nor internal, nor for a role alone")
        #expect(ticket["first_solved_at"] == "2026-01-05T02:00:00Z" && ticket["solved_at"] == "2026-01-05T03:10:00.51Z")
        #expect(ticket["reopened_at"] == ["2026-01-05T02:30:00Z"] && ticket["replies_until_first_solved"] == 1)
        #expect(ticket["pause_intervals"] == [["from": "2026-01-05T01:00:00Z", "to": "2026-01-05T01:30:00Z"]])
        #expect(
            ticket["owner_intervals"] == [
                ["owner": .null, "from": "2026-01-05T00:10:00Z", "to": "2026-01-05T00:20:00Z"],
                ["owner": "5b10a", "from": "2026-01-05T00:20:00Z", "to": "2026-01-05T02:30:00Z"],
                ["owner": "5b10b", "from": "2026-01-05T02:30:00Z", "to": .null],
            ])
        #expect(ticket["closed_at"] == .null, "a change later than the row comes with a later row")
        #expect(ticket["resolution"] == "Done" && ticket["resolved"] == "2026-01-05T03:10:00.48Z")
        #expect(ticket["custom_fields"]?["customfield_10040"]?["value"] == "network")
        #expect(ticket["first_reply_due"] == .null && ticket["resolve_breached"] == .null, "what is not read is null")
    }

    @Test func `due moments are those of the SLAs`() async throws {
        let ticket = try await ticket(Scene.serving)
        #expect(ticket["first_reply_due"] == "2026-01-05T01:10:00Z" && ticket["first_reply_breached"] == false)
        #expect(ticket["resolve_due"] == "2026-01-05T03:00:00Z" && ticket["resolve_breached"] == true, "the last cycle")
    }

    @Test func `a cycle that runs counts for the solution, and none while it is paused`() async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0)) { issue in
            issue.agreements = [
                [
                    "name": "Time to resolution",
                    "completedCycles": [["breachTime": ["epochMillis": 1], "breached": true]],
                    "ongoingCycle": ["paused": true, "breached": false],
                ],
                ["name": "Time to first response", "ongoingCycle": ["breachTime": ["epochMillis": 1_782_900_000_000]]],
            ]
        }
        jira.create(2, at: Scene.minute(1)) { $0.isRequest = false }
        let records = try await Scene.connector(EmulatedService(jira), Scene.serving).page(of: "tickets", after: nil)
            .records.map(\.json)
        #expect(records.map { $0["resolve_due"] } == [.null, .null] && records.first?["resolve_breached"] == false)
        #expect(records.map { $0["first_reply_due"] } == ["2026-07-01T10:00:00Z", .null])
        #expect(records.last?["resolve_breached"] == .null, "no request has no SLA")
    }

    @Test func `an SLA behind sixty others is found`() async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0)) { issue in
            issue.agreements = (1...60).map { ["name": .string("Goal \($0)")] }
            issue.agreements.append(
                ["name": "Time to resolution", "ongoingCycle": ["breachTime": ["epochMillis": 1_782_900_000_000]]])
        }
        let service = EmulatedService(jira)
        let page = try await Scene.connector(service, Scene.serving).page(of: "tickets", after: nil)
        #expect(page.records.first?.json["resolve_due"] == "2026-07-01T10:00:00Z" && service.system.faults == [])
    }

    @Test func `an SLA that is set late is read without a change of its issue`() async throws {
        let start = FixedClock().moment
        var jira = Scene.jira()
        jira.create(1, at: start.advanced(bySeconds: -7200))
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service, Scene.serving)
        #expect(ledger.records["1"]?.json["first_reply_due"] == .null)
        service.wait(seconds: 4 * 3600)
        service.edit { jira in
            jira.write(1, at: start.advanced(bySeconds: -7200)) { issue in
                issue.agreements = [
                    [
                        "name": "Time to first response",
                        "ongoingCycle": ["breachTime": ["epochMillis": 1_782_900_000_000]],
                    ]
                ]
            }
        }
        try await Scene.run(&ledger, service, Scene.serving)
        #expect(ledger.records["1"]?.json["first_reply_due"] == "2026-07-01T10:00:00Z")
    }

    @Test func `statuses of one name count by their own category`() async throws {
        var jira = Scene.jira()
        for id in 1...2 { jira.create(id, at: Scene.minute(id)) }
        jira.move(1, to: "8", by: "agent-1", at: Scene.minute(10))
        jira.move(2, to: "9", by: "agent-1", at: Scene.minute(20))
        let records = try await Scene.connector(EmulatedService(jira)).page(of: "tickets", after: nil).records
        #expect(records.map { $0.json["status"] } == ["Done", "Done"])
        #expect(records.map { $0.json["solved_at"] } == ["2026-07-01T00:10:00Z", .null])
    }

    @Test func `canceled is closed and not solved`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        let canceled = try #require(ledger.records["6"]).json
        #expect(canceled["closed_at"] == "2026-07-01T02:00:00Z" && canceled["solved_at"] == .null)
    }

    @Test func `a long history is read to its end`() async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0))
        for round in 1...120 {
            jira.move(1, to: round.isMultiple(of: 2) ? "3" : "5", by: "agent-1", at: Scene.minute(round))
            jira.comment(on: 1, by: "agent-2", at: Scene.minute(round))
        }
        let page = try await Scene.connector(EmulatedService(jira)).page(of: "tickets", after: nil)
        #expect(page.records.first?.json["reopen_count"] == 60 && page.records.first?.json["reply_count"] == 120)
    }

    // MARK: Ratings and users

    /// Two runs, with a label between them.
    @Test(arguments: [true, false])
    func `a change after the rating moves no rating`(hasField: Bool) async throws {
        var jira = Scene.jira()
        jira.setsResolution = false
        let start = FixedClock().moment.advanced(bySeconds: -86_400)
        jira.create(1, at: start)
        jira.move(1, to: "5", by: "agent-1", at: start.advanced(bySeconds: 600))
        jira.write(1, at: start.advanced(bySeconds: 900)) { issue in
            issue.rating = 4
            issue.rated = hasField ? start.advanced(bySeconds: 900) : nil
        }
        let service = EmulatedService(jira)
        var ledger = StreamLedger("ratings")
        let settings = Scene.serving.merging(["satisfaction_date_field": .text("customfield_10055")]) { $1 }
        let members = ["rated", "resolved", "category_changed"]
        try await Scene.run(&ledger, service, settings)
        let before = members.map { ledger.records["1"]?.json[$0] }
        let now = service.now()
        service.edit { $0.write(1, at: now) { $0.updated = now } }
        try await Scene.run(&ledger, service, settings)
        #expect(members.map { ledger.records["1"]?.json[$0] } == before)
        #expect(
            before == [
                .time(hasField ? start.advanced(bySeconds: 900) : nil), .null, .time(start.advanced(bySeconds: 600)),
            ])
    }

    /// Its category says that it is under way.
    @Test func `a rating of an issue that the settings call solved comes`() async throws {
        var jira = Scene.jira()
        for id in 1...2 { jira.create(id, at: Scene.minute(id)) { $0.rating = 5 } }
        jira.move(1, to: "9", by: "agent-1", at: Scene.minute(10))
        jira.write(2, at: Scene.minute(20)) { ($0.status, $0.resolved) = ("3", Scene.minute(20)) }
        let service = EmulatedService(jira)
        let settings = Scene.serving.merging(["resolved_statuses": .list(["Done"])]) { $1 }
        let page = try await Scene.connector(service, settings).page(of: "ratings", after: nil)
        #expect(Set(page.records.map(\.id)) == ["1", "2"], "by the settings, and by its resolution")
    }

    @Test(arguments: [true, false])
    func `a rating leads to its ticket, and none is no rating`(tells: Bool) async throws {
        var jira = Scene.rated()
        jira.tellsNoRating = tells
        let service = EmulatedService(jira)
        var ledger = StreamLedger("ratings")
        try await Scene.run(&ledger, service, Scene.serving)
        #expect(ledger.records.keys.sorted() == ["1", "2"], "4 was not rated, 5 is not done")
        let rating = try #require(ledger.records["2"]).json
        #expect(rating["score"] == 1 && rating["requester"] == "customer" && rating["key"] == "SUP-2")
        #expect(rating["resolved"] == "2026-07-01T01:42:00Z" && service.system.faults == [])
    }

    @Test func `a rating that comes without a change of its issue is found for a while`() async throws {
        var jira = Scene.jira()
        jira.create(1, at: FixedClock().moment.advanced(bySeconds: -86_400))
        jira.move(1, to: "5", by: "agent-1", at: FixedClock().moment.advanced(bySeconds: -86_000))
        let service = EmulatedService(jira)
        var ledger = StreamLedger("ratings")
        try await Scene.run(&ledger, service, Scene.serving)
        #expect(ledger.records.isEmpty)
        let now = service.now()
        service.edit { $0.write(1, at: now) { $0.rating = 4 } }
        try await Scene.run(&ledger, service, Scene.serving)
        #expect(ledger.records["1"]?.json["score"] == 4)
    }

    @Test func `ratings need a service project, and an agent's rights`() async throws {
        var jira = Scene.rated()
        jira.agentIn = ["HELP"]
        let service = EmulatedService(jira)
        let error = await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service).page(of: "ratings", after: nil)
        }
        guard case .settings("service_management", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        await #expect {
            _ = try await Scene.connector(service, Scene.serving).page(of: "ratings", after: nil)
        } throws: { if case ConnectorError.refused(403, _) = $0 { true } else { false } }
    }

    @Test func `users have what people are matched by, as far as it is shown`() async throws {
        var jira = Scene.seven()
        for number in 100..<220 {
            jira.users["b\(number)"] = .init(id: "b\(number)", name: "U", isHidden: number < 205)
        }
        let users = try await Scene.connector(EmulatedService(jira)).page(of: "users", after: nil).records.map(\.json)
        let zhang = try #require(users.first { $0["id"] == "agent-1" })
        #expect(zhang["name"] == "张伟" && zhang["email"] == "zhang.wei@plumbline.example")
        let further = (205..<220).map { "b\($0)" }
        #expect(
            users.map { $0["id"]?.string ?? "" } == ["agent-1", "agent-2"] + further + ["left"],
            "customers and apps are left out, and who may not be seen")
    }

    // MARK: Settings

    @Test func `the check tells what is there`() async throws {
        let remark =
            "agents are those of agents_groups now: list in agents who leaves, or their replies of the past are lost"
        let service = EmulatedService(Scene.seven())
        #expect(try await Scene.connector(service).check().remarks == ["4 agents", remark])
        let listed = ["agents_groups": SettingInput.list([]), "agents": .list(["agent-1"])]
        #expect(
            try await Scene.connector(service, listed.merging(Scene.serving) { $1 }).check().remarks == [
                "1 agents", "issue 7, the newest, has no SLA 'Time to first response'; it has: ",
                "issue 7, the newest, has no SLA 'Time to resolution'; it has: ",
            ])
        #expect(
            try await Scene.connector(service, ["projects": .list(["HELP"])]).check().remarks.last
                == "our user sees no issue")
    }

    /// It may stand in histories.
    @Test func `the check remarks on statuses that the site does not list`() async throws {
        let settings = [
            "resolved_statuses", "closed_statuses", "inactive_statuses", "paused_statuses",
        ].map { ($0, SettingInput.list(["Fixed", "Open"])) }
        let remarks = try await Scene.connector(
            EmulatedService(Scene.seven()), Dictionary(uniqueKeysWithValues: settings)
        ).check().remarks.suffix(4)
        let names = "Canceled, Closed, Done, In Progress, Open, Resolved, Waiting for customer"
        #expect(Array(remarks) == settings.map { "\($0.0): no status is called Fixed now; there are: \(names)" })
    }

    @Test func `mistakes in the settings are named`() async throws {
        let service = EmulatedService(Scene.seven())
        let cases: [(String, [String: SettingInput])] = [
            ("agents_groups", ["agents_groups": .list(["g-9"])]),
            ("agents", ["agents_groups": .list([])]),
        ]
        for (field, settings) in cases {
            await #expect {
                _ = try await Scene.connector(service, settings).check()
            } throws: { if case ConnectorError.settings(field, _) = $0 { true } else { false } }
        }
        await #expect {
            _ = try await Scene.connector(service, ["projects": .list(["NONE"])]).check()
        } throws: { "\($0)".contains("answered 400") && "\($0)".contains("'NONE' does not exist") }
    }

    @Test func `who may not browse users is refused, not told that there are none`() async throws {
        var jira = Scene.seven()
        jira.mayBrowseUsers = false
        let connector = try Scene.connector(EmulatedService(jira))
        for stream in ["tickets", "users"] {
            await #expect {
                _ = try await connector.page(of: stream, after: nil)
            } throws: { if case ConnectorError.refused(403, _) = $0 { true } else { false } }
        }
    }

    @Test func `an issue that our user may not see is not there`() async throws {
        var jira = Scene.seven()
        jira.write(3, at: Scene.minute(300)) { $0.isHidden = true }
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        #expect(ledger.records.keys.sorted() == ["1", "2", "5", "6", "7"] && service.system.faults == [])
    }

    @Test func `projects and types narrow every query`() async throws {
        var jira = Scene.seven()
        for id in [1, 2] { jira.write(id, at: Scene.minute(300)) { $0.project = "HELP" } }
        jira.write(3, at: Scene.minute(300)) { $0.type = "Bug" }
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service, ["issue_types": .list(["Service Request", "Change"])])
        #expect(ledger.records.keys.sorted() == ["5", "6", "7"] && service.system.faults == [])
    }

    @Test func `without an address the token is an OAuth token`() async throws {
        var jira = Scene.seven()
        jira.credentials = ["Bearer 0123456789abcdef"]
        var input = Scene.settings
        input["email"] = nil
        let service = EmulatedService(jira)
        let settings = try Settings(input, against: JiraConnector.description.settings)
        let connector = try JiraConnector(settings: settings, context: Scene.context(service, now: service.now))
        #expect(try await connector.check().remarks.first == "4 agents")
    }
}
