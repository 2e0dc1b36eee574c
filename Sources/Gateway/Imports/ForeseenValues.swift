internal import Expressions
internal import Indicators
internal import ReviewStore
internal import Synchronization

/// The values that a file would give, beside those that are published.
final class ForeseenValues: Sendable {
    private let connection: String
    private let aggregation: Aggregation
    private let selections: [EvidenceSelection]
    private let versions: [String: String]
    private let workspace: Workspace
    private let accounts: [Account]
    private let matcher: AccountMatcher
    private let published: [ValueKey: ComputedValue]
    private let expired: ExpiredValues
    private let computed = Mutex<[ValueKey: ComputedValue]?>(nil)

    init(_ host: WorkspaceHost, connection: String) async throws(HostError) {
        let indicators = host.workspace.indicators
        self.connection = connection
        workspace = host.workspace
        aggregation = try await host.emptyAggregation(of: indicators, records: host.readEvidence)
        selections = host.selections(for: aggregation, indicators)
        versions = Dictionary(
            uniqueKeysWithValues: indicators.map { ($0.definition.id, host.workspace.version(of: $0)) })
        accounts = try await host.storing { () throws(StoreError) in
            try await host.store.accounts(connection: nil, states: Set(AccountStateName.allCases))
        }
        matcher = AccountMatcher(
            try await host.storing { () throws(StoreError) in try await host.store.people() })
        expired = try await host.expiredValues()
        let values = try await host.storing { () throws(StoreError) in try await host.store.values(ValueFilter()) }
        published = Dictionary(values.map { ($0.key, $0.content) }, uniquingKeysWith: { first, _ in first })
    }

    /// Computes the values of evidence that is not committed, with the accounts that it mentions for the first time.
    func compute(from evidence: any EvidenceReading, mentioning mentions: [AccountMention]) throws(StoreError) {
        let book = AccountBook(accounts + newAccounts(mentions))
        let values = try evidence.fold(selections, into: aggregation) { $0.add(&$1, of: book) }.values()
        let contents = values.map { ComputedValue($0, definitionVersion: versions[$0.indicator] ?? "") }
        computed.withLock { $0 = Dictionary(contents.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }) }
    }

    /// What would differ, by key; nothing where nothing was computed.
    var changes: [PreviewReport.Change] {
        guard let computed = computed.withLock(\.self) else { return [] }
        return workspace.visible(
            Set(published.keys).union(computed.keys).filter { !expired.contains($0) }.sorted()
                .map { .init(key: $0, old: published[$0], new: computed[$0]) }.filter(\.isReal))
    }

    /// The accounts among those mentioned that nobody is matched to.
    func unmatched(_ mentions: [AccountMention]) -> [String] {
        let mentioned = Set(mentions.map(\.account))
        return (accounts.filter { $0.connection == connection } + newAccounts(mentions))
            .filter { mentioned.contains($0.account) && [.unresolved, .ambiguous].contains($0.state.name) }
            .map(\.account).sorted()
    }

    private func newAccounts(_ mentions: [AccountMention]) -> [Account] {
        let known = Set(accounts.filter { $0.connection == connection }.map(\.account))
        return WorkspaceHost.merged(mentions.filter { !known.contains($0.account) })
            .flatMap { matcher.match(connection: connection, $0) }
    }
}

extension Workspace {
    /// The changes as people may see them: those of anonymous indicators without their numbers. The values before and after
    /// a single answer would tell it.
    func visible(_ changes: [PreviewReport.Change]) -> [PreviewReport.Change] {
        let anonymous = Set(indicators.filter(\.definition.anonymous).map(\.definition.id))
        return changes.map { change in
            guard anonymous.contains(change.key.indicator) else { return change }
            return .init(key: change.key, old: change.old?.withoutNumbers, new: change.new?.withoutNumbers)
        }
    }
}

extension ComputedValue {
    /// The value with no more than its status and how many records it rests on.
    fileprivate var withoutNumbers: ComputedValue {
        var value = self
        (value.exact, value.decimal, value.evidenceDigest) = (nil, nil, "")
        return value
    }
}

extension PreviewReport.Change {
    /// Whether people would see a difference.
    var isReal: Bool {
        guard let old else { return new.map { $0.status != .noData } ?? false }
        guard let new else { return old.status != .noData }
        return old.exact != new.exact || old.status != new.status
    }
}
