internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Preview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a pull of one connection would do; nothing is written.",
        discussion: """
            JSON: {streams: [{stream, record_type, read, new, changed, unchanged, left_out, gone, samples: [record], \
            rejects: [{external_id, reason, expression, place}], unmatched: [account]}], anomalies: [text], changes: \
            [{indicator, subject: {kind, id}, period, old, new}]}; old and new are null or {status, exact, decimal, \
            sample_size}.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "The connection.") var connection: String
    @Option(name: .long, help: "How many mapped records of each stream to show.") var samples = 3

    func run() async throws {
        let report = try await options.host().preview(connection, samples: samples)
        if options.isJSON { printJSON(report.json) } else { StandardOutput.write(report.text) }
    }
}

extension PreviewReport {
    fileprivate var text: String {
        streams.map(\.text).joined() + anomalies.map { "\($0.onOneLine)\n" }.joined() + "\n" + changes.text
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
    /// The changes as a table, the old value beside the new one.
    var text: String {
        var table = Table("INDICATOR", "SUBJECT", "PERIOD", "NOW", "WOULD BE")
        for change in self {
            table.add(
                change.key.indicator, change.key.subject.id, change.key.period, change.old.shown, change.new.shown)
        }
        return table.text(empty: "No value would change.")
    }

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
    var shown: String { self.map { $0.decimal ?? $0.status.rawValue } ?? "-" }

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
