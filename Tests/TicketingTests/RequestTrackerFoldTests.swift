import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Histories made by hand, one entry for each line: `time type creator [field] [old>new]`.
@Suite struct RequestTrackerFoldTests {
    typealias Recorded = RecordedRequestTracker

    /// The record of a ticket of `a.silva`, created at 08:00 on July 1st.
    private func fold(
        status: String, owner: String = "Nobody", _ history: [String], settings: [String: SettingInput] = [:]
    ) async throws -> (json: JSON, anomalies: [Anomaly]) {
        let ticket: JSON = [
            "id": "1", "Status": .string(status), "Created": "2026-07-01T08:00:00Z", "TimeWorked": "15",
            "LastUpdated": "2026-07-02T00:00:00Z", "Owner": ["id": .string(owner)], "Queue": ["id": "3", "Name": "IT"],
            "Resolved": "2026-07-01T20:00:00Z", "Requestor": [["id": "a.silva"]], "Due": "1970-01-01T00:00:00Z",
        ]
        let transactions = try history.enumerated().map { number, line in try transaction(line, number + 1) }
        let transport = CannedTransport([
            "GET /REST/2.0/tickets": .json(JSON.object(["items": [ticket], "total": 1]).text),
            "GET /REST/2.0/transactions?query=*id > 0 *": .json(JSON.object(["items": .array(transactions)]).text),
            "GET /REST/2.0/transactions": .json(#"{"items":[]}"#),
            "GET /REST/2.0/user/6": .json(#"{"Name":"Nobody"}"#),
            "GET /REST/2.0/user/28": .json(#"{"Name":"zhang.wei"}"#),
            "GET /REST/2.0/user/29": .json(#"{"message":"Not Found"}"#, status: 404),
        ])
        let page = try await Recorded.connector(transport, settings).page(of: "tickets", after: nil)
        return (try #require(page.records.first).json, page.anomalies)
    }

    private func transaction(_ line: String, _ number: Int) throws -> JSON {
        let words = line.split(separator: " ").map(String.init)
        let change = words.last?.split(separator: ">", omittingEmptySubsequences: false).map(String.init) ?? []
        return [
            "id": .string(String(number)), "ObjectId": "1", "Created": .string("2026-07-01T\(words[0]):00Z"),
            "Type": .string(words[1]), "Creator": ["id": .string(words[2])],
            "Field": .string(words.count > 4 ? words[3] : ""), "OldValue": .string(change.count == 2 ? change[0] : ""),
            "NewValue": .string(change.count == 2 ? change[1] : ""),
        ]
    }

    @Test func `a reply by the requester is no response, though an agent`() async throws {
        let settings: [String: SettingInput] = ["agents": .list(["a.silva", "li.na"])]
        let history = ["08:00 Create a.silva", "09:00 Correspond a.silva", "10:00 Correspond li.na"]
        let ticket = try await fold(status: "new", history, settings: settings).json
        #expect(ticket["first_reply_at"] == "2026-07-01T10:00:00Z" && ticket["reply_count"] == 1)
    }

    @Test func `a reply by somebody else is no response`() async throws {
        let ticket = try await fold(status: "new", ["08:00 Create a.silva", "09:00 Correspond stranger"]).json
        #expect(ticket["first_reply_at"] == .null && ticket["reply_count"] == 0)
    }

    @Test func `who has left the group is an agent still while agents lists them`() async throws {
        let history = ["08:00 Create a.silva", "09:00 Correspond left.long.ago"]
        let ticket = try await fold(
            status: "new", history, settings: ["agents": .list(["li.na", "left.long.ago"])]
        ).json
        #expect(ticket["first_reply_by"] == "left.long.ago")
    }

    @Test func `a reply older than its ticket is kept and named`() async throws {
        let (ticket, anomalies) = try await fold(
            status: "new", ["08:00 Create a.silva", "07:00 Correspond li.na", "09:00 Correspond li.na"])
        #expect(ticket["first_reply_at"] == "2026-07-01T07:00:00Z" && ticket["created"] == "2026-07-01T08:00:00Z")
        #expect(
            anomalies == [
                Anomaly(
                    id: "1",
                    reason: "its first reply (2026-07-01T07:00:00Z) is older than the ticket (2026-07-01T08:00:00Z)")
            ])
    }

    @Test func `from solved to closed is no new solution`() async throws {
        let ticket = try await fold(
            status: "closed",
            [
                "08:00 Create a.silva", "09:00 Status li.na Status new>resolved",
                "10:00 Status li.na Status resolved>closed",
            ]
        ).json
        #expect(ticket["solved_at"] == "2026-07-01T09:00:00Z" && ticket["closed_at"] == "2026-07-01T10:00:00Z")
        #expect(ticket["reopen_count"] == 0)
    }

    @Test func `from solved to rejected is neither solved nor reopened`() async throws {
        let ticket = try await fold(
            status: "rejected",
            [
                "08:00 Create a.silva", "09:00 Status li.na Status new>resolved",
                "10:00 Status li.na Status resolved>rejected",
            ]
        ).json
        #expect(ticket["solved_at"] == .null && ticket["reopen_count"] == 0)
        #expect(ticket["first_solved_at"] == "2026-07-01T09:00:00Z" && ticket["closed_at"] == "2026-07-01T10:00:00Z")
    }

    @Test func `reopening keeps the server's Resolved, but not ours`() async throws {
        let ticket = try await fold(
            status: "open",
            [
                "08:00 Create a.silva", "09:00 Status li.na Status new>resolved",
                "10:00 Status li.na Status resolved>open",
            ]
        ).json
        #expect(ticket["solved_at"] == .null && ticket["reopened_at"] == ["2026-07-01T10:00:00Z"])
    }

    @Test func `own names for statuses are settings`() async throws {
        let settings: [String: SettingInput] = [
            "resolved_statuses": .text("done"), "paused_statuses": .list(["waiting"]),
        ]
        let ticket = try await fold(
            status: "done",
            [
                "08:00 Create a.silva", "09:00 Status li.na Status new>waiting",
                "10:00 Status li.na Status waiting>open", "11:00 Status li.na Status open>waiting",
                "12:00 Status li.na Status waiting>done",
            ], settings: settings
        ).json
        #expect(ticket["solved_at"] == "2026-07-01T12:00:00Z")
        #expect(
            ticket["pause_intervals"] == [
                ["from": "2026-07-01T09:00:00Z", "to": "2026-07-01T10:00:00Z"],
                ["from": "2026-07-01T11:00:00Z", "to": "2026-07-01T12:00:00Z"],
            ])
    }

    @Test func `a pause that lasts has no end`() async throws {
        let ticket = try await fold(
            status: "stalled", ["08:00 Create a.silva", "09:00 Status li.na Status new>stalled"]
        ).json
        #expect(ticket["pause_intervals"] == [["from": "2026-07-01T09:00:00Z", "to": .null]])
    }

    @Test func `a ticket created solved was solved at once`() async throws {
        let ticket = try await fold(status: "resolved", ["08:00 Create a.silva"]).json
        #expect(ticket["solved_at"] == ticket["created"] && ticket["first_solved_at"] == ticket["created"])
    }

    @Test func `an owner whom the server hides keeps the number`() async throws {
        let ticket = try await fold(
            status: "new", owner: "zhang.wei", ["08:00 Create a.silva", "09:00 Set li.na Owner 29>28"]
        ).json
        #expect(ticket["owner_intervals"]?.array?.map { $0["owner"] } == ["#29", "zhang.wei"])
    }

    @Test func `minutes worked become seconds, a queue may mean spam`() async throws {
        let ticket = try await fold(
            status: "new", ["08:00 Create a.silva"], settings: ["spam_queues": .list(["IT"])]
        ).json
        #expect(ticket["time_worked_seconds"] == 900 && ticket["is_spam"] == true && ticket["due"] == .null)
    }
}
