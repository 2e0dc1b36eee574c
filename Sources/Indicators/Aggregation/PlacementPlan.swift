internal import Expressions

/// What decides for whom and in which periods a measure's records count. Measures that agree in it are placed together.
struct PlacementPlan: Sendable {
    let scope: SubjectKind
    let record: RecordType
    let lookups: [CompiledMeasure.Lookup]
    let anchor: Program?
    let inPeriod: Program?
    private(set) var condition: Program?
    let subject: CompiledMeasure.Subject
    /// The variables that hold a record whose owner is read as of the anchor.
    let ownedSlots: [Int]
    /// Whether a record must be looked at once for each period.
    let readsPeriod: Bool
    /// Whether an expression reads the employee that a record counts for.
    let readsEmployee: Bool
    /// What is said of records that do not fulfil the condition.
    let unfulfilled: Exclusion

    init(_ measure: CompiledMeasure, scope: SubjectKind) {
        self.scope = scope
        record = measure.record
        lookups = measure.lookups
        anchor = measure.anchor
        inPeriod = measure.inPeriod
        condition = measure.condition
        subject = measure.subject
        ownedSlots = measure.isAsOfAnchor ? Self.slotsWithOwners(measure) : []
        readsPeriod = measure.reads("period")
        readsEmployee = measure.reads("employee")
        unfulfilled = Exclusion(.condition, "not fulfilled: \(measure.condition?.source ?? "")")
    }

    /// Whether the condition reads nothing but the record, so that placing may go on without it.
    var isConditionApart: Bool { lookups.isEmpty && inPeriod == nil && !readsPeriod && !readsEmployee }

    /// The plan for all records, whether they fulfil the condition or not.
    var withoutCondition: PlacementPlan {
        var plan = self
        plan.condition = nil
        return plan
    }

    private static func slotsWithOwners(_ measure: CompiledMeasure) -> [Int] {
        let lookups = measure.lookups.enumerated().map {
            (IndicatorEnvironment.Slot.firstLookup + $0.offset, $0.element.type)
        }
        return ([(IndicatorEnvironment.Slot.record.rawValue, measure.record)] + lookups)
            .filter { $0.1.slot(of: RecordValue.ownerIntervals) != nil }.map(\.0)
    }

    /// Whether it takes a lookup to tell for whom a record counts.
    var subjectReadsLookup: Bool {
        switch subject {
        case .one(let program), .shares(let program): reads(lookupIn: program)
        case .company: false
        }
    }

    /// Whether an expression reads another record.
    func reads(lookupIn program: Program) -> Bool { lookups.contains { program.reads(variable: $0.name) } }

    /// Where the records of some periods lie, in a window for those that adjoin each other; nil where it takes more than a
    /// field to tell.
    func windows(holding periods: Set<Period>, in zone: Zone) -> [FieldWindow]? {
        guard let field = anchorField else { return nil }
        var days: [Range<Day>] = []
        for period in periods.sorted() {
            if let last = days.last, period.firstDay <= last.upperBound {
                days[days.count - 1] = last.lowerBound..<max(last.upperBound, period.endDay)
            } else {
                days.append(period.firstDay..<period.endDay)
            }
        }
        return days.map { days in
            FieldWindow(field: field, times: zone.start(of: days.lowerBound)..<zone.start(of: days.upperBound))
        }
    }

    /// Where the records from a day on lie; nil where it takes more than a field to tell.
    func windows(from day: Day, in zone: Zone) -> [FieldWindow]? {
        anchorField.map { [FieldWindow(field: $0, times: zone.start(of: day)..<Timestamp.latest)] }
    }

    /// The field that is the anchor as it is stored; nil where it takes more to tell when a record counts.
    private var anchorField: String? {
        guard inPeriod == nil, let read = anchor?.plainRead, read.function == nil, read.path.count == 1,
            read.variable == IndicatorEnvironment.recordName, let slot = record.slot(of: read.path[0]),
            record.fields[slot].kind == .datetime
        else { return nil }
        return read.path[0]
    }

    /// Equal for measures whose records are placed alike.
    var key: Key {
        Key(
            scope: scope, record: record.name, lookups: lookups.flatMap { [$0.name, $0.type.name, $0.key.source] },
            programs: [anchor, inPeriod, condition].map { $0?.source }, subject: subject.key,
            ownedSlots: ownedSlots,
            switches: [readsPeriod, readsEmployee])
    }

    struct Key: Hashable {
        let scope: SubjectKind
        let record: String
        let lookups: [String]
        let programs: [String?]
        let subject: [String]
        let ownedSlots: [Int]
        let switches: [Bool]
    }
}

extension CompiledMeasure.Subject {
    fileprivate var key: [String] {
        switch self {
        case .one(let program): ["one", program.source]
        case .shares(let program): ["shares", program.source]
        case .company: ["company"]
        }
    }
}
