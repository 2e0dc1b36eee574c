internal import Expressions
internal import GRDB
internal import Indicators
internal import OpenSSLCrypto

/// Writes events, within the transaction of what they tell of.
struct OutboxWriter: Sendable {
    let subscriptions: OutboxSubscriptions
    let bell: OutboxBell
    let now: @Sendable () -> Timestamp

    /// The most values that one event holds.
    static let valuesPerEvent = 500

    func wants(_ kind: OutboxEventKind) -> Bool { subscriptions.sinks.contains { $0.kinds.contains(kind) } }

    /// Writes an event for the sinks that want its kind; `toldOfPeople` leaves out those that are not told of people.
    func write(_ kind: OutboxEventKind, _ payload: StoredJSON, ofPeopleOnly: Bool = false, _ db: Database) throws {
        let sinks = subscriptions.sinks.filter { $0.kinds.contains(kind) && (!ofPeopleOnly || $0.toldOfPeople) }
        if sinks.isEmpty { return }
        let moment = now().microseconds
        try db.execute(
            sql: "INSERT INTO outbox_events (key, kind, occurred, payload) VALUES (?, ?, ?, ?)",
            arguments: [try Self.key(), kind.rawValue, moment, payload.text])
        let event = db.lastInsertedRowID
        for sink in sinks { try db.insertDelivery(of: event, to: sink.sink, at: moment) }
        db.afterNextTransaction { [bell] _ in bell.ring() }
    }

    private static func key() throws -> String { "evt_" + Hex.encode(try SecureRandom.bytes(16)) }
}

extension Database {
    /// Those of a disabled sink wait until it is enabled again.
    fileprivate func insertDelivery(of event: OutboxEventID, to sink: String, at moment: Int64) throws {
        try execute(
            sql: """
                INSERT INTO deliveries (event_id, sink, state, next_attempt)
                SELECT ?1, ?2, iif(is_disabled, 'disabled', 'waiting'), iif(is_disabled, NULL, ?3)
                FROM (SELECT EXISTS (SELECT 1 FROM sinks WHERE name = ?2 AND disabled IS NOT NULL) AS is_disabled)
                """, arguments: [event, sink, moment])
    }
}

// MARK: - Values

extension OutboxWriter {
    /// Tells of values that got a new revision.
    func published(_ changes: [ValueChange], cause: String, run: RunID?, _ db: Database) throws {
        guard wants(.valuesPublished), !changes.isEmpty else { return }
        try write(.valuesPublished, changes, cause: cause, run: run, db) { change in
            let old = change.old.map { Self.object(content($0.content), ["revision": .integer(Int64($0.revision))]) }
            var members = Self.about(change.new.key)
            members["previous"] = old ?? .null
            members["revision"] = .integer(Int64(change.new.revision))
            return Self.object(content(change.new.content), members)
        } subject: {
            $0.new.key.subject
        }
    }

    /// Tells of values of locked periods that would be others.
    func proposed(_ findings: [Finding], cause: String, run: RunID?, _ db: Database) throws {
        guard wants(.correctionProposed), !findings.isEmpty else { return }
        try write(.correctionProposed, findings, cause: cause, run: run, db) { finding in
            var members = Self.about(finding.key)
            members["finding"] = .integer(finding.id)
            members["current"] = finding.old.map { Self.object(content($0)) } ?? .null
            members["proposed"] = Self.object(content(finding.new))
            return Self.object(members)
        } subject: {
            $0.key.subject
        }
    }

    private func write<Item>(
        _ kind: OutboxEventKind, _ items: [Item], cause: String, run: RunID?, _ db: Database,
        value: (Item) -> StoredJSON, subject: (Item) -> Subject
    ) throws {
        let starts = Array(stride(from: 0, to: items.count, by: Self.valuesPerEvent))
        for (part, start) in starts.enumerated() {
            let group = items[start..<min(start + Self.valuesPerEvent, items.count)]
            let payload = StoredJSON.object([
                "cause": .string(cause), "run": run.map { .integer($0) } ?? .null,
                "part": .integer(Int64(part + 1)), "parts": .integer(Int64(starts.count)),
                "values": .list(group.map(value)),
            ])
            try write(kind, payload, ofPeopleOnly: group.allSatisfy { subject($0).kind == .employee }, db)
        }
    }

    private static func about(_ key: ValueKey) -> [String: StoredJSON] {
        [
            "indicator": .string(key.indicator), "period": .string(key.period),
            "subject": .object(["kind": .string(key.subject.kind.rawValue), "id": .string(key.subject.id)]),
        ]
    }

    private func content(_ value: ComputedValue) -> [String: StoredJSON] {
        let hasNumbers = subscriptions.indicatorsWithNumbers.contains(value.key.indicator)
        return [
            "status": .string(value.status.rawValue),
            "decimal": hasNumbers ? value.decimal.map { .string($0) } ?? .null : .null,
            "exact": hasNumbers ? value.exact.map { .string($0.description) } ?? .null : .null,
        ]
    }

    private static func object(_ members: [String: StoredJSON], _ more: [String: StoredJSON] = [:]) -> StoredJSON {
        .object(members.merging(more) { first, _ in first })
    }
}

// MARK: - The gate

extension OutboxWriter {
    /// Tells of a hold.
    func held(_ hold: Hold, by run: RunID, _ db: Database) throws {
        guard wants(.gateHeld) else { return }
        let findings = hold.findings.map { finding in
            // What was found of single records names them.
            let isShown = hold.scope == .runs
            return StoredJSON.object([
                "rule": .string(finding.rule), "subject": finding.subject.map { .string($0) } ?? .null,
                "found": isShown ? .string(finding.found) : .null,
                "expected": isShown ? .string(finding.expected) : .null,
            ])
        }
        try write(
            .gateHeld,
            .object([
                "hold": .integer(hold.id), "connection": .string(hold.connection), "stream": .string(hold.stream),
                "record_type": .string(hold.recordType), "scope": .string(hold.scope.rawValue),
                "run": .integer(run), "records": .integer(Int64(hold.records)), "findings": .list(findings),
            ]), db)
    }
}

// MARK: - Connections

extension OutboxWriter {
    /// Tells of a connection that fails, once, and of one that works again.
    func ended(_ run: Run, _ db: Database) throws {
        switch run.state {
        case .failed:
            try failed(run.connection, stream: run.stream, run: run.id, reason: run.message ?? "", db)
        case .succeeded: try succeeded(run, db)
        case .running, .interrupted: break
        }
    }

    /// The stream is nil where the connection could not be opened.
    func failed(_ connection: String, stream: String?, run: RunID?, reason: String, _ db: Database) throws {
        guard wants(.connectionFailed) || wants(.connectionRecovered) else { return }
        let isNew = try !db.isFailing(connection)
        try db.execute(
            sql: "INSERT OR IGNORE INTO failing_streams (connection, stream, since) VALUES (?, ?, ?)",
            arguments: [connection, stream ?? "", now().microseconds])
        guard isNew else { return }
        let told = LocalPaths(folders: subscriptions.localFolders).removed(from: reason)
        try write(
            .connectionFailed,
            .object([
                "connection": .string(connection), "stream": stream.map { .string($0) } ?? .null,
                "run": run.map { .integer($0) } ?? .null, "reason": .string(String(told.prefix(500))),
            ]), db)
    }

    private func succeeded(_ run: Run, _ db: Database) throws {
        let sql = "SELECT MIN(since) FROM failing_streams WHERE connection = ?"
        guard let since = try Int64.fetchOne(db, sql: sql, arguments: [run.connection]) else { return }
        try db.execute(
            sql: "DELETE FROM failing_streams WHERE connection = ? AND stream IN (?, '')",
            arguments: [run.connection, run.stream])
        guard db.changesCount > 0, try !db.isFailing(run.connection) else { return }
        try write(
            .connectionRecovered,
            .object([
                "connection": .string(run.connection), "run": .integer(run.id),
                "failing_since": .string(Timestamp(microseconds: since).rfc3339),
            ]), db)
    }
}

extension Database {
    fileprivate func isFailing(_ connection: String) throws -> Bool {
        try Bool.fetchOne(
            self, sql: "SELECT EXISTS (SELECT 1 FROM failing_streams WHERE connection = ?)", arguments: [connection])
            ?? false
    }
}
