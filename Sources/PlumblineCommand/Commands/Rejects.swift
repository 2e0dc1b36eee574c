internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Rejects: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See and replay records that could not be used.",
        subcommands: [List.self, Replay.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List open rejects with their reason; their contents stay sealed.",
            discussion: "JSON: an array of {id, connection, stream, external_id, reason, expression, place, run, "
                + "created_at, bytes}.")

        @OptionGroup var options: WorkspaceOptions
        @Option(name: .long, help: "Only those of this connection.") var connection: String?

        func run() async throws {
            let store = try await options.host().store
            let letters = try await letters(of: store)
            if options.isJSON { return printJSON(.array(letters.map(\.json))) }
            var table = Table("ID", "STREAM", "RECORD", "REASON", "AT")
            for letter in letters {
                table.add(
                    "\(letter.id)", "\(letter.connection)/\(letter.stream)", letter.externalID ?? "-", letter.reason,
                    letter.place ?? "-")
            }
            StandardOutput.write(table.text(empty: "There are no open rejects."))
        }

        /// All of them, a batch at a time.
        private func letters(of store: any ReviewStore) async throws(HostError) -> [DeadLetter] {
            let filter = DeadLetterFilter(connection: connection)
            var letters: [DeadLetter] = []
            while true {
                let last = letters.last?.id
                let batch = try await storing { () throws(StoreError) in
                    try await store.deadLetters(filter, after: last, limit: 1000)
                }
                if batch.isEmpty { return letters }
                letters += batch
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Map rejects again with the mapping as it is now.",
            discussion: "JSON: {resolved: [id], failed: [{id, reason}], "
                + "values: {changed, unchanged, refused: [text]}}. Exit code 1 where some still fail.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "Ids of rejects; all open ones where none is named.") var ids: [Int64] = []

        func run() async throws {
            let report = try await options.host().replay(ids)
            if options.isJSON {
                printJSON(report.json)
            } else {
                for (id, reason) in report.failed { StandardOutput.line("\(id) still fails: \(reason)") }
                StandardOutput.write(
                    "\(report.resolved.count) resolved, \(report.failed.count) failed.\n\(report.values.text)")
            }
            if !report.failed.isEmpty { throw ExitCode.failure }
        }
    }
}

extension DeadLetter {
    fileprivate var json: JSON {
        [
            "id": .int(Int(id)), "connection": .string(connection), "stream": .string(stream),
            "external_id": .text(externalID), "reason": .string(reason), "expression": .text(expression),
            "place": .text(place), "run": .int(Int(run)), "created_at": .string(created.rfc3339),
            "bytes": .int(inputByteCount),
        ]
    }
}

extension ReplayReport {
    fileprivate var json: JSON {
        [
            "resolved": .array(resolved.map { .int(Int($0)) }),
            "failed": .array(failed.map { ["id": .int(Int($0.id)), "reason": .string($0.reason)] }),
            "values": values.json,
        ]
    }
}
