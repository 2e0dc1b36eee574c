/// The source's mark of a record's age: a transaction number, or an update time in one fixed form.
///
/// Two whole numbers, of any length, compare as numbers; anything else by its bytes. Marks that are written differently,
/// such as `7` and `007`, may be of the same age.
public struct SourceVersion: Sendable, Hashable, Comparable {
    /// The mark as the source writes it.
    public let text: String

    /// A mark of age.
    public init(_ text: String) {
        self.text = text
    }

    /// Whether `one` is older than `other`.
    public static func < (one: SourceVersion, other: SourceVersion) -> Bool {
        guard let left = Integer(one.text), let right = Integer(other.text) else {
            return one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
        }
        return left < right
    }

    /// An integer of any length in decimal digits.
    private struct Integer: Comparable {
        let isNegative: Bool
        let digits: Substring.UTF8View

        init?(_ text: String) {
            let body = text.hasPrefix("-") ? text.dropFirst() : text[...]
            guard !body.isEmpty, body.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
            digits = body.drop { $0 == "0" }.utf8
            isNegative = text.hasPrefix("-") && !digits.isEmpty
        }

        static func == (left: Self, right: Self) -> Bool {
            left.isNegative == right.isNegative && left.digits.elementsEqual(right.digits)
        }

        static func < (left: Self, right: Self) -> Bool {
            if left.isNegative != right.isNegative { return left.isNegative }
            let (small, great) = left.isNegative ? (right, left) : (left, right)
            if small.digits.count != great.digits.count { return small.digits.count < great.digits.count }
            return small.digits.lexicographicallyPrecedes(great.digits)
        }
    }
}
