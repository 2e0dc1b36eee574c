import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// An emulated Roundup, the connector's settings for it, and what must be known of its issues in the end.
enum RoundupScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://tracker.example/support/rest"), "username": .text("gateway"),
        "password": .secret(Secret("hunter2")), "agents_organisation": .text("support"),
        "resolved_at_property": .text("resolved_at"), "reopen_count_property": .text("reopen_count"),
        "page_size": .text("3"),
    ]

    /// A moment of 2026-07-01, so many minutes after midnight.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    /// Seven issues, ten minutes apart; issue 4 is broken, 2 is solved, 6 was solved once.
    static func seven() -> RoundupEmulator {
        var roundup = RoundupEmulator()
        for id in 1...7 { roundup.create(id, at: minute(id * 10)) { $0.lacks = id == 4 ? "creation" : nil } }
        roundup.write(on: 2, by: 3, at: minute(100))
        roundup.move(2, to: "resolved", at: minute(110))
        roundup.move(6, to: "resolved", at: minute(120))
        roundup.move(6, to: "in-progress", at: minute(130))
        return roundup
    }

    static func connector(
        _ service: EmulatedService<RoundupEmulator>, _ changes: [String: SettingInput] = [:],
        in zone: String = "Asia/Shanghai"
    ) throws -> RoundupConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: RoundupConnector.description.settings)
        return try RoundupConnector(
            settings: settings,
            context: ConnectorContext(
                transport: service, files: NoFiles(), now: service.now, zone: zone, log: { _ in }))
    }

    /// A run to its end, with a connector of its own.
    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<RoundupEmulator>,
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, changes)) { service.wait(seconds: $0) }
    }

    /// What is known of each issue that is there and not broken: status, last change, owner, replies, solution, reopenings.
    static func facts(_ roundup: RoundupEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for issue in roundup.issues.values where issue.lacks == nil && !issue.isRetired {
            let replies = issue.messages.compactMap { roundup.messages[$0] }.count {
                RoundupEmulator.agents.contains($0.author) && $0.author != issue.creator
            }
            facts[String(issue.id)] = [
                .string(issue.status), time(issue.activity),
                .text(issue.owner.flatMap { RoundupEmulator.users[$0] }), .int(replies),
                issue.resolved.map(time) ?? .null, .int(issue.reopenings ?? 0),
            ]
        }
        return facts
    }

    private static func time(_ moment: Instant) -> JSON { .string(moment.rfc3339.prefix(19) + "Z") }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            ["status", "updated", "owner", "reply_count", "solved_at", "reopen_count"].map {
                record.json[$0] ?? "missing"
            }
        }
    }

    /// The ledger holds exactly the emulator's issues, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<RoundupEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
