internal import Expressions

/// A time pattern such as `yyyy-MM-dd HH:mm:ss`: the letters stand for digits, everything else for itself.
///
/// `yyyy`, `MM`, `dd`, `HH`, `mm` and `ss` want that many digits, a single `M`, `d` or `H` one or two, `SSS` a fraction of
/// up to nine digits.
struct TimeFormat {
    private let tokens: [(letter: Character, count: Int)]

    /// Reads a pattern; nil where it lacks the year in four digits, has a part twice, or more digits than a part takes.
    init?(_ pattern: String) {
        var tokens: [(letter: Character, count: Int)] = []
        for letter in pattern {
            if let last = tokens.last, last.letter == letter, Self.digits[letter] != nil {
                tokens[tokens.count - 1].count += 1
            } else {
                tokens.append((letter, 1))
            }
        }
        let parts = tokens.filter { Self.digits[$0.letter] != nil }
        guard parts.contains(where: { $0.letter == "y" }), Set(parts.map(\.letter)).count == parts.count,
            parts.allSatisfy({ Self.digits[$0.letter]?.contains($0.count) == true })
        else { return nil }
        self.tokens = tokens
    }

    /// How many digits a pattern may want of each part.
    private static let digits: [Character: ClosedRange<Int>] = [
        "y": 4...4, "M": 1...2, "d": 1...2, "H": 1...2, "m": 1...2, "s": 1...2, "S": 1...9,
    ]

    /// The instant that `text` gives on the wall clock of `zone`; nil where it does not have this form.
    func instant(_ text: String, zone: Zone) -> Timestamp? {
        var rest = Substring(text)
        var parts: [Character: Int] = ["M": 1, "d": 1]
        var nanoseconds = 0
        for (letter, count) in tokens {
            if letter == "S" {
                guard let digits = Self.digits(&rest, count...count) else { return nil }
                nanoseconds = Int(digits + String(repeating: "0", count: max(0, 9 - digits.count))) ?? 0
            } else if "yMdHms".contains(letter) {
                guard let number = Self.digits(&rest, count == 1 ? 1...2 : count...count).flatMap({ Int($0) }) else {
                    return nil
                }
                parts[letter] = number
            } else {
                guard rest.first == letter else { return nil }
                rest.removeFirst()
            }
        }
        return rest.isEmpty ? Self.instant(parts, nanoseconds: nanoseconds, zone: zone) : nil
    }

    private static func digits(_ rest: inout Substring, _ count: ClosedRange<Int>) -> String? {
        let digits = rest.prefix(count.upperBound).prefix { $0.isASCII && $0.isNumber }
        guard count.contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return String(digits)
    }

    private static func instant(_ parts: [Character: Int], nanoseconds: Int, zone: Zone) -> Timestamp? {
        let (hour, minute, second) = (parts["H"] ?? 0, parts["m"] ?? 0, parts["s"] ?? 0)
        guard let day = Day(year: parts["y"] ?? 0, month: parts["M"] ?? 0, day: parts["d"] ?? 0),
            Day.readable.contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let start = zone.instant(day, second: Int64(hour * 3600 + minute * 60 + second))
        let instant = Timestamp(seconds: start.seconds, nanoseconds: Int32(nanoseconds))
        return instant.isRepresentable ? instant : nil
    }
}
