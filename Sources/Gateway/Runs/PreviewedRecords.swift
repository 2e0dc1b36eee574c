internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// The records that a preview would bring, in the place of those stored.
struct PreviewedRecords {
    private let matcher: AccountMatcher
    /// The rows of each account, as a pull would store them.
    private var accounts: [AccountName: [Account]]
    private var records: [EvidenceReference: MappedRecord] = [:]
    private var removed: Set<EvidenceReference> = []
    private var seen: Set<AccountName> = []
    private(set) var types: Set<String> = []

    private struct AccountName: Hashable {
        let connection: String
        let account: String
    }

    init(accounts: [Account], matcher: AccountMatcher) {
        self.accounts = Dictionary(grouping: accounts) { AccountName(connection: $0.connection, account: $0.account) }
        self.matcher = matcher
    }

    /// Who is who, after what was previewed so far.
    var book: AccountBook { AccountBook(accounts.values.flatMap(\.self)) }

    /// Takes a record in; false where a newer version of it is there already.
    mutating func add(_ record: MappedRecord, at key: EvidenceReference, instead stored: Evidence?) -> Bool {
        let isDeleted = records[key] == nil && stored?.state == .deleted
        let other = records[key]?.version ?? stored?.version
        if let version = record.version, let other, version.isOlder(than: other, thatIsDeleted: isDeleted) {
            return false
        }
        types.insert(record.record.type.name)
        records[key] = record
        removed.remove(key)
        return true
    }

    mutating func remove(_ ids: [String], of stream: StreamMapping, connection: String) {
        if !ids.isEmpty { types.insert(stream.mapping.type.name) }
        for id in ids {
            let key = EvidenceReference(connection: connection, stream: stream.name, externalID: id)
            records[key] = nil
            removed.insert(key)
        }
    }

    /// Takes out a stored record that its stream maps onto another type now.
    mutating func takeOut(_ stored: Evidence) {
        types.insert(stored.record.type.name)
        if records[stored.key] == nil { removed.insert(stored.key) }
    }

    /// Which fields the previewed records of a stream have.
    func filledFields(connection: String, stream: String) -> FilledFields {
        var filled = FilledFields()
        for (key, mapped) in records where key.connection == connection && key.stream == stream {
            filled.add(mapped.record)
        }
        return filled
    }

    /// Takes out the previewed records of a stream that a sweep does not list.
    mutating func removeUnlisted(_ listed: Set<String>, of stream: StreamMapping, connection: String) {
        let unlisted = records.keys.filter {
            $0.connection == connection && $0.stream == stream.name && !listed.contains($0.externalID)
        }
        remove(unlisted.map(\.externalID), of: stream, connection: connection)
    }

    /// Takes out a stored record that a sweep does not list, and brings back one that it lists again; whether it goes.
    mutating func sweep(_ stored: Evidence, isListed: Bool) -> Bool {
        if !isListed, stored.state == .live {
            types.insert(stored.record.type.name)
            removed.insert(stored.key)
            return true
        }
        if isListed, stored.state == .gone, records[stored.key] == nil, !removed.contains(stored.key) {
            types.insert(stored.record.type.name)
            records[stored.key] = MappedRecord(
                externalID: stored.key.externalID, version: stored.version, record: stored.record)
        }
        return false
    }

    /// Matches accounts with what is known of them; what a person has decided stays.
    mutating func match(_ mentions: [AccountMention], connection: String) {
        for mention in mentions {
            let name = AccountName(connection: connection, account: mention.account)
            let known = accounts[name] ?? []
            if known.contains(where: { $0.decidedBy != nil }) { continue }
            let told = WorkspaceHost.merged(known.map(AccountMention.init) + [mention])
            accounts[name] = told.flatMap { matcher.match(connection: connection, $0) }
        }
    }

    /// Matches the accounts of a page; gives those that nobody is matched to and that were not seen before.
    mutating func note(_ mentions: [AccountMention], connection: String) -> [String] {
        match(mentions, connection: connection)
        return mentions.map(\.account).filter { account in
            let name = AccountName(connection: connection, account: account)
            let isOpen = accounts[name]?.allSatisfy { [.unresolved, .ambiguous].contains($0.state) } ?? true
            return seen.insert(name).inserted && isOpen
        }
    }

    func replaces(_ stored: Evidence) -> Bool { records[stored.key] != nil || removed.contains(stored.key) }

    func records(ofType type: String, _ book: AccountBook) -> [EvidenceRecord] {
        records.filter { $0.value.record.type.name == type }.map { key, mapped in
            EvidenceRecord(
                record: book.resolved(mapped.record, connection: key.connection), reference: key, hash: .none, run: 0)
        }
    }
}
