import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

@Suite struct ZendeskTests {
    typealias Scene = ZendeskScene
    private let fixtures = Fixtures("zendesk", in: .module)

    private func suite(
        _ stream: String, _ records: Set<String>, rejected: Set<String> = []
    ) -> ConformanceSuite<ZendeskConnector> {
        ConformanceSuite(
            ZendeskConnector.self, settings: Scene.settings, stream: stream, records: records, rejected: rejected
        ) {
            let service = EmulatedService(Scene.seven())
            return Scene.context(service, now: service.now)
        }
    }

    @Test func `tickets conform`() async throws {
        try await suite("tickets", ["1", "2", "3", "5", "7"], rejected: ["4"]).run()
    }

    @Test func `ratings conform`() async throws {
        try await ConformanceSuite(
            ZendeskConnector.self, settings: Scene.settings.merging(["ratings_overlap": .text("0s")]) { $1 },
            stream: "ratings", records: ["1", "2", "3"]
        ) {
            let service = EmulatedService(Scene.seven())
            return Scene.context(service, now: service.now)
        }.run()
    }

    @Test func `articles conform`() async throws {
        try await suite("articles", ["301", "302", "303", "304"]).run()
    }

    @Test func `users conform`() async throws {
        try await suite("users", ["900", "901", "902"]).run()
    }

    // MARK: One ticket

    private func ticket() async throws -> JSON {
        let transport = CannedTransport([
            "GET /api/v2/incremental/tickets/cursor.json": try .file("tickets.json", of: fixtures),
            "GET /api/v2/tickets/35/audits": try .file("audits-35.json", of: fixtures),
            "GET /api/v2/group_memberships": try .file("group-memberships.json", of: fixtures),
        ])
        let settings = try Settings(Scene.settings, against: ZendeskConnector.description.settings)
        let connector = try ZendeskConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock().now))
        return try #require(try await connector.page(of: "tickets", after: nil).records.first).json
    }

    @Test func `a ticket's audits are folded in`() async throws {
        let ticket = try await ticket()
        #expect(ticket["id"] == "35" && ticket["status"] == "solved" && ticket["queue"] == "7")
        #expect(ticket["requester"] == "880" && ticket["owner"] == "901" && ticket["tags"] == ["kb_301", "vpn"])
        #expect(ticket["first_reply_at"] == "2026-01-05T00:30:00Z" && ticket["first_reply_by"] == "900")
        #expect(ticket["reply_count"] == 2, "neither the requester's, nor the private one, nor what was made private")
        #expect(ticket["first_solved_at"] == "2026-01-05T01:00:00Z" && ticket["solved_at"] == "2026-01-05T02:00:00Z")
        #expect(ticket["reopened_at"] == ["2026-01-05T01:10:00Z"] && ticket["replies_until_first_solved"] == 1)
        #expect(ticket["pause_intervals"] == [["from": "2026-01-05T00:40:00Z", "to": "2026-01-05T01:00:00Z"]])
        #expect(
            ticket["owner_intervals"] == [
                ["owner": .null, "from": "2026-01-05T00:10:00Z", "to": "2026-01-05T00:20:00Z"],
                ["owner": "900", "from": "2026-01-05T00:20:00Z", "to": "2026-01-05T01:10:00Z"],
                ["owner": "901", "from": "2026-01-05T01:10:00Z", "to": .null],
            ])
        #expect(ticket["closed_at"] == .null, "an audit later than the row comes with a later row")
        #expect(ticket["custom_fields"]?["360011"] == 900 && ticket["channel"] == "email")
    }

    @Test func `a ticket with a tag for spam is spam`() async throws {
        var zendesk = Scene.zendesk()
        zendesk.create(1, at: Scene.minute(0)) { $0.tags = ["vip", "junk"] }
        let connector = try Scene.connector(EmulatedService(zendesk), ["spam_tags": .text("junk")])
        #expect(try await connector.page(of: "tickets", after: nil).records.first?.json["is_spam"] == true)
    }

    // MARK: Ratings, articles, users

    @Test func `a rating leads to its ticket`() async throws {
        let service = EmulatedService(Scene.seven())
        let page = try await Scene.connector(service).page(of: "ratings", after: nil)
        let rating = try #require(page.records.first { $0.id == "2" }).json
        #expect(rating["ticket"] == "2" && rating["score"] == "good" && rating["requester"] == "880")
        #expect(rating["updated"] == "2026-07-01T03:32:00Z")
    }

    @Test(arguments: [(0, 0, 0, 0), (2, 4, 3, 1), (-3, 3, 0, 3)])
    func `votes are told apart`(sum: Int, count: Int, votesFor: Int, votesAgainst: Int) async throws {
        var zendesk = Scene.zendesk()
        zendesk.articles[1] = .init(
            id: 1, created: Scene.minute(0), edited: Scene.minute(0), updated: Scene.minute(0), votesFor: votesFor,
            votesAgainst: votesAgainst)
        let page = try await Scene.connector(EmulatedService(zendesk)).page(of: "articles", after: nil)
        let article = try #require(page.records.first).json
        #expect(article["votes_for"] == .int(votesFor) && article["votes_against"] == .int(votesAgainst))
    }

    @Test func `votes that cannot be reject the article`() async throws {
        let article =
            #"{"id":1,"created_at":"2026-07-01T00:00:00Z","updated_at":"2026-07-01T00:00:00Z","vote_sum":3,"vote_count":2}"#
        let transport = CannedTransport(always: .json(#"{"articles":[\#(article)],"meta":{"has_more":false}}"#))
        let settings = try Settings(Scene.settings, against: ZendeskConnector.description.settings)
        let connector = try ZendeskConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock().now))
        let page = try await connector.page(of: "articles", after: nil)
        #expect(page.rejected.map(\.reason) == ["a 'vote_sum' of 3 cannot come of 2 votes"])
    }

    @Test func `users have what people are matched by, customers are left out`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("users")
        try await Scene.run(&ledger, service)
        let zhang = try #require(ledger.records["900"]).json
        #expect(zhang["name"] == "张伟" && zhang["email"] == "zhang.wei@plumbline.example")
        #expect(zhang["staff_number"] == "P003" && ledger.records["880"] == nil)
    }

    // MARK: Settings

    @Test func `agents are the members of groups, or who is listed`() async throws {
        let service = EmulatedService(Scene.seven())
        let cases: [([String: SettingInput], Int)] = [
            ([:], 3), (["agents_groups": .text("8")], 2), (["agents": .text("900")], 1),
            (["agents": .text("900"), "agents_groups": .text("8")], 3),
        ]
        for (settings, count) in cases {
            #expect(try await Scene.connector(service, settings).check().remarks == ["\(count) agents"])
        }
        await #expect(throws: ConnectorError.settings(field: "agents_groups", reason: "no agent is in 99")) {
            try await Scene.connector(service, ["agents_groups": .text("99")]).check()
        }
    }

    @Test func `without an address the token is an OAuth token`() async throws {
        var zendesk = Scene.seven()
        zendesk.credentials = ["Bearer 0123456789abcdef"]
        var input = Scene.settings
        input["email"] = nil
        let service = EmulatedService(zendesk)
        let settings = try Settings(input, against: ZendeskConnector.description.settings)
        let connector = try ZendeskConnector(settings: settings, context: Scene.context(service, now: service.now))
        #expect(try await connector.check().remarks == ["3 agents"])
    }

    @Test func `what the plan lacks is told by the check and refused by the stream`() async throws {
        var zendesk = Scene.seven()
        (zendesk.hasHelpCenter, zendesk.hasRatings) = (false, false)
        let connector = try Scene.connector(EmulatedService(zendesk))
        let remarks = try await connector.check().remarks
        #expect(remarks.count == 3 && remarks[1].hasPrefix("satisfaction_ratings cannot be read"))
        for (stream, status) in [("ratings", 403), ("articles", 404)] {
            let error = await #expect(throws: ConnectorError.self) {
                try await connector.page(of: stream, after: nil)
            }
            guard case .refused(status, _) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }
}
