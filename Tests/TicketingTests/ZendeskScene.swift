import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// An emulated Zendesk, the connector's settings for it, and what must be known of it in the end.
enum ZendeskScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://acme.zendesk.example"), "email": .text("gateway@acme.example"),
        "token": .secret(Secret("0123456789abcdef")), "page_size": .text("3"),
    ]

    static let credentials =
        "Basic " + Base64.encode(Array("gateway@acme.example/token:0123456789abcdef".utf8))

    /// A moment of 2026-07-01, so many minutes after midnight.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func zendesk() -> ZendeskEmulator {
        var zendesk = ZendeskEmulator()
        zendesk.credentials = [credentials]
        for user in [
            ZendeskEmulator.User(
                id: 880, name: "马超", email: "ma.chao@customer.example", role: "end-user", groups: [], updated: minute(1)
            ),
            .init(id: 900, name: "张伟", email: "zhang.wei@plumbline.example", externalID: "P003", updated: minute(2)),
            .init(id: 901, name: "李娜", email: "li.na@plumbline.example", groups: [7, 8], updated: minute(3)),
            .init(
                id: 902, name: "Admin", email: "admin@plumbline.example", role: "admin", groups: [8], updated: minute(4)
            ),
        ] { zendesk.users[user.id] = user }
        return zendesk
    }

    /// Seven tickets, ten minutes apart; 4 is broken, 2 is solved, 6 is deleted. Three ratings, four articles.
    static func seven() -> ZendeskEmulator {
        var zendesk = zendesk()
        for id in 1...7 { zendesk.create(id, at: minute(id * 10)) { $0.lacks = id == 4 ? "created_at" : nil } }
        zendesk.comment(on: 2, by: 900, at: minute(100))
        zendesk.move(2, to: "solved", by: 900, at: minute(110))
        zendesk.delete(6, at: minute(120))
        for id in 1...3 {
            zendesk.ratings[id] = .init(
                id: id, ticket: id, score: id == 3 ? "offered" : "good", created: minute(200 + id),
                updated: minute(210 + id))
        }
        for id in 301...304 {
            zendesk.articles[id] = .init(id: id, created: minute(id), edited: minute(id), updated: minute(id))
        }
        return zendesk
    }

    static func context(_ transport: any Transport, now: @escaping @Sendable () -> Instant) -> ConnectorContext {
        ConnectorContext(transport: transport, files: NoFiles(), now: now, zone: "Asia/Shanghai", log: { _ in })
    }

    static func connector(
        _ service: EmulatedService<ZendeskEmulator>, _ changes: [String: SettingInput] = [:]
    ) throws -> ZendeskConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: ZendeskConnector.description.settings)
        return try ZendeskConnector(settings: settings, context: context(service, now: service.now))
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<ZendeskEmulator>,
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, changes)) { service.wait(seconds: $0) }
    }

    /// What is known of each ticket that is neither broken nor deleted: status, last change, owner, number of replies.
    static func facts(_ zendesk: ZendeskEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for ticket in zendesk.tickets.values where ticket.lacks == nil && ticket.status != "deleted" {
            let replies = ticket.audits.flatMap(\.events).count {
                $0["public"] == true && [900, 901, 902].contains($0["author_id"]?.int)
            }
            facts[String(ticket.id)] = [
                .string(ticket.status), .string(ticket.updated.rfc3339.prefix(19) + "Z"),
                .text(ticket.assignee.map(String.init)), .int(replies),
            ]
        }
        return facts
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            ["status", "updated", "owner", "reply_count"].map { record.json[$0] ?? "missing" }
        }
    }

    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<ZendeskEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
