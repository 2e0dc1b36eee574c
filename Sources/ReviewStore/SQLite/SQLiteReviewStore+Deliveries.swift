public import Expressions
internal import GRDB

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func note(_ record: DeliveryRecord) async throws(StoreError) {
        try await write { db in
            for (event, result) in record.results.sorted(by: { $0.key < $1.key }) {
                try db.note(result, of: event, record)
            }
            try db.save(record.sinkState)
            if record.sinkState.disabled != nil {
                try db.execute(
                    sql: """
                        UPDATE deliveries SET state = 'disabled', next_attempt = NULL
                        WHERE sink = ? AND state IN ('waiting', 'failed')
                        """, arguments: [record.sink])
            }
        }
    }

    public func redeliver(_ filter: DeliveryFilter, actor: String) async throws(StoreError) -> Int {
        let (audit, bell, now) = (auditWriter, outboxBell, configuration.now().microseconds)
        return try await write { db in
            try db.execute(
                sql: """
                    UPDATE deliveries SET state = 'waiting', failures = 0, next_attempt = \(now), delivered = NULL
                    WHERE state <> 'disabled' AND (event_id, sink) IN (SELECT event_id, sink FROM deliveries
                        JOIN outbox_events ON outbox_events.id = event_id WHERE \(filter.condition))
                    """, arguments: filter.arguments)
            let count = db.changesCount
            guard count > 0 else { return 0 }
            try audit.append(
                db, actor: actor, action: "outbox.redeliver",
                detail: [
                    "event": filter.event.map { .integer($0) } ?? .null,
                    "sink": filter.sink.map { .string($0) } ?? .null,
                    "since": filter.since.map { .string($0.rfc3339) } ?? .null, "count": .integer(Int64(count)),
                ])
            db.afterNextTransaction { _ in bell.ring() }
            return count
        }
    }

    public func enableSink(_ sink: String, actor: String) async throws(StoreError) -> Int {
        let (audit, bell, now) = (auditWriter, outboxBell, configuration.now().microseconds)
        return try await write { db in
            try db.save(SinkState(name: sink))
            try db.execute(
                sql: """
                    UPDATE deliveries SET state = 'waiting', failures = 0, next_attempt = ?
                    WHERE sink = ? AND state = 'disabled'
                    """, arguments: [now, sink])
            let count = db.changesCount
            try audit.append(
                db, actor: actor, action: "sink.enabled",
                detail: ["sink": .string(sink), "count": .integer(Int64(count))])
            db.afterNextTransaction { _ in bell.ring() }
            return count
        }
    }

    public func dropDeliveries(to sink: String, actor: String, reason: String) async throws(StoreError) -> Int {
        let audit = auditWriter
        return try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM outbox_events WHERE id IN (SELECT event_id FROM deliveries
                        WHERE sink = ?1 AND state <> 'delivered')
                    AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event_id = outbox_events.id AND sink <> ?1)
                    """, arguments: [sink])
            let events = db.changesCount
            try db.execute(sql: "DELETE FROM deliveries WHERE sink = ? AND state <> 'delivered'", arguments: [sink])
            let count = events + db.changesCount
            try db.execute(sql: "DELETE FROM sinks WHERE name = ?", arguments: [sink])
            guard count > 0 else { return 0 }
            try audit.append(
                db, actor: actor, action: "outbox.dropped",
                detail: ["sink": .string(sink), "count": .integer(Int64(count)), "reason": .string(reason)])
            return count
        }
    }

    public func deleteDelivered(before moment: Timestamp, isPreview: Bool) async throws(StoreError) -> Int {
        let over = """
            outbox_events WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE event_id = outbox_events.id
                AND (state <> 'delivered' OR delivered >= ?))
            """
        if isPreview {
            return try await read { db in
                try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \(over)", arguments: [moment.microseconds]) ?? 0
            }
        }
        return try await write { db in
            try db.execute(sql: "DELETE FROM \(over)", arguments: [moment.microseconds])
            return db.changesCount
        }
    }
}

extension Database {
    fileprivate func note(_ result: DeliveryRecord.Result, of event: OutboxEventID, _ record: DeliveryRecord) throws {
        let (state, next): (Delivery.State, Timestamp?) =
            switch result {
            case .delivered: (.delivered, nil)
            case .again(let moment): (.failed, moment)
            case .givenUp: (.givenUp, nil)
            }
        let delivered = state == .delivered ? record.ended.microseconds : nil
        try execute(
            sql: """
                UPDATE deliveries SET state = ?, attempts = attempts + 1, failures = failures + ?, next_attempt = ?,
                    last_status = ?, last_error = ?, delivered = ? WHERE event_id = ? AND sink = ?
                """,
            arguments: [
                state.rawValue, state == .delivered ? 0 : 1, next?.microseconds, record.status, record.error, delivered,
                event, record.sink,
            ])
        // The event may have been deleted, together with what was to be known of it.
        guard changesCount > 0 else { return }
        try execute(
            sql: """
                INSERT INTO delivery_attempts (event_id, sink, started, ended, status, error) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                event, record.sink, record.started.microseconds, record.ended.microseconds, record.status, record.error,
            ])
    }

    fileprivate func save(_ state: SinkState) throws {
        try execute(
            sql: """
                INSERT INTO sinks (name, disabled, reason, quiet_until, failures, openings, open_until)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET disabled = excluded.disabled, reason = excluded.reason,
                    quiet_until = excluded.quiet_until, failures = excluded.failures, openings = excluded.openings,
                    open_until = excluded.open_until
                """,
            arguments: [
                state.name, state.disabled?.microseconds, state.disabledReason, state.quietUntil?.microseconds,
                state.failures, state.openings, state.openUntil?.microseconds,
            ])
    }
}
