/// Reads a written date from its start to its end.
struct DateScanner {
    private let text: [Character]
    private let shown: String
    private var place = 0

    init(_ text: [Character], shown: String) {
        self.text = text
        self.shown = shown
    }

    var isAtEnd: Bool { place == text.count }

    /// The character that comes; nil at the end.
    var next: Character? { place < text.count ? text[place] : nil }

    func fault(_ reason: String) -> CellFault { CellFault("\(shown) \(reason)") }

    mutating func skip(_ character: Character) -> Bool {
        guard next == character else { return false }
        place += 1
        return true
    }

    mutating func skip(word: String) -> Bool {
        let end = place + word.count
        guard end <= text.count, String(text[place..<end]).lowercased() == word else { return false }
        place = end
        return true
    }

    mutating func skipSpaces() { while skip(" ") {} }

    /// The digits that come, at most `most`.
    mutating func digits(_ most: Int = 8) -> String {
        let start = place
        while let character = next, character.isNarrowDigit, place - start < most { place += 1 }
        return String(text[start..<place])
    }

    /// The value of one or two digits.
    mutating func small() -> Int? { Int(digits(2)) }

    /// The date at the start.
    mutating func date(_ order: DateOrder?) throws(CellFault) -> CivilDate {
        let first = try part()
        if case .number(let digits) = first, digits.count == 8 { return try compact(digits, order) }
        let separator = try separator()
        let second = try part()
        guard try self.separator() == separator || isNamed(first, second) || separator == "年" else {
            throw fault("is no date")
        }
        let third = try part()
        if separator == "年" { _ = skip("日") || skip("号") }
        return try civil([first, second, third], separator == "年" ? .yearMonthDay : order, isDotted: separator == ".")
    }
}

extension DateScanner {
    /// One of the three parts of a date.
    private enum Part {
        case number(String)
        case month(Int)
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    private mutating func part() throws(CellFault) -> Part {
        skipSpaces()
        let digits = digits()
        if !digits.isEmpty { return .number(digits) }
        for (index, name) in Self.months.enumerated() {
            if skip(word: name) || skip(word: String(name.prefix(3))) {
                _ = skip(".")
                return .month(index + 1)
            }
        }
        throw fault("is no date")
    }

    /// What stands between two parts.
    private mutating func separator() throws(CellFault) -> Character {
        let start = place
        skipSpaces()
        guard let character = next else { throw fault("is no date") }
        if ["-", "/", ".", "年", "月", ","].contains(character) {
            place += 1
            return character
        }
        guard place > start else { throw fault("is no date") }
        return " "
    }

    private func isNamed(_ one: Part, _ other: Part) -> Bool {
        if case .month = one { return true }
        if case .month = other { return true }
        return false
    }

    private func compact(_ digits: String, _ order: DateOrder?) throws(CellFault) -> CivilDate {
        let parts = [digits.prefix(4), digits.dropFirst(4).prefix(2), digits.suffix(2)].map { Part.number(String($0)) }
        return try civil(parts, .yearMonthDay, isDotted: false)
    }

    private func civil(_ parts: [Part], _ order: DateOrder?, isDotted: Bool) throws(CellFault) -> CivilDate {
        var numbers: [String] = []
        var month: Int?
        for part in parts {
            switch part {
            case .number(let digits): numbers.append(digits)
            case .month(let number): month = number
            }
        }
        let (year, inYear, day) = try month == nil ? numbered(numbers, order, isDotted) : named(numbers, month ?? 0)
        guard let date = CivilDate(year: try fullYear(year, order), month: inYear, day: day) else {
            throw fault("is a day that the calendar does not have")
        }
        return date
    }

    private func named(_ numbers: [String], _ month: Int) throws(CellFault) -> (String, Int, Int) {
        guard numbers.count == 2 else { throw fault("is no date") }
        let (year, day) = numbers[0].count == 4 ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
        guard day.count <= 2, let day = Int(day) else { throw fault("is no date") }
        return (year, month, day)
    }

    private func numbered(
        _ numbers: [String], _ order: DateOrder?, _ isDotted: Bool
    ) throws(CellFault) -> (String, Int, Int) {
        let values = numbers.compactMap { Int($0) }
        guard values.count == 3 else { throw fault("is no date") }
        let order = numbers[0].count == 4 ? .yearMonthDay : order
        let known = if let order { order } else { try guess(numbers, values, isDotted) }
        let (year, month, day) =
            switch known {
            case .yearMonthDay: (0, 1, 2)
            case .dayMonthYear: (2, 1, 0)
            case .monthDayYear: (2, 0, 1)
            }
        guard numbers[month].count <= 2, numbers[day].count <= 2 else {
            throw fault("is no date in the order \(known.rawValue)")
        }
        return (numbers[year], values[month], values[day])
    }

    /// The order of a date with its year behind, where only one fits.
    private func guess(_ numbers: [String], _ values: [Int], _ isDotted: Bool) throws(CellFault) -> DateOrder {
        guard numbers[2].count == 4 else {
            throw fault("has a year of two digits: say in which order the column writes dates")
        }
        if isDotted || values[0] > 12 { return .dayMonthYear }
        if values[1] > 12 { return .monthDayYear }
        throw fault("may be meant with the day or with the month first: say in which order the column writes dates")
    }

    private func fullYear(_ year: String, _ order: DateOrder?) throws(CellFault) -> Int {
        guard let value = Int(year), year.count == 4 || year.count == 2 && order != nil else {
            throw fault("has no year of four digits")
        }
        return year.count == 4 ? value : value + (value < 69 ? 2000 : 1900)
    }
}
