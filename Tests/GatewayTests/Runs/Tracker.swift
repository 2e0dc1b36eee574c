import PlumblineTesting
import Synchronization

@testable import Gateway

/// A Roundup tracker on loopback with some tickets, all of July 2026 and of E01, which fails where a test wants it to.
final class Tracker: Sendable {
    enum Place: Sendable { case list, tickets }

    /// What the tracker has; a test changes it between two pulls.
    final class Script: Sendable {
        struct State {
            var tickets: [Int]
            var trouble: (place: Place, answer: TestHTTPServer.Answer)?
        }

        let state: Mutex<State>

        init(tickets: [Int]) { state = Mutex(State(tickets: tickets)) }
    }

    private let script: Script
    private let server: TestHTTPServer

    init(tickets: [Int]) throws {
        let script = Script(tickets: tickets)
        self.script = script
        server = try TestHTTPServer { request, _ in script.answer(request) }
    }

    var base: String { server.baseURL }

    func stop() { server.stop() }

    var tickets: [Int] {
        get { script.state.withLock(\.tickets) }
        set { script.state.withLock { $0.tickets = newValue } }
    }

    /// What it answers instead of the list, or instead of the tickets that the list names.
    var trouble: (place: Place, answer: TestHTTPServer.Answer)? {
        get { script.state.withLock(\.trouble) }
        set { script.state.withLock { $0.trouble = newValue } }
    }

    /// A workspace that has this tracker only.
    func workspace() throws -> TestWorkspace { try Self.workspace(base: base) }

    static func workspace(base: String) throws -> TestWorkspace {
        let workspace = try TestWorkspace([
            "connectors/tracker.yaml": """
            connection: tracker
            connector: ticketing.roundup
            settings:
              base_url: \(base)/rest
              username: gateway
              password: ${file:tracker}
              agents: [E01]
              overlap: 0m
            requests_per_second: 1000000
            streams:
              tickets:
                record: ticket
                deletes: never_known
                map:
                  id: source.id
                  assignee_id: account(source.owner)
                  requester_id: source.requester
                  created_at: source.created
                  first_public_reply_at: source.first_reply_at
                  first_reply_by: account(source.first_reply_by)
                  status: "'solved'"
                  priority: "'normal'"
                  reopen_count: "0"
                  agent_public_reply_count: source.reply_count
                  is_deleted: source.is_deleted
                  is_spam: source.is_spam
            """,
            "secrets/tracker": "secret-word\n",
        ])
        try workspace.remove("connectors/diary.yaml")
        return workspace
    }
}

extension Tracker.Script {
    /// A list of what changed names no ids; everything else asks for some.
    func answer(_ request: TestHTTPServer.Request) -> TestHTTPServer.Answer {
        let isList = request.query("id") == nil
        let (tickets, trouble) = state.withLock { ($0.tickets, $0.trouble) }
        if let trouble, isList == (trouble.place == .list) { return trouble.answer }
        if request.path.hasSuffix("/msg") { return Self.collection(tickets.map(Self.message)) }
        return Self.collection(isList ? tickets.map(Self.listed) : Set(tickets).sorted().map(Self.ticket))
    }

    private static func collection(_ items: [String]) -> TestHTTPServer.Answer {
        .json("{\"data\": {\"collection\": [\(items.joined(separator: ", "))], \"@total_size\": \(items.count)}}")
    }

    private static func activity(_ number: Int) -> String { "2026-07-1\(number).03:00:00" }

    private static func listed(_ number: Int) -> String {
        "{\"id\": \"\(number)\", \"activity\": \"\(activity(number))\"}"
    }

    private static func ticket(_ number: Int) -> String {
        """
        {"id": "\(number)", "title": "VPN", "activity": "\(activity(number))", "creation": "2026-07-0\(number).01:00:00",
        "status": {"id": "8", "name": "resolved"}, "priority": {"id": "3", "name": "bug"},
        "assignedto": {"id": "4", "username": "E01"}, "creator": {"id": "5", "username": "customer"},
        "messages": [{"id": "\(number)"}], "superseder": []}
        """
    }

    private static func message(_ number: Int) -> String {
        """
        {"id": "\(number)", "author": {"id": "4", "username": "E01"}, "date": "2026-07-0\(number).01:30:00"}
        """
    }
}
