/// The order of the versions that sources give to their records.
enum SourceVersion {
    /// Whether `version` is older than `other`: as numbers when both are integers, else by their bytes.
    static func isOlder(_ version: String, than other: String) -> Bool {
        guard let left = Integer(version), let right = Integer(other) else {
            return version.utf8.lexicographicallyPrecedes(other.utf8)
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
