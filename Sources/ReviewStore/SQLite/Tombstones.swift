public import Expressions
internal import GRDB
internal import Indicators
internal import OpenSSLCrypto

/// The names under which it is remembered that records are gone.
struct GoneNames: Sendable {
    /// Those whose time was over.
    let expired: ExpiredNames
    /// Those that their source has deleted.
    let deleted: TombstoneNames

    init(key: SymmetricKey, recordType: String) {
        expired = ExpiredNames(key: key, recordType: recordType)
        deleted = TombstoneNames(key: key)
    }
}

/// Names deleted records by a keyed hash, which tells nobody their ids.
struct TombstoneNames: Sendable {
    private let key: SymmetricKey

    init(key: SymmetricKey) { self.key = key.derived(for: "plumbline tombstones") }

    func name(of key: EvidenceReference) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [key.connection, key.stream, key.externalID] { bytes.append(counted: part) }
        return HMACSHA256.code(for: bytes, key: self.key)
    }
}

/// What a stream's source has deleted and is not stored: how new each deletion is, so that an older state that comes late
/// does not bring the record back. A deleted record that is stored is its own tombstone.
///
/// Each run has its own, which go where the run is taken back; the newest counts. They go in the end by
/// ``RetentionStore/deleteTombstones(before:isPreview:)``.
struct Tombstones {
    static let table = """
        CREATE TABLE tombstones (
            connection TEXT NOT NULL,
            stream TEXT NOT NULL,
            name BLOB NOT NULL,
            run_id INTEGER NOT NULL,
            version TEXT NOT NULL,
            created INTEGER NOT NULL,
            PRIMARY KEY (connection, stream, name, run_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tombstones_by_run ON tombstones (run_id);
        """

    private let names: TombstoneNames
    private let claim: RunClaims.Claim
    private let run: RunID
    private let find, insert: PreparedStatement
    /// Whether the stream has none.
    private(set) var isEmpty: Bool

    init(_ names: TombstoneNames, _ claim: RunClaims.Claim, run: RunID, in db: Database) throws {
        (self.names, self.claim, self.run) = (names, claim, run)
        let place = "connection = ?1 AND stream = ?2"
        isEmpty =
            try Bool.fetchOne(
                db, sql: "SELECT NOT EXISTS (SELECT 1 FROM tombstones WHERE \(place))",
                arguments: [claim.connection, claim.stream]) ?? true
        find = try PreparedStatement("SELECT version FROM tombstones WHERE \(place) AND name = ?3", in: db)
        insert = try PreparedStatement(
            """
            INSERT OR REPLACE INTO tombstones (connection, stream, name, run_id, version, created)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, in: db)
        for statement in [find, insert] {
            try statement.bind(claim.connection, 1)
            try statement.bind(claim.stream, 2)
        }
        try insert.bind(run, 4)
    }

    /// The newest deletion of a record that is not stored and that a state of this version is older than; nil where
    /// there is none.
    func newer(than version: RecordVersion?, of externalID: String) throws -> RecordVersion? {
        guard !isEmpty, let version else { return nil }
        return try versions(of: externalID).first { version.isOlder(than: $0, thatIsDeleted: true) }
    }

    /// Remembers a deletion, unless a newer one is remembered.
    mutating func add(_ version: RecordVersion, of externalID: String, now: Int64) throws {
        if !isEmpty, try versions(of: externalID).contains(where: { version.isOlder(than: $0) }) { return }
        isEmpty = false
        try insert.bind(names.name(of: claim.key(externalID)), 3)
        try insert.bind(version.stored, 5)
        try insert.bind(now, 6)
        try insert.run()
    }

    private func versions(of externalID: String) throws -> [RecordVersion] {
        defer { find.reset() }
        try find.bind(names.name(of: claim.key(externalID)), 3)
        var versions: [RecordVersion] = []
        while try find.step() { versions.append(RecordVersion(stored: find.text(0))) }
        return versions
    }
}

// The protocol says what it does.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func deleteTombstones(before moment: Timestamp, isPreview: Bool) async throws(StoreError) -> Int {
        let condition = "FROM tombstones WHERE created < ?"
        if isPreview {
            return try await read {
                try Int.fetchOne($0, sql: "SELECT COUNT(*) \(condition)", arguments: [moment.microseconds]) ?? 0
            }
        }
        return try await write { db in
            try db.execute(sql: "DELETE \(condition)", arguments: [moment.microseconds])
            return db.changesCount
        }
    }
}
