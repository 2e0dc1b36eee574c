internal import Expressions
internal import Foundation
internal import GRDB
internal import OpenSSLCrypto

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    /// Appends entries within a transaction.
    var auditWriter: AuditWriter {
        AuditWriter(chain: AuditChain(key: configuration.keys.audit), now: configuration.now)
    }

    public func appendAudit(
        actor: String, action: String, detail: [String: String]
    ) async throws(StoreError) -> AuditEntry {
        let audit = auditWriter
        return try await write { db in
            try audit.append(db, actor: actor, action: action, detail: detail.mapValues { .string($0) })
        }
    }

    public func auditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await read { db in
            let sql = "SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?"
            return try Row.fetchAll(db, sql: sql, arguments: [sequence, limit]).map(AuditEntry.init)
        }
    }

    public func verifyAudit() async throws(StoreError) -> AuditReport {
        let reader = AuditReader(chain: AuditChain(key: configuration.keys.audit))
        return try await read { try reader.verify($0, against: nil) }
    }

    public func verifyHead(_ head: AuditHead) async throws(StoreError) -> AuditReport {
        let reader = AuditReader(chain: AuditChain(key: configuration.keys.audit))
        return try await read { try reader.verify($0, against: head) }
    }

    public func exportHead() async throws(StoreError) -> AuditHead {
        let now = configuration.now()
        let chain = AuditChain(key: configuration.keys.audit)
        return try await read { db in
            let last = try db.lastAudit(chain)
            return AuditHead(sequence: last.sequence, code: last.code, time: now, key: chain.key)
        }
    }
}

/// Appends to the chain, in the transaction of what it tells about.
struct AuditWriter: Sendable {
    let chain: AuditChain
    let now: @Sendable () -> Timestamp

    @discardableResult
    func append(
        _ db: Database, actor: String, action: String, detail: [String: StoredJSON]
    ) throws -> AuditEntry {
        let entry = try chain.entry(
            after: db.lastAudit(chain), time: now(), actor: actor, action: action,
            detail: StoredJSON.object(detail).text)
        try db.execute(
            sql: """
                INSERT INTO audit (sequence, time, actor, action, detail, previous_mac, mac)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                entry.sequence, entry.time.microseconds, actor, action, entry.detail, Data(entry.previousCode),
                Data(entry.code),
            ])
        try db.execute(
            sql: "INSERT OR REPLACE INTO audit_head (id, sequence, mac, check_mac) VALUES (1, ?, ?, ?)",
            arguments: [
                entry.sequence, Data(entry.code),
                Data(chain.headCode(sequence: entry.sequence, code: entry.code)),
            ])
        return entry
    }
}

/// Checks the chain and the values as they are stored.
private struct AuditReader: Sendable {
    let chain: AuditChain

    func verify(_ db: Database, against head: AuditHead?) throws -> AuditReport {
        var checker = AuditChecker(chain: chain)
        var values = ValueChecker(db)
        var decisions = DecisionChecker(chain: chain)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, time, CAST(actor AS BLOB) AS actor, CAST(action AS BLOB) AS action,
                    CAST(detail AS BLOB) AS detail, CAST(previous_mac AS BLOB) AS previous_mac, CAST(mac AS BLOB) AS mac,
                    typeof(time) = 'integer' AND typeof(actor) = 'text' AND typeof(action) = 'text'
                    AND typeof(detail) = 'text' AND typeof(previous_mac) = 'blob' AND typeof(mac) = 'blob' AS typed
                FROM audit ORDER BY sequence
                """)
        while let row = try rows.next() {
            let stored = try StoredAuditRow(row)
            checker.check(stored)
            try values.check(stored)
            decisions.check(stored)
        }
        try checker.finish(head: db.auditHead())
        if let head { try checker.compare(head, storedCode: db.auditCode(head.sequence)) }
        var report = checker.report
        report.problems += try values.finish() + decisions.finish(db)
        return report
    }
}

extension StoredAuditRow {
    fileprivate init(_ row: Row) throws {
        func bytes(_ column: String) throws -> [UInt8] {
            [UInt8](try row.decode(Data?.self, forColumn: column) ?? Data())
        }
        try self.init(
            sequence: row.decode(forColumn: "sequence"),
            time: Int64.fromDatabaseValue(row["time"] as DatabaseValue) ?? 0, actor: bytes("actor"),
            action: bytes("action"), detail: bytes("detail"), previous: bytes("previous_mac"), code: bytes("mac"),
            isWellTyped: row.decode(forColumn: "typed"))
    }
}

extension AuditEntry {
    fileprivate init(_ row: Row) throws {
        try self.init(
            sequence: row.decode(forColumn: "sequence"), time: Timestamp(microseconds: row.decode(forColumn: "time")),
            actor: row.decode(forColumn: "actor"), action: row.decode(forColumn: "action"),
            detail: row.decode(forColumn: "detail"),
            previousCode: [UInt8](row.decode(Data.self, forColumn: "previous_mac")),
            code: [UInt8](row.decode(Data.self, forColumn: "mac")))
    }
}

extension Database {
    /// The last entry's number and code, as noted: where the last row was removed, the chain goes on with a gap.
    ///
    /// A chain without its note, or with a false one, may have been cut: nothing is appended that would hide it.
    func lastAudit(_ chain: AuditChain) throws -> (sequence: Int64, code: [UInt8]) {
        let head = try auditHead()
        let isEmpty = try Bool.fetchOne(self, sql: "SELECT NOT EXISTS (SELECT 1 FROM audit)") == true
        guard let head, chain.holds(head) else {
            if head == nil, isEmpty { return (0, AuditChain.origin) }
            throw StoreError.damaged(
                reason: "the note of the last audit entry is missing or was changed; 'plumbline verify' tells more")
        }
        return (head.sequence, head.code)
    }

    fileprivate func auditCode(_ sequence: Int64) throws -> [UInt8]? {
        try Data.fetchOne(self, sql: "SELECT CAST(mac AS BLOB) FROM audit WHERE sequence = ?", arguments: [sequence])
            .map { [UInt8]($0) }
    }

    fileprivate func auditHead() throws -> AuditChain.Head? {
        guard let row = try Row.fetchOne(self, sql: "SELECT sequence, mac, check_mac FROM audit_head") else {
            return nil
        }
        return try (
            row.decode(forColumn: "sequence"), [UInt8](row.decode(Data.self, forColumn: "mac")),
            [UInt8](row.decode(Data.self, forColumn: "check_mac"))
        )
    }
}
