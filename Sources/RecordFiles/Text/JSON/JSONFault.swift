/// Why bytes are not the JSON that was expected, and where in the window.
struct JSONFault: Error {
    let problem: Problem
    let place: Int

    /// The faults of ``JSONScanner``. Those of the syntax leave open what the bytes behind them mean.
    enum Problem {
        case notValue
        case unknownWord
        case notKey
        case notColon
        case notMemberEnd
        case notElementEnd
        case notEnd
        case notDigit
        case leadingZero
        case control
        case open
        case unknownEscape
        case notHex
        // The rest says nothing against the syntax.
        case halfSurrogate
        case twice
        case tooDeep
        case tooLong
    }

    init(_ problem: Problem, at place: Int) {
        self.problem = problem
        self.place = place
    }

    /// Whether the value can be skipped by its brackets and quotes.
    var isOfContent: Bool {
        switch problem {
        case .halfSurrogate, .twice, .tooDeep, .tooLong, .control, .unknownEscape, .notHex: true
        default: false
        }
    }

    /// What is wrong, in the words of `JSON.parse`.
    func reason(_ base: UnsafePointer<UInt8>, end: Int, limits: FileLimits) -> String {
        let seen = Self.seen(base, place, end)
        return switch problem {
        case .notValue: "expected a value, got \(seen)"
        case .unknownWord: "expected a value, got an unknown word"
        case .notKey: "expected a key in quotes, got \(seen)"
        case .notColon: "expected ':' after the key, got \(seen)"
        case .notMemberEnd: "expected ',' or '}', got \(seen)"
        case .notElementEnd: "expected ',' or ']', got \(seen)"
        case .notEnd: "expected the end after the value, got \(seen)"
        case .notDigit: "expected a digit, got \(seen)"
        case .leadingZero: "a number does not begin with 0"
        case .control: "a control character in a text must be written as an escape"
        case .open: "the text is not closed"
        case .unknownEscape: "unknown escape"
        case .notHex: "expected four hexadecimal digits after \\u"
        case .halfSurrogate: "half of a surrogate pair"
        case .twice: "this key stands in the object twice"
        case .tooDeep: "brackets are nested too deeply"
        case .tooLong: "the value is longer than \(limits.cellBytes) bytes"
        }
    }

    /// The byte at a place, for messages.
    static func seen(_ base: UnsafePointer<UInt8>, _ place: Int, _ end: Int) -> String {
        guard place < end else { return "the end" }
        let byte = base[place]
        return (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }
}
