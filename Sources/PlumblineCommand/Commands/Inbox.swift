internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Inbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See, use and replay what systems have sent.",
        discussion: """
            'plumbline serve' puts events on disk before it answers, and uses them at once. They are kept sealed for the days \
            that their connection says under 'callback', so that they can be used again when a mapping was mended.
            """,
        subcommands: [
            List.self, Show.self, Use.self, Replay.self, Discard.self, Choose.self, Alarms.self, Addresses.self,
        ],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List events, the newest first.",
            discussion:
                "JSON: an array of {event, connection, state, received_at, bytes, run, repeats, contradictions, "
                + "untaken, kept}; 'untaken' counts records that no stream takes.")

        @OptionGroup var options: WorkspaceOptions
        @OptionGroup var filter: EventOptions
        @Option(name: .long, help: "At most so many.") var limit = 50

        func run() async throws {
            let store = try await options.host().store
            let filter = try filter.filter
            let events = try await storing { () throws(StoreError) in
                try await store.inboxEvents(filter, limit: limit)
            }
            if options.isJSON { return printJSON(.array(events.map(\.json))) }
            var table = Table("EVENT", "CONNECTION", "STATE", "RECEIVED", "BYTES", "AGAIN", "CONTRADICTED", "UNTAKEN")
            for event in events {
                table.add(
                    "\(event.id)", event.connection, event.state.rawValue + (event.isKept ? "" : ", erased"),
                    event.received.rfc3339, "\(event.byteCount)", "\(event.repeats)", "\(event.contradictions)",
                    "\(event.untaken)")
            }
            StandardOutput.write(
                table.text(empty: "There are no events; 'plumbline inbox addresses' shows where to send."))
        }
    }

    struct Use: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Use the events that await it, then compute and publish the values they touch.",
            discussion:
                "For when 'plumbline serve' does not run, or shall not wait. Values of events that a process before has "
                + "used and not published, because it was ended, are published too. JSON: "
                + "\(InboxReport.documentation). Exit code 1 where events of a connection could not be used.")

        @OptionGroup var options: WorkspaceOptions

        func run() async throws {
            let report = try await options.host().drainInbox(isOwed: true)
            if options.isJSON { printJSON(report.json) } else { StandardOutput.write(report.text) }
            if !report.failures.isEmpty { throw ExitCode.failure }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Use events again, with the mappings as they are now.",
            discussion:
                "What has not changed since stays as it is; an older event takes nothing back from a newer one. "
                + "JSON: {requeued, report: \(InboxReport.documentation)}.")

        @OptionGroup var options: WorkspaceOptions
        @OptionGroup var filter: EventOptions
        @Flag(name: .long, help: "All events that are kept.") var all = false

        func run() async throws {
            let filter = try filter.filter(all: all, verb: "replay")
            let (count, report) = try await options.host().replayInbox(filter)
            if options.isJSON { return printJSON(["requeued": .int(count), "report": report.json]) }
            StandardOutput.write(
                count == 0 ? "No event that is kept was meant.\n" : "\(count) events put back.\n\(report.text)")
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have events that await their use never be used; 'replay' takes that back.",
            discussion: "JSON: {discarded}.")

        @OptionGroup var options: WorkspaceOptions
        @OptionGroup var filter: EventOptions
        @Flag(name: .long, help: "All events that await their use.") var all = false
        @Option(name: .long, help: "Why; it is kept in the audit.") var reason: String

        func run() async throws {
            let count = try await options.host().discardEvents(
                try filter.filter(all: all, verb: "discard"), reason: reason)
            if options.isJSON { return printJSON(["discarded": .int(count)]) }
            StandardOutput.write("\(count) events discarded.\n")
        }
    }

    struct Alarms: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "List what should not happen: requests that prove nothing, contradictions, what may not be written, and what "
                + "is unusual, such as a system that has fallen silent.",
            discussion: "JSON: an array of {connection, kind, detail, count, first, last}; with --clear {cleared}.")

        @OptionGroup var options: WorkspaceOptions
        @Option(name: .long, help: "Only those of this connection.") var connection: String?
        @Flag(name: .long, help: "Forget them: somebody has seen them.") var clear = false

        func run() async throws {
            let host = try await options.host()
            if clear { return try await forget(host) }
            let all = try await storing { () throws(StoreError) in try await host.store.alarms() }
            let alarms = all.filter { connection == nil || $0.connection == connection }
            if options.isJSON { return printJSON(.array(alarms.map(\.json))) }
            var table = Table("CONNECTION", "KIND", "WHAT", "COUNT", "FIRST", "LAST")
            for alarm in alarms {
                table.add(
                    alarm.connection, alarm.kind.rawValue, alarm.detail, "\(alarm.count)", alarm.first.rfc3339,
                    alarm.last.rfc3339)
            }
            StandardOutput.write(table.text(empty: "There are no alarms."))
        }

        private func forget(_ host: WorkspaceHost) async throws {
            let count = try await host.clearAlarms(of: connection)
            if options.isJSON { return printJSON(["cleared": .int(count)]) }
            StandardOutput.write("\(count) alarms cleared.\n")
        }
    }

    struct Addresses: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the addresses to which systems may send, and whether each is ready.",
            discussion:
                "JSON: an array of {connection, path, scheme, ready, reason}. Exit code 1 where one is not ready.")

        @OptionGroup var options: WorkspaceOptions

        func run() async throws {
            let addresses = try await options.host().callbackAddresses()
            if options.isJSON {
                printJSON(.array(addresses.map(\.json)))
            } else {
                var table = Table("CONNECTION", "ADDRESS", "SCHEME", "")
                for address in addresses {
                    table.add(address.connection, address.path, address.scheme, address.fault ?? "ready")
                }
                StandardOutput.write(
                    table.text(empty: "No connection has 'callback'; 'plumbline init --from webhook.metric' adds one."))
            }
            if addresses.contains(where: { $0.fault != nil }) { throw ExitCode.failure }
        }
    }
}

/// Which events are meant.
struct EventOptions: ParsableArguments {
    @Option(name: .long, help: "Only those of this connection.") var connection: String?
    @Option(name: .long, help: "Only those that have come since, such as 2026-07-01T09:00:00+08:00.") var since: String?
    @Option(name: .long, help: "Only those that have come before.") var until: String?
    @Option(name: .long, help: "Only this event, or a range such as 12-40.") var id: String?

    var filter: InboxFilter {
        get throws {
            InboxFilter(
                connection: connection, since: try time(since, "since"), until: try time(until, "until"), ids: try ids)
        }
    }

    /// For commands that change something: all events are meant only where that is said.
    func filter(all: Bool, verb: String) throws -> InboxFilter {
        let isOpen = [connection, since, until, id].allSatisfy { $0 == nil }
        if isOpen != all {
            throw ValidationError(
                isOpen
                    ? "say which events to \(verb): --connection, --since, --until, --id, or --all"
                    : "--all goes with none of --connection, --since, --until, --id")
        }
        return try filter
    }

    private func time(_ text: String?, _ option: String) throws -> Timestamp? {
        guard let text else { return nil }
        if let time = Timestamp(rfc3339: text) { return time }
        throw ValidationError("--\(option) wants a time such as 2026-07-01T09:00:00+08:00, not '\(text)'")
    }

    private var ids: ClosedRange<InboxID>? {
        get throws {
            guard let id else { return nil }
            let ends = id.split(separator: "-", omittingEmptySubsequences: false).map { InboxID($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
                throw ValidationError("--id wants a number, or a range such as 12-40, not '\(id)'")
            }
            return first...last
        }
    }
}

extension InboxReport {
    static let documentation =
        "{events, streams: [{connection, stream, run, inserted, updated, unchanged, deleted, older, rejected}], "
        + "failures: [{connection, message, temporary}], unknown: [{connection, waiting}], "
        + "values: {changed, unchanged, refused: [text]}}"

    var text: String {
        var table = Table("STREAM", "NEW", "CHANGED", "SAME", "OLDER", "GONE", "REJECTED")
        for run in streams.map(\.run) {
            table.add(
                "\(run.connection)/\(run.stream)", "\(run.counters.inserted)", "\(run.counters.updated)",
                "\(run.counters.unchanged)", "\(run.counters.older)", "\(run.counters.deleted)",
                "\(run.counters.rejected)")
        }
        let told =
            failures.map { "\($0.connection): \($0.message)" }
            + unknown.map { "\($0.connection): \($0.waiting) events wait; the workspace has no such address" }
        let lines = told.map { "  \($0.onOneLine)\n" }.joined()
        return table.text(empty: "No event awaits its use.") + lines
            + (events > 0 || !values.changes.isEmpty ? values.text : "")
    }

    var json: JSON {
        [
            "events": .int(events), "streams": .array(streams.map(\.run.json)),
            "failures": .array(
                failures.map {
                    [
                        "connection": .string($0.connection), "message": .string($0.message),
                        "temporary": .bool($0.isTemporary),
                    ]
                }),
            "unknown": .array(unknown.map { ["connection": .string($0.connection), "waiting": .int($0.waiting)] }),
            "values": values.json,
        ]
    }
}

extension Run {
    fileprivate var json: JSON {
        [
            "connection": .string(connection), "stream": .string(stream), "run": .int(Int(id)),
            "inserted": .int(counters.inserted), "updated": .int(counters.updated),
            "unchanged": .int(counters.unchanged), "deleted": .int(counters.deleted), "older": .int(counters.older),
            "rejected": .int(counters.rejected),
        ]
    }
}

extension InboxEvent {
    fileprivate var json: JSON {
        [
            "event": .int(Int(id)), "connection": .string(connection), "state": .string(state.rawValue),
            "received_at": .string(received.rfc3339), "bytes": .int(byteCount),
            "run": run.map { .int(Int($0)) } ?? .null, "repeats": .int(repeats),
            "contradictions": .int(contradictions), "untaken": .int(untaken), "kept": .bool(isKept),
        ]
    }
}

extension Alarm {
    fileprivate var json: JSON {
        [
            "connection": .string(connection), "kind": .string(kind.rawValue), "detail": .string(detail),
            "count": .int(count), "first": .string(first.rfc3339), "last": .string(last.rfc3339),
        ]
    }
}

extension CallbackAddress {
    fileprivate var json: JSON {
        [
            "connection": .string(connection), "path": .string(path), "scheme": .string(scheme),
            "ready": .bool(fault == nil), "reason": .text(fault),
        ]
    }
}
