internal import Foundation
public import Logging

/// Writes each message of the log as one line: time, level, message, and what belongs to it as `key=value`.
///
/// ```
/// 2026-11-26T09:20:00Z error a worker failed and is started again after="2 s" reason="..." worker=scheduler
/// ```
public struct LineLogHandler: LogHandler {
    /// What is less important is left out.
    public var logLevel = Logger.Level.info
    /// What belongs to every message.
    public var metadata: Logger.Metadata = [:]
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> String

    /// A handler that gives whole lines, with their ends, to `write`, and asks `now` for the time as it is to stand there.
    public init(now: @escaping @Sendable () -> String, write: @escaping @Sendable (String) -> Void) {
        (self.now, self.write) = (now, write)
    }

    /// One part of what belongs to every message.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one message.
    public func log(event: LogEvent) {
        var line = "\(now()) \(event.level.rawValue) \(Self.onOneLine("\(event.message)"))"
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(Self.quoted("\(value)"))" }
        write(line + "\n")
    }

    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || "0123456789._-/:".unicodeScalars.contains($0)
            }
        return isPlain ? text : "\"\(onOneLine(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")))\""
    }

    /// Nothing in a line ends it, or steers the terminal that shows it.
    private static func onOneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
                line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
