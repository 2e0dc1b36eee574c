internal import Expressions

/// An indicator whose expressions are checked and compiled.
public struct CompiledIndicator: Sendable {
    /// The definition it was compiled from.
    public let definition: IndicatorDefinition
    let measures: [CompiledMeasure]
    let finish: Program?
    let flags: [(name: String, condition: Program)]
    let scale: Rational
    let maxMissingShare: Rational?

    /// The types of the records that the values depend on, lookups included.
    public var recordTypes: Set<String> {
        Set(measures.flatMap { [$0.record.name] + $0.lookups.map(\.type.name) })
    }

    /// The fields that the values depend on, by the type of the records; nil where a record is read as a whole.
    public var readFields: [String: Set<String>?] {
        var fields: [String: Set<String>?] = [:]
        for measure in measures {
            for (type, read) in measure.readFields {
                guard let read, let known = fields[type, default: []] else {
                    fields[type] = .some(nil)
                    continue
                }
                fields[type] = known.union(read)
            }
        }
        return fields
    }

    /// The types of the records that lookups find.
    public var lookupTypes: Set<String> { Set(measures.flatMap { $0.lookups.map(\.type.name) }) }

    /// The types whose records are counted.
    public var countedTypes: Set<String> { Set(measures.map(\.record.name)) }
}

/// A measure whose expressions are checked and compiled. It never changes and is passed on by reference.
final class CompiledMeasure: Sendable {
    struct Lookup: Sendable {
        let name: String
        let type: RecordType
        let key: Program
    }

    enum Subject: Sendable {
        case one(Program)
        case shares(Program)
        case company
    }

    let definition: MeasureDefinition
    let record: RecordType
    let lookups: [Lookup]
    let condition: Program?
    let counted: Program?
    let anchor: Program?
    let inPeriod: Program?
    let subject: Subject
    let latestBy: [Program]
    let distinctBy: [Program]
    let value: Program?
    /// The other part of a ratio: a record that one part cannot measure is left out of both.
    let counterpart: Counterpart?
    let groupBy: [Program]
    let innerWeight: Program?
    let groupWeights: GroupWeights
    let sampleBy: Program?
    let percentile: Rational
    /// How many seconds one unit of a duration has.
    let secondsPerUnit: Int64

    init(
        definition: MeasureDefinition, record: RecordType, lookups: [Lookup], condition: Program?, counted: Program?,
        anchor: Program?, inPeriod: Program?, subject: Subject, latestBy: [Program], distinctBy: [Program],
        value: Program?, counterpart: Counterpart? = nil, groupBy: [Program], innerWeight: Program?,
        groupWeights: GroupWeights, sampleBy: Program?, percentile: Rational, secondsPerUnit: Int64
    ) {
        self.definition = definition
        self.record = record
        self.lookups = lookups
        self.condition = condition
        self.counted = counted
        self.anchor = anchor
        self.inPeriod = inPeriod
        self.subject = subject
        self.latestBy = latestBy
        self.distinctBy = distinctBy
        self.value = value
        self.counterpart = counterpart
        self.groupBy = groupBy
        self.innerWeight = innerWeight
        self.groupWeights = groupWeights
        self.sampleBy = sampleBy
        self.percentile = percentile
        self.secondsPerUnit = secondsPerUnit
    }

    /// The same measure as one part of a ratio.
    func paired(with other: CompiledMeasure) -> CompiledMeasure {
        CompiledMeasure(
            definition: definition, record: record, lookups: lookups, condition: condition, counted: counted,
            anchor: anchor, inPeriod: inPeriod, subject: subject, latestBy: latestBy, distinctBy: distinctBy,
            value: value, counterpart: Counterpart(counted: other.counted, value: other.value), groupBy: groupBy,
            innerWeight: innerWeight, groupWeights: groupWeights, sampleBy: sampleBy, percentile: percentile,
            secondsPerUnit: secondsPerUnit)
    }

    /// What the other part of a ratio measures, and of which records.
    struct Counterpart: Sendable {
        let counted: Program?
        let value: Program?
    }

    /// Where the weights of groups come from.
    enum GroupWeights: Sendable {
        case equal
        /// A map by the group's key.
        case map(Program)
        /// An expression over the group's records.
        case record(Program)
    }

    /// Whether the owner of a record is read as of the anchor.
    var isAsOfAnchor: Bool { definition.attribution == .anchor }
}
