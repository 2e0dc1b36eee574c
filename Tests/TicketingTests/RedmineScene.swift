import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// An emulated Redmine, the connector's settings for it, and what must be known of its issues in the end.
enum RedmineScene {
    static let start = FixedClock("2026-10-15T00:00:00Z").moment

    static let settings: [String: SettingInput] = [
        "base_url": .text("https://redmine.example"), "api_key": .secret(Secret("0123456789abcdef")),
        "agents": .list(["9", "li.na"]), "satisfaction_field": .text("Satisfaction"), "page_size": .text("3"),
    ]

    /// A moment of 2026-07-01, so many minutes after midnight.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func redmine() -> RedmineEmulator {
        var redmine = RedmineEmulator()
        redmine.keys = ["0123456789abcdef": 1, "member": 9]
        for user in [
            RedmineEmulator.User(id: 1, login: "gateway", name: "Plumb Line", isAdministrator: true),
            .init(id: 3, login: "ma.chao", name: "Chao Ma"),
            .init(id: 9, login: "zhang.wei", name: "伟 张", groups: ["40"], staffNumber: "P003"),
            .init(id: 10, login: "li.na", name: "娜 李", groups: ["40"]),
            .init(id: 11, login: "left.long.ago", name: "Left Long-Ago", status: "3"),
        ] { redmine.users[user.id] = user }
        return redmine
    }

    /// Seven issues, ten minutes apart; issue 4 is broken, issues 2 and 6 are closed.
    static func seven() -> RedmineEmulator {
        var redmine = redmine()
        for id in 1...7 { redmine.create(id, at: minute(id * 10)) { $0.lacks = id == 4 ? "created_on" : nil } }
        redmine.comment(on: 2, by: 9, at: minute(100))
        redmine.move(2, to: 5, by: 9, at: minute(110))
        redmine.move(6, to: 6, by: 10, at: minute(120))
        return redmine
    }

    static func context(_ transport: any Transport, now: @escaping @Sendable () -> Instant) -> ConnectorContext {
        ConnectorContext(transport: transport, files: NoFiles(), now: now, zone: "Asia/Shanghai", log: { _ in })
    }

    static func connector(
        _ service: EmulatedService<RedmineEmulator>, _ changes: [String: SettingInput] = [:]
    ) throws -> RedmineConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: RedmineConnector.description.settings)
        return try RedmineConnector(settings: settings, context: context(service, now: service.now))
    }

    /// A run to its end, with a connector of its own.
    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<RedmineEmulator>,
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, changes)) { service.wait(seconds: $0) }
    }

    /// What is known of each issue that is not broken: status, last change, owner, number of replies.
    static func facts(_ redmine: RedmineEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for issue in redmine.issues.values where issue.lacks == nil {
            let replies = issue.journals.count {
                !$0.notes.isEmpty && !$0.isPrivate && [9, 10].contains($0.user) && $0.user != issue.author
            }
            facts[String(issue.id)] = [
                .text(RedmineEmulator.statuses[issue.status]), .string(issue.updated.rfc3339.prefix(19) + "Z"),
                .text(issue.assignee.map(String.init)), .int(replies),
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
        _ ledger: StreamLedger, _ service: EmulatedService<RedmineEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
