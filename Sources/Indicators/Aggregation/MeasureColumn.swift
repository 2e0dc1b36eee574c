internal import Expressions

/// One measure over all rows of a table: what its records add up to, row by row.
protocol MeasureColumn: Sendable {
    /// Takes in a record for some rows, with the part that counts for each.
    mutating func add(_ reading: RecordReading, rows: [(row: Int, part: Rational)])
    /// What the records of a row give; empty where there is none.
    func total(of row: Int) -> MeasureTotal
}

extension CompiledMeasure {
    /// An empty column of the kind that the measure needs.
    func column(mergesSmallGroups: Bool, zone: Zone) -> any MeasureColumn {
        guard isPlain else { return GroupedColumn(self, mergesSmallGroups: mergesSmallGroups, zone: zone) }
        switch definition.aggregate {
        case .count, .sum, .mean: return SumColumn(self)
        case .median: return RankColumn(self, share: Percentile.half)
        case .percentile: return RankColumn(self, share: percentile)
        default: return GroupedColumn(self, mergesSmallGroups: mergesSmallGroups, zone: zone)
        }
    }

    /// Whether nothing but the value of a record matters.
    private var isPlain: Bool {
        latestBy.isEmpty && distinctBy.isEmpty && groupBy.isEmpty && innerWeight == nil && sampleBy == nil
    }

    /// What a plain column wants to know of a record; nil where an expression fails.
    func reading(_ variables: [Value]) -> MeasureReading? {
        do throws(Exclusion.Failure) {
            let isCounted = try isCounted(variables)
            return MeasureReading(
                isCounted: isCounted, measurement: try measurement(isCounted: isCounted, variables))
        } catch {
            return nil
        }
    }
}

/// A record with what expressions read of it, for one set of subjects and periods.
struct RecordReading {
    let evidence: EvidenceRecord
    /// In the order of ``IndicatorEnvironment/Slot``.
    let variables: [Value]
    /// What decided the periods.
    let anchor: Timestamp
}

/// What a measure makes of a record.
struct MeasureReading {
    /// Whether the record fulfils the measure's own condition.
    let isCounted: Bool
    let measurement: Measurement
}

/// How many records a row has, and which.
struct RowCount {
    var included = 0
    var missing = 0
    var failed = 0
    var digest = EvidenceDigest()
}

extension RowCount {
    /// Counts a record; gives its number where it has one and counts.
    mutating func add(_ read: MeasureReading?, _ hash: ContentHash) -> Measurement? {
        guard let read else {
            failed += 1
            return nil
        }
        digest.add(hash)
        if case .missing = read.measurement {
            missing += 1
            return nil
        }
        guard read.isCounted else { return nil }
        included += 1
        return read.measurement
    }

    func total(_ measure: CompiledMeasure, _ number: Rational?) -> MeasureTotal {
        let nothing: Rational? = measure.definition.aggregate.isZeroWhenEmpty && missing == 0 ? .zero : nil
        return MeasureTotal(
            single: included > 0 ? number : nothing, included: included, missing: missing, failed: failed,
            digest: digest)
    }
}
