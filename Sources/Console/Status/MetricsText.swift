/// Metrics in the text format of Prometheus, version 0.0.4.
///
/// - Source: https://prometheus.io/docs/instrumenting/exposition_formats/
struct MetricsText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// What a metric is.
    enum Kind: String {
        case counter, gauge
    }

    /// One number with its labels.
    struct Sample {
        var labels: [(name: String, value: String)] = []
        let value: String

        init(_ value: Int, _ labels: (String, String)...) { self.init("\(value)", labels) }
        init(_ value: Duration, _ labels: (String, String)...) { self.init(Self.seconds(value), labels) }

        private init(_ value: String, _ labels: [(String, String)]) {
            self.value = value
            self.labels = labels
        }

        /// Seconds with six digits behind the point, as exact as the value is.
        private static func seconds(_ value: Duration) -> String {
            let (seconds, attoseconds) = value.components
            let micros =
                seconds.multipliedReportingOverflow(by: 1_000_000).partialValue + attoseconds / 1_000_000_000_000
            let (whole, rest) = micros.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
            let digits = String(rest)
            return "\(micros < 0 ? "-" : "")\(whole).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
        }
    }

    /// What was written so far.
    private(set) var text = ""

    /// Adds a metric with all its numbers; nothing where there are none.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        if samples.isEmpty { return }
        text += "# HELP \(name) \(Self.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples { text += "\(name)\(Self.labels(sample.labels)) \(sample.value)\n" }
    }

    private static func labels(_ labels: [(name: String, value: String)]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escape($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
