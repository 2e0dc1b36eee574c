/// Whether two strings have the same code points.
///
/// Swift's own `==` also holds for canonical equivalents (`é` and `e` with an accent), which CEL tells apart.
func sameText(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
}

/// A text to compare others with.
struct FixedText: Sendable {
    private let string: String
    private let isASCII: Bool

    init(_ string: String) {
        self.string = string
        isASCII = string.utf8.allSatisfy { $0 < 128 }
    }

    /// Whether `other` has the same code points.
    ///
    /// A canonical equivalent of ASCII text is either that text or longer in UTF-8, so that equal lengths decide.
    @inline(__always)
    func matches(_ other: String) -> Bool {
        guard string.utf8.count == other.utf8.count, string == other else { return false }
        return isASCII || string.utf8.elementsEqual(other.utf8)
    }
}

/// Whether `left` comes before `right` in the order of code points, which is that of the UTF-8 bytes.
func textPrecedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}

/// A string that equals only strings with the same code points.
struct Text: Hashable, Sendable {
    let string: String

    static func == (left: Text, right: Text) -> Bool { sameText(left.string, right.string) }
}

extension StringProtocol {
    /// The text's beginning, short enough for a message: a single character may have any number of scalars.
    var excerpt: String { String(String.UnicodeScalarView(unicodeScalars.prefix(80))) }
}
