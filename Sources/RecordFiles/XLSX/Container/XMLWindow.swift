import Glibc

/// The bytes of an XML part around the place that is read: UTF-8, checked as it comes in.
struct XMLWindow: ~Copyable {
    private let part: any XMLSource
    private var bytes: UnsafeMutableRawBufferPointer
    /// The next byte, and the end of those that are there.
    private var place = 0
    private var filled = 0
    private var isEnded = false
    private var check = XMLCharacterCheck()

    /// Before the part's first byte.
    init(_ part: any XMLSource) {
        self.part = part
        bytes = .allocate(byteCount: 2 * XMLLimits.pieceBytes, alignment: 16)
    }

    deinit {
        bytes.deallocate()
    }

    /// The name of the part.
    var name: String { part.name }

    /// The next byte, of which ``hasMore()`` made sure.
    var next: UInt8 { bytes[place] }

    /// A fault of the XML here.
    func fault(_ reason: String) -> FileFault { .damaged(zh: "“\(part.name)”", en: "'\(part.name)': \(reason)") }

    /// Whether the part is in UTF-8, by its first bytes and its declaration. Takes a byte order mark.
    mutating func isUTF8() throws(FileFault) -> Bool {
        // Other encodings are no UTF-8: reading them for this look must not refuse them.
        check.isOn = false
        try fill(atLeast: 256)
        let head = bytes[0..<min(filled, 256)]
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
        guard !head.starts(with: [0xFE, 0xFF]), !head.starts(with: [0xFF, 0xFE]), !head.contains(0) else {
            return false
        }
        let declaration = String(decoding: head, as: UTF8.self).lowercased().split(separator: "?>").first ?? ""
        if declaration.contains("encoding"), !declaration.contains("utf-8"), !declaration.contains("us-ascii") {
            return false
        }
        check.isOn = true
        let isValid = check.take(UnsafeRawBufferPointer(rebasing: bytes[place..<filled]))
        guard isValid, !isEnded || check.isWhole else { throw invalid() }
        return true
    }

    /// Whether there is another byte.
    mutating func hasMore() throws(FileFault) -> Bool {
        if place == filled { try fill(atLeast: 1) }
        return place < filled
    }

    /// The byte that stands so far behind the next.
    mutating func byte(at offset: Int) throws(FileFault) -> UInt8 {
        if place + offset >= filled { try fill(atLeast: offset + 1) }
        guard place + offset < filled else { throw fault("it ends within a tag") }
        return bytes[place + offset]
    }

    /// Whether this text comes next.
    mutating func starts(with text: StaticString) throws(FileFault) -> Bool {
        let count = text.utf8CodeUnitCount
        if filled - place < count { try fill(atLeast: count) }
        return filled - place >= count && memcmp(pointer, text.utf8Start, count) == 0
    }

    /// The text up to the next tag, or as much of it as is there without breaking an entity or a line end.
    mutating func text() throws(FileFault) -> UnsafeBufferPointer<UInt8> {
        let count = find("<", from: place).map { $0 - place } ?? filled - place
        let text = UnsafeBufferPointer(start: pointer, count: count)
        guard count == filled - place, !isEnded else { return text }
        let broken = text.suffix(16).lastIndex { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "\r") }
        guard let broken else { return text }
        if broken > 0 { return UnsafeBufferPointer(rebasing: text[..<broken]) }
        try fill(atLeast: count + 1)
        return try self.text()
    }

    /// The tag that begins here, with its brackets.
    mutating func tag() throws(FileFault) -> UnsafeMutableBufferPointer<UInt8> {
        var (offset, quote) = (1, UInt8(0))
        while true {
            while place + offset < filled {
                let byte = bytes[place + offset]
                offset += 1
                if quote != 0 {
                    if byte == quote { quote = 0 }
                } else if byte == UInt8(ascii: ">") {
                    return UnsafeMutableBufferPointer(start: pointer, count: offset)
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    quote = byte
                }
            }
            let before = filled - place
            try fill(atLeast: before + 1)
            guard filled - place > before else { throw fault("it ends within a tag") }
        }
    }

    /// The bytes between `offset` and this end, which must come.
    mutating func upTo(_ end: StaticString, after offset: Int) throws(FileFault) -> UnsafeBufferPointer<UInt8> {
        var searched = offset
        while true {
            if let found = find(end, from: place + searched) {
                return UnsafeBufferPointer(start: pointer + offset, count: found - place - offset)
            }
            let before = filled - place
            searched = max(offset, before - end.utf8CodeUnitCount)
            try fill(atLeast: before + 1)
            guard filled - place > before else { throw fault("it ends within a comment or text") }
        }
    }

    /// Passes over everything through this end.
    mutating func drop(through end: StaticString) throws(FileFault) {
        let offset = end.utf8CodeUnitCount == 3 ? 4 : 2
        consume(offset + (try upTo(end, after: offset).count) + end.utf8CodeUnitCount)
    }

    /// Passes over so many bytes.
    mutating func consume(_ count: Int) {
        place += count
    }

    private var pointer: UnsafeMutablePointer<UInt8> {
        (bytes.baseAddress.unsafelyUnwrapped + place).assumingMemoryBound(to: UInt8.self)
    }

    private func find(_ text: StaticString, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let count = text.utf8CodeUnitCount
        var start = start
        while start + count <= filled {
            guard let found = memchr(base + start, CInt(text.utf8Start.pointee), filled - start - count + 1) else {
                break
            }
            if count == 1 || memcmp(found, text.utf8Start, count) == 0 { return found - base }
            start = found - base + 1
        }
        return nil
    }

    /// Reads until so many bytes are there, or the part ends.
    private mutating func fill(atLeast count: Int) throws(FileFault) {
        while filled - place < count, !isEnded {
            guard filled - place <= XMLLimits.longestToken else { throw XMLLimits.longToken(in: part.name) }
            makeRoom()
            let free = UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<(filled + XMLLimits.pieceBytes)])
            let read = try part.read(into: free)
            isEnded = read == 0
            guard check.take(UnsafeRawBufferPointer(rebasing: free[..<read])), !isEnded || check.isWhole else {
                throw invalid()
            }
            filled += read
        }
    }

    /// Moves what is unread to the front, and grows where a token needs it.
    private mutating func makeRoom() {
        guard bytes.count - filled < XMLLimits.pieceBytes, let base = bytes.baseAddress else { return }
        let unread = filled - place
        if unread + XMLLimits.pieceBytes <= bytes.count {
            memmove(base, base + place, unread)
        } else {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * bytes.count, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place..<filled]))
            bytes.deallocate()
            bytes = larger
        }
        (place, filled) = (0, unread)
    }

    private func invalid() -> FileFault { fault("it is no valid UTF-8 or holds characters that XML does not allow") }
}
