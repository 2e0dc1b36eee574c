internal import Expressions

extension CompiledMeasure {
    /// Every expression of the measure.
    private var allPrograms: [Program] {
        var programs = [anchor, inPeriod].compactMap { $0 } + placedPrograms + lookups.map(\.key)
        switch subject {
        case .one(let program), .shares(let program): programs.append(program)
        case .company: break
        }
        return programs
    }

    /// The expressions that are evaluated once a record is placed, the condition among them.
    private var placedPrograms: [Program] {
        let weights: Program? =
            switch groupWeights {
            case .equal: nil
            case .map(let program), .record(let program): program
            }
        let single = [
            condition, counted, value, innerWeight, sampleBy, counterpart?.counted, counterpart?.value, weights,
        ]
        return single.compactMap { $0 } + latestBy + distinctBy + groupBy
    }

    /// Whether an expression that is evaluated once a record is placed reads a variable.
    func reads(_ variable: String) -> Bool {
        placedPrograms.contains { $0.reads(variable: variable) }
    }

    /// The fields that the measure reads, by the type of the records; nil where a record is read as a whole.
    var readFields: [(type: String, fields: Set<String>?)] {
        [(record.name, fields(of: "record", record))]
            + lookups.map { lookup in
                (lookup.type.name, fields(of: lookup.name, lookup.type).map { $0.union(lookup.type.key) })
            }
    }

    private func fields(of variable: String, _ type: RecordType) -> Set<String>? {
        if allPrograms.contains(where: { $0.wholeReads.contains(variable) }) { return nil }
        let read = Set(allPrograms.flatMap { $0.reads.filter { $0.variable == variable }.map(\.field) })
        guard isAsOfAnchor, type.slot(of: RecordValue.ownerIntervals) != nil else { return read }
        return read.union([RecordValue.ownerIntervals] + RecordValue.ownerFields)
    }
}
