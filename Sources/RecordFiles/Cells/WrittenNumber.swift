/// A number as a person writes it, read exactly.
public struct WrittenNumber: Sendable, Hashable {
    /// The sign between a number's whole part and its fraction.
    public enum DecimalMark: String, Sendable, Hashable {
        case point = "."
        case comma = ","
    }

    /// The value as decimal text such as `-1234.50`; that of a percentage is the share: `0.125` of `12.5%`.
    public let text: String
    /// Whether a percent sign stood there.
    public let isPercent: Bool
    /// The currency sign that stood there, `¥` also for the wide one.
    public let currency: String?

    /// Reads a number with the signs and separators that people use.
    ///
    /// Full-width digits, all kinds of spaces, a currency sign, a percent sign, a minus in front or behind, and
    /// parentheses for negative numbers are understood. Thousands must stand in groups of three.
    ///
    /// - Parameters:
    ///   - text: The cell's text.
    ///   - mark: The column's decimal mark; nil where nobody said. Then a point is one, and a single comma is refused,
    ///     since `1,234` means one thing here and another there.
    /// - Throws: `CellFault` where the text is no number, or not one number only.
    public init(_ text: some StringProtocol, mark: DecimalMark? = nil) throws(CellFault) {
        var shell = NumberShell(CellText.narrowed(text))
        try shell.strip(text)
        (isPercent, currency) = (shell.isPercent, shell.currency)
        let digits = try NumberDigits(shell.core, mark, whole: text)
        self.text = digits.decimal(isNegative: shell.isNegative, shift: isPercent ? -2 : 0)
    }
}

/// What stands around a number's digits.
private struct NumberShell {
    private(set) var core: [Character]
    private(set) var isNegative = false
    private(set) var isPercent = false
    private(set) var currency: String?

    init(_ text: [Character]) {
        core = text
    }

    /// Takes off signs, each once, from the outside in.
    mutating func strip(_ text: some StringProtocol) throws(CellFault) {
        var hasSign = false
        if core.first == "(", core.last == ")" {
            core = Array(core.dropFirst().dropLast())
            (isNegative, hasSign) = (true, true)
        }
        while let first = core.first, !first.isNarrowDigit, first != ".", first != "," {
            try take(first, text, &hasSign)
            core.removeFirst()
        }
        while let last = core.last, !last.isNarrowDigit, last != "." {
            if last == "+" { throw Self.fault(text) }
            try take(last, text, &hasSign)
            core.removeLast()
        }
    }

    private mutating func take(_ sign: Character, _ text: some StringProtocol, _ hasSign: inout Bool) throws(CellFault)
    {
        switch sign {
        case " ": break
        case "-" where !hasSign, "+" where !hasSign: (hasSign, isNegative) = (true, sign == "-")
        case "%" where !isPercent: isPercent = true
        case "¥" where currency == nil, "$" where currency == nil, "€" where currency == nil, "£" where currency == nil,
            "元" where currency == nil:
            currency = String(sign)
        default: throw Self.fault(text)
        }
    }

    static func fault(_ text: some StringProtocol) -> CellFault { CellFault("\(CellText.shown(text)) is no number") }
}
