import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Paging while the server hides totals, repeats itself, or changes.
@Suite struct RequestTrackerPagingTests {
    typealias Recorded = RecordedRequestTracker

    private func page(_ tickets: [(id: Int, updated: String)], total: Int?) -> CannedAnswer {
        let items = tickets.map { ticket -> JSON in
            [
                "id": .string(String(ticket.id)), "Status": "new", "Created": "2026-07-01T00:00:00Z",
                "LastUpdated": .string(ticket.updated), "Owner": ["id": "Nobody"],
            ]
        }
        return .json(JSON.object(["items": .array(items), "total": total.map(JSON.int) ?? .null]).text)
    }

    private func history(_ tickets: [Int]) -> CannedAnswer {
        let items = tickets.map { id -> JSON in
            [
                "id": .string(String(id)), "ObjectId": .string(String(id)), "Type": "Create",
                "Created": "2026-07-01T00:00:00Z", "Creator": ["id": "a"],
            ]
        }
        return .json(JSON.object(["items": .array(items), "total": .null]).text)
    }

    private let none = CannedAnswer.json(#"{"items":[],"total":null}"#)

    private let newest = CannedAnswer.json(#"{"items":[{"id":"9","LastUpdated":"2026-07-09T00:00:00Z"}],"total":9}"#)

    @Test func `without a total the walk goes on until nothing comes`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": newest,
            "GET /REST/2.0/tickets": .inTurn([
                page([(1, "2026-07-02T00:00:00Z")], total: nil), page([(2, "2026-07-01T00:00:00Z")], total: nil), none,
            ]),
            "GET /REST/2.0/transactions": .inTurn([history([1]), none, history([2]), none]),
        ])
        var ids: [String] = []
        var last: Cursor?
        for try await page in try Recorded.connector(transport).pages(of: "tickets") {
            ids += page.records.map(\.id)
            last = page.cursor
        }
        #expect(ids == ["1", "2"])
        #expect(try last?.state() == ["until": "2026-07-09T00:00:00Z"])
    }

    @Test func `a walk goes by number and asks after the last change before it begins`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": newest,
            "GET /REST/2.0/tickets?query=id > 2": page([(3, "2026-07-10T00:00:00Z")], total: 1),
            "GET /REST/2.0/tickets": page([(1, "2026-07-02T00:00:00Z"), (2, "2026-07-01T00:00:00Z")], total: 3),
            "GET /REST/2.0/transactions": .inTurn([history([1, 2]), none, history([3]), none]),
        ])
        var ids: [String] = []
        var last: Cursor?
        for try await page in try Recorded.connector(transport).pages(of: "tickets") {
            ids += page.records.map(\.id)
            last = page.cursor
        }
        #expect(ids == ["1", "2", "3"])
        #expect(
            try last?.state()["until"] == "2026-07-09T00:00:00Z",
            "ticket 3 changed during the walk: the next run begins before that")
        #expect(transport.queries(of: "/REST/2.0/tickets").map { $0["query"] } == ["id > 0", "id > 0", "id > 2"])
    }

    @Test func `a new run asks early enough for any zone, and drops what has not changed`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": newest,
            "GET /REST/2.0/tickets": page([(4, "2026-07-08T23:59:59Z"), (9, "2026-07-09T00:00:00Z")], total: 2),
            "GET /REST/2.0/transactions": .inTurn([history([9]), none]),
        ])
        let connector = try Recorded.connector(transport, ["overlap": .text("1h")])
        let page = try await connector.page(of: "tickets", after: Cursor(["until": "2026-07-09T01:00:00Z"]))
        #expect(page.records.map(\.id) == ["9"] && !page.hasMore)
        #expect(
            transport.queries(of: "/REST/2.0/tickets").last?["query"]
                == "id > 0 AND LastUpdated >= '2026-07-08 12:00:00'",
            "an hour back, and twelve more because the server reads dates in our user's zone")
    }

    @Test func `a page that repeats is an error`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": newest,
            "GET /REST/2.0/tickets": page([(1, "2026-07-01T00:00:00Z")], total: 5),
            "GET /REST/2.0/transactions": .inTurn([history([1]), none]),
        ])
        let connector = try Recorded.connector(transport)
        let first = try await connector.page(of: "tickets", after: nil)
        await #expect(
            throws: ConnectorError.unexpected(reason: "the page repeats or is not in order: ticket 1 comes after 1")
        ) { try await connector.page(of: "tickets", after: first.cursor) }
    }

    @Test func `a page out of order is an error`() async throws {
        let tickets = [(2, "2026-07-01T00:00:00Z"), (1, "2026-07-02T00:00:00Z")]
        let connector = try Recorded.connector(
            CannedTransport([
                "GET /REST/2.0/tickets?order=DESC": newest, "GET /REST/2.0/tickets": page(tickets, total: 2),
            ]))
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "tickets", after: nil) }
    }

    @Test func `transactions that repeat are an error`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets": page([(1, "2026-07-01T00:00:00Z")], total: 1),
            "GET /REST/2.0/transactions": history([1]),
        ])
        let connector = try Recorded.connector(transport)
        await #expect {
            _ = try await connector.page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("a page of transactions repeats") }
    }

    @Test(arguments: [("Satisfaction", true), (nil, false)])
    func `only what a fold reads is asked for`(satisfactionField: String?, withCustomFields: Bool) async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets": page([(1, "2026-07-01T00:00:00Z")], total: 1),
            "GET /REST/2.0/transactions": .inTurn([history([1]), none]),
        ])
        var input = Recorded.settings
        input["satisfaction_field"] = satisfactionField.map(SettingInput.text)
        let settings = try Settings(input, against: RequestTrackerConnector.description.settings)
        _ = try await RequestTrackerConnector(settings: settings, context: Recorded.context(transport))
            .page(of: "tickets", after: nil)
        let query = try #require(transport.queries(of: "/REST/2.0/transactions").first?["query"])
        #expect(query.contains("(Type = 'Create' OR Type = 'Correspond' OR ") && !query.contains("Comment"))
        #expect(query.contains("Type = 'CustomField'") == withCustomFields)
    }

    @Test func `a page that invisible rows have emptied is no end while the server names the next`() async throws {
        let empty = #"{"items":[],"total":null,"next_page":"https://rt.example/REST/2.0/transactions?page=2"}"#
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?page=1": .json(empty),
            "GET /REST/2.0/tickets": page([(1, "2026-07-02T00:00:00Z")], total: nil),
            "GET /REST/2.0/transactions?query=*id > 0 *&page=1": .json(empty),
            "GET /REST/2.0/transactions?query=*id > 0 *": history([1]), "GET /REST/2.0/transactions": none,
        ])
        let connector = try Recorded.connector(transport)
        #expect(try await connector.page(of: "tickets", after: nil).records.map(\.id) == ["1"])
        #expect(try await connector.identifiers(of: "tickets", after: nil).identifiers == ["1"])
    }

    @Test func `an empty page of tickets that the server counts is an error, not the end`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": newest, "GET /REST/2.0/tickets": page([], total: 3),
        ])
        let connector = try Recorded.connector(transport)
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "tickets", after: nil) }
        await #expect(throws: ConnectorError.self) { try await connector.identifiers(of: "tickets", after: nil) }
    }

    @Test func `histories are asked for a hundred tickets at a time`() async throws {
        let merged = (1...250).map { (id: $0, updated: "2026-07-01T00:00:00Z") }
        let merge = CannedAnswer.json(
            #"""
            {"items":[{"id":"1","ObjectId":"300","Type":"AddLink","Field":"MergedInto",
            "Created":"2026-07-01T00:00:00Z","Creator":{"id":"a"}}]}
            """#)
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": newest,
            "GET /REST/2.0/tickets?query=EffectiveId = 300 *id > 0*": page(merged, total: nil),
            "GET /REST/2.0/tickets?query=EffectiveId = 300 *": none,
            "GET /REST/2.0/tickets": page([(300, "2026-07-01T00:00:00Z")], total: 1),
            "GET /REST/2.0/transactions?query=*id > 0 *(ObjectId = 300)": merge,
            "GET /REST/2.0/transactions": none,
        ])
        _ = try await Recorded.connector(transport).page(of: "tickets", after: nil)
        let sizes = transport.queries(of: "/REST/2.0/transactions").map { query in
            query["query"]?.ranges(of: "ObjectId = ").count ?? 0
        }
        #expect(sizes == [1, 1, 100, 100, 50])
    }

    @Test func `a ticket without visible history is rejected, not half told`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets": page([(1, "2026-07-01T00:00:00Z")], total: 1), "GET /REST/2.0/transactions": none,
        ])
        let page = try await Recorded.connector(transport).page(of: "tickets", after: nil)
        #expect(page.records.isEmpty)
        #expect(page.rejected.map(\.reason) == ["its history is not visible to our user (right ShowTicket)"])
    }

    @Test(arguments: ["9223372036854775807", "ten"])
    func `minutes worked that are no number we can use reject the ticket`(minutes: String) async throws {
        let ticket: JSON = [
            "id": "1", "Status": "new", "Created": "2026-07-01T00:00:00Z", "LastUpdated": "2026-07-01T00:00:00Z",
            "Owner": ["id": "Nobody"], "TimeWorked": .string(minutes),
        ]
        let transport = CannedTransport(["GET /REST/2.0/tickets": .json(JSON.object(["items": [ticket]]).text)])
        let page = try await Recorded.connector(transport).page(of: "tickets", after: nil)
        #expect(page.rejected.map(\.reason) == ["'TimeWorked' is not a number of minutes"])
    }

    @Test func `a source without tickets keeps the cursor`() async throws {
        let connector = try Recorded.connector(CannedTransport(["GET /REST/2.0/tickets": none]))
        let cursor = Cursor(["until": "2026-07-01T00:30:00Z"])
        #expect(try await connector.page(of: "tickets", after: cursor) == Page(cursor: cursor, hasMore: false))
    }

    @Test func `a cursor of another stream is not guessed at`() async throws {
        let connector = try Recorded.connector(CannedTransport())
        await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "tickets", after: Cursor(["page": 2]))
        }
        await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "tickets", after: Cursor(text: "{broken"))
        }
    }

    @Test func `the sweep names merged tickets too, and ends on an empty page`() async throws {
        let transport = CannedTransport([
            "GET /REST/2.0/tickets?query=*EffectiveId > 0 AND id > 0": page(
                [(1, "2026-07-01T00:00:00Z"), (2, "2026-07-01T00:00:00Z")], total: nil),
            "GET /REST/2.0/tickets": none,
        ])
        let connector = try Recorded.connector(transport)
        let first = try await connector.identifiers(of: "tickets", after: nil)
        #expect(first.identifiers == ["1", "2"] && first.hasMore)
        #expect(try await connector.identifiers(of: "tickets", after: first.cursor).hasMore == false)
    }

    @Test(arguments: [400, nil]) func `the count is the total, where there is one`(total: Int?) async throws {
        let connector = try Recorded.connector(
            CannedTransport(["GET /REST/2.0/tickets": page([(1, "2026-07-01T00:00:00Z")], total: total)]))
        #expect(try await connector.count(of: "tickets") == total)
    }

    @Test func `a wrong query is told in the server's words`() async throws {
        let answer = CannedAnswer.json(#"{"message":"Wrong query, expecting a OPERATOR"}"#, status: 400)
        let connector = try Recorded.connector(CannedTransport(["GET /REST/2.0/tickets": answer]))
        await #expect {
            _ = try await connector.page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("answered 400") && "\($0)".contains("expecting a OPERATOR") }
    }
}
