internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Schedule: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show when each connection was pulled, and when 'plumbline serve' pulls it next.",
        discussion: """
            Times are the company's. JSON: {zone, connections: [{connection, schedule: {cron, zone, jitter_seconds, \
            catch_up, days}, last_started, last_state, next, missed}]}. What a connection does not have is null; 'missed' is \
            a time that has passed without a pull, which is made up for once 'serve' runs.
            """)

    @OptionGroup var options: WorkspaceOptions

    func run() async throws {
        let host = try await options.host()
        let connections = try await host.scheduledConnections()
        let zone = host.workspace.calendar.zone
        if options.isJSON {
            return printJSON([
                "zone": .string(zone.identifier), "connections": .array(connections.map(\.json)),
            ])
        }
        StandardOutput.write(text(connections, zone))
    }

    private func text(_ connections: [ScheduledConnection], _ zone: Zone) -> String {
        var table = Table("CONNECTION", "SCHEDULE", "LAST PULL", "", "NEXT PULL")
        for connection in connections {
            table.add(
                connection.connection, connection.schedule?.inWords(company: zone) ?? "-",
                connection.lastStarted?.clock(in: zone) ?? "never", connection.lastState?.rawValue ?? "",
                connection.nextInWords(zone))
        }
        let list = table.text(empty: "The workspace has no connections; 'plumbline init --from CONNECTOR' adds one.")
        if connections.isEmpty { return list }
        if connections.allSatisfy({ $0.schedule == nil }) {
            return list + "No connection has a schedule: 'schedule: \"*/15 * * * *\"' in its file gives it one.\n"
        }
        return list + "Times are of \(zone.identifier). 'plumbline serve' keeps them, 'plumbline pull' pulls at once.\n"
    }
}

extension ScheduledConnection {
    fileprivate func nextInWords(_ zone: Zone) -> String {
        guard schedule != nil else { return "by 'plumbline pull' only" }
        if let missed { return "at once: \(missed.clock(in: zone)) was missed" }
        return next?.clock(in: zone) ?? "never: no day fits any more"
    }

    fileprivate var json: JSON {
        [
            "connection": .string(connection), "schedule": schedule?.json ?? .null,
            "last_started": .text(lastStarted?.rfc3339), "last_state": .text(lastState?.rawValue),
            "next": .text(next?.rfc3339), "missed": .text(missed?.rfc3339),
        ]
    }
}

extension PullSchedule {
    /// The line, with what is not as usual.
    fileprivate func inWords(company: Zone) -> String {
        let notes = [
            workingDays.map { "working days of \($0.name)" }, zone == company ? nil : zone.identifier,
            catchUp == .skip ? "skips what it missed" : nil,
        ].compactMap { $0 }
        return cron.text + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
    }

    fileprivate var json: JSON {
        [
            "cron": .string(cron.text), "zone": .string(zone.identifier),
            "jitter_seconds": jitter.map { .int(Int($0.components.seconds)) } ?? .null,
            "catch_up": .string(catchUp.rawValue), "days": .string(workingDays == nil ? "all" : "working"),
        ]
    }
}

extension Timestamp {
    /// Such as `2026-07-01 09:00:05`, as the clocks of a zone show it.
    fileprivate func clock(in zone: Zone) -> String {
        let (day, second) = zone.clock(at: self)
        let parts = [second / 3600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(day) \(parts.joined(separator: ":"))"
    }
}
