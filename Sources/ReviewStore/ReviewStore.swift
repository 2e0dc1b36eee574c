public import Expressions
public import Indicators
public import OpenSSLCrypto

/// Everything Plumbline keeps: evidence, runs, people, values with their history, periods and the audit chain.
///
/// Life cycle: open an implementation with a ``StoreConfiguration``, ``prepare(_:lookups:)`` it for the record types in
/// use, claim a stream with `beginRun`, commit pages, finish the run, recompute, `publish`.
///
/// Every function that writes is one transaction: after a crash it has happened as a whole or not at all. What has
/// returned is durable. Reads see a consistent state and never wait for a write; a write waits for that of another
/// process, and a publication for another one, but no longer than the configuration's patience: then it is `busy`.
public protocol ReviewStore: EvidenceStore, RunStore, ImportStore, InboxStore, DeviceStore, GateStore, DeadLetterStore,
    AlarmStore, AccountStore, PeopleStore, ValueStore, PeriodStore, AuditStore, RetentionStore, OutboxStore,
    StoreInspection
{
    /// Makes or extends the tables of these record types. A field that is new gets a column; one that is no longer
    /// declared keeps its column.
    ///
    /// `lookups` names the fields, by record type, that ``EvidenceStore/evidence(of:where:isOneOf:)`` shall find fast.
    func prepare(_ recordTypes: [RecordType], lookups: [String: Set<String>]) async throws(StoreError)
}

extension ReviewStore {
    /// Makes or extends the tables of these record types, without further indexes.
    public func prepare(_ recordTypes: [RecordType]) async throws(StoreError) {
        try await prepare(recordTypes, lookups: [:])
    }
}

/// What every implementation of the store is opened with.
public struct StoreConfiguration: Sendable {
    /// The company's zone, in which dates are days.
    public var zone: Zone
    /// What authenticates the audit chain and seals raw input.
    public var keys: StoreKeys
    /// The clock: what runs, values and audit entries are dated with.
    public var now: @Sendable () -> Timestamp
    /// How long a call waits for another process before it gives up as busy.
    public var patience: Duration = .seconds(30)

    /// A configuration for one company.
    public init(zone: Zone, keys: StoreKeys, now: @escaping @Sendable () -> Timestamp) {
        self.zone = zone
        self.keys = keys
        self.now = now
    }
}

/// The store's two keys, kept outside the database.
public struct StoreKeys: Sendable {
    /// Authenticates the audit chain and its heads.
    public let audit: SymmetricKey
    /// Seals raw input in dead letters.
    public let sealing: SymmetricKey

    /// Two keys of their own.
    public init(audit: SymmetricKey, sealing: SymmetricKey) {
        self.audit = audit
        self.sealing = sealing
    }

    /// Both keys from one secret of the workspace.
    public init(secret: SymmetricKey) {
        self.init(
            audit: secret.derived(for: "plumbline store audit"), sealing: secret.derived(for: "plumbline store sealing")
        )
    }

    /// What a database remembers of its keys, to refuse others: it tells nothing about them.
    var fingerprint: [UInt8] {
        HMACSHA256.code(for: Array("plumbline key check".utf8), key: audit)
            + HMACSHA256.code(for: Array("plumbline key check".utf8), key: sealing)
    }
}
