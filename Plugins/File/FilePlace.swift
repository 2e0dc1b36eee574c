import PlumblineKit

/// How far a file has been read, and what was read, so that a changed file is recognised.
struct FilePlace: Sendable, Hashable {
    /// Bytes read.
    var offset = 0
    /// The number of the line that begins there.
    var line = 1
    /// A digest of the bytes before `offset`.
    var digest = PrefixDigest()
    /// The file's state when this was noted.
    var stamp: FileStamp
    /// Whether the file had been read to its end.
    var isEnd = false

    mutating func pass(_ lines: [Line]) {
        for line in lines {
            digest.add(line.bytes)
            offset = line.end
            self.line = line.number + 1
        }
    }
}

extension FilePlace {
    init(_ cursor: Cursor) throws(ConnectorError) {
        let state = try cursor.state()
        guard let offset = state["offset"]?.int, let line = state["line"]?.int,
            let digest = state["digest"]?.string.flatMap({ UInt64($0, radix: 16) }), let size = state["size"]?.int,
            let modified = state["modified"]?.string.flatMap({ Instant(rfc3339: $0) }), let isEnd = state["end"]?.bool
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        self.init(
            offset: offset, line: line, digest: PrefixDigest(value: digest),
            stamp: FileStamp(size: size, modified: modified), isEnd: isEnd)
    }

    var cursor: Cursor {
        Cursor([
            "offset": .int(offset), "line": .int(line), "digest": .string(String(digest.value, radix: 16)),
            "size": .int(stamp.size), "modified": .time(stamp.modified), "end": .bool(isEnd),
        ])
    }
}

/// FNV-1a over the bytes of a file's beginning: finds changes, guards against nothing else.
struct PrefixDigest: Sendable, Hashable {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}
