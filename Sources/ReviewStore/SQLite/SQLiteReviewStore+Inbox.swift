public import Expressions
internal import Foundation
internal import GRDB
internal import OpenSSLCrypto

// The protocol says what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func receive(_ arrival: InboxArrival) async throws(StoreError) -> InboxReceipt {
        try await inboxCommits.add(try SealedArrival(arrival, keys: configuration.keys))
    }

    public func waitingEvents(
        of connection: String, after id: InboxID?, limit: Int
    ) async throws(StoreError) -> [WaitingEvent] {
        let rows = try await read { db in
            let sql = """
                SELECT * FROM inbox WHERE connection = ? AND state = 'waiting' AND id > ? ORDER BY id LIMIT ?
                """
            let cursor = try Row.fetchCursor(db, sql: sql, arguments: [connection, id ?? 0, limit])
            var (rows, bytes): ([SealedEvent], Int) = ([], 0)
            while bytes < InboxTable.mostBytesRead, let row = try cursor.next() {
                try rows.append(SealedEvent(row))
                bytes += try row.decode(Int.self, forColumn: "bytes")
            }
            return rows
        }
        return rows.map { row in
            WaitingEvent(
                id: row.id, received: Timestamp(microseconds: row.received),
                contents: Result { () throws(StoreError) in try row.open(configuration.keys) })
        }
    }

    public func inboxDepths() async throws(StoreError) -> [InboxDepth] {
        try await read { try $0.inboxDepths() }
    }

    public func inboxConnections(_ filter: InboxFilter) async throws(StoreError) -> [String] {
        try await read { db in
            let sql = "SELECT DISTINCT connection FROM inbox WHERE \(filter.condition) ORDER BY connection"
            return try String.fetchAll(db, sql: sql, arguments: filter.arguments)
        }
    }

    public func inboxEvents(_ filter: InboxFilter, limit: Int) async throws(StoreError) -> [InboxEvent] {
        try await read { db in
            let sql = """
                SELECT *, contents IS NOT NULL AS kept,
                    (SELECT coalesce(SUM(count), 0) FROM inbox_repeats
                        WHERE inbox_id = inbox.id AND contents IS NULL) AS repeats,
                    (SELECT coalesce(SUM(count), 0) FROM inbox_repeats
                        WHERE inbox_id = inbox.id AND contents IS NOT NULL) AS others
                FROM inbox WHERE \(filter.condition) ORDER BY id DESC LIMIT \(limit)
                """
            return try Row.fetchAll(db, sql: sql, arguments: filter.arguments).map(InboxEvent.init)
        }
    }

    public func inboxContents(of id: InboxID) async throws(StoreError) -> InboxContents {
        let event = try await read { db in
            let sql = "SELECT * FROM inbox WHERE id = ? AND contents IS NOT NULL"
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [id]) else {
                throw StoreError.notFound("event \(id) in the inbox whose contents are kept")
            }
            return try SealedEvent(row)
        }
        return try event.open(configuration.keys)
    }

    public func requeue(_ filter: InboxFilter, actor: String) async throws(StoreError) -> Int {
        try await move(
            filter, where: "state <> 'waiting' AND contents IS NOT NULL", set: "state = 'waiting'", actor: actor,
            action: "inbox.requeued", reason: nil)
    }

    public func discardWaiting(
        _ filter: InboxFilter, actor: String, reason: String
    ) async throws(StoreError) -> Int {
        try await move(
            filter, where: "state = 'waiting'", set: "state = 'discarded'", actor: actor, action: "inbox.discarded",
            reason: reason)
    }

    private func move(
        _ filter: InboxFilter, where condition: String, set: String, actor: String, action: String, reason: String?
    ) async throws(StoreError) -> Int {
        let audit = auditWriter
        return try await write { db in
            try db.execute(
                sql: "UPDATE inbox SET \(set) WHERE \(condition) AND \(filter.condition)", arguments: filter.arguments)
            let count = db.changesCount
            guard count > 0 else { return 0 }
            var detail = filter.auditDetail
            detail["count"] = .integer(Int64(count))
            if let reason { detail["reason"] = .string(reason) }
            try audit.append(db, actor: actor, action: action, detail: detail)
            return count
        }
    }

    public func deleteInbox(
        of connection: String, before moment: Timestamp, isPreview: Bool, actor: String
    ) async throws(StoreError) -> Int {
        if isPreview {
            let filter = InboxFilter(connection: connection, states: [.used, .discarded], until: moment)
            return try await read { db in
                let sql = "SELECT COUNT(*) FROM inbox WHERE \(filter.condition)"
                return try Int.fetchOne(db, sql: sql, arguments: filter.arguments) ?? 0
            }
        }
        let audit = auditWriter
        return try await write { db in
            try db.execute(
                sql: "DELETE FROM inbox WHERE connection = ? AND received < ? AND state <> 'waiting'",
                arguments: [connection, moment.microseconds])
            let count = db.changesCount
            guard count > 0 else { return 0 }
            try audit.append(
                db, actor: actor, action: "inbox.expired",
                detail: [
                    "connection": .string(connection), "before": .string(moment.rfc3339),
                    "count": .integer(Int64(count)),
                ])
            return count
        }
    }
}

extension DatabasePool {
    /// What puts events on disk.
    func inboxCommits(patience: Duration) -> SharedCommits<SealedArrival, InboxReceipt> {
        SharedCommits(self, patience: patience, mostShared: 1_000) { arrivals, db in
            let writer = try InboxWriter(db)
            let receipts = try arrivals.map { try writer.add($0) }
            try db.countNew(arrivals, receipts)
            return receipts
        }
    }
}

/// Writes arrivals, within a transaction.
struct InboxWriter {
    private let db: Database
    private let insertNew, insertRepeat: PreparedStatement

    init(_ db: Database) throws {
        self.db = db
        insertNew = try PreparedStatement(
            """
            INSERT INTO inbox (connection, key, fingerprint, received, state, bytes, contents, proof)
            VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?) ON CONFLICT DO NOTHING
            """, in: db)
        insertRepeat = try PreparedStatement(
            """
            INSERT INTO inbox_repeats (inbox_id, fingerprint, count, last, contents) VALUES (?, ?, 1, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + 1, last = excluded.last
            """, in: db)
    }

    func add(_ arrival: SealedArrival) throws -> InboxReceipt {
        try insertNew.bind(arrival.connection, 1)
        try insertNew.bind(arrival.key, 2)
        try insertNew.bind(arrival.fingerprint, 3)
        try insertNew.bind(arrival.received, 4)
        try insertNew.bind(arrival.byteCount, 5)
        try insertNew.bind(arrival.contents, 6)
        if let proof = arrival.proof { try insertNew.bind(proof, 7) } else { try insertNew.bindNull(7) }
        try insertNew.run()
        if insertNew.changedRows == 1 { return .stored(db.lastInsertedRowID) }
        return try again(arrival)
    }

    private func again(_ arrival: SealedArrival) throws -> InboxReceipt {
        let row = try Row.fetchOne(
            db,
            sql:
                "SELECT id, fingerprint FROM inbox WHERE connection = ?1 AND (key = ?2 OR proof = ?3) ORDER BY id LIMIT 1",
            arguments: [arrival.connection, Data(arrival.key), arrival.proof.map { Data($0) }])
        guard let row else { throw StoreError.damaged(reason: "an event was there and is not") }
        let id: InboxID = try row.decode(forColumn: "id")
        let isSame = try row.decode(Data.self, forColumn: "fingerprint").elementsEqual(arrival.fingerprint)
        if isSame {
            try note(id, arrival.fingerprint, nil, arrival.received)
        } else if try db.keepsBody(arrival.fingerprint, of: id) {
            try note(id, arrival.fingerprint, arrival.contents, arrival.received)
        } else {
            try note(id, InboxTable.unkept, InboxTable.nothing, arrival.received)
        }
        return isSame ? .repeated(id) : .contradicted(id)
    }

    /// Counts what came again, with its contents where it is another.
    private func note(_ id: InboxID, _ fingerprint: [UInt8], _ contents: [UInt8]?, _ received: Int64) throws {
        try insertRepeat.bind(id, 1)
        try insertRepeat.bind(fingerprint, 2)
        try insertRepeat.bind(received, 3)
        if let contents { try insertRepeat.bind(contents, 4) } else { try insertRepeat.bindNull(4) }
        try insertRepeat.run()
    }
}

extension Database {
    /// Counts the arrivals that were new, by connection and hour.
    func countNew(_ arrivals: [SealedArrival], _ receipts: [InboxReceipt]) throws {
        var counts: [String: [Int64: Int]] = [:]
        for (arrival, receipt) in zip(arrivals, receipts) {
            guard case .stored = receipt else { continue }
            counts[arrival.connection, default: [:]][PushedHours.hour(of: arrival.received), default: 0] += 1
        }
        for (connection, hours) in counts {
            for (hour, events) in hours { try countPushed(connection, hour: hour, events: events) }
        }
    }

    /// How many events await their use, by connection.
    func inboxDepths() throws -> [InboxDepth] {
        let sql = """
            SELECT connection, COUNT(*) AS waiting, MIN(received) AS oldest FROM inbox
            WHERE state = 'waiting' GROUP BY connection ORDER BY connection
            """
        return try Row.fetchAll(self, sql: sql).map { row in
            try InboxDepth(
                connection: row.decode(forColumn: "connection"), waiting: row.decode(forColumn: "waiting"),
                oldest: Timestamp(microseconds: row.decode(forColumn: "oldest")))
        }
    }

    /// Marks events of the inbox as used by a run.
    func markUsed(_ events: [InboxID], untaken: [InboxID: Int], by run: RunID) throws {
        guard !events.isEmpty else { return }
        let statement = try cachedStatement(
            sql: "UPDATE inbox SET state = 'used', run_id = ?, untaken = ? WHERE id = ? AND state = 'waiting'")
        for id in events { try statement.execute(arguments: [run, untaken[id] ?? 0, id]) }
    }
}

/// An event, or another body under its key, as it is stored.
struct SealedEvent: Sendable {
    let id: InboxID
    let received: Int64
    private let connection: String
    private let key, contents: [UInt8]

    init(_ row: Row) throws {
        id = try row.decode(forColumn: "id")
        received = try row.decode(forColumn: "received")
        connection = try row.decode(forColumn: "connection")
        key = try [UInt8](row.decode(Data.self, forColumn: "key"))
        contents = try [UInt8](row.decode(Data.self, forColumn: "contents"))
    }

    func open(_ keys: StoreKeys) throws(StoreError) -> InboxContents {
        let text: [UInt8]
        do {
            text = try AESGCM.open(
                contents, key: keys.sealing, authenticating: SealedArrival.place(connection, key))
        } catch {
            throw .damaged(reason: "event \(id) of the inbox: \(error)")
        }
        guard let opened = InboxCodec.decode(text) else {
            throw .damaged(reason: "event \(id) of the inbox is in no known form")
        }
        return opened
    }
}

extension InboxFilter {
    fileprivate var condition: String {
        let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return """
            state IN (\(names)) AND (:connection IS NULL OR connection = :connection)
            AND (:since IS NULL OR received >= :since) AND (:until IS NULL OR received < :until)
            AND (:first IS NULL OR id BETWEEN :first AND :last)
            """
    }

    fileprivate var arguments: StatementArguments {
        [
            "connection": connection, "since": since?.microseconds, "until": until?.microseconds,
            "first": ids?.lowerBound, "last": ids?.upperBound,
        ]
    }

    fileprivate var auditDetail: [String: StoredJSON] {
        var detail: [String: StoredJSON] = [:]
        if let connection { detail["connection"] = .string(connection) }
        if let since { detail["since"] = .string(since.rfc3339) }
        if let until { detail["until"] = .string(until.rfc3339) }
        if let ids { detail["ids"] = .string("\(ids.lowerBound)-\(ids.upperBound)") }
        return detail
    }
}

extension InboxEvent {
    fileprivate init(_ row: Row) throws {
        try self.init(
            id: row.decode(forColumn: "id"), connection: row.decode(forColumn: "connection"),
            received: Timestamp(microseconds: row.decode(forColumn: "received")),
            state: row.decodeName(forColumn: "state"), byteCount: row.decode(forColumn: "bytes"),
            run: row.decode(forColumn: "run_id"), repeats: row.decode(forColumn: "repeats"),
            contradictions: row.decode(forColumn: "others"), isKept: row.decode(forColumn: "kept"),
            untaken: row.decode(forColumn: "untaken"))
    }
}
