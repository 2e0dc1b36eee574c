public import PlumblineKit

/// What is wrong with a crontab line, and where in it.
public struct CronProblem: Error, Sendable, Hashable {
    /// The place in the text, counted from 1 in Unicode scalars.
    public let column: Int
    /// What was seen there and what is expected.
    public let reason: LocalizedText
}

extension CronExpression {
    /// Lines that have names.
    private static let named: KeyValuePairs = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
    ]

    /// Reads a crontab line of five fields, or one of the names.
    public init(_ text: String) throws(CronProblem) {
        let trimmed = text.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        let line = Self.named.first { $0.key == trimmed.lowercased() }?.value
        if line == nil, trimmed.hasPrefix("@") { throw Self.unknownName(trimmed, in: text) }
        let words = Self.words(of: line ?? text)
        guard words.count == CronFieldKind.all.count else { throw Self.wrongCount(words.count, in: text) }
        var fields: [CronField] = []
        for (word, kind) in zip(words, CronFieldKind.all) {
            fields.append(try CronFieldReader(kind: kind, word: word.text, column: word.column).field())
        }
        self.init(
            text: text, minutes: fields[0], hours: fields[1], days: fields[2], months: fields[3], weekdays: fields[4])
        if !hasDays { throw Self.noSuchDay(words[2], words[3]) }
    }

    private typealias Word = (text: String, column: Int)

    /// What stands between spaces and tabs, with the place where it begins.
    private static func words(of text: String) -> [Word] {
        var words: [Word] = []
        var word = ""
        for (index, scalar) in (Array(text.unicodeScalars) + [" "]).enumerated() {
            if scalar != " ", scalar != "\t" {
                word.unicodeScalars.append(scalar)
            } else if !word.isEmpty {
                words.append((word, index - word.unicodeScalars.count + 1))
                word = ""
            }
        }
        return words
    }

    private static func unknownName(_ name: String, in text: String) -> CronProblem {
        let known = named.map(\.key).joined(separator: ", ")
        let column = (Array(text.unicodeScalars).firstIndex(of: "@") ?? 0) + 1
        return CronProblem(
            column: column,
            reason: LocalizedText(
                zh: "不认识“\(name)”，应为 \(known) 之一", en: "'\(name)' is unknown; expected one of \(known)"))
    }

    private static func wrongCount(_ count: Int, in text: String) -> CronProblem {
        CronProblem(
            column: 1,
            reason: LocalizedText(
                zh: "应有五段（分 时 日 月 星期，如 */15 * * * *），实有 \(count) 段：“\(text)”",
                en: "expected five fields (minute, hour, day, month, weekday, such as */15 * * * *), got \(count): "
                    + "'\(text)'"))
    }

    private static func noSuchDay(_ day: Word, _ month: Word) -> CronProblem {
        CronProblem(
            column: day.column,
            reason: LocalizedText(
                zh: "日“\(day.text)”与月“\(month.text)”没有一天相合，永远不会执行",
                en: "no day has the day of the month '\(day.text)' in the month '\(month.text)': it would never come"))
    }
}

/// What one of the five fields may hold.
struct CronFieldKind: Sendable {
    let name: LocalizedText
    let range: ClosedRange<Int>
    /// Names of the numbers from the least on.
    var names: [String] = []
    /// Whether the number above the greatest stands for the least, as 7 for Sunday.
    var wraps = false

    static let all = [
        CronFieldKind(name: LocalizedText(zh: "分钟", en: "minute"), range: 0...59),
        CronFieldKind(name: LocalizedText(zh: "小时", en: "hour"), range: 0...23),
        CronFieldKind(name: LocalizedText(zh: "日", en: "day of the month"), range: 1...31),
        CronFieldKind(
            name: LocalizedText(zh: "月", en: "month"), range: 1...12,
            names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        CronFieldKind(
            name: LocalizedText(zh: "星期", en: "day of the week"), range: 0...6,
            names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], wraps: true),
    ]

    /// The greatest number that may be written.
    var greatest: Int { wraps ? range.upperBound + 1 : range.upperBound }

    func number(_ text: some StringProtocol) -> Int? {
        if let index = names.firstIndex(of: text.uppercased()) { return range.lowerBound + index }
        guard (1...2).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), (range.lowerBound...greatest).contains(number)
        else { return nil }
        return number
    }
}

/// Reads one field.
private struct CronFieldReader {
    let kind: CronFieldKind
    let word: String
    let column: Int

    func field() throws(CronProblem) -> CronField {
        var field = CronField()
        field.isWild = word.hasPrefix("*")
        var offset = 0
        for item in word.split(separator: ",", omittingEmptySubsequences: false) {
            try add(item, at: column + offset, to: &field)
            offset += item.unicodeScalars.count + 1
        }
        return field
    }

    private func add(_ item: Substring, at column: Int, to field: inout CronField) throws(CronProblem) {
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let span = try span(parts[0], hasStep: parts.count == 2, at: column)
        var step = 1
        if parts.count == 2 {
            step = try self.step(parts[1], at: column + parts[0].unicodeScalars.count + 1)
        }
        for number in stride(from: span.lowerBound, through: span.upperBound, by: step) {
            field.insert(number > kind.range.upperBound ? kind.range.lowerBound : number)
        }
    }

    private func span(_ text: Substring, hasStep: Bool, at column: Int) throws(CronProblem) -> ClosedRange<Int> {
        if text == "*" { return kind.range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try number(ends[0], at: column)
        guard ends.count == 2 else {
            if hasStep { throw stepWithoutRange(first, at: column) }
            return first...first
        }
        var last = try number(ends[1], at: column + ends[0].unicodeScalars.count + 1)
        // From a day of the week to Sunday is to its end.
        if kind.wraps, last == kind.range.lowerBound, first > last { last = kind.greatest }
        guard first <= last else { throw backward(text, first, last, at: column) }
        return first...last
    }

    private func number(_ text: Substring, at column: Int) throws(CronProblem) -> Int {
        if let number = kind.number(text) { return number }
        let (least, greatest) = (kind.range.lowerBound, kind.greatest)
        let names = kind.names.first.flatMap { first in kind.names.last.map { "\(first)–\($0)" } }
        throw problem(
            at: column,
            zh: "不是“\(text)”，应为 \(least) 到 \(greatest)" + (names.map { "，或 \($0)" } ?? "") + "，或 *",
            en: "expected \(least) to \(greatest)" + (names.map { ", \($0)" } ?? "") + " or *, got '\(text)'")
    }

    private func step(_ text: Substring, at column: Int) throws(CronProblem) -> Int {
        let greatest = kind.range.upperBound - kind.range.lowerBound + 1
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let step = Int(text), (1...greatest).contains(step) {
            return step
        }
        throw problem(
            at: column, zh: "步长不是“\(text)”，应为 1 到 \(greatest)",
            en: "expected a step from 1 to \(greatest), got '\(text)'")
    }

    private func stepWithoutRange(_ first: Int, at column: Int) -> CronProblem {
        problem(
            at: column, zh: "步长前应为 * 或范围，如 \(first)-\(kind.range.upperBound)/…",
            en: "a step follows * or a range, such as \(first)-\(kind.range.upperBound)/…")
    }

    private func backward(_ text: Substring, _ first: Int, _ last: Int, at column: Int) -> CronProblem {
        let halves = "\(first)-\(kind.range.upperBound),\(kind.range.lowerBound)-\(last)"
        return problem(
            at: column, zh: "范围“\(text)”倒置，应写作 \(halves)",
            en: "the range '\(text)' ends before it begins; write \(halves)")
    }

    private func problem(at column: Int, zh: String, en: String) -> CronProblem {
        CronProblem(column: column, reason: LocalizedText(zh: "\(kind.name.zh)\(zh)", en: "\(kind.name.en): \(en)"))
    }
}
