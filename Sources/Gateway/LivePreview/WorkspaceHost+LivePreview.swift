internal import Expressions
internal import Indicators
internal import ReviewStore

extension WorkspaceHost {
    /// Computes what edited definitions and mappings would make of the values, beside what is published.
    ///
    /// An edited mapping is read anew from its source, from the beginning and without touching the cursor, and its
    /// records take the place of those stored; everything else comes from the evidence. Nothing is written.
    public func previewAgainstLive(_ request: LivePreviewRequest) async throws(HostError) -> LivePreview {
        let before = request.checksRows ? try await tableDigests() : []
        var preview = try await compareWithLive(request)
        if request.checksRows { preview.rows = RowCheck(before: before, after: try await tableDigests()) }
        return preview
    }

    private func tableDigests() async throws(HostError) -> [TableDigest] {
        try await storing { () throws(StoreError) in try await store.tableDigests() }
    }

    private func compareWithLive(_ request: LivePreviewRequest) async throws(HostError) -> LivePreview {
        if let name = request.connection {
            do throws(WorkspaceError) { _ = try workspace.connection(name) } catch { throw .workspace(error) }
        }
        for id in request.indicators { _ = try compiledIndicator(id) }
        var preview = LivePreview()
        let published = try await storing { () throws(StoreError) in try await store.definitionVersions() }
        let present = Set(workspace.indicators.map(\.definition.id))
        preview.withdrawn = try await withValues(published.keys.filter { !present.contains($0) })
        preview.isUnpublished = published.isEmpty
        if preview.isUnpublished { return preview }
        preview.pending = try await storing { () throws(StoreError) in try await store.staleMarks() }.map(\.recordType)
        let edited = try await editedStreams(of: request.connection)
        var collected = try await noRecords()
        preview.streams = try await reread(edited, into: &collected)
        let concerned = edited.reduce(into: collected.types) { types, edited in
            types.formUnion(edited.storedTypes.union([edited.stream.mapping.type.name]))
        }
        let compared = workspace.indicators.compactMap { indicator in
            Compared(
                indicator, request, published: published[indicator.definition.id],
                present: workspace.version(of: indicator), editedTypes: concerned)
        }
        try await compare(compared, collected, request, into: &preview)
        return preview
    }

    /// An indicator that is to be compared.
    private struct Compared {
        let indicator: CompiledIndicator
        var causes: Set<IndicatorComparison.Cause> = []

        /// Nil where nothing concerns it.
        init?(
            _ indicator: CompiledIndicator, _ request: LivePreviewRequest, published: String?, present: String,
            editedTypes: Set<String>
        ) {
            self.indicator = indicator
            let isAsked = request.indicators.contains(indicator.definition.id)
            if published == nil { causes.insert(.new) } else if published != present { causes.insert(.definition) }
            if !indicator.recordTypes.isDisjoint(with: editedTypes) { causes.insert(.mapping) }
            if request.indicators.isEmpty ? causes.isEmpty : !isAsked { return nil }
        }
    }

    private func compare(
        _ compared: [Compared], _ collected: PreviewedRecords, _ request: LivePreviewRequest,
        into preview: inout LivePreview
    ) async throws(HostError) {
        if compared.isEmpty { return }
        let indicators = compared.map(\.indicator)
        let new = try await foreseen(indicators, with: collected)
        let filled = try await filledFields(indicators, collected)
        var pairs: [[PreviewReport.Change]] = []
        for indicator in indicators { pairs.append(try await beside(new, of: indicator.definition.id)) }
        let window = window(of: pairs.joined(), request.periods)
        let locked = try await storing { () throws(StoreError) in try await store.periods() }
            .filter { $0.state == .locked }.map(\.period)
        preview.periods = window.map(\.id)
        for (compared, pairs) in zip(compared, pairs) {
            var comparison = IndicatorComparison(
                definition: compared.indicator.definition, causes: compared.causes,
                values: pairs.filter { preview.periods.contains($0.key.period) },
                lockedPeriods: Set(locked).intersection(preview.periods))
            if !compared.causes.isDisjoint(with: [.definition, .new]) {
                comparison.emptyFields = compared.indicator.fields(without: filled)
            }
            preview.indicators.append(comparison)
        }
    }

    /// The values of an indicator, published and new, without those that neither side has.
    private func beside(
        _ new: [ValueKey: ComputedValue], of indicator: String
    ) async throws(HostError) -> [PreviewReport.Change] {
        let published = try await storing { () throws(StoreError) in
            try await store.values(ValueFilter(indicator: indicator))
        }
        let old = Dictionary(published.map { ($0.key, $0.content) }, uniquingKeysWith: { first, _ in first })
        let keys = Set(old.keys).union(new.keys.filter { $0.indicator == indicator })
        return keys.sorted().map { .init(key: $0, old: old[$0], new: new[$0]) }
            .filter { [$0.old, $0.new].contains { $0.map { $0.status != .noData } ?? false } }
    }

    /// Which of the fields that indicators read some record has.
    private func filledFields(
        _ indicators: [CompiledIndicator], _ collected: PreviewedRecords
    ) async throws(HostError) -> FilledFields {
        var filled = FilledFields()
        var stored: [EvidenceSelection] = []
        for type in indicators.reduce(into: Set<String>(), { $0.formUnion($1.recordTypes) }).sorted() {
            if collected.types.contains(type) {
                try await forEachForeseen(type, with: collected) { filled.add($0.record) }
            } else {
                stored.append(EvidenceSelection(type, fields: Self.fields(of: type, in: indicators)))
            }
        }
        let (selections, others) = (stored, filled)
        return try await storing { () throws(StoreError) in
            try await store.fold(selections, into: others) { $0.add($1.record) }
        }
    }

    /// The latest periods of each kind that have values and have begun.
    private func window(of changes: some Sequence<PreviewReport.Change>, _ count: Int) -> [Period] {
        let today = workspace.calendar.zone.day(of: now())
        let begun = Set(changes.compactMap { Period(id: $0.key.period) }).filter { $0.firstDay <= today }
        return Dictionary(grouping: begun, by: \.kind).sorted { $0.key < $1.key }
            .flatMap { $0.value.sorted().suffix(count) }
    }

    /// Those of the indicators that have published values.
    private func withValues(_ indicators: [String]) async throws(HostError) -> [String] {
        var found: [String] = []
        for id in indicators.sorted() {
            let values = try await storing { () throws(StoreError) in try await store.values(ValueFilter(indicator: id))
            }
            if values.contains(where: { $0.content.status != .noData }) { found.append(id) }
        }
        return found
    }
}

extension CompiledIndicator {
    /// The fields that the definition names and no record has, of types that there are records of.
    fileprivate func fields(without filled: FilledFields) -> [String] {
        let names = Set(definition.node.canonicalText.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
        return readFields.flatMap { type, read in
            guard filled.types.contains(type), let read else { return [String]() }
            return read.subtracting(filled.names(of: type)).filter { names.contains($0[...]) }
                .map { "\(type).\($0)" }
        }.sorted()
    }
}
