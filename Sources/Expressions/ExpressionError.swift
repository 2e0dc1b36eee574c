/// What is wrong with an expression, and where.
public struct ExpressionError: Error, Hashable, Sendable {
    /// Where the mistake begins, in UTF-8 bytes from the expression's start.
    public let offset: Int
    /// The line inside the expression, from 1.
    public let line: Int
    /// The column in that line in Unicode scalars, from 1.
    public let column: Int
    /// What is wrong and what was expected.
    public let message: String

    /// A mistake at a byte offset of `source`.
    init(_ message: String, at offset: Int, in source: String) {
        let before = Array(source.utf8.prefix(offset))
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.offset = offset
        self.message = message
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
    }
}

extension ExpressionError: CustomStringConvertible {
    /// `line:column: message`.
    public var description: String { "\(line):\(column): \(message)" }
}
