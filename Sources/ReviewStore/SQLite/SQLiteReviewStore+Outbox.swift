public import Expressions
internal import GRDB
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func subscribe(_ subscriptions: OutboxSubscriptions) { self.subscriptions.withLock { $0 = subscriptions } }

    /// Writes events within a transaction.
    var outboxWriter: OutboxWriter {
        OutboxWriter(subscriptions: subscriptions.withLock { $0 }, bell: outboxBell, now: configuration.now)
    }

    public func noteConnectionFailure(_ connection: String, reason: String) async throws(StoreError) {
        let outbox = outboxWriter
        try await write { try outbox.failed(connection, stream: nil, run: nil, reason: reason, $0) }
    }

    public func withSinkClaim<Value: Sendable>(
        _ sink: String, _ body: () async -> Value
    ) async throws(StoreError) -> Value? {
        let known = try await read { try $0.knownSinkNumber(sink) }
        let number: Int64
        // Whoever only asks need not wait for those who write.
        if let known { number = known } else { number = try await write { try $0.sinkNumber(sink) } }
        guard let lock = try claims.claimSink(number) else { return nil }
        defer { withExtendedLifetime(lock) {} }
        return await body()
    }

    public func sinkState(_ sink: String) async throws(StoreError) -> SinkState {
        try await read { try $0.sinkState(sink) }
    }

    public func sinkStates() async throws(StoreError) -> [SinkState] {
        try await read { try $0.sinkStates() }
    }

    public func dueDeliveries(
        to sink: String, at moment: Timestamp, isOrdered: Bool, limit: Int
    ) async throws(StoreError) -> [Delivery] {
        try await read { db in
            let state = try db.sinkState(sink)
            if state.disabled != nil || state.restsUntil.map({ $0 > moment }) == true { return [] }
            let isBehind = """
                AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier WHERE earlier.sink = deliveries.sink
                    AND earlier.event_id < deliveries.event_id AND earlier.state IN ('waiting', 'failed')
                    AND earlier.next_attempt > ?2)
                """
            let rows = try Row.fetchAll(
                db,
                sql: """
                    \(Delivery.select) WHERE sink = ?1 AND state IN ('waiting', 'failed') AND next_attempt <= ?2
                    \(isOrdered ? isBehind : "") ORDER BY event_id LIMIT ?3
                    """, arguments: [sink, moment.microseconds, limit])
            return try rows.map(Delivery.init)
        }
    }

    public func nextDelivery(to sink: String, isOrdered: Bool) async throws(StoreError) -> Timestamp? {
        try await read { db in
            let state = try db.sinkState(sink)
            if state.disabled != nil { return nil }
            let order = isOrdered ? "event_id" : "next_attempt"
            let sql = """
                SELECT next_attempt FROM deliveries WHERE sink = ? AND state IN ('waiting', 'failed')
                ORDER BY \(order) LIMIT 1
                """
            let next = try Int64.fetchOne(db, sql: sql, arguments: [sink]).map { Timestamp(microseconds: $0) }
            return next.map { max($0, state.restsUntil ?? $0) }
        }
    }

    public func payload(of event: OutboxEventID) async throws(StoreError) -> String {
        try await read { db in
            let sql = "SELECT payload FROM outbox_events WHERE id = ?"
            guard let payload = try String.fetchOne(db, sql: sql, arguments: [event]) else {
                throw StoreError.notFound("event \(event)")
            }
            return payload
        }
    }

    public func deliveries(_ filter: DeliveryFilter, limit: Int) async throws(StoreError) -> [Delivery] {
        try await read { db in
            let sql = "\(Delivery.select) WHERE \(filter.condition) ORDER BY event_id DESC, sink LIMIT \(limit)"
            return try Row.fetchAll(db, sql: sql, arguments: filter.arguments).map(Delivery.init)
        }
    }

    public func attempts(of event: OutboxEventID) async throws(StoreError) -> [DeliveryAttempt] {
        try await read { db in
            let sql = "SELECT * FROM delivery_attempts WHERE event_id = ? ORDER BY id"
            return try Row.fetchAll(db, sql: sql, arguments: [event]).map(DeliveryAttempt.init)
        }
    }

    public func outboxDepths() async throws(StoreError) -> [OutboxDepth] {
        try await read { try $0.outboxDepths() }
    }
}

extension Delivery {
    static let select = """
        SELECT deliveries.*, key, kind, occurred FROM deliveries JOIN outbox_events ON outbox_events.id = event_id
        """

    fileprivate init(_ row: Row) throws {
        let event = try OutboxEvent(
            id: row.decode(forColumn: "event_id"), key: row.decode(forColumn: "key"),
            kind: row.decodeName(forColumn: "kind"),
            occurred: Timestamp(microseconds: row.decode(forColumn: "occurred"))
        )
        try self.init(
            event: event, sink: row.decode(forColumn: "sink"), state: row.decodeName(forColumn: "state"),
            attempts: row.decode(forColumn: "attempts"), failures: row.decode(forColumn: "failures"),
            next: row.moment("next_attempt"), lastStatus: row.decode(forColumn: "last_status"),
            lastError: row.decode(forColumn: "last_error"), delivered: row.moment("delivered"))
    }
}

extension DeliveryAttempt {
    fileprivate init(_ row: Row) throws {
        try self.init(
            sink: row.decode(forColumn: "sink"), started: Timestamp(microseconds: row.decode(forColumn: "started")),
            ended: Timestamp(microseconds: row.decode(forColumn: "ended")), status: row.decode(forColumn: "status"),
            error: row.decode(forColumn: "error"))
    }
}

extension OutboxDepth {
    fileprivate init(_ row: Row) throws {
        try self.init(
            sink: row.decode(forColumn: "sink"), waiting: row.decode(forColumn: "waiting"),
            oldestWaiting: row.moment("oldest"), givenUp: row.decode(forColumn: "given_up"),
            disabled: row.decode(forColumn: "disabled"))
    }
}

extension DeliveryFilter {
    /// A condition on deliveries and their events.
    var condition: String {
        var parts = ["(?1 IS NULL OR event_id = ?1)", "(?2 IS NULL OR sink = ?2)", "(?3 IS NULL OR occurred >= ?3)"]
        if let states {
            let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
            parts.append("state IN (\(names))")
        }
        return parts.joined(separator: " AND ")
    }

    var arguments: StatementArguments { [event, sink, since?.microseconds] }
}

extension Row {
    /// A moment; nil where the column is empty.
    fileprivate func moment(_ column: String) throws -> Timestamp? {
        let microseconds: Int64? = try decode(forColumn: column)
        return microseconds.map { Timestamp(microseconds: $0) }
    }
}

extension Database {
    func outboxDepths() throws -> [OutboxDepth] {
        let rows = try Row.fetchAll(
            self,
            sql: """
                SELECT known.sink, COUNT(CASE WHEN state IN ('waiting', 'failed') THEN 1 END) AS waiting,
                    MIN(CASE WHEN state IN ('waiting', 'failed') THEN occurred END) AS oldest,
                    COUNT(CASE WHEN state = 'given_up' THEN 1 END) AS given_up,
                    COUNT(CASE WHEN state = 'disabled' THEN 1 END) AS disabled
                FROM (SELECT name AS sink FROM sinks
                    UNION SELECT sink FROM deliveries WHERE state <> 'delivered') AS known
                LEFT JOIN deliveries ON deliveries.sink = known.sink AND state <> 'delivered'
                LEFT JOIN outbox_events ON outbox_events.id = event_id GROUP BY known.sink ORDER BY known.sink
                """)
        return try rows.map(OutboxDepth.init)
    }

    func sinkStates() throws -> [SinkState] {
        let sql = "SELECT name FROM sinks UNION SELECT sink FROM deliveries WHERE state <> 'delivered' ORDER BY 1"
        return try String.fetchAll(self, sql: sql).map { try sinkState($0) }
    }

    func sinkState(_ name: String) throws -> SinkState {
        var state = SinkState(name: name)
        let sql = "SELECT * FROM sinks WHERE name = ?"
        guard let row = try Row.fetchOne(self, sql: sql, arguments: [name]) else { return state }
        state.disabled = try row.moment("disabled")
        state.disabledReason = try row.decode(forColumn: "reason")
        state.quietUntil = try row.moment("quiet_until")
        state.failures = try row.decode(forColumn: "failures")
        state.openings = try row.decode(forColumn: "openings")
        state.openUntil = try row.moment("open_until")
        return state
    }

    fileprivate func knownSinkNumber(_ name: String) throws -> Int64? {
        try Int64.fetchOne(self, sql: "SELECT id FROM sinks WHERE name = ?", arguments: [name])
    }

    /// The number of a sink, which it is given when it is first met.
    fileprivate func sinkNumber(_ name: String) throws -> Int64 {
        if let id = try knownSinkNumber(name) { return id }
        try execute(sql: "INSERT INTO sinks (name) VALUES (?)", arguments: [name])
        return lastInsertedRowID
    }
}
