internal import Expressions

/// Sums, counts and means: whole ticks are added up as integers, anything else as exact fractions.
struct SumColumn: MeasureColumn {
    private let measure: CompiledMeasure
    private var cells: [Cell] = []

    fileprivate struct Cell {
        var count = RowCount()
        var ticks: Int128 = 0
        var rest = Rational.zero
    }

    init(_ measure: CompiledMeasure) { self.measure = measure }

    mutating func add(_ reading: RecordReading, rows: [(row: Int, part: Rational)]) {
        let read = measure.reading(reading.variables)
        for (row, part) in rows {
            while cells.count <= row { cells.append(Cell()) }
            cells[row].add(read, reading.evidence.hash, part: part)
        }
    }

    func total(of row: Int) -> MeasureTotal {
        guard row < cells.count else { return .empty(measure) }
        let cell = cells[row]
        return cell.count.total(measure, number(cell))
    }

    private func number(_ cell: Cell) -> Rational? {
        let whole = Rational(numerator: cell.ticks, denominator: Int128(measure.ticksPerUnit)) ?? .zero
        let sum = whole + cell.rest
        return measure.definition.aggregate == .mean ? sum.divided(by: Rational(Int64(cell.count.included))) : sum
    }
}

extension SumColumn.Cell {
    fileprivate mutating func add(_ read: MeasureReading?, _ hash: ContentHash, part: Rational) {
        guard let number = count.add(read, hash) else { return }
        switch number {
        case .ticks(let ticks) where part == .one: self.ticks += Int128(ticks)
        case .ticks(let ticks): rest = rest + Rational(ticks) * part
        case .exact(let number): rest = rest + number * part
        case .missing: break
        }
    }
}
