internal import Expressions

/// Medians and percentiles: all values of a row are kept.
struct RankColumn: MeasureColumn {
    private let measure: CompiledMeasure
    private let share: Rational
    private var cells: [Cell] = []

    private struct Cell {
        var count = RowCount()
        var ticks = TickList()
        var others: [Rational] = []
    }

    init(_ measure: CompiledMeasure, share: Rational) {
        self.measure = measure
        self.share = share
    }

    mutating func add(_ reading: RecordReading, rows: [(row: Int, part: Rational)]) {
        let read = measure.reading(reading.variables)
        for (row, _) in rows {
            while cells.count <= row { cells.append(Cell()) }
            switch cells[row].count.add(read, reading.evidence.hash) {
            case .ticks(let ticks)?: cells[row].ticks.append(ticks)
            case .exact(let number)?: cells[row].others.append(number)
            case .missing?, nil: break
            }
        }
    }

    func total(of row: Int) -> MeasureTotal {
        guard row < cells.count else { return .empty(measure) }
        let cell = cells[row]
        return cell.count.total(measure, number(cell))
    }

    private func number(_ cell: Cell) -> Rational? {
        let unit = Rational(measure.ticksPerUnit)
        guard !cell.others.isEmpty else {
            return Percentile.percentile(share, ofTicks: cell.ticks).flatMap { $0.divided(by: unit) }
        }
        return Percentile.percentile(
            share, of: cell.ticks.all.compactMap { Rational($0).divided(by: unit) } + cell.others)
    }
}
