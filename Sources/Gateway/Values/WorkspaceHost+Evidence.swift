internal import Expressions
internal import Indicators
internal import ReviewStore

extension WorkspaceHost {
    /// Gives every live record of a type, people resolved, one after the other.
    typealias EvidenceReader = (_ type: String, _ body: (EvidenceRecord) -> Void) async throws(HostError) -> Void

    /// Calls `body` with every record of a type as it is stored, live ones unless other states are asked for.
    func forEachRecord(
        ofType type: String, in states: Set<EvidenceState> = [.live], view: EvidenceView = .asStored,
        _ body: (Evidence) -> Void
    ) async throws(HostError) {
        do throws(StoreError) {
            for try await batch in store.evidence(of: type, states: states, view: view) {
                for evidence in batch { body(evidence) }
            }
        } catch {
            throw .store(error)
        }
    }

    /// Reads the evidence that is in effect, with its people resolved.
    func readEvidence(_ type: String, _ body: (EvidenceRecord) -> Void) async throws(HostError) {
        try await readEvidence(type, view: .inEffect, body)
    }

    private func readEvidence(
        _ type: String, view: EvidenceView, _ body: (EvidenceRecord) -> Void
    ) async throws(HostError) {
        let book = try await accountBook()
        try await forEachRecord(ofType: type, view: view) { body(book.resolved($0)) }
    }

    func accountBook() async throws(HostError) -> AccountBook {
        try await storing { () throws(StoreError) in
            AccountBook(try await store.accounts(connection: nil, states: [.resolved, .ignored]))
        }
    }

    /// The values of indicators over the records that `records` gives.
    func aggregate(
        _ indicators: [CompiledIndicator], records: EvidenceReader
    ) async throws(HostError) -> [IndicatorValue] {
        var aggregation = try await emptyAggregation(of: indicators, records: records)
        for type in aggregation.recordTypes {
            try await records(type) { aggregation.add($0) }
        }
        return aggregation.values()
    }

    /// The values of indicators over the stored evidence, by default over what of it is in effect.
    func aggregateStored(
        _ indicators: [CompiledIndicator], view: EvidenceView = .inEffect
    ) async throws(HostError) -> [IndicatorValue] {
        try await aggregation(of: indicators, view: view).values()
    }

    /// Indicators with all stored evidence that they count; `prepare` may restrict what is computed before.
    func aggregation(
        of indicators: [CompiledIndicator], view: EvidenceView = .inEffect,
        prepare: (inout Aggregation, AccountBook) -> Void = { _, _ in }
    ) async throws(HostError) -> Aggregation {
        let book = try await accountBook()
        var aggregation = try await emptyAggregation(of: indicators) { type, body throws(HostError) in
            try await readEvidence(type, view: view, body)
        }
        prepare(&aggregation, book)
        let (selections, prepared) = (selections(for: aggregation, indicators), aggregation)
        return try await storing { () throws(StoreError) in
            try await store.fold(selections, view: view, into: prepared) { $0.add(&$1, of: book) }
        }
    }

    /// Indicators without records yet, with what is remembered of those that were deleted; `records` gives what they look
    /// up.
    func emptyAggregation(
        of indicators: [CompiledIndicator], records: EvidenceReader
    ) async throws(HostError) -> Aggregation {
        var aggregation = Aggregation(indicators, context: try await context(for: indicators, records: records))
        aggregation.remember(try await storing { () throws(StoreError) in try await store.expiredSubjects() })
        return aggregation
    }

    /// The records that indicators count, no more of each than they read.
    func selections(for aggregation: Aggregation, _ indicators: [CompiledIndicator]) -> [EvidenceSelection] {
        aggregation.recordTypes.map {
            EvidenceSelection($0, fields: Self.fields(of: $0, in: indicators), windows: aggregation.windows(of: $0))
        }
    }

    /// The fields of a record type that indicators read; nil for all.
    static func fields(of type: String, in indicators: [CompiledIndicator]) -> Set<String>? {
        var fields: Set<String> = []
        for indicator in indicators {
            guard let read = indicator.readFields[type] else { continue }
            guard let read else { return nil }
            fields.formUnion(read)
        }
        return fields
    }

    /// Everything besides records that values of these indicators depend on, with an index of what they look up.
    func context(
        for indicators: [CompiledIndicator], records: EvidenceReader
    ) async throws(HostError) -> AggregationContext {
        let people = try await storing { () throws(StoreError) in try await store.people() }
        let directory = EmployeeDirectory(people)
        var index = RecordIndex()
        for type in indicators.reduce(into: Set<String>(), { $0.formUnion($1.lookupTypes) }).sorted() {
            try await records(type) { index.add($0) }
        }
        return AggregationContext(
            calendar: workspace.calendar, directory: directory, accounts: try await accountBook().datedAccounts,
            constants: constants(directory), periodKinds: workspace.configuration.periodKinds,
            firstDay: workspace.configuration.firstPeriod.firstDay, now: now(), lookup: index,
            lackingSince: try await lackingSince())
    }

    /// By record type, when the last run began before those that the quality gate holds: a period that ended later is not
    /// complete.
    private func lackingSince() async throws(HostError) -> [String: Timestamp] {
        var moments: [String: Timestamp] = [:]
        for hold in try await holds() where hold.scope == .runs {
            let known = hold.knownUntil ?? .earliest
            for type in hold.recordTypes { moments[type] = min(moments[type] ?? known, known) }
        }
        return moments
    }

    /// The workspace's constants, with the root unit of the people file where they name none.
    private func constants(_ directory: EmployeeDirectory) -> MapValue {
        let root = Value.string("root_unit")
        let constants = workspace.constants
        guard constants[root] == nil, let unit = directory.rootUnit else { return constants }
        return MapValue(constants.keys.map { ($0, constants[$0] ?? .null) } + [(root, .string(unit))])
    }
}
