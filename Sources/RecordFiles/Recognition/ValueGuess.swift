/// What the values of a column are.
struct ValueGuess {
    private let values: [String]

    init(_ values: [String]) {
        self.values = values
    }

    /// The column with its type, and what has to be asked about it.
    func column(_ name: String) -> (column: RecognisedColumn, question: FileQuestion?) {
        var column = RecognisedColumn(name: name, samples: samples)
        guard let first = values.first else { return (column, nil) }
        if values.allSatisfy(Self.isBoolean) {
            column.type = .boolean
        } else if let marks = numberMarks() {
            column.type = values.allSatisfy(Self.isInteger) ? .integer : .decimal
            if marks.count == 1 { column.decimalMark = marks.first }
            if marks.count > 1, let sample = values.first(where: { $0.contains(",") }) {
                return (column, .decimalMark(column: name, sample: sample))
            }
        } else if let orders = dateOrders() {
            column.type = values.contains { (Self.date($0, orders[0])?.time) != nil } ? .dateTime : .date
            if orders.count > 1 { return (column, .dateOrder(column: name, sample: first)) }
            column.dateOrder = orders.first
        }
        return (column, nil)
    }

    private var samples: [String] {
        var samples: [String] = []
        for value in values where samples.count < 3 {
            let sample = value.count > 40 ? value.prefix(40) + "…" : value
            if !samples.contains(sample) { samples.append(sample) }
        }
        return samples
    }

    private static let booleans: Set<String> = ["true", "false", "yes", "no", "是", "否"]

    private static func isBoolean(_ value: String) -> Bool { booleans.contains(value.lowercased()) }

    /// A whole number that is no code: without zeros in front, and not too long to be counted with.
    private static func isInteger(_ value: String) -> Bool {
        let digits = value.first == "-" ? value.dropFirst() : value[...]
        return digits.allSatisfy(\.isNarrowDigit) && !digits.isEmpty
    }

    private static func isCode(_ value: String) -> Bool {
        isInteger(value) && (value.count > 15 || value.count > 1 && value.first == "0")
    }

    /// The decimal marks with which all values are numbers; nil where there are none, or the numbers are codes.
    private func numberMarks() -> [WrittenNumber.DecimalMark]? {
        guard !values.contains(where: Self.isCode) else { return nil }
        let marks = [WrittenNumber.DecimalMark.point, .comma].filter { mark in
            values.allSatisfy { Self.isNumber($0, mark) }
        }
        guard !marks.isEmpty else { return nil }
        // A point is always read as a decimal mark unless commas say otherwise.
        let hasComma = values.contains { $0.contains(",") || $0.contains("，") }
        return !hasComma && marks.contains(.point) ? [.point] : marks
    }

    private static func isNumber(_ value: String, _ mark: WrittenNumber.DecimalMark) -> Bool {
        (try? WrittenNumber(value, mark: mark)) != nil
    }

    private static func date(_ value: String, _ order: DateOrder?) -> WrittenDate? {
        try? WrittenDate(value, order: order)
    }

    /// The orders in which all values are dates; nil where there are none.
    private func dateOrders() -> [DateOrder]? {
        let orders = DateOrder.allCases.filter { order in values.allSatisfy { Self.date($0, order) != nil } }
        guard let first = orders.first else { return nil }
        // The order does not matter where every value has one reading alone, and the same in all orders.
        let isPlain = values.allSatisfy { value in Set(orders.map { Self.date(value, $0) }).count == 1 }
        if isPlain, orders.count == DateOrder.allCases.count { return [.yearMonthDay] }
        if values.allSatisfy({ Self.date($0, nil) != nil && $0.contains(".") && !$0.contains("/") && !$0.contains("-") }
        ),
            orders.contains(.dayMonthYear)
        {
            return [.dayMonthYear]
        }
        return isPlain ? [first] : orders
    }
}
