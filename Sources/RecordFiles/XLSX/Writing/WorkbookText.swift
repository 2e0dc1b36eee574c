import CXLSXWriter

/// Texts, numbers and dates as a workbook takes them.
enum WorkbookText {
    /// The text with what XML cannot hold written as `_x0001_`, and what looks like such an escape protected.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "_") || $0 == 0xEF }) else { return text }
        var escaped = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            switch scalar {
            case "\u{0}"..<"\t", "\u{B}"..<" ": escaped += escape(scalar)
            case "_" where isEscape(rest): escaped += escape(scalar)
            case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
            rest.removeFirst()
        }
        return escaped
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "_x" + String(repeating: "0", count: 4 - digits.count) + digits + "_"
    }

    private static func isEscape(_ rest: Substring.UnicodeScalarView) -> Bool {
        let start = Array(rest.prefix(7))
        return start.count == 7 && start[1] == "x" && start[6] == "_"
            && start[2..<6].allSatisfy { $0.properties.isASCIIHexDigit }
    }

    /// The double that shows the same number; nil where its digits are too many, or the text is no number.
    static func double(_ text: String) -> Double? {
        let digits = text.prefix { $0 != "e" && $0 != "E" }.filter { $0.isASCII && $0.isNumber }.drop { $0 == "0" }
        guard digits.count <= 15, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// The date that a text in ISO 8601 names, and whether it names a time; nil for any other text.
    static func date(_ text: String) -> (date: lxw_datetime, isTimed: Bool)? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        let day = halves.first.map { numbers($0, separator: "-", lengths: [4, 2, 2]) } ?? nil
        guard let day, halves.count <= 2, isDay(day) else { return nil }
        var date = lxw_datetime()
        (date.year, date.month, date.day) = (day[0], day[1], day[2])
        guard halves.count == 2 else { return (date, false) }
        guard let time = numbers(halves[1], separator: ":", lengths: [2, 2, 2]), time[0] < 24, time[1] < 60,
            time[2] < 60
        else { return nil }
        (date.hour, date.min, date.sec) = (time[0], time[1], Double(time[2]))
        return (date, true)
    }

    /// From 1900-03-01 on, where Excel's count of days is right.
    private static func isDay(_ day: [CInt]) -> Bool {
        let (year, month) = (day[0], day[1])
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [CInt] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard 1...12 ~= month, 1...lengths[Int(month) - 1] ~= day[2] else { return false }
        return year > 1900 || (year == 1900 && month > 2)
    }

    private static func numbers(_ text: Substring, separator: Character, lengths: [Int]) -> [CInt]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == lengths, text.utf8.allSatisfy({ $0 < 59 && $0 > 44 }) else { return nil }
        let numbers = parts.compactMap { CInt($0) }
        return numbers.count == lengths.count && numbers.allSatisfy { $0 >= 0 } ? numbers : nil
    }
}
