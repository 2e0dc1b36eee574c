package import PlumblineKit

/// An exact decimal number of money: a whole number of units, each a power of ten.
package struct Amount: Sendable, Hashable {
    private var units: Int
    private var digits: Int

    package static let zero = Amount(units: 0, digits: 0)

    private init(units: Int, digits: Int) {
        (self.units, self.digits) = (units, digits)
    }

    /// A number such as `4450.00`, `-1E+3` or `0E-8`; nil for other text, and where it does not fit 64 bits.
    package init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "E" || $0 == "e" }
        let pieces = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, (1...2).contains(pieces.count), let units = Int(pieces.joined()), units != .min,
            let exponent = parts.count == 2 ? Int(parts[1]) : 0, (-18...18).contains(exponent)
        else { return nil }
        let digits = (pieces.count == 2 ? pieces[1].count : 0) - exponent
        guard let number = Amount(units: units, digits: digits).scaled(to: 0) else { return nil }
        self = number
    }

    /// The sum; nil where it does not fit 64 bits.
    package func adding(_ other: Amount) -> Amount? {
        let digits = max(self.digits, other.digits)
        guard let left = scaled(to: digits), let right = other.scaled(to: digits) else { return nil }
        let (sum, overflow) = left.units.addingReportingOverflow(right.units)
        return overflow || sum == .min ? nil : Amount(units: sum, digits: digits)
    }

    package var negated: Amount { Amount(units: -units, digits: digits) }

    /// The same number with at least so many digits behind the point.
    private func scaled(to digits: Int) -> Amount? {
        var units = units
        for _ in self.digits..<max(self.digits, digits) {
            let (next, overflow) = units.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            units = next
        }
        return Amount(units: units, digits: max(self.digits, digits))
    }

    /// The number as JSON, without an exponent.
    package var json: JSON {
        guard digits > 0 else { return .int(units) }
        let text = String(units.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return .number((units < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits))
    }
}
