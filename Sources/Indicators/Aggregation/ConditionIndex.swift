internal import Expressions

/// Measures that count records which fulfil one condition.
struct ConditionColumns {
    let condition: Program?
    var columns: [any MeasureColumn] = []
    /// Records that fulfil the condition, by row.
    fileprivate(set) var fulfilled = RowCounts()
    /// Records of which the condition failed, by row.
    fileprivate(set) var failed = RowCounts()

    fileprivate mutating func add(_ reading: RecordReading, rows: [(row: Int, part: Rational)]) {
        do throws(Exclusion.Failure) {
            guard try condition?.holds(reading.variables) ?? true else { return }
            for (row, _) in rows { fulfilled.add(to: row) }
        } catch {
            for (row, _) in rows { failed.add(to: row) }
            return
        }
        for index in columns.indices { columns[index].add(reading, rows: rows) }
    }
}

/// Conditions over the same records, found by what a field must be for them to hold.
///
/// Indicators often differ in one equation, such as `record.topic == 'ticket'`. Of those that ask it of the same field, a
/// record meets only the ones that its own value fits; the others cannot hold.
struct ConditionIndex {
    var all: [ConditionColumns] = []
    private var numbers: [String?: Int] = [:]
    /// The slot of the record's field that most conditions ask about; nil while none does.
    private var slot: Int?
    private var bySlotValue: [FieldEquation.Constant: [Int]] = [:]
    /// Those that ask nothing of that field.
    private var others: [Int] = []

    /// The number of a condition, which it is given when it is first met.
    mutating func number(of condition: Program?) -> Int {
        if let number = numbers[condition?.source] { return number }
        numbers[condition?.source] = all.count
        all.append(ConditionColumns(condition: condition))
        arrange()
        return all.count - 1
    }

    private mutating func arrange() {
        let equations = all.map { $0.condition?.equations(of: IndicatorEnvironment.recordName) ?? [] }
        let counts = Dictionary(equations.joined().map { ($0.slot, 1) }, uniquingKeysWith: +)
        slot = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        (bySlotValue, others) = ([:], [])
        for (number, equations) in equations.enumerated() {
            if let equation = equations.first(where: { $0.slot == slot }) {
                bySlotValue[equation.constant, default: []].append(number)
            } else {
                others.append(number)
            }
        }
    }

    mutating func add(_ reading: RecordReading, rows: [(row: Int, part: Rational)]) {
        for number in others { all[number].add(reading, rows: rows) }
        guard let slot, case .record(let record) = reading.variables[IndicatorEnvironment.Slot.record.rawValue],
            let value = FieldEquation.Constant(record.slots[slot])
        else { return }
        for number in bySlotValue[value] ?? [] { all[number].add(reading, rows: rows) }
    }
}
