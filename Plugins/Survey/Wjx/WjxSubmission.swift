import PlumblineKit

/// What was answered to one question, or to a row of one.
struct WjxAnswer: Hashable {
    let question: Int
    /// Of a matrix.
    var row: String?
    /// As wjx writes it: numbers of options, or a text.
    let value: String

    /// `3`, or `3_1` for a row.
    var name: String { row.map { "\(question)_\($0)" } ?? String(question) }
}

/// The answers of a submission.
enum WjxSubmission {
    /// `1$2}2$hello}3$1|3}4$1!2,2!5`: questions divided by `}`, number and value by `$`. A matrix has rows before its values,
    /// divided by `!`, or in the number, as `4_1`.
    ///
    /// A text may hold `}` itself: what does not begin with a number and `$` belongs to the text before it.
    static func answers(_ submitted: String) -> [WjxAnswer] {
        var answers: [WjxAnswer] = []
        for part in submitted.split(separator: "}", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "$", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let answer = answer(named: sides[0], value: String(sides[1])) else { continue }
            answers += rows(of: answer)
        }
        return answers
    }

    /// The answers of a push: `q1`, `q3_1`.
    static func answers(_ members: [JSONObject.Member]) -> [WjxAnswer] {
        members.compactMap { member in
            guard member.key.hasPrefix("q"), let value = member.value.scalarText else { return nil }
            return answer(named: member.key.dropFirst(), value: value)
        }
    }

    private static func answer(named name: Substring, value: String) -> WjxAnswer? {
        let parts = name.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = parts.first.flatMap({ Int($0) }), number > 0 else { return nil }
        guard parts.count == 2 else { return WjxAnswer(question: number, value: value) }
        return Int(parts[1]).map { WjxAnswer(question: number, row: String($0), value: value) }
    }

    private static func rows(of answer: WjxAnswer) -> [WjxAnswer] {
        let cells = answer.value.split(separator: ",").map {
            $0.split(separator: "!", omittingEmptySubsequences: false)
        }
        guard answer.row == nil, !cells.isEmpty,
            cells.allSatisfy({ $0.count == 2 && Int($0[0]) != nil && Int($0[1]) != nil })
        else { return [answer] }
        return cells.map { WjxAnswer(question: answer.question, row: String($0[0]), value: String($0[1])) }
    }
}

extension WjxAnswer {
    /// The numbers of the options that were chosen, without what was written beside them; nil where that is no answer to a
    /// choice.
    var options: [Int]? {
        var numbers: [Int] = []
        for part in value.split(whereSeparator: { $0 == "|" || $0 == "," }) {
            guard let number = Int(part.prefix { $0 != "^" }), number > 0 else { return nil }
            numbers.append(number)
        }
        return numbers.isEmpty ? nil : numbers
    }

    /// The number of the one option that was chosen, without what was written beside it, which may hold any mark; nil where
    /// that is no answer to a single choice.
    var option: Int? { Int(value.prefix { $0 != "^" }).flatMap { $0 > 0 ? $0 : nil } }

    /// Whether nothing was answered, or the question was skipped.
    var isEmpty: Bool { value.isEmpty || value == "(跳过)" }

    /// Whether it is a whole number below zero. So wjx writes that nothing was answered; a slider may reach so far down.
    var isBelowZero: Bool { Int(value).map { $0 < 0 } ?? false }
}
