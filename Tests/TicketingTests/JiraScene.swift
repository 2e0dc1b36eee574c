import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// An emulated Jira, the connector's settings for it, and what must be known of it in the end.
enum JiraScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://acme.atlassian.example"), "email": .text("gateway@acme.example"),
        "token": .secret(Secret("0123456789abcdef")), "projects": .list(["SUP"]), "agents_groups": .list(["g-1"]),
        "service_management": .text("false"), "page_size": .text("3"), "sweep_size": .text("3"),
    ]

    static let serving: [String: SettingInput] = ["service_management": .text("true")]

    static let credentials = "Basic " + Base64.encode(Array("gateway@acme.example:0123456789abcdef".utf8))

    /// A moment of 2026-07-01, so many minutes after midnight.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func jira() -> JiraEmulator {
        var jira = JiraEmulator()
        jira.credentials = [credentials]
        for user in [
            JiraEmulator.User(id: "customer", name: "马超", email: "ma.chao@customer.example", type: "customer"),
            .init(id: "agent-1", name: "张伟", email: "zhang.wei@plumbline.example", groups: ["g-1"]),
            .init(id: "agent-2", name: "李娜", groups: ["g-1"]),
            .init(id: "left", name: "Left Long-Ago", isActive: false, groups: ["g-1"]),
            .init(id: "widget", name: "Widget", type: "app", groups: ["g-1"]),
        ] { jira.users[user.id] = user }
        return jira
    }

    /// Seven issues, ten minutes apart; 4 is broken, 2 is resolved, 6 is canceled. Three are rated, one of them badly.
    static func seven() -> JiraEmulator {
        var jira = jira()
        for id in 1...7 { jira.create(id, at: minute(id * 10)) { $0.lacks = id == 4 ? "created" : nil } }
        jira.comment(on: 2, by: "agent-1", at: minute(100))
        jira.move(2, to: "5", by: "agent-1", at: minute(110))
        jira.move(6, to: "7", by: "agent-2", at: minute(120))
        return jira
    }

    /// Four done issues, of which 1 to 3 are rated; the rating of 3 is none.
    static func rated() -> JiraEmulator {
        var jira = jira()
        for id in 1...5 { jira.create(id, at: minute(id * 10)) }
        for id in 1...4 { jira.move(id, to: "5", by: "agent-1", at: minute(100 + id)) }
        for (id, rating) in [(1, 5), (2, 1), (3, 6), (5, 2)] {
            jira.write(id, at: minute(200)) { $0.rating = .int(rating) }
        }
        return jira
    }

    static func context(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant, in zone: String = "Asia/Shanghai"
    ) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone,
            utcOffset: { JiraEmulator.offset(of: zone, at: $0) }, log: { _ in })
    }

    static func connector(
        _ service: EmulatedService<JiraEmulator>, _ changes: [String: SettingInput] = [:],
        in zone: String = "Asia/Shanghai", clockAhead seconds: Int = 0
    ) throws -> JiraConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: JiraConnector.description.settings)
        let now: @Sendable () -> Instant = { service.now().advanced(bySeconds: seconds) }
        return try JiraConnector(settings: settings, context: context(service, now: now, in: zone))
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<JiraEmulator>,
        _ changes: [String: SettingInput] = [:], clockAhead seconds: Int = 0
    ) async throws {
        let connector = try connector(service, changes, clockAhead: seconds)
        try await ledger.run(connector) { service.wait(seconds: $0) }
    }

    /// What is known of each issue that is not broken: status, last change, owner, number of replies.
    static func facts(_ jira: JiraEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for issue in jira.issues.values where issue.lacks == nil {
            let replies = issue.comments.count {
                ["agent-1", "agent-2", "left"].contains($0.author) && !$0.isInternal && $0.role == nil
            }
            facts[String(issue.id)] = [
                .text(JiraEmulator.statuses[issue.status]?.name), .time(issue.updated), .text(issue.assignee),
                .int(replies),
            ]
        }
        return facts
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            ["status", "updated", "owner", "reply_count"].map { record.json[$0] ?? "missing" }
        }
    }

    /// The ledger holds exactly the emulator's issues, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<JiraEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
