internal import Expressions
internal import Foundation
internal import GRDB
internal import Indicators

/// Copies SQLite databases with `VACUUM INTO`: one read transaction, which waits for nobody and keeps nobody waiting.
public struct SQLiteCopier: DatabaseCopier {
    /// A copier.
    public init() {}

    // The protocol says what these do.
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func copy(_ path: String, to copy: String) throws(StoreError) {
        // SQLite fills an empty file and keeps its mode; one of its own making would be everybody's to read.
        let descriptor = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .disk(reason: "\(copy): \(String(cString: strerror(errno)))") }
        close(descriptor)
        try reading(path) { db in
            try db.requireOurs(path)
            try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func inspect(_ path: String) throws(StoreError) -> DatabaseContents {
        try reading(path) { db in
            try db.requireOurs(path)
            guard try !Migrations.all.hasBeenSuperseded(db) else { throw StoreError.newerVersion(path: path) }
            try db.checkIntegrity()
            let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            let rows = try String.fetchAll(db, sql: tables).map { table in
                (table, try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \"\(table)\"") ?? 0)
            }
            return DatabaseContents(
                schema: try Migrations.all.appliedMigrations(db),
                rows: Dictionary(rows, uniquingKeysWith: { first, _ in first }))
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func audit(_ path: String, keys: StoreKeys) async throws(StoreError) -> AuditReport {
        let configuration = StoreConfiguration(zone: .utc, keys: keys, now: { Timestamp(seconds: 0) })
        let store = try SQLiteReviewStore(path: path, configuration: configuration)
        do throws(StoreError) {
            let report = try await store.verifyAudit()
            try store.close()
            return report
        } catch {
            // What was found first is the reason; closing adds nothing to it.
            try? store.close()
            throw error
        }
    }

    private func reading<Result>(_ path: String, _ body: (Database) throws -> Result) throws(StoreError) -> Result {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .cannotOpen(path: path, reason: "it is not there", advice: "'plumbline pull' makes it.")
        }
        var configuration = Configuration()
        configuration.label = "plumbline copy"
        configuration.readonly = true
        configuration.busyMode = .timeout(30)
        do {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? database.close() }
            return try database.inDatabase(body)
        } catch {
            throw StoreError(error)
        }
    }
}

extension Database {
    fileprivate func requireOurs(_ path: String) throws {
        guard try Int32.fetchOne(self, sql: "PRAGMA application_id") == DatabaseOpening.applicationID else {
            throw StoreError.cannotOpen(
                path: path, reason: "it is a database of another program", advice: "Name another file.")
        }
    }

    fileprivate func checkIntegrity() throws {
        let problems = try String.fetchAll(self, sql: "PRAGMA integrity_check(1)").filter { $0 != "ok" }
        if let first = problems.first { throw StoreError.damaged(reason: first) }
        guard let row = try Row.fetchOne(self, sql: "PRAGMA foreign_key_check") else { return }
        let table: String = try row.decode(forColumn: "table")
        throw StoreError.damaged(reason: "a row of \(table) refers to one that is not there")
    }
}
