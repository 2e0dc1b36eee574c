/// A place in a file at which reading can begin: in front of a record.
public struct TextPosition: Sendable, Hashable {
    /// Bytes from the start of the file.
    public var offset: Int
    /// The line, from 1.
    public var line: Int

    /// A place.
    public init(offset: Int, line: Int) {
        self.offset = offset
        self.line = line
    }
}
