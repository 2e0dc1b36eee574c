/// A first line such as `sep=;`, by which spreadsheets tell each other the delimiter.
struct SeparatorLine {
    let delimiter: UInt8
    /// The bytes of the line with its end.
    let count: Int

    /// As many bytes decide whether there is one: `"sep=;"` and a line end of two bytes.
    static let longest = 9

    /// Reads the line at the start of `bytes`; nil where another one stands there.
    init?(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        let quote = bytes.first == .quote ? 1 : 0
        let word = bytes.dropFirst(quote).prefix(4).map { $0 | 0x20 }
        guard word == Array("sep=".utf8).map({ $0 | 0x20 }), bytes.count > quote + 4 else { return nil }
        delimiter = bytes[quote + 4]
        let rest = bytes.dropFirst(quote * 2 + 5)
        guard delimiter != .lineFeed, delimiter != .carriageReturn, delimiter < 0x80 else { return nil }
        guard quote == 0 || bytes.count > 6 && bytes[6] == .quote else { return nil }
        switch rest.first {
        case nil: count = bytes.count
        case .lineFeed: count = bytes.count - rest.count + 1
        case .carriageReturn: count = bytes.count - rest.count + (rest.dropFirst().first == .lineFeed ? 2 : 1)
        default: return nil
        }
    }
}
