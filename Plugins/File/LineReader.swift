import PlumblineKit

/// One line of a file with its end, so that the lines together are the file.
struct Line: Sendable {
    let bytes: [UInt8]
    /// From 1.
    let number: Int
    /// Where it begins in the file.
    let offset: Int

    var end: Int { offset + bytes.count }

    /// Whether the line is closed. The last one of a file that is still being written may not be.
    var isTerminated: Bool { bytes.last == UInt8(ascii: "\n") }

    /// The line without its end and without a byte order mark.
    var content: ArraySlice<UInt8> {
        var content = bytes[...]
        if content.last == UInt8(ascii: "\n") { content.removeLast() }
        if content.last == UInt8(ascii: "\r") { content.removeLast() }
        if offset == 0, content.starts(with: [0xEF, 0xBB, 0xBF]) { content.removeFirst(3) }
        return content
    }
}

/// Reads a file line by line, holding no more than a chunk and a line.
struct LineReader {
    private let files: any FileSource
    private let name: String
    private var chunk: [UInt8] = []
    /// Where in `chunk` the next line begins.
    private var place = 0
    /// Where in the file `chunk` ends.
    private var readTo: Int
    private var line: Int
    private var returned: [Line] = []

    static let chunkSize = 1 << 18
    /// A longer line is no record but a mistake.
    static let longestLine = 1 << 24

    /// Begins at `offset`, where line number `line` starts.
    init(_ name: String, in files: any FileSource, at offset: Int = 0, line: Int = 1) {
        self.files = files
        self.name = name
        self.line = line
        readTo = offset
    }

    /// The next line; nil at the end.
    mutating func next() async throws(ConnectorError) -> Line? {
        if let line = returned.popLast() { return line }
        var searched = place
        while true {
            if let end = chunk[searched...].firstIndex(of: UInt8(ascii: "\n")) { return take(through: end) }
            searched = chunk.count
            guard searched - place < Self.longestLine else {
                throw .unexpected(reason: "'\(name)' line \(line) is longer than \(Self.longestLine) bytes")
            }
            let more = try await files.bytes(of: name, at: readTo, upTo: Self.chunkSize)
            if more.isEmpty { return place < chunk.count ? take(through: chunk.count - 1) : nil }
            chunk.removeFirst(place)
            searched -= place
            place = 0
            chunk += more
            readTo += more.count
        }
    }

    /// Puts lines back, to be read again.
    mutating func putBack(_ lines: some BidirectionalCollection<Line>) {
        returned += lines.reversed()
    }

    private mutating func take(through end: Int) -> Line {
        let bytes = Array(chunk[place...end])
        let taken = Line(bytes: bytes, number: line, offset: readTo - (chunk.count - place))
        place = end + 1
        line += 1
        return taken
    }
}
