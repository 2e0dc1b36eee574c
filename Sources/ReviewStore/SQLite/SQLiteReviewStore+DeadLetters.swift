public import Expressions
internal import Foundation
internal import GRDB
internal import Indicators
internal import OpenSSLCrypto

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func deadLetters(
        _ filter: DeadLetterFilter, after id: Int64?, limit: Int
    ) async throws(StoreError) -> [DeadLetter] {
        try await read { db in
            let sql = """
                SELECT dead_letters.*, connection, stream \(filter.from) AND dead_letters.id > ?3
                ORDER BY dead_letters.id LIMIT ?4
                """
            let arguments: StatementArguments = [filter.connection, filter.stream, id ?? 0, limit]
            return try Row.fetchAll(db, sql: sql, arguments: arguments).map(DeadLetter.init)
        }
    }

    public func openDeadLetter(_ id: Int64) async throws(StoreError) -> [UInt8] {
        let letter = try await read { db in
            let sql = """
                SELECT input, external_id, connection, stream FROM dead_letters
                JOIN streams ON streams.id = stream_id WHERE dead_letters.id = ? AND input IS NOT NULL
                """
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [id]) else {
                throw StoreError.notFound("open dead letter \(id)")
            }
            return try SealedLetter(row)
        }
        do {
            return try AESGCM.open(letter.input, key: configuration.keys.sealing, authenticating: letter.place)
        } catch {
            throw .damaged(reason: "dead letter \(id): \(error)")
        }
    }

    public func closeDeadLetters(
        _ ids: [Int64], as state: DeadLetterState, actor: String
    ) async throws(StoreError) {
        guard state != .open else { throw .invalid(reason: "a dead letter is closed as resolved or discarded") }
        let audit = auditWriter
        try await write { db in
            let closed = try db.close(ids, as: state)
            guard !closed.isEmpty else { return }
            try audit.append(
                db, actor: actor, action: "dead_letters.\(state.rawValue)",
                detail: ["ids": .strings(closed.map { String($0) })])
        }
    }

    public func finishReplay(of ids: [Int64], actor: String) async throws(StoreError) {
        let audit = auditWriter
        try await write { db in
            try db.close(ids, as: .resolved)
            guard !ids.isEmpty else { return }
            try audit.append(
                db, actor: actor, action: "dead_letters.replayed", detail: ["ids": .strings(ids.map { String($0) })])
        }
    }

    public func countDeadLetters(before moment: Timestamp) async throws(StoreError) -> Int {
        try await read { db in
            let sql = "SELECT COUNT(*) FROM dead_letters WHERE created < ?"
            return try Int.fetchOne(db, sql: sql, arguments: [moment.microseconds]) ?? 0
        }
    }

    public func deleteDeadLetters(before moment: Timestamp, actor: String) async throws(StoreError) -> Int {
        let audit = auditWriter
        return try await write { db in
            try db.execute(sql: "DELETE FROM dead_letters WHERE created < ?", arguments: [moment.microseconds])
            let count = db.changesCount
            guard count > 0 else { return 0 }
            try audit.append(
                db, actor: actor, action: "dead_letters.expired",
                detail: ["before": .string(moment.rfc3339), "count": .integer(Int64(count))])
            return count
        }
    }
}

extension Database {
    /// Closes open letters and erases their input; gives those that were open.
    @discardableResult
    fileprivate func close(_ ids: [Int64], as state: DeadLetterState) throws -> [Int64] {
        try ids.filter { id in
            try execute(
                sql: "UPDATE dead_letters SET state = ?, input = NULL WHERE id = ? AND state = 'open'",
                arguments: [state.rawValue, id])
            return changesCount > 0
        }
    }
}

/// The open letters of a stream, as a page of it meets them.
struct OpenLetters {
    private let db: Database
    private let streamID: Int64
    private var isEmpty: Bool

    init(_ db: Database, streamID: Int64) throws {
        self.db = db
        self.streamID = streamID
        let sql = "SELECT EXISTS (SELECT 1 FROM dead_letters WHERE stream_id = ? AND state = 'open')"
        isEmpty = try Bool.fetchOne(db, sql: sql, arguments: [streamID]) == false
    }

    /// Closes the letter of a record of which a state was taken that is as new.
    func resolve(_ externalID: String, _ version: RecordVersion?, _ outcome: inout PageOutcome) throws {
        guard !isEmpty else { return }
        let find = try db.cachedStatement(
            sql: """
                SELECT id, source_version FROM dead_letters
                WHERE stream_id = ? AND external_id = ? AND state = 'open'
                """)
        guard let letter = try Row.fetchOne(find, arguments: [streamID, externalID]) else { return }
        let rejected: String? = try letter.decode(forColumn: "source_version")
        if let version, let rejected, version.isOlder(than: RecordVersion(stored: rejected)) { return }
        let id: Int64 = try letter.decode(forColumn: "id")
        try db.cachedStatement(sql: "UPDATE dead_letters SET state = 'resolved', input = NULL WHERE id = ?")
            .execute(arguments: [id])
        outcome.resolved += 1
    }

    /// Adds a letter. One that is open for the same record gets the new reason and input instead.
    mutating func add(_ reject: Reject, sealed: [UInt8], run: RunID, now: Int64) throws {
        isEmpty = false
        try db.cachedStatement(
            sql: """
                INSERT INTO dead_letters
                    (stream_id, external_id, source_version, reason, expression, place, input, input_bytes, run_id,
                    created, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')
                ON CONFLICT (stream_id, external_id) WHERE state = 'open' DO UPDATE SET
                    source_version = excluded.source_version, reason = excluded.reason,
                    expression = excluded.expression, place = excluded.place, input = excluded.input,
                    input_bytes = excluded.input_bytes, run_id = excluded.run_id
                """
        ).execute(arguments: [
            streamID, reject.externalID, reject.version?.stored, reject.reason, reject.expression, reject.place,
            Data(sealed), reject.input.count, run, now,
        ])
    }
}

/// Seals inputs, each tied to its record: a sealed input put under another record does not open.
struct DeadLetterSeal {
    let key: SymmetricKey
    let claim: RunClaims.Claim

    func seal(_ reject: Reject) throws(StoreError) -> [UInt8] {
        let place = Self.place(connection: claim.connection, stream: claim.stream, externalID: reject.externalID)
        do {
            return try AESGCM.seal(reject.input, key: key, authenticating: place)
        } catch {
            throw .database(reason: "a rejected record cannot be sealed: \(error)")
        }
    }

    static func place(connection: String, stream: String, externalID: String?) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [connection, stream, externalID ?? ""] { bytes.append(counted: part) }
        return bytes
    }
}

private struct SealedLetter: Sendable {
    let input: [UInt8]
    let place: [UInt8]

    init(_ row: Row) throws {
        input = try [UInt8](row.decode(Data.self, forColumn: "input"))
        place = try DeadLetterSeal.place(
            connection: row.decode(forColumn: "connection"), stream: row.decode(forColumn: "stream"),
            externalID: row.decode(forColumn: "external_id"))
    }
}

extension DeadLetterFilter {
    /// The rows that are meant; `?1` is the connection, `?2` the stream.
    fileprivate var from: String {
        let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return """
            FROM dead_letters JOIN streams ON streams.id = stream_id
            WHERE (?1 IS NULL OR connection = ?1) AND (?2 IS NULL OR stream = ?2) AND state IN (\(names))
            """
    }
}

extension DeadLetter {
    fileprivate init(_ row: Row) throws {
        let version: String? = try row.decode(forColumn: "source_version")
        try self.init(
            id: row.decode(forColumn: "id"), connection: row.decode(forColumn: "connection"),
            stream: row.decode(forColumn: "stream"), externalID: row.decode(forColumn: "external_id"),
            version: version.map { RecordVersion(stored: $0) }, reason: row.decode(forColumn: "reason"),
            expression: row.decode(forColumn: "expression"), place: row.decode(forColumn: "place"),
            run: row.decode(forColumn: "run_id"),
            created: Timestamp(microseconds: row.decode(forColumn: "created")),
            state: row.decodeName(forColumn: "state"), inputByteCount: row.decode(forColumn: "input_bytes"))
    }
}
