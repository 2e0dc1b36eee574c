import Foundation
import GRDBSQLite

/// A database file, opened beside the program with nothing but SQLite itself.
final class Database {
    private var handle: OpaquePointer?

    init(_ file: URL) throws {
        guard sqlite3_open_v2(file.path, &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
            throw failure("open")
        }
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs a statement; gives every row's columns as text.
    @discardableResult
    func rows(_ sql: String) throws -> [[String]] {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw failure(sql) }
        defer { sqlite3_finalize(statement) }
        var rows: [[String]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                rows.append(
                    (0..<sqlite3_column_count(statement)).map { column in
                        sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
                    })
            case SQLITE_DONE: return rows
            default: throw failure(sql)
            }
        }
    }

    /// Runs statements that give no rows.
    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(String(sql.prefix(80))) }
    }

    private func failure(_ what: String) -> Plumbline.Failure {
        Plumbline.Failure(
            description: "\(what): \(handle.map { String(cString: sqlite3_errmsg($0)) } ?? "no database")")
    }
}

extension Database {
    /// The content hash of every record of a type, by its origin.
    func contentHashes(of type: String) throws -> [String: String] {
        let rows = try rows(
            "SELECT _connection || '/' || _stream || '/' || _external_id, hex(_content_hash), _state FROM evidence_\(type)"
        )
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], "\($0[1]) \($0[2])") })
    }
}
