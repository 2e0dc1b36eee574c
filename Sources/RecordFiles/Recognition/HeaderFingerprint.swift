/// Tells whether two files have the same columns.
enum HeaderFingerprint {
    /// FNV-1a over the sorted names, in hexadecimal digits. Stable: it is kept with saved mappings.
    static func text(of names: [String]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in names.map(normalised).sorted().joined(separator: "\u{1F}").utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func normalised(_ name: String) -> String { String(CellText.narrowed(name)).lowercased() }
}
