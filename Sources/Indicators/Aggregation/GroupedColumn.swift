internal import Expressions

/// Measures with groups, keys or weights, or with another aggregate: whole contributions are taken in.
struct GroupedColumn: MeasureColumn {
    private let measure: CompiledMeasure
    private let empty: MeasureAccumulator
    private var cells: [(accumulator: MeasureAccumulator, failed: Int)] = []

    init(_ measure: CompiledMeasure, mergesSmallGroups: Bool, zone: Zone) {
        self.measure = measure
        empty = MeasureAccumulator(measure, mergesSmallGroups: mergesSmallGroups, zone: zone)
    }

    mutating func add(_ reading: RecordReading, rows: [(row: Int, part: Rational)]) {
        let contribution: Contribution?
        do throws(Exclusion.Failure) {
            contribution = try measure.contribution(of: reading.evidence, anchor: reading.anchor, reading.variables)
        } catch {
            contribution = nil
        }
        for (row, part) in rows {
            while cells.count <= row { cells.append((empty, 0)) }
            guard var own = contribution else {
                cells[row].failed += 1
                continue
            }
            own.share = part
            cells[row].accumulator.add(own)
        }
    }

    func total(of row: Int) -> MeasureTotal {
        guard row < cells.count else { return .empty(measure) }
        var total = cells[row].accumulator.closed.total
        total.failed = cells[row].failed
        return total
    }
}
