/// Looks at eight bytes at a time.
///
/// All functions may read up to seven bytes behind the byte they stop at: ``TextWindow`` leaves that room.
enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The byte in every place of a word.
    @inline(__always)
    static func spread(_ byte: UInt8) -> UInt64 { UInt64(byte) &* ones }

    /// The eight bytes from `place` on, the first one lowest.
    @inline(__always)
    static func word(_ base: UnsafePointer<UInt8>, _ place: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self))
    }

    /// The high bit of each byte that is zero; above the lowest one bits may be wrong.
    @inline(__always)
    static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

    /// The high bit of each byte below 0x20; above the lowest one bits may be wrong.
    @inline(__always)
    static func controls(_ word: UInt64) -> UInt64 { (word &- (ones &* 0x20)) & ~word & highs }

    /// Whether all bytes are ASCII and none is zero.
    @inline(__always)
    static func isPlain(_ word: UInt64) -> Bool { (word | (word &- ones)) & highs == 0 }

    /// Whether 32 bytes are ASCII and none is zero.
    @inline(__always)
    static func arePlain(_ base: UnsafePointer<UInt8>, _ place: Int) -> Bool {
        let (one, two) = (word(base, place), word(base, place + 8))
        let (three, four) = (word(base, place + 16), word(base, place + 24))
        let odd = (one | two | three | four) | (one &- ones) | (two &- ones) | (three &- ones) | (four &- ones)
        return odd & highs == 0
    }

    /// The place in its word of the lowest byte that is marked.
    @inline(__always)
    static func lowest(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }

    /// How many line feeds there are.
    static func lineFeeds(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var count = 0
        for place in start..<end where base[place] == 0x0A { count += 1 }
        return count
    }
}

/// The bytes that have a meaning in texts.
extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let backslash: UInt8 = 0x5C
}
