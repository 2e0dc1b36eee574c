import Expressions
import Foundation
import GRDB
import Indicators
import OpenSSLCrypto
import ReviewStore
import Synchronization
import Testing

/// The implementations that the contract suites run against. A new one is a new case.
enum TestedStore: CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite

    var testDescription: String { "\(self)" }

    /// A database of its own, empty.
    func harness() throws -> any StoreHarness {
        switch self {
        case .sqlite: try SQLiteHarness()
        }
    }
}

/// A database that a test opens as a store, and touches beside the store.
protocol StoreHarness: Sendable {
    var clock: TestClock { get }
    /// Opens the database; every call opens it once more, as another process would.
    func open(zone: String, secret: SymmetricKey?, patience: Duration) throws -> any ReviewStore
    /// Runs SQL beside the store.
    func execute(_ sql: String) throws
    /// One row of texts per row, beside the store.
    func rows(_ sql: String) throws -> [[String]]
    /// Lets every write to a table fail, or no longer.
    func failWrites(to table: String) throws
    func allowWrites(to table: String) throws
    /// The bytes of a column of an audit row, integers as eight bytes.
    func auditBytes(_ column: String, sequence: Int64) throws -> [UInt8]
    /// Puts bytes into a column of an audit row.
    func setAuditBytes(_ bytes: [UInt8], _ column: String, sequence: Int64) throws
    /// Everything that is stored, to compare two moments.
    func dump() throws -> [String]
}

extension StoreHarness {
    func open(zone: String = "Asia/Shanghai", secret: SymmetricKey? = nil) throws -> any ReviewStore {
        try open(zone: zone, secret: secret, patience: .seconds(30))
    }

    /// Opens the store as one that gives up waiting after `patience`.
    func open(patience: Duration) throws -> any ReviewStore {
        try open(zone: "Asia/Shanghai", secret: nil, patience: patience)
    }

    /// Opens the store, prepared for the samples.
    func prepared() async throws -> any ReviewStore {
        let store = try open()
        try await store.prepare([.sample], lookups: ["sample": ["name"]])
        return store
    }
}

/// A clock that goes on by a second each time it is read.
final class TestClock: Sendable {
    private let seconds = Mutex<Int64>(1_785_000_000)

    func now() -> Timestamp {
        seconds.withLock { seconds in
            seconds += 1
            return Timestamp(seconds: seconds)
        }
    }
}

final class SQLiteHarness: StoreHarness {
    let clock = TestClock()
    let folder: URL
    private let key: SymmetricKey

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("plumbline-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        key = try .random()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appendingPathComponent("plumbline.db").path }

    func open(zone: String, secret: SymmetricKey?, patience: Duration) throws -> any ReviewStore {
        var configuration = try configuration(zone: zone, secret: secret)
        configuration.patience = patience
        return try SQLiteReviewStore(path: path, configuration: configuration)
    }

    func configuration(zone: String = "Asia/Shanghai", secret: SymmetricKey? = nil) throws -> StoreConfiguration {
        // The store's clock holds the harness, and with it the folder, for as long as the store lives.
        StoreConfiguration(
            zone: try #require(Zone(identifier: zone)), keys: StoreKeys(secret: secret ?? key),
            now: { [self] in clock.now() })
    }

    func execute(_ sql: String) throws { try beside { try $0.execute(sql: sql) } }

    func rows(_ sql: String) throws -> [[String]] {
        try beside { db in
            try Row.fetchAll(db, sql: sql).map { row in row.databaseValues.map { Self.text($0) } }
        }
    }

    func failWrites(to table: String) throws {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            try execute(
                """
                CREATE TRIGGER fault_\(table)_\(event) BEFORE \(event) ON \(table)
                BEGIN SELECT RAISE(ABORT, 'injected fault'); END
                """)
        }
    }

    func allowWrites(to table: String) throws {
        for event in ["INSERT", "UPDATE", "DELETE"] { try execute("DROP TRIGGER fault_\(table)_\(event)") }
    }

    func auditBytes(_ column: String, sequence: Int64) throws -> [UInt8] {
        try beside { db in
            let sql = "SELECT \(column) FROM audit WHERE sequence = ?"
            let value = try #require(try DatabaseValue.fetchOne(db, sql: sql, arguments: [sequence]))
            switch value.storage {
            case .int64(let integer): return withUnsafeBytes(of: integer.bigEndian) { Array($0) }
            case .string(let text): return Array(text.utf8)
            case .blob(let data): return Array(data)
            default: return []
            }
        }
    }

    func setAuditBytes(_ bytes: [UInt8], _ column: String, sequence: Int64) throws {
        let literal =
            switch column {
            case "sequence", "time": String(bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) })
            case "actor", "action", "detail": "CAST(x'\(Hex.encode(bytes))' AS TEXT)"
            default: "x'\(Hex.encode(bytes))'"
            }
        try execute("UPDATE audit SET \(column) = \(literal) WHERE sequence = \(sequence)")
    }

    func dump() throws -> [String] {
        let tables = try rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").compactMap(\.first)
        return try tables.filter { !$0.hasPrefix("sqlite_") }.flatMap { table in
            try rows("SELECT * FROM \"\(table)\"").map { "\(table): \($0.joined(separator: " | "))" }
        }
    }

    private func beside<Result>(_ body: (Database) throws -> Result) throws -> Result {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: path, configuration: configuration).write(body)
    }

    private static func text(_ value: DatabaseValue) -> String {
        if case .blob(let data) = value.storage { return Hex.encode(Array(data)) }
        return value.isNull ? "NULL" : String.fromDatabaseValue(value) ?? value.description
    }
}
