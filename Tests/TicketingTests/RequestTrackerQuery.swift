import PlumblineKit

/// TicketSQL and TransactionSQL as far as the emulator goes: comparisons, AND, OR and brackets.
struct RequestTrackerQuery {
    enum Value: Equatable {
        case number(Int)
        case text(String)
        case moment(Instant)
    }

    private indirect enum Term {
        case comparison(column: String, operator: String, value: String)
        case all([Term])
        case any([Term])
    }

    private let root: Term
    private let secondsAhead: Int

    /// Nil where the text is no query.
    init?(_ text: String, secondsAhead: Int) {
        var words = Self.words(of: text)[...]
        guard let root = Self.terms(&words), words.isEmpty else { return nil }
        (self.root, self.secondsAhead) = (root, secondsAhead)
    }

    /// Whether a row has what is asked; nil where a column is not known or cannot be compared so.
    func matches(_ row: [String: Value]) -> Bool? { matches(root, row) }

    private func matches(_ term: Term, _ row: [String: Value]) -> Bool? {
        switch term {
        case .all(let terms): combined(terms, row) { $0.allSatisfy { $0 } }
        case .any(let terms): combined(terms, row) { $0.contains(true) }
        case .comparison(let column, let sign, let value): row[column].flatMap { compare($0, sign, value) }
        }
    }

    private func combined(_ terms: [Term], _ row: [String: Value], _ join: ([Bool]) -> Bool) -> Bool? {
        let results = terms.map { matches($0, row) }
        return results.contains(nil) ? nil : join(results.compactMap(\.self))
    }

    private func compare(_ seen: Value, _ sign: String, _ text: String) -> Bool? {
        switch seen {
        case .number(let seen): Int(text).flatMap { Self.compare(seen, sign, $0) }
        case .text(let seen): sign == "=" ? seen == text : nil
        case .moment(let seen): moment(text).flatMap { Self.compare(seen, sign, $0) }
        }
    }

    private static func compare<Value: Comparable>(_ one: Value, _ sign: String, _ other: Value) -> Bool? {
        switch sign {
        case "=": one == other
        case "!=": one != other
        case ">": one > other
        case ">=": one >= other
        case "<": one < other
        default: nil
        }
    }

    /// `2026-07-01 08:00:00`, in our user's zone.
    private func moment(_ text: String) -> Instant? {
        Instant(rfc3339: text.replacing(" ", with: "T") + "Z")?.advanced(bySeconds: -secondsAhead)
    }

    // MARK: Reading

    /// Terms up to a closing bracket or the end, joined by AND alone or by OR alone.
    private static func terms(_ words: inout ArraySlice<String>) -> Term? {
        guard let first = term(&words) else { return nil }
        var terms = [first]
        var joint: String?
        while let word = words.first, word == "AND" || word == "OR" {
            guard joint == nil || joint == word else { return nil }
            (joint, words) = (word, words.dropFirst())
            guard let next = term(&words) else { return nil }
            terms.append(next)
        }
        return joint == "OR" ? .any(terms) : .all(terms)
    }

    private static func term(_ words: inout ArraySlice<String>) -> Term? {
        if words.first == "(" {
            words = words.dropFirst()
            guard let inner = terms(&words), words.first == ")" else { return nil }
            words = words.dropFirst()
            return inner
        }
        guard words.count >= 3 else { return nil }
        let parts = Array(words.prefix(3))
        words = words.dropFirst(3)
        return .comparison(column: parts[0], operator: parts[1], value: parts[2])
    }

    /// Words, brackets, and texts between quotes without them.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        func end() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for character in text {
            switch character {
            case "'": isQuoted.toggle()
            case _ where isQuoted: word.append(character)
            case " ": end()
            case "(", ")":
                end()
                words.append(String(character))
            default: word.append(character)
            }
        }
        end()
        return words
    }
}
