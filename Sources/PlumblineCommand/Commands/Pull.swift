internal import ArgumentParser
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Pull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read connections, then compute and publish the values they touch.",
        discussion: """
            JSON: {streams: [{connection, stream, run, state, inserted, updated, unchanged, deleted, gone, rejected, older, \
            source_count, message, anomalies: [text]}], failures: [{connection, streams, message, temporary}], \
            anomalies: [text], directories: [as 'plumbline people sync' has them], values: {changed, unchanged, refused: [text]}, gate: [{connection, stream, run, first, \
            holds: [as 'plumbline gate list' has them: hold, record_type, scope, runs, records, state, findings: [{rule, \
            subject, found, expected, text: {zh, en}}], since, decided_at, decided_by, reason]}]}. Exit code 1 where a stream could not be read to its end.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "Connections; all where none is named.") var connections: [String] = []

    func run() async throws {
        let host = try await options.host()
        let progress = ProgressLine()
        let report = try await host.pull(connections) { progress.show($0) }
        progress.clear()
        if options.isJSON { printJSON(report.json) } else { StandardOutput.write(report.text(in: host.workspace)) }
        if !report.isComplete { throw ExitCode.failure }
    }
}

extension PullReport {
    fileprivate func text(in workspace: Workspace) -> String {
        var table = Table("STREAM", "", "NEW", "CHANGED", "SAME", "GONE", "REJECTED", "AT SOURCE")
        for stream in streams {
            let run = stream.run
            table.add(
                "\(run.connection)/\(run.stream)", run.state == .succeeded ? "ok" : "FAILED",
                "\(run.counters.inserted)", "\(run.counters.updated)",
                "\(run.counters.unchanged)", "\(run.counters.deleted + run.counters.gone)",
                "\(run.counters.rejected)", run.sourceCount.map(String.init) ?? "-")
        }
        let messages =
            failures.map(\.text) + directories.flatMap { $0.lines(in: workspace) } + anomalies
            + streams.flatMap(\.messages)
        let shown = messages.prefix(20).map { "  \($0.onOneLine)\n" }.joined()
        let more = messages.count > 20 ? "  and \(messages.count - 20) more; --format json lists all\n" : ""
        let none = "There is no connection to read; 'plumbline init --from CONNECTOR' adds one."
        return table.text(empty: none) + shown + more
            + values.judgements.lines(in: workspace).map { "\($0.onOneLine)\n" }.joined() + values.text
    }

    fileprivate var json: JSON {
        [
            "streams": .array(streams.map(\.json)), "failures": .array(failures.map(\.json)),
            "anomalies": .array(anomalies.map(JSON.string)),
            "directories": .array(directories.map(\.json)), "values": values.json,
            "gate": values.judgements.json,
        ]
    }
}

extension PullReport.Failure {
    fileprivate var text: String {
        (streams.isEmpty ? connection : "\(connection)/\(streams.joined(separator: ", "))") + ": \(message)"
    }

    fileprivate var json: JSON {
        [
            "connection": .string(connection), "streams": .array(streams.map(JSON.string)),
            "message": .string(message), "temporary": .bool(isTemporary),
        ]
    }
}

extension StreamReport {
    /// What there is to say, each with the stream it is about.
    fileprivate var messages: [String] {
        ([run.message].compactMap { $0 } + anomalies).map { "\(run.connection)/\(run.stream): \($0)" }
    }

    fileprivate var json: JSON {
        let counters = run.counters
        return [
            "connection": .string(run.connection), "stream": .string(run.stream), "run": .int(Int(run.id)),
            "state": .string(run.state.rawValue),
            "inserted": .int(counters.inserted), "updated": .int(counters.updated),
            "unchanged": .int(counters.unchanged), "deleted": .int(counters.deleted), "gone": .int(counters.gone),
            "rejected": .int(counters.rejected), "older": .int(counters.older),
            "source_count": run.sourceCount.map { .int($0) } ?? .null, "message": .text(run.message),
            "anomalies": .array(anomalies.map(JSON.string)),
        ]
    }
}

extension PublicationOutcome {
    /// One line for people.
    var text: String { sentence(in: "en") + "\n" }

    var json: JSON {
        [
            "changed": .int(changes.count), "unchanged": .int(unchanged),
            "refused": .array(
                refused.map { .string("\($0.key.indicator) \($0.key.subject.id) \($0.key.period): \($0.reason)") }),
        ]
    }
}
