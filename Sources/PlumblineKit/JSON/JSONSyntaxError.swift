/// Why bytes are not JSON, and where.
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Bytes before the fault.
    public let offset: Int
    /// From 1.
    public let line: Int
    /// From 1, in bytes.
    public let column: Int
    /// What was seen and what was expected; holds nothing of the text but single characters.
    public let message: String

    /// Place and message on one line.
    public var description: String { "line \(line), column \(column): \(message)" }
}
