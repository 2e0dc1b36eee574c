internal import Foundation
internal import GRDB
public import Indicators
internal import Synchronization

/// The store in one SQLite file, through GRDB.
///
/// - Durable: WAL with synchronous=FULL; what a call has written survives a killed process and a power cut.
/// - Concurrent: one writer, several readers, also from other processes. Reads see a snapshot and wait for nobody.
/// - Claims: a run holds a byte of the file `<database>-runs` locked. The system lets go of it when the process ends,
///   however it ends, so no claim outlives its process and none is ever guessed from a process id.
public final class SQLiteReviewStore: ReviewStore {
    let pool: DatabasePool
    let configuration: StoreConfiguration
    let claims: RunClaims
    let inboxCommits: SharedCommits<SealedArrival, InboxReceipt>
    let deviceCommits: SharedCommits<SealedDeviceArrival, Int>
    let tables = Mutex<[String: EvidenceTable]>([:])
    let subscriptions = Mutex(OutboxSubscriptions())
    /// Rings whenever an event was written, or is to be delivered anew.
    public let outboxBell = OutboxBell()

    /// Opens the database at `path`, makes it where there is none, and brings its schema up to date.
    public init(path: String, configuration: StoreConfiguration) throws(StoreError) {
        self.configuration = configuration
        claims = RunClaims(path: path + "-runs")
        pool = try DatabaseOpening(
            path: path, keys: configuration.keys, claims: claims, patience: configuration.patience
        ).open()
        inboxCommits = pool.inboxCommits(patience: configuration.patience)
        deviceCommits = pool.deviceCommits(patience: configuration.patience)
    }

    /// The store over a pool that is open already.
    init(pool: DatabasePool, claims: RunClaims, configuration: StoreConfiguration) {
        (self.pool, self.claims, self.configuration) = (pool, claims, configuration)
        inboxCommits = pool.inboxCommits(patience: configuration.patience)
        deviceCommits = pool.deviceCommits(patience: configuration.patience)
    }

    /// Closes the database. Later calls fail.
    public func close() throws(StoreError) {
        do { try pool.close() } catch { throw StoreError(error) }
    }

    /// Makes or extends the tables of these record types, as ``ReviewStore`` says.
    public func prepare(_ recordTypes: [RecordType], lookups: [String: Set<String>]) async throws(StoreError) {
        let layouts = recordTypes.map { RecordLayout(type: $0, zone: configuration.zone) }
        let prepared = try await write { db in
            try layouts.map { layout in
                try EvidenceSchema(layout: layout).prepare(db, lookups: lookups[layout.type.name] ?? [])
                return EvidenceTable(layout: layout, order: try db.storeOrder(of: layout))
            }
        }
        add(prepared)
    }

    /// Remembers the tables of record types.
    func add(_ prepared: [EvidenceTable]) {
        tables.withLock { tables in
            for table in prepared { tables[table.layout.type.name] = table }
        }
    }

    /// The table of a prepared record type.
    func table(_ recordType: String) throws(StoreError) -> EvidenceTable {
        guard let table = tables.withLock({ $0[recordType] }) else { throw .unknownRecordType(recordType) }
        return table
    }
}

extension SQLiteReviewStore {
    /// Reads in a snapshot.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        do { return try await pool.read(body) } catch { throw StoreError(error) }
    }

    /// Writes in one transaction, which is durable when this returns.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        do { return try await pool.write(body) } catch { throw StoreError(error) }
    }
}
