internal import Expressions
internal import Foundation
internal import GRDB
internal import OpenSSLCrypto

// The protocol says what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func inboxUntaken() async throws(StoreError) -> [InboxUntaken] {
        try await read { try $0.inboxUntaken() }
    }

    public func inboxBodies(of id: InboxID) async throws(StoreError) -> [InboxBody] {
        let rows = try await read { db in
            let rows = try StoredBody.all(of: id, db)
            guard rows.first?.isChosen == true else {
                throw StoreError.notFound("event \(id) in the inbox whose contents are kept")
            }
            return rows
        }
        var bodies: [InboxBody] = []
        for row in rows { bodies.append(try row.opened(configuration.keys)) }
        return bodies
    }

    public func chooseBody(
        _ name: String, of id: InboxID, actor: String, reason: String
    ) async throws(StoreError) {
        let (audit, keys) = (auditWriter, configuration.keys)
        try await write { db in
            let bodies = try StoredBody.all(of: id, db)
            guard let chosen = bodies.first(where: \.isChosen),
                let other = bodies.first(where: { !$0.isChosen && $0.name == name })
            else {
                throw StoreError.notFound("body '\(name)' that contradicts event \(id)")
            }
            let byteCount = try other.opened(keys).contents.body.count
            try db.exchange(chosen, for: other, byteCount: byteCount)
            try audit.append(
                db, actor: actor, action: "inbox.chosen",
                detail: [
                    "event": .integer(id), "body": .string(other.name), "instead_of": .string(chosen.name),
                    "reason": .string(reason),
                ])
        }
    }
}

/// One of the bodies under an event's key, as it is stored.
private struct StoredBody: Sendable {
    let event: InboxID
    let fingerprint: Data
    let isChosen: Bool
    let count: Int
    let last: Int64
    let sealed: SealedEvent
    let contents: Data

    /// What it is called.
    var name: String { String(Hex.encode(Array(fingerprint)).prefix(8)) }

    /// The one that counts, then those that contradict it, the one that came last in front.
    static func all(of id: InboxID, _ db: Database) throws -> [StoredBody] {
        let sql = """
            SELECT id, connection, key, received, fingerprint, contents, 1 AS chosen, received AS last,
                1 + coalesce((SELECT SUM(count) FROM inbox_repeats
                    WHERE inbox_id = inbox.id AND inbox_repeats.contents IS NULL), 0) AS count
            FROM inbox WHERE id = ?1 AND contents IS NOT NULL
            UNION ALL
            SELECT id, connection, key, received, inbox_repeats.fingerprint, inbox_repeats.contents, 0, last, count
            FROM inbox JOIN inbox_repeats ON inbox_id = id
            WHERE id = ?1 AND inbox.contents IS NOT NULL AND length(inbox_repeats.contents) > 1
            ORDER BY chosen DESC, last DESC
            """
        return try Row.fetchAll(db, sql: sql, arguments: [id]).map(StoredBody.init)
    }

    private init(_ row: Row) throws {
        event = try row.decode(forColumn: "id")
        fingerprint = try row.decode(forColumn: "fingerprint")
        isChosen = try row.decode(forColumn: "chosen")
        count = try row.decode(forColumn: "count")
        last = try row.decode(forColumn: "last")
        contents = try row.decode(forColumn: "contents")
        sealed = try SealedEvent(row)
    }

    func opened(_ keys: StoreKeys) throws(StoreError) -> InboxBody {
        InboxBody(
            name: name, isChosen: isChosen, count: count, last: Timestamp(microseconds: last),
            contents: try sealed.open(keys))
    }
}

extension Database {
    /// Whether another body of an event is to be kept: because it is already, or because there is room for it.
    func keepsBody(_ fingerprint: [UInt8], of id: InboxID) throws -> Bool {
        let sql = """
            SELECT COUNT(*) < ?3 OR coalesce(MAX(fingerprint = ?2), 0) FROM inbox_repeats
            WHERE inbox_id = ?1 AND length(contents) > 1
            """
        let arguments: StatementArguments = [id, Data(fingerprint), InboxLimits.mostBodies]
        return try Bool.fetchOne(self, sql: sql, arguments: arguments) ?? false
    }

    /// Puts a body in the place of the one that counts, which becomes one that contradicts it. Done twice, all is as before.
    fileprivate func exchange(_ chosen: StoredBody, for other: StoredBody, byteCount: Int) throws {
        try execute(
            sql: """
                UPDATE inbox SET fingerprint = ?, contents = ?, bytes = ?, state = 'waiting', untaken = 0 WHERE id = ?
                """, arguments: [other.fingerprint, other.contents, byteCount, chosen.event])
        try execute(
            sql: """
                INSERT INTO inbox_repeats (inbox_id, fingerprint, count, last, contents) VALUES (?, ?, 1, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + 1, contents = excluded.contents
                """, arguments: [chosen.event, chosen.fingerprint, chosen.last, chosen.contents])
        try execute(
            sql: """
                UPDATE inbox_repeats SET count = count - 1, contents = NULL WHERE inbox_id = ? AND fingerprint = ?
                """, arguments: [other.event, other.fingerprint])
        try execute(sql: "DELETE FROM inbox_repeats WHERE inbox_id = ? AND count = 0", arguments: [other.event])
    }

    /// What no stream took of events that are kept, by connection.
    func inboxUntaken() throws -> [InboxUntaken] {
        let sql = """
            SELECT connection, COUNT(*) AS events, SUM(untaken) AS records FROM inbox WHERE untaken > 0
            GROUP BY connection ORDER BY connection
            """
        return try Row.fetchAll(self, sql: sql).map { row in
            try InboxUntaken(
                connection: row.decode(forColumn: "connection"), events: row.decode(forColumn: "events"),
                records: row.decode(forColumn: "records"))
        }
    }
}
