/// Checks that bytes are UTF-8 without NUL, a chunk at a time.
enum UTF8Check {
    /// What a byte can be that is no good text.
    enum Fault: Sendable, Hashable {
        case encoding
        case zero
    }

    /// Checks from `start` on up to the first fault.
    ///
    /// - Returns: How far the bytes are good, and what is wrong there; a sequence that the end cuts is left without a
    ///   fault, unless this `isLast`.
    static func check(
        _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, isLast: Bool
    ) -> (good: Int, fault: Fault?) {
        var place = start
        while true {
            while place + 32 <= end, ByteScan.arePlain(base, place) { place += 32 }
            while place + 8 <= end, ByteScan.isPlain(ByteScan.word(base, place)) { place += 8 }
            guard place < end else { return (end, nil) }
            let lead = base[place]
            if lead < 0x80 {
                if lead == 0 { return (place, .zero) }
                place += 1
                continue
            }
            let length = length(base + place, of: end - place)
            if length == 0, !isLast { return (place, nil) }
            guard length > 0 else { return (place, .encoding) }
            place += length
        }
    }

    /// The length of the sequence beyond ASCII at `bytes`: 0 when `count` bytes cut it, -1 when it is broken.
    ///
    /// - Source: The Unicode Standard 15, table 3-7.
    @inline(__always)
    private static func length(_ bytes: UnsafePointer<UInt8>, of count: Int) -> Int {
        let lead = bytes[0]
        guard lead >= 0xC2, lead <= 0xF4 else { return -1 }
        guard count > 1 else { return 0 }
        let second = bytes[1]
        let lowest: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
        let highest: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
        guard second >= lowest, second <= highest else { return -1 }
        guard lead >= 0xE0 else { return 2 }
        guard count > 2 else { return 0 }
        guard bytes[2] & 0xC0 == 0x80 else { return -1 }
        guard lead >= 0xF0 else { return 3 }
        guard count > 3 else { return 0 }
        return bytes[3] & 0xC0 == 0x80 ? 4 : -1
    }
}
