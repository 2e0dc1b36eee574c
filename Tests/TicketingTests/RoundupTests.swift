import Foundation
import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

@Suite struct RoundupTests {
    private let fixtures = Fixtures("roundup", in: .module)

    private let settings: [String: SettingInput] = [
        "base_url": .text("https://tracker.example/support/rest"), "username": .text("gateway"),
        "password": .secret(Secret("hunter2")), "agents_organisation": .text("support"),
        "resolved_at_property": .text("resolved_at"), "reopen_count_property": .text("reopen_count"),
        "satisfaction_property": .text("satisfaction"), "extra_properties": .list(["category"]),
        "page_size": .text("3"),
    ]

    /// Seven issues in three pages. Issue 12 is broken.
    private func transport() throws -> CannedTransport {
        let path = "GET /support/rest/data"
        return CannedTransport([
            "\(path)/issue?@sort=activity,id&activity=2026-07-12*": try .file("changes-overlap.json", of: fixtures),
            "\(path)/issue?@sort=activity,id": try .file("changes.json", of: fixtures),
            "\(path)/issue?@sort=id": try .file("identifiers.json", of: fixtures),
            "\(path)/issue?id=7": try .file("issues-page-1.json", of: fixtures),
            "\(path)/issue?id=11": try .file("issues-page-2.json", of: fixtures),
            "\(path)/issue?id=65": try .file("issues-page-3.json", of: fixtures),
            "\(path)/issue?@verbose=0": try .file("identifiers.json", of: fixtures),
            "\(path)/msg": try .file("messages.json", of: fixtures),
            "\(path)/user": try .file("users.json", of: fixtures),
        ])
    }

    private func context(_ transport: any Transport) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: FixedClock().now, zone: "Asia/Shanghai",
            log: { _ in })
    }

    private func connector(
        _ transport: CannedTransport, _ changes: [String: SettingInput] = [:]
    ) throws -> RoundupConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: RoundupConnector.description.settings)
        return try RoundupConnector(settings: settings, context: context(transport))
    }

    private func tickets(_ transport: CannedTransport? = nil) async throws -> [String: JSON] {
        var tickets: [String: JSON] = [:]
        for try await page in try connector(transport ?? self.transport()).pages(of: "tickets") {
            for record in page.records { tickets[record.id] = record.json }
        }
        return tickets
    }

    @Test func `conforms`() async throws {
        try await ConformanceSuite(
            RoundupConnector.self, settings: settings, stream: "tickets",
            records: ["7", "14", "11", "10", "2", "65"], rejected: ["12"]
        ) { context(try transport()) }.run()
    }

    @Test func `users conform`() async throws {
        try await ConformanceSuite(
            RoundupConnector.self, settings: settings, stream: "users", records: Set((1...23).map(String.init))
        ) {
            let path = "GET /support/rest/data/user"
            return context(
                CannedTransport([
                    "\(path)?@verbose=0": try .file("users.json", of: fixtures),
                    path: try .file("users.json", of: fixtures),
                ]))
        }.run()
    }

    @Test func `an issue solved three times keeps its last solution`() async throws {
        let ticket = try #require(try await tickets()["2"])
        #expect(ticket["created"] == "2026-07-01T02:54:31Z" && ticket["updated"] == "2026-07-08T08:23:03Z")
        #expect(ticket["requester"] == "guo.tao" && ticket["owner"] == "li.na" && ticket["status"] == "resolved")
        #expect(ticket["first_reply_at"] == "2026-07-01T03:20:48Z" && ticket["first_reply_by"] == "li.na")
        #expect(ticket["reply_count"] == 1 && ticket["replies_until_first_solved"] == 1)
        #expect(ticket["solved_at"] == "2026-07-07T14:34:21Z" && ticket["reopen_count"] == 2)
        #expect(ticket["first_solved_at"] == .null && ticket["reopened_at"] == .null, "REST shows no history")
        #expect(ticket["satisfaction"] == 5 && ticket["custom_fields"]?["category"]?["name"] == "account")
    }

    @Test func `an issue never reopened was first solved when it was last solved`() async throws {
        let ticket = try #require(try await tickets()["7"])
        #expect(ticket["first_solved_at"] == "2026-07-02T10:09:57Z" && ticket["reopened_at"] == [])
    }

    @Test func `an issue reopened and left so is not solved`() async throws {
        let ticket = try #require(try await tickets()["10"])
        #expect(ticket["solved_at"] == .null && ticket["reopen_count"] == 1 && ticket["reply_count"] == 1)
    }

    @Test func `what REST does not show is unknown, not empty`() async throws {
        let ticket = try #require(try await tickets()["14"])
        #expect(ticket["owner_intervals"] == .null && ticket["pause_intervals"] == .null)
        #expect(ticket["owner"] == .null && ticket["first_reply_at"] == .null)
    }

    @Test func `messages come in batches`() async throws {
        let transport = try transport()
        _ = try await tickets(transport)
        #expect(transport.queries(of: "/support/rest/data/msg").count == 3, "one call for each page")
        #expect(transport.queries(of: "/support/rest/data/msg").first?["id"] == "18,19,32")
    }

    @Test func `a run lists changes once, a day early and without trusting the server's zone`() async throws {
        let transport = try transport()
        let connector = try connector(transport)
        let cursor = Cursor(["updated": "2026-07-13T18:13:54Z", "id": 65, "end": true])
        let page = try await connector.page(of: "tickets", after: cursor)
        #expect(page.records.map(\.id) == ["65"] && !page.hasMore)
        #expect(transport.queries(of: "/support/rest/data/issue").first?["activity"] == "2026-07-12.18:08:54;")
    }

    @Test func `a message that was hidden is an anomaly`() async throws {
        let transport = CannedTransport([
            "GET /support/rest/data/issue?@sort=activity,id": .json(
                #"{"data":{"collection":[{"id":"7","activity":"2026-07-02.13:03:03"}],"@total_size":1}}"#),
            "GET /support/rest/data/issue": try .file("issues-page-1.json", of: fixtures),
            "GET /support/rest/data/msg": .json(#"{"data":{"collection":[],"@total_size":0}}"#),
            "GET /support/rest/data/user": try .file("users.json", of: fixtures),
        ])
        let page = try await connector(transport).page(of: "tickets", after: nil)
        #expect(page.anomalies.contains(Anomaly(id: "7", reason: "2 of its messages are not visible to our user")))
    }

    @Test func `a reply older than its issue is kept and named`() async throws {
        let messages = try fixtures.text("messages.json").replacing("2026-07-02.08:31:24", with: "2026-07-02.08:00:00")
        let transport = CannedTransport([
            "GET /support/rest/data/issue?@sort=activity,id": .json(
                #"{"data":{"collection":[{"id":"7","activity":"2026-07-02.13:03:03"}],"@total_size":1}}"#),
            "GET /support/rest/data/issue": try .file("issues-page-1.json", of: fixtures),
            "GET /support/rest/data/msg": .json(messages),
            "GET /support/rest/data/user": try .file("users.json", of: fixtures),
        ])
        let page = try await connector(transport).page(of: "tickets", after: nil)
        let record = try #require(page.records.first { $0.id == "7" })
        #expect(record.json["first_reply_at"] == "2026-07-02T08:00:00Z")
        #expect(page.anomalies.map(\.id) == ["7"])
    }

    @Test func `a list that names an issue twice is an error`() async throws {
        let twice = #"{"id":"7","activity":"2026-07-02.13:03:03"},{"id":"7","activity":"2026-07-02.13:03:04"}"#
        let answer = CannedAnswer.json(#"{"data":{"collection":[\#(twice)],"@total_size":2}}"#)
        let connector = try connector(CannedTransport(["GET /support/rest/data/issue": answer]))
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "tickets", after: nil) }
    }

    @Test func `the count does not trust the server's total`() async throws {
        let connector = try connector(transport())
        #expect(try await connector.count(of: "tickets") == 7)
        let past = try self.connector(CannedTransport(always: .file("past-the-end.json", of: fixtures)))
        #expect(try await past.count(of: "tickets") == 0, "99800 it says")
    }

    @Test func `a list that the server cut is not taken for a full one`() async throws {
        let answer = CannedAnswer.json(#"{"data":{"collection":[{"id":"7"}],"@total_size":-1}}"#)
        let connector = try connector(CannedTransport(always: answer))
        #expect(try await connector.count(of: "tickets") == nil)
        await #expect(throws: ConnectorError.self) { try await connector.identifiers(of: "tickets", after: nil) }
    }

    @Test func `a list that was cut before anything new is an error, not the end`() async throws {
        let start = Cursor(["updated": "2026-07-13T18:13:54Z", "id": 65, "end": false])
        let cut = CannedAnswer.json(
            #"{"data":{"collection":[{"id":"65","activity":"2026-07-13.18:13:54"}],"@total_size":-1}}"#)
        let connector = try connector(CannedTransport(always: cut))
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "tickets", after: start) }
    }

    @Test func `issues or messages that were cut are an error`() async throws {
        let answer = try fixtures.text("issues-page-1.json")
        let total = try #require(answer.firstMatch(of: /"@total_size": \d+/)).output
        let transport = CannedTransport([
            "GET /support/rest/data/issue?@sort=activity,id": .json(
                #"{"data":{"collection":[{"id":"7","activity":"2026-07-02.13:03:03"}],"@total_size":1}}"#),
            "GET /support/rest/data/issue": .json(answer.replacing(total, with: #""@total_size": -1"#)),
            "GET /support/rest/data/user": try .file("users.json", of: fixtures),
        ])
        let connector = try connector(transport)
        await #expect(throws: ConnectorError.unexpected(reason: "the tracker cuts lists of 'issue' at less than 1")) {
            try await connector.page(of: "tickets", after: nil)
        }
    }

    @Test func `an error in the server's words hides credentials`() async throws {
        let answer = CannedAnswer.json(#"{"error":{"status":400,"msg":"bad query, password=hunter2"}}"#, status: 400)
        let connector = try connector(CannedTransport(always: answer))
        await #expect {
            _ = try await connector.page(of: "users", after: nil)
        } throws: { "\($0)".contains("bad query") && !"\($0)".contains("hunter2") }
    }

    @Test func `reopenings are unknown where the tracker does not show their number`() async throws {
        let answer = try fixtures.text("issues-page-1.json")
        let shown = answer.replacing(/"reopen_count": (null|\d+)/, with: #""reopen_count": null"#)
        let hidden = answer.replacing(/"reopen_count": (null|\d+)/, with: #""other": null"#)
        for (answer, count) in [(shown, JSON.int(0)), (hidden, .null)] {
            let transport = CannedTransport([
                "GET /support/rest/data/issue?@sort=activity,id": .json(
                    #"{"data":{"collection":[{"id":"7","activity":"2026-07-02.13:03:03"}],"@total_size":1}}"#),
                "GET /support/rest/data/issue": .json(answer),
                "GET /support/rest/data/user": try .file("users.json", of: fixtures),
                "GET /support/rest/data/msg": try .file("messages.json", of: fixtures),
            ])
            let ticket = try #require(try await tickets(transport)["7"])
            #expect(ticket["reopen_count"] == count)
            #expect((ticket["reopened_at"] == .null) == (count == .null))
        }
    }

    @Test func `a property that our user may not see is a mistake in the settings`() async throws {
        let transport = CannedTransport([
            "GET /support/rest/data/user": try .file("users.json", of: fixtures),
            "GET /support/rest/data/issue": try .file("identifiers.json", of: fixtures),
        ])
        await #expect(
            throws: ConnectorError.settings(
                field: "resolved_at_property", reason: "our user may not see the property 'resolved_at' of issues")
        ) { try await connector(transport).check() }
    }

    @Test func `the sweep lists retired and other issues in one answer`() async throws {
        let page = try await connector(transport()).identifiers(of: "tickets", after: nil)
        #expect(page.identifiers == ["2", "7", "10", "11", "12", "14", "65"] && !page.hasMore)
    }

    @Test func `a plain-text refusal is a refusal`() async throws {
        let connector = try connector(CannedTransport(always: .text("Invalid Login - Invalid login", status: 401)))
        await #expect(throws: ConnectorError.refused(status: 401, hint: "Invalid Login - Invalid login")) {
            try await connector.page(of: "tickets", after: nil)
        }
    }

    @Test func `a property that the tracker lacks is a mistake in the settings`() async throws {
        let transport = CannedTransport([
            "GET /support/rest/data/user": try .file("users.json", of: fixtures),
            "GET /support/rest/data/issue?@page_size=1": try .file("identifiers.json", of: fixtures),
            "GET /support/rest/data/issue": .json(try fixtures.text("unknown-property.json"), status: 400),
        ])
        let error = await #expect(throws: ConnectorError.self) { try await connector(transport).check() }
        guard case .settings(field: "resolved_at_property", let reason) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.contains("Unknown property"))
    }

    @Test func `an organisation without users is a mistake in the settings`() async throws {
        let connector = try connector(transport(), ["agents_organisation": .text("nosuch")])
        await #expect(throws: ConnectorError.self) { try await connector.check() }
    }

    @Test func `addresses that our user may not see are null`() async throws {
        let page = try await connector(transport()).page(of: "users", after: nil)
        let user = try #require(page.records.first { $0.json["login"] == "li.na" })
        #expect(user.json["name"] == "李娜" && user.json["email"] == .null && user.json["organisation"] == "support")
    }
}
