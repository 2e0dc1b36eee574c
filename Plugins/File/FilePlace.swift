import PlumblineKit
import RecordFiles

/// How far a file has been read, and what was read, so that a changed file is recognised.
struct FilePlace: Sendable, Hashable {
    /// Where the next record begins; its offset is 0 in a file that is not UTF-8.
    var position = TextPosition(offset: 0, line: 1)
    /// Records read, rejected ones among them.
    var records = 0
    /// A digest of the bytes before the position.
    var digest = PrefixDigest()
    /// The file's state when this was noted.
    var stamp: FileStamp
    /// Whether the file had been read to its end.
    var isEnd = false
}

extension FilePlace {
    init(_ cursor: Cursor) throws(ConnectorError) {
        let state = try cursor.state()
        guard let offset = state["offset"]?.int, let line = state["line"]?.int, let records = state["records"]?.int,
            let digest = state["digest"]?.string.flatMap(PrefixDigest.init), let size = state["size"]?.int,
            let modified = state["modified"]?.string.flatMap({ Instant(rfc3339: $0) }), let isEnd = state["end"]?.bool
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        self.init(
            position: TextPosition(offset: offset, line: line), records: records, digest: digest,
            stamp: FileStamp(size: size, modified: modified), isEnd: isEnd)
    }

    var cursor: Cursor {
        Cursor([
            "offset": .int(position.offset), "line": .int(position.line), "records": .int(records),
            "digest": .string(digest.text), "size": .int(stamp.size), "modified": .time(stamp.modified),
            "end": .bool(isEnd),
        ])
    }
}

/// A digest of a file's beginning, whatever the pieces it comes in: finds changes, guards against nothing else.
struct PrefixDigest: Sendable, Hashable {
    private var value: UInt64 = 0xcbf2_9ce4_8422_2325
    /// The bytes that make up no word of eight yet, and how many.
    private var rest: UInt64 = 0
    private var count = 0

    init() {}

    init?(_ text: String) {
        let parts = text.split(separator: "-")
        guard parts.count == 3, let value = UInt64(parts[0], radix: 16), let rest = UInt64(parts[1], radix: 16),
            let count = Int(parts[2]), (0..<8).contains(count)
        else { return nil }
        (self.value, self.rest, self.count) = (value, rest, count)
    }

    var text: String { "\(String(value, radix: 16))-\(String(rest, radix: 16))-\(count)" }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var place = 0
        while count > 0, place < bytes.count {
            add(bytes[place])
            place += 1
        }
        while place + 8 <= bytes.count {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            place += 8
        }
        while place < bytes.count {
            add(bytes[place])
            place += 1
        }
    }

    private mutating func add(_ byte: UInt8) {
        rest |= UInt64(byte) << UInt64(8 * count)
        count += 1
        guard count == 8 else { return }
        mix(rest)
        (rest, count) = (0, 0)
    }

    private mutating func mix(_ word: UInt64) {
        value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
    }
}
