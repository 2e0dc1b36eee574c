internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

extension Inbox {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an event's shape, with every value masked, and the bodies that contradict it.",
            discussion: """
                'contents' is the masked text of the body that counts, 'untaken' how many records of it no stream takes. Bodies \
                that came under the same key and say something else are kept sealed, the first \(InboxLimits.mostBodies) of \
                them; 'plumbline inbox choose' has another one count. JSON: {event, untaken, contents, bodies: [{body, chosen, \
                count, last_at, contents}]}.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The event's number, from 'plumbline inbox'.") var event: Int64

        func run() async throws {
            let store = try await options.host().store
            let bodies = try await storing { () throws(StoreError) in try await store.inboxBodies(of: event) }
            let found = try await storing { () throws(StoreError) in
                try await store.inboxEvents(InboxFilter(ids: event...event), limit: 1)
            }
            let untaken = found.first?.untaken ?? 0
            if options.isJSON { return printJSON(json(bodies, untaken)) }
            let more = untaken > 0 ? "\nNo stream takes \(untaken) of its records.\n" : ""
            StandardOutput.write(bodies.map { $0.text(isAlone: bodies.count == 1) }.joined(separator: "\n") + more)
        }

        private func json(_ bodies: [InboxBody], _ untaken: Int) -> JSON {
            [
                "event": .int(Int(event)), "untaken": .int(untaken), "contents": .text(bodies.first?.contents.masked),
                "bodies": .array(bodies.map(\.json)),
            ]
        }
    }

    struct Choose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have another of the bodies that came under an event's key count, and use the event with it.",
            discussion: """
                The one that counted so far is kept beside it, so that choosing it again takes the choice back. Records that \
                only the one before told of stay as they are. JSON: {event, body, report: \(InboxReport.documentation)}.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The event's number, from 'plumbline inbox'.") var event: Int64
        @Argument(help: "The body, from 'plumbline inbox show'.") var body: String
        @Option(name: .long, help: "Why; it is kept in the audit.") var reason: String

        func run() async throws {
            let report = try await options.host().chooseBody(body, of: event, reason: reason)
            if options.isJSON {
                return printJSON(["event": .int(Int(event)), "body": .string(body), "report": report.json])
            }
            StandardOutput.write("Event \(event) counts with body \(body).\n\(report.text)")
        }
    }
}

extension InboxBody {
    fileprivate func text(isAlone: Bool) -> String {
        if isAlone { return contents.masked }
        let what = isChosen ? "counts" : "contradicts it, came \(count) times, last at \(last.rfc3339)"
        return "Body \(name) \(what):\n\(contents.masked)"
    }

    fileprivate var json: JSON {
        [
            "body": .string(name), "chosen": .bool(isChosen), "count": .int(count), "last_at": .string(last.rfc3339),
            "contents": .string(contents.masked),
        ]
    }
}
