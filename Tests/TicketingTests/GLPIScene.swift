import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// An emulated GLPI, the connector's settings for it, and what must be known of it in the end.
enum GLPIScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://glpi.example/apirest.php"), "app_token": .secret(Secret("fedcba9876543210")),
        "secret": .secret(Secret("0123456789abcdef")), "agents": .list(["90"]), "agents_groups": .list(["7"]),
        "page_size": .text("3"), "range": .text("3"),
    ]

    /// A moment of 2026-07-01, so many minutes after midnight.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func glpi() -> GLPIEmulator {
        var glpi = GLPIEmulator()
        glpi.credentials = ["user_token 0123456789abcdef"]
        for user in [
            GLPIEmulator.User(id: 80, login: "ma.chao", names: ("Ma", "Chao")),
            .init(id: 90, login: "zhang.wei", names: ("张", "伟"), number: "P003"),
            .init(id: 91, login: "li.na", names: ("李", "娜"), isActive: false, groups: [7]),
            .init(id: 92, login: "batch"),
        ] { glpi.users[user.id] = user }
        return glpi
    }

    /// Seven tickets, ten minutes apart; 4 is broken, 2 is closed, 3 belongs to another entity. Two of three ratings are
    /// given.
    static func seven() -> GLPIEmulator {
        var glpi = glpi()
        for id in 1...7 {
            glpi.create(id, at: minute(id * 10)) {
                $0.lacks = id == 4 ? "date" : nil
                $0.entity = id == 3 ? 5 : 0
            }
        }
        glpi.follow(2, by: 90, at: minute(100))
        glpi.solve(2, by: 91, at: minute(110))
        glpi.close(2, at: minute(120))
        for id in 1...3 {
            glpi.ratings[id] = .init(
                id: id, ticket: id, asked: minute(200), answered: id == 3 ? nil : minute(210 + id),
                score: id == 3 ? nil : id - 1)
        }
        return glpi
    }

    static func context(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant, in zone: String = "Asia/Shanghai"
    ) -> ConnectorContext { JiraScene.context(transport, now: now, in: zone) }

    static func connector(
        _ service: EmulatedService<GLPIEmulator>, _ changes: [String: SettingInput] = [:],
        in zone: String = "Asia/Shanghai", clockAhead seconds: Int = 0
    ) throws -> GLPIConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: GLPIConnector.description.settings)
        let now: @Sendable () -> Instant = { service.now().advanced(bySeconds: seconds) }
        return try GLPIConnector(settings: settings, context: context(service, now: now, in: zone))
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<GLPIEmulator>,
        _ changes: [String: SettingInput] = [:], in zone: String = "Asia/Shanghai", clockAhead seconds: Int = 0
    ) async throws {
        let connector = try connector(service, changes, in: zone, clockAhead: seconds)
        try await ledger.run(connector) { service.wait(seconds: $0) }
    }

    /// What is known of each ticket that is neither broken nor in the trash: last change, owner, number of replies.
    static func facts(_ glpi: GLPIEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for ticket in glpi.tickets.values where ticket.lacks == nil && !ticket.isDeleted {
            let replies =
                ticket.followups.count { !$0.isPrivate && [90, 91].contains($0.user) }
                + ticket.solutions.count { [90, 91].contains($0.user) }
            facts[String(ticket.id)] = [
                .string(glpi.text(ticket.changed)),
                .text(ticket.people.first { $0.type == 2 }.map { String($0.user) }),
                .int(replies),
            ]
        }
        return facts
    }

    /// Of the record's moments, what the server's clocks show.
    static func facts(_ ledger: StreamLedger, _ glpi: GLPIEmulator) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            let changed = record.json["updated"]?.string.flatMap { Instant(rfc3339: $0) }.map(glpi.text)
            return [.text(changed), record.json["owner"] ?? "missing", record.json["reply_count"] ?? "missing"]
        }
    }

    /// The ledger holds exactly the emulator's tickets, no session is left, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<GLPIEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger, service.system) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
