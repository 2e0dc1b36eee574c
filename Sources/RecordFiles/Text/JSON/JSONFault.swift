internal import PlumblineKit

/// Why bytes are not the JSON that was expected, and where in the window.
struct JSONFault: Error {
    let problem: Problem
    let place: Int
    /// How far the bytes were looked at: those behind may change what is wrong.
    let reached: Int

    /// The faults of ``JSONScanner``. Those of the syntax leave open what the bytes behind them mean.
    enum Problem: CaseIterable {
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

    init(_ problem: Problem, at place: Int, reached: Int? = nil) {
        self.problem = problem
        self.place = place
        self.reached = reached ?? place
    }

    /// Whether the value can be skipped by its brackets and quotes.
    var isOfContent: Bool {
        switch problem {
        case .halfSurrogate, .twice, .tooDeep, .tooLong, .control, .unknownEscape, .notHex: true
        default: false
        }
    }

    /// What is wrong, in the words of `JSON.parse`.
    func reason(_ base: UnsafePointer<UInt8>, end: Int, limits: FileLimits) -> LocalizedText {
        let seen = Self.seen(base, place, end)
        let got = { (zh: String, en: String) in
            LocalizedText(zh: "应为\(zh)，实际为\(seen.zh)", en: "expected \(en), got \(seen.en)")
        }
        return switch problem {
        case .notValue: got("一个值", "a value")
        case .unknownWord: LocalizedText(zh: "应为一个值，实际为未知的单词", en: "expected a value, got an unknown word")
        case .notKey: got("带引号的键", "a key in quotes")
        case .notColon: got("键后的冒号", "':' after the key")
        case .notMemberEnd: got("逗号或 }", "',' or '}'")
        case .notElementEnd: got("逗号或 ]", "',' or ']'")
        case .notEnd: got("值之后的结尾", "the end after the value")
        case .notDigit: got("数字", "a digit")
        case .leadingZero: LocalizedText(zh: "数字不能以 0 开头", en: "a number does not begin with 0")
        case .control:
            LocalizedText(zh: "文本中的控制字符应写成转义", en: "a control character in a text must be written as an escape")
        case .open: LocalizedText(zh: "文本没有闭合", en: "the text is not closed")
        case .unknownEscape: LocalizedText(zh: "未知的转义", en: "unknown escape")
        case .notHex: LocalizedText(zh: "\\u 之后应为四位十六进制数", en: "expected four hexadecimal digits after \\u")
        case .halfSurrogate: LocalizedText(zh: "代理对不完整", en: "half of a surrogate pair")
        case .twice: LocalizedText(zh: "对象中有重复的键", en: "this key stands in the object twice")
        case .tooDeep: LocalizedText(zh: "括号嵌套过深", en: "brackets are nested too deeply")
        case .tooLong:
            LocalizedText(zh: "值超过 \(limits.cellBytes) 字节", en: "the value is longer than \(limits.cellBytes) bytes")
        }
    }

    /// The byte at a place, for messages.
    static func seen(_ base: UnsafePointer<UInt8>, _ place: Int, _ end: Int) -> LocalizedText {
        guard place < end else { return LocalizedText(zh: "结尾", en: "the end") }
        let byte = base[place]
        guard (0x21...0x7E).contains(byte) else { return LocalizedText(zh: "字节 \(byte)", en: "byte \(byte)") }
        let character = Character(Unicode.Scalar(byte))
        return LocalizedText(zh: "“\(character)”", en: "'\(character)'")
    }
}
