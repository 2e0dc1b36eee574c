public import Expressions
public import Indicators
internal import PlumblineKit
public import ReviewStore
internal import YAMLDocument

/// An explanation beside what is published.
public struct ExplanationReport: Sendable {
    /// Why the value is what it is, by the evidence of now.
    public let explanation: Explanation
    /// Whom the value belongs to.
    public let subject: Subject
    /// The period it is for.
    public let period: Period
    /// The company's zone, in which the period begins and ends.
    public let zone: Zone
    /// The version of the definition that explains, which may be newer than the published value's.
    public let definitionVersion: String
    /// The published value; nil where there is none.
    public let published: PublishedValue?
    /// The versions of the mappings that the streams of the records have now.
    public let mappingVersions: [StreamName: String]
    /// The sources' own counts at the last runs, beside ours.
    public let streams: [StreamCompleteness]
    /// What the quality gate holds of the record types that the indicator reads: it does not count in the value.
    public let holds: [Hold]
    /// Who entered the records that are values by hand, and why; of other indicators nothing.
    public let entries: [EvidenceReference: HandNote]
    /// The runs that brought records of the explanation and are kept no longer: what they brought counts as before.
    public let expiredRuns: Set<RunID>

    /// A stream by its connection and name.
    public struct StreamName: Sendable, Hashable, Comparable {
        /// The connection's name.
        public let connection: String
        /// The stream's name in that connection.
        public let stream: String

        /// By connection, then by stream.
        public static func < (left: Self, right: Self) -> Bool {
            (left.connection, left.stream) < (right.connection, right.stream)
        }
    }

    /// Whether the value is shown to nobody: that of an anonymous indicator with too few answers.
    public var isHidden: Bool {
        explanation.definition.anonymous && [.lowSample, .noData].contains(explanation.value?.status ?? .noData)
    }

    /// The groups of a measure that may be seen. Of an anonymous indicator, those that could tell a single answer are not.
    public func visibleGroups(of measure: Explanation.Measure) -> [Explanation.Group] {
        guard explanation.definition.anonymous else { return measure.groups }
        let smallest = max(measure.definition.minGroup ?? 0, explanation.definition.minSample)
        return isHidden ? [] : measure.groups.filter { $0.isShown && $0.size >= smallest }
    }

    /// The number of a measure, where it may be seen.
    public func visibleResult(of measure: Explanation.Measure) -> Rational? { isHidden ? nil : measure.result }

    /// The day before which evidence of the indicator was deleted because its time was over, where the period begins
    /// before it: the value stays as it was published, and can no longer be computed.
    public let expiredBefore: Day?

    /// Whether the evidence still gives the published value; nil where nothing is published or evidence was deleted.
    public var agrees: Bool? {
        guard let published, expiredBefore == nil else { return nil }
        guard let value = explanation.value else { return published.content.status == .noData }
        return published.content.evidenceDigest == value.digest.hex && published.content.exact == value.value
    }
}

/// Whether a stream brought everything its source has.
public struct StreamCompleteness: Sendable {
    /// The stream it is about.
    public let stream: ExplanationReport.StreamName
    /// How many of its records are stored and not deleted.
    public let live: Int
    /// The source's own count; nil where it cannot count.
    public let sourceCount: Int?
    /// How the stream learns that a record is gone, such as `full_list`; `unknown` where it is gone itself.
    public let deletions: String
    /// Its latest run; nil where none is kept.
    public let lastRun: Run?
    /// Records that could not be read and wait for a person: they may be missing in the value.
    public let openRejects: Int
}

extension WorkspaceHost {
    /// Explains the value of an indicator for a subject in a period, from the evidence as it is.
    public func explain(
        _ indicator: String, subject: Subject, period: Period
    ) async throws(HostError) -> ExplanationReport {
        let compiled = try compiledIndicator(indicator)
        let key = ValueKey(indicator: indicator, subject: subject, period: period.id)
        let published = try await storing { () throws(StoreError) in try await store.value(key) }
        var report: ExplanationReport?
        try await explain(compiled, [(subject, period, published)]) { report = $0 }
        guard let report else { throw .invalid("'\(indicator)' cannot be explained") }
        return report
    }

    /// Explains every published value, of one period or of all, by indicator; the evidence is read once an indicator.
    public func explainAll(
        in period: Period? = nil, _ body: (ExplanationReport) -> Void
    ) async throws(HostError) {
        let values = try await storing { () throws(StoreError) in
            try await store.values(ValueFilter(period: period?.id))
        }
        let byIndicator = Dictionary(grouping: values, by: \.key.indicator)
        for indicator in workspace.indicators {
            let targets = (byIndicator[indicator.definition.id] ?? []).compactMap { value in
                Period(id: value.key.period).map { (value.key.subject, $0, Optional(value)) }
            }
            if !targets.isEmpty { try await explain(indicator, targets, body) }
        }
    }

    private typealias Target = (subject: Subject, period: Period, published: PublishedValue?)

    private func explain(
        _ indicator: CompiledIndicator, _ targets: [Target], _ body: (ExplanationReport) -> Void
    ) async throws(HostError) {
        let context = try await context(for: [indicator], records: readEvidence)
        let expired = try await expiredValues()
        let remembered = try await storing { () throws(StoreError) in try await store.expiredSubjects() }
        var explainer = Explainer(
            indicator, targets: targets.map { .init(subject: $0.subject, period: $0.period) }, context: context,
            remembered: remembered[indicator.definition.id] ?? [])
        for type in explainer.recordTypes {
            try await readEvidence(type) { explainer.add($0) }
        }
        let streams = try await completeness(of: indicator.recordTypes)
        let holds = try await holds().filter { !indicator.recordTypes.isDisjoint(with: $0.recordTypes) }
        let versions = mappingVersions(of: streams)
        for (target, explanation) in zip(targets, explainer.explanations()) {
            body(
                ExplanationReport(
                    explanation: explanation, subject: target.subject, period: target.period,
                    zone: workspace.calendar.zone, definitionVersion: workspace.version(of: indicator),
                    published: target.published, mappingVersions: versions, streams: streams, holds: holds,
                    entries: try await handEntries(explanation), expiredRuns: try await expiredRuns(explanation),
                    expiredBefore: expired.before(indicator.definition.id, target.period)))
        }
    }

    private func expiredRuns(_ explanation: Explanation) async throws(HostError) -> Set<RunID> {
        if explanation.definition.anonymous { return [] }
        let runs = explanation.measures.flatMap { $0.records.map(\.run) + $0.excluded.map(\.run) }
        return try await storing { () throws(StoreError) in try await store.expiredRuns(among: Set(runs)) }
    }

    /// The indicator with that id.
    public func compiledIndicator(_ id: String) throws(HostError) -> CompiledIndicator {
        if let indicator = workspace.indicator(id) { return indicator }
        throw .unknownIndicator(id, proposal: nearest(to: id, among: workspace.indicators.map(\.definition.id)))
    }

    private func mappingVersions(of streams: [StreamCompleteness]) -> [ExplanationReport.StreamName: String] {
        var versions: [ExplanationReport.StreamName: String] = [:]
        for stream in streams.map(\.stream) {
            versions[stream] = workspace.reading(ofStream: stream.stream, of: stream.connection)?.version
        }
        return versions
    }
}
