extension [String] {
    /// The parts of an identifier as one text, joined with `/`; no other parts give the same.
    ///
    /// A part alone stays as it is. Of several, `/` becomes `%2F` and `%` becomes `%25`.
    public var compoundIdentifier: String {
        count == 1 ? self[0] : map(\.escapedPart).joined(separator: "/")
    }
}

extension String {
    fileprivate var escapedPart: String {
        guard utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") }) else { return self }
        return reduce(into: "") { text, character in
            switch character {
            case "%": text += "%25"
            case "/": text += "%2F"
            default: text.append(character)
            }
        }
    }
}
