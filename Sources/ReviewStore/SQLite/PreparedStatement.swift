internal import GRDB
internal import GRDBSQLite
internal import Glibc

/// A cached statement for the rows that come by the million: it binds and reads without a value in between, and texts
/// keep their zero bytes, at which GRDB's own reading would end.
struct PreparedStatement {
    private let statement: Statement
    private let database: Database

    init(_ sql: String, in database: Database) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
        reset()
    }

    private var handle: OpaquePointer { statement.sqliteStatement }

    /// Makes the statement ready for other values.
    func reset() {
        sqlite3_reset(handle)
    }

    func bindNull(_ index: Int32) throws { try check(sqlite3_bind_null(handle, index)) }

    func bind(_ integer: Int64, _ index: Int32) throws { try check(sqlite3_bind_int64(handle, index, integer)) }

    func bind(_ text: String, _ index: Int32) throws {
        var text = text
        let code = text.withUTF8 { buffer in
            // An empty text without an address would be bound as NULL.
            guard buffer.baseAddress != nil else { return sqlite3_bind_text(handle, index, "", 0, Self.transient) }
            return buffer.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text64(
                    handle, index, $0.baseAddress, sqlite3_uint64($0.count), Self.transient, UInt8(SQLITE_UTF8))
            }
        }
        try check(code)
    }

    func bind(_ text: String?, _ index: Int32) throws {
        if let text { try bind(text, index) } else { try bindNull(index) }
    }

    func bind(_ bytes: [UInt8], _ index: Int32) throws {
        try check(sqlite3_bind_blob64(handle, index, bytes, sqlite3_uint64(bytes.count), Self.transient))
    }

    /// Binds a text where it lies: it must stay there until the statement has run, and be unbound before it goes.
    func bind(borrowing text: UnsafeBufferPointer<UInt8>, _ index: Int32) throws {
        // An empty text without an address would be bound as NULL.
        guard let start = UnsafeRawPointer(text.baseAddress) else { return try bind("", index) }
        try check(
            sqlite3_bind_text64(
                handle, index, start.assumingMemoryBound(to: CChar.self), sqlite3_uint64(text.count), nil,
                UInt8(SQLITE_UTF8)))
    }

    /// Binds bytes where they lie, as ``bind(borrowing:_:)`` does a text.
    func bind(borrowing bytes: UnsafeRawBufferPointer, _ index: Int32) throws {
        try check(sqlite3_bind_blob64(handle, index, bytes.baseAddress, sqlite3_uint64(bytes.count), nil))
    }

    /// Binds nothing in the place of what was bound. It fails only while the statement runs.
    func unbind(_ index: Int32) { sqlite3_bind_null(handle, index) }

    func bind(_ field: StoredField, _ index: Int32) throws {
        switch field {
        case .null: try bindNull(index)
        case .integer(let integer): try bind(integer, index)
        case .text(let text): try bind(text, index)
        }
    }

    /// Goes to the next row; false where there is none.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    /// How many rows the statement has changed that ran last.
    var changedRows: Int { Int(sqlite3_changes(sqlite3_db_handle(handle))) }

    /// Runs a statement that gives no rows, and makes it ready for other values.
    func run() throws {
        defer { reset() }
        while try step() {}
    }

    var columnCount: Int32 { sqlite3_column_count(handle) }

    /// The kind of what a column holds, in SQLite's numbers.
    func kind(_ column: Int32) -> Int32 { sqlite3_column_type(handle, column) }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : text(column)
    }

    func optionalInteger(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : integer(column)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// Calls `body` with the bytes of a column where they lie.
    func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = sqlite3_column_blob(handle, column)
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// Whether the column holds exactly these bytes.
    func holds(_ bytes: UnsafeRawBufferPointer, _ column: Int32) -> Bool {
        withBytes(column) { stored in
            guard stored.count == bytes.count else { return false }
            guard let start = stored.baseAddress, let wanted = bytes.baseAddress else { return true }
            return memcmp(start, wanted, bytes.count) == 0
        }
    }

    /// Whether the column holds exactly this text.
    func holds(_ text: String, _ column: Int32) -> Bool {
        var text = text
        return kind(column) != SQLITE_NULL && text.withUTF8 { holds(UnsafeRawBufferPointer($0), column) }
    }

    func field(_ column: Int32) -> StoredField {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: .null
        case SQLITE_INTEGER: .integer(integer(column))
        default: .text(text(column))
        }
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        let message = database.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql)
    }

    /// SQLITE_TRANSIENT, a cast that C macros cannot bring over: SQLite copies what is bound.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
