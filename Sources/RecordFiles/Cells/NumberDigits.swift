/// A number's digits, its separators told apart.
struct NumberDigits {
    private var whole: [Character]
    private var fraction: [Character] = []
    private var exponent = 0

    /// Reads what is left of a number without its signs.
    init(_ core: [Character], _ mark: WrittenNumber.DecimalMark?, whole text: some StringProtocol) throws(CellFault) {
        let fault = CellFault("\(CellText.shown(text)) is no number")
        let parts = core.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let mantissa = parts.first, mantissa.contains(where: \.isNarrowDigit) else { throw fault }
        if parts.count == 2 {
            guard let exponent = Int(String(parts[1])), abs(exponent) <= 400 else { throw fault }
            self.exponent = exponent
        }
        let decimal = try Self.decimalMark(mantissa, mark, text)
        let pieces = decimal.map { mark in mantissa.split(separator: mark, omittingEmptySubsequences: false) }
        whole = Array(pieces?.first ?? mantissa)
        if let pieces {
            guard pieces.count == 2, pieces[1].allSatisfy(\.isNarrowDigit) else { throw fault }
            fraction = Array(pieces[1])
        }
        guard let joined = Self.joined(whole) else { throw fault }
        whole = joined
    }

    /// The character that is the decimal mark; nil where there is none.
    private static func decimalMark(
        _ mantissa: ArraySlice<Character>, _ mark: WrittenNumber.DecimalMark?, _ text: some StringProtocol
    ) throws(CellFault) -> Character? {
        let points = mantissa.count { $0 == "." }
        let commas = mantissa.count { $0 == "," }
        if let mark { return mark == .point ? (points > 0 ? "." : nil) : (commas > 0 ? "," : nil) }
        if points > 0, commas > 0 { return mantissa.last { $0 == "." || $0 == "," } }
        if commas == 1 {
            throw CellFault(
                "\(CellText.shown(text)) may be meant with a decimal comma or with thousands: say which decimal mark the column has"
            )
        }
        return points == 1 ? "." : nil
    }

    /// The digits without the separators of thousands, which must be of one kind and make groups of three.
    private static func joined(_ whole: [Character]) -> [Character]? {
        let separators = Set(whole.filter { !$0.isNarrowDigit })
        guard let separator = separators.first else { return whole }
        guard separators.count == 1, ",. '’".contains(separator) else { return nil }
        let groups = whole.split(separator: separator, omittingEmptySubsequences: false)
        guard let first = groups.first, (1...3).contains(first.count), groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return nil }
        return groups.flatMap { $0 }
    }

    /// The number as decimal text, moved by powers of ten.
    func decimal(isNegative: Bool, shift: Int) -> String {
        var digits = whole + fraction
        var point = whole.count + exponent + shift
        if point <= 0 {
            digits = Array(repeating: "0", count: 1 - point) + digits
            point = 1
        }
        if point > digits.count { digits += Array(repeating: "0", count: point - digits.count) }
        let front = digits[..<point].drop { $0 == "0" }
        let text = (front.isEmpty ? "0" : String(front)) + (point < digits.count ? "." + String(digits[point...]) : "")
        return isNegative && digits.contains { $0 != "0" } ? "-" + text : text
    }
}
