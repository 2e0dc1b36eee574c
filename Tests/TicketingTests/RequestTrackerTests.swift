import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

@Suite struct RequestTrackerTests {
    typealias Recorded = RecordedRequestTracker

    @Test func `conforms`() async throws {
        try await ConformanceSuite(
            RequestTrackerConnector.self, settings: Recorded.settings, stream: "tickets",
            records: ["2", "9", "5", "33", "18", "220"], rejected: ["10"]
        ) { Recorded.context(try Recorded.transport()) }.run()
    }

    private func tickets() async throws -> [String: JSON] {
        var tickets: [String: JSON] = [:]
        for try await page in try Recorded.connector(Recorded.transport()).pages(of: "tickets") {
            for record in page.records { tickets[record.id] = record.json }
        }
        return tickets
    }

    @Test func `a solved, rated ticket that changed hands`() async throws {
        let ticket = try #require(try await tickets()["2"])
        #expect(ticket["status"] == "resolved" && ticket["queue"] == "facilities" && ticket["priority"] == 50)
        #expect(ticket["requester"] == "ma.chao" && ticket["owner"] == "zhao.min")
        #expect(ticket["first_reply_at"] == "2026-07-02T02:08:26Z" && ticket["first_reply_by"] == "sun.lei")
        #expect(ticket["reply_count"] == 2 && ticket["replies_until_first_solved"] == 2)
        #expect(ticket["solved_at"] == "2026-07-02T20:58:07Z" && ticket["first_solved_at"] == ticket["solved_at"])
        #expect(ticket["reopened_at"] == [] && ticket["reopen_count"] == 0)
        #expect(
            ticket["owner_intervals"] == [
                ["owner": "sun.lei", "from": "2026-07-02T02:04:03Z", "to": "2026-07-02T07:16:17Z"],
                ["owner": "zhao.min", "from": "2026-07-02T07:16:17Z", "to": .null],
            ])
        #expect(ticket["satisfaction"] == 3 && ticket["satisfaction_at"] == "2026-07-03T15:55:01Z")
        #expect(ticket["satisfaction_by"] == "ma.chao")
        #expect(ticket["due"] == .null, "1970 is none")
        #expect(ticket["custom_fields"]?["Category"] == ["other"])
    }

    @Test func `a rejected ticket is not solved although the server says Resolved`() async throws {
        let ticket = try #require(try await tickets()["5"])
        #expect(ticket["solved_at"] == .null && ticket["first_solved_at"] == .null)
        #expect(ticket["closed_at"] == "2026-07-04T13:24:50Z")
        #expect(ticket["replies_until_first_solved"] == .null)
        #expect(ticket["first_reply_at"] == .null, "the requester's own words are no response")
    }

    @Test func `a ticket reopened and left so is not solved any more`() async throws {
        let ticket = try #require(try await tickets()["220"])
        #expect(ticket["status"] == "open" && ticket["solved_at"] == .null)
        #expect(ticket["first_solved_at"] == "2026-08-27T08:41:38Z")
        #expect(ticket["reopened_at"] == ["2026-08-28T04:06:10Z"] && ticket["reopen_count"] == 1)
    }

    @Test func `a ticket reopened twice counts from its last solution`() async throws {
        let ticket = try #require(try await tickets()["18"])
        #expect(ticket["solved_at"] == "2026-07-13T05:31:12Z" && ticket["reopen_count"] == 2)
        #expect(ticket["first_solved_at"] == "2026-07-08T02:24:51Z" && ticket["replies_until_first_solved"] == 1)
        #expect(ticket["satisfaction"] == 5)
    }

    @Test func `number 6 in a history is nobody`() async throws {
        let tickets = try await tickets()
        #expect(
            tickets["9"]?["owner_intervals"] == [
                ["owner": .null, "from": "2026-07-04T03:17:27Z", "to": "2026-07-04T05:07:18Z"],
                ["owner": "zhang.wei", "from": "2026-07-04T05:07:18Z", "to": .null],
            ])
        #expect(tickets["33"]?["owner"] == .null)
        #expect(tickets["33"]?["owner_intervals"]?.array?.count == 1)
    }

    @Test func `each user is asked for once in a run`() async throws {
        let transport = try Recorded.transport()
        for try await _ in try Recorded.connector(transport).pages(of: "tickets") {}
        let asked = transport.requests.map(\.url).filter { $0.contains("/user/") }
        #expect(Set(asked).count == asked.count && !asked.isEmpty)
    }

    @Test func `the version is the last transaction but for custom fields`() async throws {
        let page = try await Recorded.connector(Recorded.transport()).page(of: "tickets", after: nil)
        #expect(page.records.first { $0.id == "2" }?.version == SourceVersion("94"))
    }

    @Test func `a bad record says what is wrong with it`() async throws {
        let connector = try Recorded.connector(Recorded.transport())
        let first = try await connector.page(of: "tickets", after: nil)
        let second = try await connector.page(of: "tickets", after: first.cursor)
        #expect(second.rejected.map(\.reason) == ["'Created' is not a date"])
    }

    @Test func `queues and since go into the query, quoted`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": try .file("newest.json", of: Recorded.fixtures),
            "GET /REST/2.0/tickets": .json(#"{"items":[],"total":0}"#),
        ])
        let connector = try Recorded.connector(
            transport, ["queues": .list(["IT", "O'Brien's"]), "since": .text("2026-07-01T00:00:00+08:00")])
        _ = try await connector.page(of: "tickets", after: nil)
        #expect(
            transport.queries(of: "/REST/2.0/tickets").map { $0["query"] } == [
                #"id > 0 AND (Queue = 'IT' OR Queue = 'O\'Brien\'s')"#,
                #"id > 0 AND (Queue = 'IT' OR Queue = 'O\'Brien\'s') AND LastUpdated >= '2026-06-30 04:00:00'"#,
            ])
    }

    @Test func `agents must be named`() throws {
        #expect(
            throws: ConnectorError.settings(
                field: "agents", reason: "say who is an agent: give agents, agents_group or both")
        ) { try Recorded.connector(CannedTransport(), ["agents": .list([])]) }
    }

    @Test func `a since that is no time is refused`() throws {
        #expect(throws: ConnectorError.self) { try Recorded.connector(CannedTransport(), ["since": .text("July")]) }
    }

    private func merged() throws -> CannedTransport {
        let fixtures = Recorded.fixtures
        return CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": try .file("newest.json", of: fixtures),
            "GET /REST/2.0/tickets?query=EffectiveId = 402 *id > 0*": try .file("merge-sources.json", of: fixtures),
            "GET /REST/2.0/tickets?query=EffectiveId = 402 *": try .file("nothing.json", of: fixtures),
            "GET /REST/2.0/tickets": try .file("merge-target.json", of: fixtures),
            "GET /REST/2.0/transactions?query=*id > 0 *": try .file("merge-transactions.json", of: fixtures),
            "GET /REST/2.0/transactions": try .file("nothing.json", of: fixtures),
        ])
    }

    @Test func `a merge emits the merged ticket again`() async throws {
        let page = try await Recorded.connector(merged()).page(of: "tickets", after: nil)
        #expect(page.records.map(\.id) == ["402", "401"])
        #expect(page.records.map { $0.json["merged_into_id"] } == [.null, "402"])
        #expect(page.records.map { $0.json["time_worked_seconds"] } == [1800, 900])
    }

    @Test func `tickets merged from other queues are left out`() async throws {
        let transport = try merged()
        _ = try await Recorded.connector(transport, ["queues": .text("IT")]).page(of: "tickets", after: nil)
        let query = transport.queries(of: "/REST/2.0/tickets").compactMap { $0["query"] }.first { $0.contains("402") }
        #expect(query == "EffectiveId = 402 AND id != 402 AND id > 0 AND (Queue = 'IT')")
    }
}
