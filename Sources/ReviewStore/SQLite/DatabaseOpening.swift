internal import Foundation
internal import GRDB

/// Opens a database file, and says what to do where that fails.
struct DatabaseOpening {
    /// "PLMB": marks our files in SQLite's header.
    static let applicationID: Int32 = 0x504C_4D42

    let path: String
    let keys: StoreKeys
    let claims: RunClaims
    let patience: Duration

    func open() throws(StoreError) -> DatabasePool {
        try makePrivateFile()
        let lock = try claims.claimOpening(patience: patience)
        defer { withExtendedLifetime(lock) {} }
        do {
            try markFile()
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB sets NORMAL with WAL, under which a power cut may lose the last transactions.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try migrate(pool)
            return pool
        } catch {
            throw failure(error)
        }
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "plumbline"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(patience / .seconds(1))
        configuration.prepareDatabase { db in
            // The writer meets keys in any order; readers go through tables in theirs.
            guard !db.configuration.readonly else { return }
            // Of a new file: a row of evidence has some hundred bytes, and each page is written by itself.
            try db.execute(sql: "PRAGMA page_size = 8192")
            try db.execute(sql: "PRAGMA cache_size = -16000")
            // A page of an import is some megabytes: a checkpoint after each would write everything twice.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4096")
        }
        return configuration
    }

    /// The file holds personal data: nobody but its owner reads it. SQLite gives its companions the same mode.
    private func makePrivateFile() throws(StoreError) {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw cannotOpen(String(cString: strerror(errno)), advice: advice(errno)) }
        Foundation.close(descriptor)
    }

    private func advice(_ code: Int32) -> String {
        switch code {
        case ENOENT: "Make its folder first, or name another workspace."
        case EACCES, EPERM, EROFS: "Give the user that runs Plumbline the right to write there."
        case EISDIR: "Name a file, not a folder."
        default: "Check the file and its folder."
        }
    }

    private func migrate(_ pool: DatabasePool) throws {
        guard try !pool.read(Migrations.all.hasBeenSuperseded) else { throw StoreError.newerVersion(path: path) }
        try Migrations.all.migrate(pool)
        try pool.write(checkKeys)
    }

    /// Marks a new file as ours before anything else is in it, so that one whose making was cut short is not taken for
    /// another program's.
    private func markFile() throws {
        let file = try DatabaseQueue(path: path, configuration: configuration)
        if try file.read(isMarked) { return }
        try file.write { try $0.execute(sql: "PRAGMA application_id = \(Self.applicationID)") }
    }

    /// Whether the file is ours; false for an empty one. Any other is refused.
    private func isMarked(_ db: Database) throws -> Bool {
        let id = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = "SELECT COUNT(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'"
        let isEmpty = try Int.fetchOne(db, sql: tables) == 0
        guard id == Self.applicationID || (id == 0 && isEmpty) else {
            throw cannotOpen(
                "it is a database of another program", advice: "Name another file: this one is left as it is.")
        }
        return id == Self.applicationID
    }

    private func checkKeys(_ db: Database) throws {
        let expected = Data(keys.fingerprint)
        guard let stored = try Data.fetchOne(db, sql: "SELECT fingerprint FROM store_keys") else {
            try db.execute(sql: "INSERT INTO store_keys (id, fingerprint) VALUES (1, ?)", arguments: [expected])
            return
        }
        guard stored == expected else { throw StoreError.wrongKey(path: path) }
    }

    private func failure(_ error: any Error) -> StoreError {
        switch StoreError(error) {
        case .damaged(let reason):
            cannotOpen(reason, advice: "Restore the last backup; keep this file for analysis.")
        case .disk(let reason), .database(let reason):
            cannotOpen(reason, advice: "Check the file, its folder and the free space.")
        case let other: other
        }
    }

    private func cannotOpen(_ reason: String, advice: String) -> StoreError {
        .cannotOpen(path: path, reason: reason, advice: advice)
    }
}
