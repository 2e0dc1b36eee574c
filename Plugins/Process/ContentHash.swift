/// A short name for bytes, the same in every run: FNV-1a with 64 bits. Tells things apart that nobody made to look alike.
enum ContentHash {
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// What a line is known by that gave no record. Not its number: the next run has another line in that place.
    static func line(_ bytes: some Sequence<UInt8>) -> String { "line-\(of(bytes))" }
}
