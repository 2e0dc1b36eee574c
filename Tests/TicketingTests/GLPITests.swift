import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

@Suite struct GLPITests {
    typealias Scene = GLPIScene
    private let fixtures = Fixtures("glpi", in: .module)

    private func suite(
        _ stream: String, _ records: Set<String>, rejected: Set<String> = []
    ) -> ConformanceSuite<GLPIConnector> {
        ConformanceSuite(
            GLPIConnector.self, settings: Scene.settings, stream: stream, records: records, rejected: rejected
        ) {
            let service = EmulatedService(Scene.seven())
            return Scene.context(service, now: service.now)
        }
    }

    @Test func `tickets conform`() async throws {
        try await suite("tickets", ["1", "2", "3", "5", "6", "7"], rejected: ["4"]).run()
    }

    @Test func `ratings conform`() async throws {
        try await suite("ratings", ["1", "2"]).run()
    }

    @Test func `users conform`() async throws {
        try await suite("users", ["80", "90", "91", "92"]).run()
    }

    // MARK: One ticket

    private func recorded() throws -> CannedTransport {
        CannedTransport([
            "GET /apirest.php/initSession": try .file("init-session.json", of: fixtures),
            "POST /apirest.php/changeActiveEntities": .json("true"),
            "GET /apirest.php/killSession": .json("true"),
            "GET /apirest.php/listSearchOptions/Ticket": try .file("search-options.json", of: fixtures),
            "GET /apirest.php/search/Ticket": try .file("search.json", of: fixtures),
            "GET /apirest.php/Ticket/7": try .file("ticket-7.json", of: fixtures),
            "GET /apirest.php/Ticket/7/Ticket_User": try .file("ticket-7-users.json", of: fixtures),
            "GET /apirest.php/Ticket/7/ITILFollowup": try .file("ticket-7-followups.json", of: fixtures),
            "GET /apirest.php/Ticket/7/ITILSolution": try .file("ticket-7-solutions.json", of: fixtures),
            "GET /apirest.php/Group/7/Group_User": try .file("group-7-users.json", of: fixtures),
        ])
    }

    @Test func `a ticket's followups and solutions are folded in`() async throws {
        let settings = try Settings(Scene.settings, against: GLPIConnector.description.settings)
        let connector = try GLPIConnector(
            settings: settings, context: Scene.context(try recorded(), now: FixedClock().now))
        let ticket = try #require(try await connector.page(of: "tickets", after: nil).records.first).json
        #expect(
            ticket["id"] == "7" && ticket["status"] == "solved" && ticket["queue"] == "2" && ticket["priority"] == 4)
        #expect(ticket["created"] == "2026-01-05T00:10:00Z" && ticket["updated"] == "2026-01-05T04:00:00Z")
        #expect(ticket["requester"] == "80" && ticket["owner"] == "91" && ticket["owners"] == ["91", "90"])
        #expect(ticket["first_reply_at"] == "2026-01-05T00:50:00Z" && ticket["first_reply_by"] == "90")
        #expect(
            ticket["reply_count"] == 4,
            "solutions too; neither the requester's, nor private, nor nobody's, nor a bystander's, nor from elsewhere")
        #expect(ticket["first_solved_at"] == "2026-01-05T02:00:00Z" && ticket["solved_at"] == "2026-01-05T03:30:00Z")
        #expect(ticket["replies_until_first_solved"] == 2 && ticket["refused_solutions"] == 1)
        #expect(ticket["closed_at"] == .null && ticket["due"] == "2026-01-05T08:10:00Z")
        #expect(ticket["own_due"] == "2026-01-05T00:40:00Z" && ticket["taken_after_seconds"] == 300)
        #expect(ticket["waiting_seconds"] == 600 && ticket["type"] == "1" && ticket["category"] == "4")
        for missing in ["reopened_at", "reopen_count", "pause_intervals", "owner_intervals", "satisfaction"] {
            #expect(ticket[missing] == .null, "only the log would tell \(missing)")
        }
    }

    @Test func `what was reopened is not solved, and a span of nothing is none`() async throws {
        var glpi = Scene.glpi()
        glpi.create(1, at: Scene.minute(0))
        glpi.solve(1, by: 90, at: Scene.minute(10))
        glpi.refuse(1, at: Scene.minute(20))
        let ticket = try await Scene.connector(EmulatedService(glpi)).page(of: "tickets", after: nil).records.first?
            .json
        #expect(ticket?["status"] == "assigned" && ticket?["solved_at"] == .null)
        #expect(ticket?["first_solved_at"] == "2026-07-01T00:10:00Z" && ticket?["taken_after_seconds"] == .null)
    }

    private func only(_ glpi: GLPIEmulator, _ settings: [String: SettingInput] = [:]) async throws -> JSON? {
        try await Scene.connector(EmulatedService(glpi), settings).page(of: "tickets", after: nil).records.first?.json
    }

    @Test func `a ticket answered by its solution was answered then`() async throws {
        var glpi = Scene.glpi()
        glpi.create(1, at: Scene.minute(0))
        glpi.solve(1, by: 90, at: Scene.minute(5))
        let solved = try await only(glpi)
        #expect(solved?["first_reply_at"] == "2026-07-01T00:05:00Z" && solved?["first_reply_by"] == "90")
        #expect(solved?["reply_count"] == 1 && solved?["replies_until_first_solved"] == 1)
        glpi.refuse(1, at: Scene.minute(20))
        glpi.follow(1, by: 91, at: Scene.minute(2880))
        let refused = try await only(glpi)
        #expect(refused?["first_reply_at"] == "2026-07-01T00:05:00Z" && refused?["reply_count"] == 2)
        #expect(refused?["replies_until_first_solved"] == 1)
    }

    @Test func `a solution by who asked, or by nobody we know, is no reply`() async throws {
        for user in [80, 92, 0] {
            var glpi = Scene.glpi()
            glpi.create(1, at: Scene.minute(0))
            glpi.solve(1, by: user, at: Scene.minute(5))
            let ticket = try await only(glpi)
            #expect(ticket?["reply_count"] == 0 && ticket?["first_solved_at"] == "2026-07-01T00:05:00Z")
        }
    }

    /// Ticket 8 was answered before it was merged into 7, which nobody answered.
    @Test func `followups that came with a merged ticket are no replies`() async throws {
        var glpi = Scene.glpi()
        glpi.create(7, at: Scene.minute(0)) { ticket in
            ticket.followups = [.init(id: 1, user: 90, at: Scene.minute(40), source: 8)]
        }
        let ticket = try await only(glpi)
        #expect(ticket?["reply_count"] == 0 && ticket?["first_reply_at"] == .null)
    }

    @Test func `a followup of which nobody says whether it is private makes its ticket unreadable`() async throws {
        var glpi = Scene.glpi()
        glpi.create(1, at: Scene.minute(0)) { ticket in
            ticket.followups = [.init(id: 1, user: 90, at: Scene.minute(1), lacks: "is_private")]
        }
        let page = try await Scene.connector(EmulatedService(glpi)).page(of: "tickets", after: nil)
        #expect(page.records.isEmpty && page.rejected.map(\.id) == ["1"])
        #expect(page.rejected.first?.reason.contains("is_private") == true)
    }

    @Test func `numbers that come as text are numbers`() async throws {
        var glpi = Scene.seven()
        glpi.follow(5, by: 90, at: Scene.minute(130), isPrivate: true)
        glpi.writesNumbersAsText = true
        let service = EmulatedService(glpi)
        for (stream, ids) in [
            ("tickets", ["1", "2", "3", "5", "6", "7"]), ("ratings", ["1", "2"]), ("users", ["80", "90", "91", "92"]),
        ] {
            var ledger = StreamLedger(stream)
            try await Scene.run(&ledger, service)
            #expect(ledger.records.keys.sorted() == ids)
            if stream == "tickets" { Scene.expectExact(ledger, service) }
            if stream == "tickets" { #expect(ledger.records["2"]?.json["status"] == "closed") }
            if stream == "users" { #expect(ledger.records["91"]?.json["is_active"] == false) }
        }
    }

    @Test func `entities in names are what they stand for`() async throws {
        var glpi = Scene.glpi()
        glpi.create(1, at: Scene.minute(0)) { ticket in
            ticket.name = "R&amp;D &#60;b&#62; &lt;x&gt; &quot;&#39; &#x4E2D; &nbsp;&nope; &"
        }
        #expect(try await only(glpi)?["subject"] == #"R&D <b> <x> "' 中  &nope; &"#)
        glpi.users[80]?.names = ("O&#039;Neil", "Ma&nbsp;")
        let users = try await Scene.connector(EmulatedService(glpi)).page(of: "users", after: nil).records
        #expect(users.first?.json["name"] == "Ma O'Neil")
    }

    @Test func `what is kept of what cannot be read holds no texts of people`() async throws {
        var glpi = Scene.seven()
        glpi.ratings[1]?.score = 9
        let service = EmulatedService(glpi)
        for (stream, id) in [("tickets", "4"), ("ratings", "1")] {
            let page = try await Scene.connector(service).page(of: stream, after: nil)
            var rejected = page.rejected
            if stream == "tickets", let cursor = page.cursor {
                rejected += try await Scene.connector(service).page(of: stream, after: cursor).rejected
            }
            let raw = String(decoding: try #require(rejected.first { $0.id == id }).raw, as: UTF8.self)
            #expect(!raw.contains("text") && !raw.contains("helped") && raw.contains("\"id\":\(id)"))
        }
    }

    @Test func `numbers of search options are those of the server`() async throws {
        var glpi = Scene.seven()
        glpi.options = ["Ticket.id": 102, "Ticket.date_mod": 119]
        let service = EmulatedService(glpi)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: Ratings and users

    @Test func `a rating of nothing is one, and one that was not given is none`() async throws {
        let page = try await Scene.connector(EmulatedService(Scene.seven())).page(of: "ratings", after: nil)
        #expect(page.records.map { $0.json["score"] } == [0, 1] && page.rejected.isEmpty)
        let rating = try #require(page.records.last).json
        #expect(rating["ticket"] == "2" && rating["answered"] == "2026-07-01T03:32:00Z")
        #expect(rating["asked"] == "2026-07-01T03:20:00Z")
    }

    @Test func `a scale that goes further has its own end`() async throws {
        var glpi = Scene.seven()
        glpi.ratings[2]?.score = 8
        let settings = ["rating_max": SettingInput.text("10")]
        let page = try await Scene.connector(EmulatedService(glpi), settings).page(of: "ratings", after: nil)
        #expect(page.records.map { $0.json["score"] } == [0, 8] && page.records.last?.json["scale_max"] == 10)
        let short = try await Scene.connector(EmulatedService(glpi)).page(of: "ratings", after: nil)
        #expect(short.rejected.map(\.id) == ["2"] && short.records.first?.json["scale_max"] == 5)
    }

    @Test func `users have what people are matched by`() async throws {
        let users = try await Scene.connector(EmulatedService(Scene.seven())).page(of: "users", after: nil).records
        #expect(users.map { $0.json["name"] } == ["Chao Ma", "张伟", "李娜", .null])
        #expect(users.map { $0.json["staff_number"] } == [.null, "P003", .null, .null])
        #expect(users.map { $0.json["is_active"] } == [true, true, false, true])
    }

    // MARK: Settings

    @Test func `the check tells what is there`() async throws {
        let remarks = try await Scene.connector(EmulatedService(Scene.seven())).check().remarks
        #expect(remarks.first == "2 agents" && remarks.last == "7 tickets")
        #expect(
            try await Scene.connector(EmulatedService(Scene.glpi())).check().remarks.last == "our user sees no ticket")
    }

    @Test func `mistakes in the settings are named`() async throws {
        let service = EmulatedService(Scene.seven())
        let cases: [(String, [String: SettingInput])] = [
            ("agents_groups", ["agents_groups": .list(["8"])]),
            ("agents", ["agents_groups": .list([]), "agents": .list([])]),
        ]
        for (field, settings) in cases {
            await #expect {
                _ = try await Scene.connector(service, settings).check()
            } throws: { if case ConnectorError.settings(field, _) = $0 { true } else { false } }
        }
        await #expect {
            _ = try await Scene.connector(service, ["app_token": .secret(Secret("wrong"))]).check()
        } throws: { "\($0)".contains("answered 400") && "\($0)".contains("ERROR_WRONG_APP_TOKEN_PARAMETER") }
    }

    @Test func `a login is told with its password, and a client may have no token`() async throws {
        var glpi = Scene.seven()
        glpi.credentials = ["Basic " + Base64.encode(Array("gateway:0123456789abcdef".utf8))]
        glpi.appToken = nil
        var input = Scene.settings
        input["app_token"] = nil
        input["login"] = .text("gateway")
        let service = EmulatedService(glpi)
        let settings = try Settings(input, against: GLPIConnector.description.settings)
        let connector = try GLPIConnector(settings: settings, context: Scene.context(service, now: service.now))
        #expect(try await connector.check().remarks.first == "2 agents")
    }
}
