internal import Foundation
internal import GRDB
public import Indicators
internal import Synchronization

extension SQLiteReviewStore {
    /// Opens a database that is there to be read and never written: SQLite itself refuses every write.
    ///
    /// Fields of `recordTypes` that have no column yet are empty, types that have no table have no records.
    /// - Throws: `StoreError.cannotOpen` where there is none, `.olderVersion` where an older Plumbline has
    ///   written it last.
    public convenience init(
        readingOnly path: String, recordTypes: [RecordType], configuration: StoreConfiguration
    ) throws(StoreError) {
        let layouts = recordTypes.map { RecordLayout(type: $0, zone: configuration.zone) }
        let opening = ReadOnlyOpening(path: path, keys: configuration.keys, layouts: layouts)
        self.init(pool: try opening.open(), claims: RunClaims(path: path + "-runs"), configuration: configuration)
        do {
            add(try pool.read { db in try layouts.map { EvidenceTable(layout: $0, order: try db.order(of: $0)) } })
        } catch {
            throw StoreError(error)
        }
    }
}

/// Opens a database file without changing anything in it.
struct ReadOnlyOpening {
    let path: String
    let keys: StoreKeys
    let layouts: [RecordLayout]

    func open() throws(StoreError) -> DatabasePool {
        guard FileManager.default.fileExists(atPath: path) else {
            throw .cannotOpen(path: path, reason: "it is not there", advice: "'plumbline pull' makes it.")
        }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read(check)
            return pool
        } catch {
            throw StoreError(error)
        }
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "plumbline"
        configuration.readonly = true
        configuration.prepareDatabase { [layouts] db in
            for layout in layouts { try MissingColumns(layout: layout).cover(db) }
        }
        return configuration
    }

    private func check(_ db: Database) throws {
        guard try !Migrations.all.hasBeenSuperseded(db) else { throw StoreError.newerVersion(path: path) }
        guard try Migrations.all.hasCompletedMigrations(db) else {
            throw StoreError.olderVersion(path: path)
        }
        let stored = try Data.fetchOne(db, sql: "SELECT fingerprint FROM store_keys")
        guard stored == nil || stored == Data(keys.fingerprint) else { throw StoreError.wrongKey(path: path) }
        for layout in layouts { try EvidenceSchema(layout: layout).checkKinds(db) }
    }
}

/// Shows a record type's table as the type is declared now, by a view of the connection's own: the file stays as it is.
private struct MissingColumns {
    let layout: RecordLayout

    private static let own = [
        "_connection", "_stream", "_external_id", "_content_hash", "_mapping_version", "_source_version", "_run_id",
        "_first_run_id", "_state",
    ]

    func cover(_ db: Database) throws {
        let name = EvidenceTable.name(of: layout.type.name)
        let there = try String.fetchSet(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [name])
        let missing = (Self.own + layout.codecs.map(\.field.name)).filter { !there.contains($0) }
        if missing.isEmpty { return }
        let columns = missing.map { "NULL AS \"\($0)\"" }.joined(separator: ", ")
        let rows = there.isEmpty ? "SELECT \(columns) WHERE FALSE" : "SELECT *, \(columns) FROM main.\"\(name)\""
        try db.execute(sql: "CREATE TEMP VIEW \"\(name)\" AS \(rows)")
    }
}
