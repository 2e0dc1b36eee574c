/// Whether two strings have the same code points.
///
/// Swift's own `==` also holds for canonical equivalents (`é` and `e` with an accent), which CEL tells apart.
@inline(__always)
func sameText(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count, left == right else { return false }
    return sameBytes(left, right)
}

/// Whether two strings that Swift holds to be equal are so byte by byte.
private func sameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
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
