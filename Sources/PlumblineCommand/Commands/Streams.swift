internal import ArgumentParser
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Streams: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See whose records count, and retire streams that no file describes any more.",
        discussion: """
            A stream that is renamed or taken out of its connection's file leaves its records behind: they count until it is \
            retired. What the stream of the new name brings first waits at the quality gate meanwhile, so that nothing \
            counts twice.
            """,
        subcommands: [List.self, Retire.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the streams that have records that count.",
            discussion: "JSON: an array of {connection, stream, record_type, records, described}.")

        @OptionGroup var options: WorkspaceOptions

        func run() async throws {
            let streams = try await options.host().knownStreams()
            if options.isJSON { return printJSON(.array(streams.map(\.json))) }
            var table = Table("STREAM", "TYPE", "RECORDS", "")
            for known in streams {
                let name = "\(known.stream)"
                table.add(
                    name, known.recordType, "\(known.records)",
                    known.isDescribed
                        ? "" : "no file describes it: 'plumbline streams retire \(name)' where it must not count")
            }
            StandardOutput.write(table.text(empty: "No stream has records that count."))
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the records of a stream that no file describes any more out of the values.",
            discussion: """
                What the gate holds because of them passes. Where a file describes the stream again, pulling it, or replaying \
                its events, brings its records back. JSON: {retired, values: {changed, unchanged, refused: [text]}}.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "CONNECTION/STREAM, from 'plumbline streams'.") var stream: String
        @Option(name: .long, help: "Why; it is kept in the audit.") var reason: String

        func run() async throws {
            let parts = stream.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw ValidationError("'\(stream)' is no stream: write CONNECTION/STREAM, as 'plumbline streams' does")
            }
            let (records, values) = try await options.host().retire(
                StreamReference(connection: parts[0], stream: parts[1]), reason: reason)
            if options.isJSON { return printJSON(["retired": .int(records), "values": values.json]) }
            StandardOutput.write("\(records) records of \(stream) count no longer.\n\(values.text)")
        }
    }
}

extension KnownStream {
    fileprivate var json: JSON {
        [
            "connection": .string(stream.connection), "stream": .string(stream.stream),
            "record_type": .string(recordType), "records": .int(records), "described": .bool(isDescribed),
        ]
    }
}
