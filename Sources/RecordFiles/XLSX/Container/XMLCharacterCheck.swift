/// Checks bytes that come in pieces: UTF-8 without the control characters that XML forbids.
struct XMLCharacterCheck {
    var isOn = true
    /// How many continuation bytes are due, and the range of the next one.
    private var due = 0
    private var range: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether no character is left half.
    var isWhole: Bool { due == 0 }

    /// Whether the next piece is valid.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard isOn else { return true }
        var place = 0
        while place < bytes.count {
            if due == 0, place + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                // No byte above 0x7F and none below 0x20.
                if (word | (word &- 0x2020_2020_2020_2020)) & 0x8080_8080_8080_8080 == 0 {
                    place += 8
                    continue
                }
            }
            guard take(bytes[place]) else { return false }
            place += 1
        }
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        if due > 0 {
            guard range.contains(byte) else { return false }
            due -= 1
            range = 0x80...0xBF
            return true
        }
        switch byte {
        case 0x20...0x7F, 9, 10, 13: break
        case 0xC2...0xDF: due = 1
        case 0xE0: (due, range) = (2, 0xA0...0xBF)
        case 0xED: (due, range) = (2, 0x80...0x9F)
        case 0xE1...0xEF: due = 2
        case 0xF0: (due, range) = (3, 0x90...0xBF)
        case 0xF1...0xF3: due = 3
        case 0xF4: (due, range) = (3, 0x80...0x8F)
        default: return false
        }
        return true
    }
}
