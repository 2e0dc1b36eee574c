import Foundation
import GRDB
import Indicators
import OpenSSLCrypto
import Synchronization
import Testing

@testable import ReviewStore

/// What only the SQLite implementation promises.
@Suite struct SQLiteReviewStoreTests {
    @Test func `writes wait for the disk`() async throws {
        let harness = try SQLiteHarness()
        let store = try #require(try harness.open() as? SQLiteReviewStore)
        #expect(try await store.pragma("synchronous") == "2")
        #expect(try await store.pragma("journal_mode") == "wal")
        #expect(try await store.pragma("foreign_keys") == "1")
    }

    @Test func `reads do not wait for a write`() async throws {
        let harness = try SQLiteHarness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "1")])
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: harness.path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE; DELETE FROM indicator_values") }
        #expect(try await store.decimals() == ["e1": "1"])
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }

    @Test func `a database opens again with what it holds`() async throws {
        let harness = try SQLiteHarness()
        try await harness.prepared().publish([value("e1", "1")])
        #expect(try await harness.open().decimals() == ["e1": "1"])
    }

    @Test func `the file is its owner's alone`() async throws {
        let harness = try SQLiteHarness()
        _ = try await harness.prepared().begin()
        for name in try FileManager.default.contentsOfDirectory(atPath: harness.folder.path) {
            let path = harness.folder.appendingPathComponent(name).path
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
    }

    @Test func `a database of a newer version is refused`() throws {
        let harness = try SQLiteHarness()
        _ = try harness.open()
        try harness.execute("INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')")
        let error = #expect(throws: StoreError.newerVersion(path: harness.path)) { try harness.open() }
        #expect("\(try #require(error))".contains("was written by a newer Plumbline"))
    }

    @Test func `another key is refused`() throws {
        let harness = try SQLiteHarness()
        _ = try harness.open()
        #expect(throws: StoreError.wrongKey(path: harness.path)) {
            try harness.open(zone: "UTC", secret: .random())
        }
    }

    @Test func `what is no database is refused with advice`() throws {
        let harness = try SQLiteHarness()
        try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: harness.path))
        let error = #expect(throws: StoreError.self) { try harness.open() }
        #expect("\(try #require(error))".contains("file is not a database. Restore the last backup"))
    }

    @Test func `another program's database is left as it is`() throws {
        let harness = try SQLiteHarness()
        try harness.execute("CREATE TABLE notes (text TEXT)")
        let error = #expect(throws: StoreError.self) { try harness.open() }
        #expect("\(try #require(error))".contains("it is a database of another program"))
        #expect(try harness.rows("SELECT name FROM sqlite_schema") == [["notes"]])
        #expect(try harness.rows("PRAGMA journal_mode") == [["delete"]])
    }

    @Test func `a database whose making was cut short is made to its end`() throws {
        let harness = try SQLiteHarness()
        // What the first step of all writes.
        try harness.execute("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        _ = try harness.open()
        #expect(try harness.rows("PRAGMA application_id") == [["\(0x504C_4D42)"]])
    }

    @Test func `a database of any older schema is brought up to date, with what it holds`() async throws {
        for step in Migrations.all.migrations.dropLast() {
            let harness = try SQLiteHarness()
            let older = try DatabasePool(path: harness.path)
            try await older.write { try $0.execute(sql: "PRAGMA application_id = \(0x504C_4D42)") }
            try Migrations.all.migrate(older, upTo: step)
            try await older.write { db in
                try db.execute(
                    sql: "INSERT INTO streams (connection, stream, cursor) VALUES ('helpdesk', 'tickets', 'c')")
            }
            try older.close()
            let store = try await harness.prepared()
            #expect(try await store.cursor(connection: "helpdesk", stream: "tickets") == "c", "\(step)")
            try await store.publish([value("e1", "1")])
            #expect(try await store.verifyAudit().isIntact, "\(step)")
        }
    }

    @Test func `those who open a new database at once all have it`() async throws {
        let harness = try SQLiteHarness()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await harness.open().verifyAudit().isIntact } }
            for try await isIntact in group { #expect(isIntact) }
        }
    }

    @Test(arguments: ["not JSON", "{}", "[1]"])
    func `a damaged list is no empty one`(text: String) async throws {
        let harness = try SQLiteHarness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "1")])
        _ = try await store.replacePeople([DirectoryEntry(employee: "1001")], markingStale: [])
        try harness.execute("UPDATE indicator_values SET flags = '\(text)'; UPDATE people SET emails = '\(text)'")
        let damage = StoreError.damaged(reason: "a list of texts is not as it was written")
        await #expect(throws: damage) { try await store.values(ValueFilter()) }
        await #expect(throws: damage) { try await store.people() }
    }

    @Test func `a damaged finding is none`() async throws {
        let harness = try SQLiteHarness()
        let store = try await harness.prepared()
        _ = try await store.setPeriod("2026-07", to: .locked, actor: "u1", reason: nil)
        try await store.publish([value("e1", "1")])
        try harness.execute("UPDATE findings SET old_value = 'not JSON'")
        await #expect(throws: StoreError.damaged(reason: "a finding is not as it was written")) {
            try await store.findings(period: nil)
        }
    }

    @Test func `a missing folder is named with advice`() throws {
        let harness = try SQLiteHarness()
        let path = harness.folder.appendingPathComponent("none/plumbline.db").path
        let error = #expect(throws: StoreError.self) {
            try SQLiteReviewStore(path: path, configuration: harness.configuration())
        }
        #expect(
            error
                == .cannotOpen(
                    path: path, reason: "No such file or directory",
                    advice: "Make its folder first, or name another workspace."))
    }

    @Test func `the statements that note records are the same in every run`() async throws {
        let store = try #require(try await SQLiteHarness().prepared() as? SQLiteReviewStore)
        try await store.pull([mapped("1", "a"), mapped("2", "a")])
        let seen = Mutex<Set<String>>([])
        try await store.pool.writeWithoutTransaction { db in
            db.trace { event in
                guard case .statement(let statement) = event, statement.sql.contains("touched_records") else { return }
                seen.withLock { _ = $0.insert(statement.sql) }
            }
        }
        var counts: [Int] = []
        for name in ["b", "c", "d", "e"] {
            _ = try await store.publish(
                Publication(values: [], cause: "pull", actor: "u1", clearing: store.staleMarks()))
            try await store.pull([mapped("1", name), mapped(name, name)])
            counts.append(seen.withLock(\.count))
        }
        #expect(counts[0] > 0 && counts[3] == counts[0], "\(counts)")
    }
}

extension SQLiteReviewStore {
    /// A setting of the connection that writes.
    fileprivate func pragma(_ name: String) async throws -> String? {
        try await pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }
}
