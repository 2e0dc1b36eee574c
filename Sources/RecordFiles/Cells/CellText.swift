/// A cell's text in the narrow forms of its characters.
enum CellText {
    /// The text with full-width signs made narrow, all kinds of spaces made one, and none around it.
    static func narrowed(_ text: some StringProtocol) -> [Character] {
        var narrowed = text.map(narrow)
        while narrowed.last == " " { narrowed.removeLast() }
        return Array(narrowed.drop { $0 == " " })
    }

    private static func narrow(_ character: Character) -> Character {
        guard let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1 else { return character }
        switch scalar.value {
        case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0).map(Character.init) ?? character
        case 0xFFE5: return "¥"
        case 0x2212, 0x2010, 0x2011: return "-"
        case 0x09, 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return " "
        default: return character
        }
    }

    /// A text in messages: whole where it is short.
    static func shown(_ text: some StringProtocol) -> String {
        text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
    }
}

extension Character {
    /// Whether this is one of 0 to 9.
    var isNarrowDigit: Bool { isASCII && isWholeNumber }
}
