/// Names that come in two parts.
enum PersonName {
    /// Family name and given name as one: Chinese names are written without a space, family name first; others the other
    /// way round.
    static func joined(_ parts: [String]) -> String {
        let isChinese = parts.joined().unicodeScalars.allSatisfy { (0x4E00...0x9FFF).contains($0.value) }
        return isChinese ? parts.joined() : parts.reversed().joined(separator: " ")
    }
}
