internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Preview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Show what a pull of one connection, or an edited definition or mapping, would change; write nothing.",
        discussion: """
            With --against live: what the edited files of the workspace would make of the latest periods, beside what is \
            published. An edited definition is computed from the evidence; an edited mapping is read anew from its \
            source, without touching its cursor, and its records take the place of those stored.

            JSON: {streams: [{stream, record_type, read, new, changed, unchanged, left_out, gone, samples: [record], \
            rejects: [{external_id, reason, expression, place}], unmatched: [account]}], anomalies: [text], changes: \
            [{indicator, subject: {kind, id}, period, old, new}]}; old and new are null or {status, exact, decimal, \
            sample_size}.

            JSON of --against live: \(LivePreviewView.keys)
            """)

    /// What a preview may be held against.
    enum Against: String, ExpressibleByArgument, CaseIterable {
        case live
    }

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "The connection. With --against live: the only one whose edited mappings are read anew.")
    var connection: String?
    @Option(name: .long, help: "How many mapped records of each stream to show.") var samples = 3
    @Option(name: .long, help: "live: compare edited definitions and mappings with the published values.")
    var against: Against?
    @Option(name: .long, help: "An indicator to compare, though nothing of it was edited; may be given several times.")
    var indicator: [String] = []
    @Option(name: .long, help: "How many periods of each kind to compare, the latest that have values.")
    var periods = 6
    @Option(name: .long, help: "How many values that move furthest to show of each indicator.") var top = 5
    @Flag(inversion: .prefixedNo, help: "Hash the rows of all tables before and after, to show that none changed.")
    var verify = true

    func validate() throws {
        if against == nil, connection == nil { throw ValidationError("name the connection, or say --against live") }
        if against == nil, !indicator.isEmpty { throw ValidationError("--indicator goes with --against live") }
        if periods < 1 { throw ValidationError("--periods is 1 or more") }
    }

    func run() async throws {
        if against == .live { return try await compareWithLive() }
        let report = try await options.host().preview(connection ?? "", samples: samples)
        if options.isJSON { printJSON(report.json) } else { StandardOutput.write(report.text) }
    }

    private func compareWithLive() async throws {
        let host = try options.readingHost()
        var request = LivePreviewRequest()
        (request.connection, request.indicators) = (connection, indicator)
        (request.periods, request.checksRows) = (periods, verify)
        var preview = LivePreview()
        preview.isUnpublished = true
        var people: [DirectoryEntry] = []
        if let host {
            preview = try await host.previewAgainstLive(request)
            people = try await storing { () throws(StoreError) in try await host.store.people() }
        }
        let view = LivePreviewView(
            preview: preview, top: top, language: host?.workspace.configuration.language ?? "en",
            directory: EmployeeDirectory(people))
        if options.isJSON { printJSON(view.json) } else { StandardOutput.write(view.text) }
        if !preview.isComplete || preview.rows?.changed.isEmpty == false { throw ExitCode.failure }
    }
}

extension PreviewReport {
    fileprivate var text: String {
        streams.map(\.text).joined() + anomalies.map { "\($0.onOneLine)\n" }.joined() + "\n" + changes.text(in: "en")
            + "Nothing was written.\n"
    }

    fileprivate var json: JSON {
        [
            "streams": .array(streams.map(\.json)), "anomalies": .array(anomalies.map(JSON.string)),
            "changes": changes.json,
        ]
    }
}

extension [PreviewReport.Change] {
    var json: JSON {
        .array(
            map { change in
                [
                    "indicator": .string(change.key.indicator),
                    "subject": change.key.subject.json,
                    "period": .string(change.key.period), "old": change.old.json, "new": change.new.json,
                ]
            })
    }
}

extension ComputedValue? {
    var json: JSON {
        self.map { value in
            [
                "status": .string(value.status.rawValue), "exact": .text(value.exact?.description),
                "decimal": .text(value.decimal), "sample_size": .int(value.sampleSize),
            ]
        } ?? .null
    }
}

extension PreviewReport.Stream {
    fileprivate var text: String {
        var text = "\(stream) -> \(recordType): \(read) read, \(new) new, \(changed) changed, \(unchanged) unchanged, "
        text += "\(leftOut) left out, \(gone) gone, \(rejects.count) rejected\n"
        for record in samples { text += "  \(record.json(zone: zone).text)\n" }
        for reject in rejects.prefix(20) {
            let line = "rejected \(reject.externalID ?? "-"): \(reject.reason) (\(reject.place ?? "no expression"))"
            text += "  \(line.onOneLine)\n"
        }
        if !unmatched.isEmpty {
            text += "  accounts that nobody is matched to: \(unmatched.joined(separator: ", ").onOneLine)\n"
        }
        return text
    }

    fileprivate var json: JSON {
        [
            "stream": .string(stream), "record_type": .string(recordType), "read": .int(read), "new": .int(new),
            "changed": .int(changed), "unchanged": .int(unchanged), "left_out": .int(leftOut), "gone": .int(gone),
            "samples": .array(samples.map { $0.json(zone: zone) }),
            "rejects": .array(
                rejects.map { reject in
                    [
                        "external_id": .text(reject.externalID), "reason": .string(reject.reason),
                        "expression": .text(reject.expression), "place": .text(reject.place),
                    ]
                }),
            "unmatched": .array(unmatched.map(JSON.string)),
        ]
    }
}
