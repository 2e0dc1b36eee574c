internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Outbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See what sinks are told, deliver it now, or once more.",
        discussion: """
            'plumbline serve' delivers by itself. What fails is attempted ten times over three days and then given up; it \
            is kept until a person asks for it again.
            """,
        subcommands: [List.self, Show.self, Deliver.self, Redeliver.self, Drop.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is not delivered, the newest first.",
            discussion: "JSON: an array of \(Delivery.documentation).")

        @OptionGroup var options: WorkspaceOptions
        @Flag(name: .long, help: "Also what was delivered.") var all = false
        @Option(name: .long, help: "Only to this sink.") var sink: String?
        @Option(name: .long, help: "At most so many.") var limit = 200

        func run() async throws {
            let host = try await options.host()
            if let sink { _ = try host.workspace.sink(sink) }
            let states = all ? nil : Set(Delivery.State.allCases).subtracting([.delivered])
            let deliveries = try await storing { () throws(StoreError) in
                try await host.store.deliveries(DeliveryFilter(sink: sink, states: states), limit: max(1, limit))
            }
            if options.isJSON { return printJSON(.array(deliveries.map(\.json))) }
            var table = Table("EVENT", "WHAT", "HAPPENED", "SINK", "STATE", "ATTEMPTS", "NEXT", "LAST ERROR")
            for delivery in deliveries {
                table.add(
                    "\(delivery.event.id)", delivery.event.kind.rawValue, delivery.event.occurred.rfc3339,
                    delivery.sink,
                    delivery.state.rawValue, "\(delivery.attempts)", delivery.next?.rfc3339 ?? "-",
                    delivery.lastError ?? "")
            }
            StandardOutput.write(table.text(empty: Self.empty(host.workspace)))
        }

        private static func empty(_ workspace: Workspace) -> String {
            workspace.sinks.isEmpty
                ? "Nobody is told of anything: there is no sink. 'plumbline init --sink http' adds one; others are "
                    + SinkTemplates.kinds.filter { $0 != "http" }.joined(separator: ", ") + "."
                : "Nothing waits. --all shows what was delivered."
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an event: what it tells, and every attempt to deliver it.",
            discussion: """
                JSON: {event: {id, key, kind, occurred_at}, data, deliveries: [\(Delivery.documentation)], attempts: \
                [{sink, started_at, ended_at, status, error}]}. 'data' is what sinks get, but for values of employees where \
                a sink is not told of people.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The event's number, from 'plumbline outbox'.") var id: Int64

        func run() async throws {
            let host = try await options.host()
            let payload = try await storing { () throws(StoreError) in try await host.store.payload(of: id) }
            let deliveries = try await storing { () throws(StoreError) in
                try await host.store.deliveries(DeliveryFilter(event: id), limit: .max)
            }
            let attempts = try await storing { () throws(StoreError) in try await host.store.attempts(of: id) }
            let data = (try? JSON.parse(Array(payload.utf8))) ?? .null
            if options.isJSON {
                return printJSON([
                    "event": deliveries.first?.event.json ?? .null, "data": data,
                    "deliveries": .array(deliveries.map(\.json)), "attempts": .array(attempts.map(\.json)),
                ])
            }
            StandardOutput.write(Self.text(deliveries, attempts, data))
        }

        private static func text(_ deliveries: [Delivery], _ attempts: [DeliveryAttempt], _ data: JSON) -> String {
            var table = Table("SINK", "STATE", "ATTEMPTS", "NEXT")
            for delivery in deliveries {
                table.add(
                    delivery.sink, delivery.state.rawValue, "\(delivery.attempts)", delivery.next?.rfc3339 ?? "-")
            }
            var tries = Table("ATTEMPT", "SINK", "STATUS", "ERROR")
            for attempt in attempts {
                tries.add(
                    attempt.started.rfc3339, attempt.sink, attempt.status.map(String.init) ?? "-", attempt.error ?? "")
            }
            let event = deliveries.first?.event
            let title = event.map { "\($0.kind.rawValue) at \($0.occurred.rfc3339), known as \($0.key)\n\n" } ?? ""
            return title + table.text(empty: "") + "\n" + tries.text(empty: "It was not attempted yet.") + "\n"
                + data.indented() + "\n"
        }
    }

    struct Deliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deliver what is due now; what fails waits for its next time.",
            discussion: """
                JSON: [{sink, delivered, failed, error, fault, busy, next}]; 'fault' is what keeps a sink from being sent to, \
                'busy' that another process delivers to it. Exit code 1 where an attempt failed.
                """)

        @OptionGroup var options: WorkspaceOptions

        func run() async throws {
            let host = try await options.host()
            let progress = ProgressLine()
            let report = try await host.deliverDue(progress: { progress.show($0) })
            progress.clear()
            if options.isJSON { printJSON(.array(report.sinks.map(\.json))) } else { StandardOutput.write(report.text) }
            if !report.isComplete { throw ExitCode.failure }
        }
    }

    struct Redeliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an event be delivered once more, or all events of a sink since a time.",
            discussion: """
                Receivers tell a repetition by the event's key, which stays the same. What is due then, \
                'plumbline outbox deliver' delivers at once. JSON: {deliveries}.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The event's number, from 'plumbline outbox'.") var id: Int64?
        @Option(name: .long, help: "Only to this sink.") var sink: String?
        @Option(name: .long, help: "All events since then, such as 2026-07-01T00:00:00Z; wants --sink.") var since:
            String?

        func run() async throws {
            let moment = try since.map { text in
                guard let moment = Timestamp(rfc3339: text) else {
                    throw HostError.invalid("'\(text)' is no time; expected such as 2026-07-01T00:00:00Z")
                }
                return moment
            }
            guard (id == nil) == (moment != nil), moment == nil || sink != nil else {
                throw HostError.invalid("name an event, or a sink with --sink and a time with --since")
            }
            let host = try await options.host()
            let count = try await host.redeliver(DeliveryFilter(event: id, sink: sink, since: moment))
            if options.isJSON { return printJSON(["deliveries": .int(count)]) }
            StandardOutput.write(
                count == 0
                    ? "There is nothing to deliver: no such event, or its sink is disabled ('plumbline sinks').\n"
                    : "\(count) to be delivered once more: 'plumbline outbox deliver' does it now.\n")
        }
    }
}

extension Outbox {
    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget what waits for a sink that no file describes any more.",
            discussion: "For good: nothing brings it back. JSON: {sink, dropped}.")

        @OptionGroup var options: WorkspaceOptions
        @Option(name: .long, help: "The sink's name, from 'plumbline sinks'.") var sink: String
        @Option(name: .long, help: "Why; it is kept in the audit.") var reason: String

        func run() async throws {
            let count = try await options.host().dropDeliveries(to: sink, reason: reason)
            if options.isJSON { return printJSON(["sink": .string(sink), "dropped": .int(count)]) }
            StandardOutput.write(
                count == 0 ? "Nothing waits for \(sink).\n" : "\(count) events for \(sink) dropped.\n")
        }
    }
}

extension Delivery {
    static let documentation = """
        {event, key, kind, occurred_at, sink, state, attempts, next_at, status, error, delivered_at}; a state is waiting, \
        delivered, failed (it is attempted again), given_up or disabled (its sink is)
        """

    fileprivate var json: JSON {
        [
            "event": .int(Int(event.id)), "key": .string(event.key), "kind": .string(event.kind.rawValue),
            "occurred_at": .string(event.occurred.rfc3339), "sink": .string(sink), "state": .string(state.rawValue),
            "attempts": .int(attempts), "next_at": .text(next?.rfc3339),
            "status": lastStatus.map { .int($0) } ?? .null, "error": .text(lastError),
            "delivered_at": .text(delivered?.rfc3339),
        ]
    }
}

extension OutboxEvent {
    fileprivate var json: JSON {
        [
            "id": .int(Int(id)), "key": .string(key), "kind": .string(kind.rawValue),
            "occurred_at": .string(occurred.rfc3339),
        ]
    }
}

extension DeliveryAttempt {
    fileprivate var json: JSON {
        [
            "sink": .string(sink), "started_at": .string(started.rfc3339), "ended_at": .string(ended.rfc3339),
            "status": status.map { .int($0) } ?? .null, "error": .text(error),
        ]
    }
}

extension DeliveryReport {
    fileprivate var text: String {
        var table = Table("SINK", "DELIVERED", "FAILED", "NEXT", "")
        for sink in sinks {
            table.add(
                sink.sink, "\(sink.delivered)", "\(sink.failed)", sink.next?.rfc3339 ?? "-",
                sink.fault ?? sink.lastError ?? (sink.isBusy ? "another process delivers to it" : ""))
        }
        return table.text(empty: "There is no sink; 'plumbline init --sink http' adds one.")
    }
}

extension SinkReport {
    fileprivate var json: JSON {
        [
            "sink": .string(sink), "delivered": .int(delivered), "failed": .int(failed), "error": .text(lastError),
            "fault": .text(fault), "busy": .bool(isBusy), "next": .text(next?.rfc3339),
        ]
    }
}
