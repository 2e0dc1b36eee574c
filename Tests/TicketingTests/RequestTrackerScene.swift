import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// An emulated Request Tracker, the connector's settings for it, and what must be known of its tickets in the end.
enum RequestTrackerScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://rt.example/REST/2.0"), "token": .secret(Secret("hunter2")),
        "agents_group": .text("Agents"), "page_size": .text("3"),
    ]

    /// A moment of 2026-07-01, so many minutes after midnight.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    /// Seven tickets, ten minutes apart; 4 is broken, 2 is solved, 6 was solved once, 5 went into 1.
    static func seven() -> RequestTrackerEmulator {
        var tracker = RequestTrackerEmulator()
        for id in 1...7 { tracker.create(id, at: minute(id * 10)) { $0.lacks = id == 4 ? "Created" : nil } }
        tracker.reply(to: 2, by: "li.na", at: minute(100))
        tracker.move(2, to: "resolved", by: "li.na", at: minute(110))
        tracker.move(6, to: "resolved", by: "zhang.wei", at: minute(120))
        tracker.move(6, to: "open", by: "a.silva", at: minute(130))
        tracker.assign(7, to: 28, by: "li.na", at: minute(140))
        tracker.merge(5, into: 1, by: "li.na", at: minute(150))
        return tracker
    }

    static func connector(
        _ service: EmulatedService<RequestTrackerEmulator>, _ changes: [String: SettingInput] = [:],
        in zone: String = "Asia/Shanghai"
    ) throws -> RequestTrackerConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: RequestTrackerConnector.description.settings)
        return try RequestTrackerConnector(
            settings: settings,
            context: ConnectorContext(
                transport: service, files: NoFiles(), now: service.now, zone: zone, log: { _ in }))
    }

    /// A run to its end, with a connector of its own.
    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<RequestTrackerEmulator>,
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, changes)) { service.wait(seconds: $0) }
    }

    /// What is known of each ticket that is there, visible and not broken, and did not go into one that is deleted: status, last change, owner, replies, reopenings,
    /// and where it went.
    static func facts(_ tracker: RequestTrackerEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        let shown = tracker.tickets.values.filter { !$0.isHidden && $0.status != "deleted" }
        let numbers = Set(shown.map(\.id))
        for ticket in shown where ticket.lacks == nil && numbers.contains(ticket.effectiveID) {
            let history = tracker.transactions.filter { $0.ticket == ticket.id }
            let replies = history.count { $0.type == "Correspond" && ["zhang.wei", "li.na"].contains($0.by) }
            let reopenings = history.count { $0.type == "Status" && $0.old == "resolved" && $0.new == "open" }
            let owner = ticket.owner == 6 ? nil : RequestTrackerEmulator.users[ticket.owner]
            facts[String(ticket.id)] = [
                .string(ticket.status), .string(ticket.updated.rfc3339.prefix(19) + "Z"), .text(owner), .int(replies),
                .int(reopenings), ticket.effectiveID == ticket.id ? .null : .string(String(ticket.effectiveID)),
            ]
        }
        return facts
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            ["status", "updated", "owner", "reply_count", "reopen_count", "merged_into_id"].map {
                record.json[$0] ?? "missing"
            }
        }
    }

    /// The ledger holds exactly the emulator's tickets, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<RequestTrackerEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        let (known, wanted) = (facts(ledger), facts(service.system))
        for id in Set(known.keys).union(wanted.keys).sorted() where known[id] != wanted[id] {
            Issue.record("ticket \(id): \(known[id] ?? []), expected \(wanted[id] ?? [])", sourceLocation: place)
        }
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
