public import Expressions
internal import GRDB
internal import Indicators
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func runsToJudge() async throws(StoreError) -> [RunProfile] {
        try await interruptDeadRuns()
        let tables = tables.withLock { $0 }
        return try await read { db in
            let sql = "\(Run.select) WHERE gate = 'pending' AND state <> 'running' ORDER BY runs.id"
            return try Row.fetchAll(db, sql: sql).map { row in
                var profile = try RunProfile(row, db)
                profile.live = try db.liveCount(of: profile.recordType, profile.run, tables)
                profile.openRejects = try db.openRejects(of: profile.run.id)
                return profile
            }
        }
    }

    /// Marks runs whose process was killed: those that hold no claim any more.
    private func interruptDeadRuns() async throws(StoreError) {
        let running = try await read { db in
            try Row.fetchAll(db, sql: "\(Run.select) WHERE gate = 'pending' AND state = 'running'").map {
                try (id: $0.decode(Int64.self, forColumn: "stream_id"), run: Run($0))
            }
        }
        let now = configuration.now().microseconds
        for (id, run) in running {
            let claim: RunClaims.Claim
            do throws(StoreError) {
                claim = try claims.claim(streamID: id, connection: run.connection, stream: run.stream)
            } catch .streamInUse {
                continue
            }
            try await write { try $0.interruptRuns(ofStream: claim.streamID, now: now) }
        }
    }

    public func judgedRuns(
        connection: String, stream: String, arePushed: Bool, limit: Int
    ) async throws(StoreError) -> [RunProfile] {
        try await read { db in
            let known = "SELECT id FROM streams WHERE connection = ? AND stream = ?"
            guard let id = try Int64.fetchOne(db, sql: known, arguments: [connection, stream]) else { return [] }
            let released = try Int64.fetchOne(
                db, sql: "SELECT MAX(id) FROM runs WHERE stream_id = ? AND gate = 'released'", arguments: [id])
            let sql = """
                \(Run.select) WHERE runs.stream_id = ?1 AND is_pushed = ?2 AND runs.state = 'succeeded'
                AND gate IN ('passed', 'released') AND runs.id >= ?3 ORDER BY runs.id DESC LIMIT ?4
                """
            return try Row.fetchAll(db, sql: sql, arguments: [id, arePushed, released ?? 0, limit]).map {
                try RunProfile($0, db)
            }
        }
    }

    public func newestMoments(
        connection: String, stream: String, days: Int
    ) async throws(StoreError) -> [Timestamp] {
        try await read { db in
            // Day by day backwards, by the index: there may be many runs of each.
            let day: Int64 = 86_400_000_000
            let sql = """
                SELECT MAX(newest) FROM runs WHERE stream_id = (
                    SELECT id FROM streams WHERE connection = ?1 AND stream = ?2)
                AND gate IN ('passed', 'released') AND newest IS NOT NULL AND newest < ?3
                """
            var (moments, end): ([Timestamp], Int64) = ([], .max)
            while moments.count < days,
                let newest = try Int64.fetchOne(db, sql: sql, arguments: [connection, stream, end])
            {
                moments.append(Timestamp(microseconds: newest))
                end = newest - (newest % day + day) % day
            }
            return moments
        }
    }

    public func impossibleTimes(
        of run: RunID, limit: Int
    ) async throws(StoreError) -> (first: [ImpossibleTime], count: Int) {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM impossible_times WHERE run_id = ? AND \(HoldWriter.isNotAccepted)
                    ORDER BY external_id LIMIT ?
                    """, arguments: [run, limit])
            let count = try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM impossible_times WHERE run_id = ? AND \(HoldWriter.isNotAccepted)",
                arguments: [run])
            return (try rows.map(ImpossibleTime.init), count ?? 0)
        }
    }

    public func judge(_ run: RunID, _ verdict: GateVerdict) async throws(StoreError) -> [Hold] {
        let (tables, audit, outbox) = (tables.withLock { $0 }, auditWriter, outboxWriter)
        return try await write { db in
            let known = outbox.wants(.gateHeld) ? try db.holds("holds.state = 'open'") : []
            let holds = try HoldWriter(db: db, audit: audit, tables: tables).judge(run, verdict)
            for hold in holds where hold.says(moreThan: known) { try outbox.held(hold, by: run, db) }
            return holds
        }
    }

    public func holds(in states: Set<Hold.State>) async throws(StoreError) -> [Hold] {
        let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return try await read { try $0.holds("holds.state IN (\(names))") }
    }

    public func hold(_ id: Int64) async throws(StoreError) -> Hold {
        try await read { try $0.hold(id) }
    }

    public func decide(
        _ hold: Int64, _ decision: HoldDecision, actor: String, reason: String
    ) async throws(StoreError) {
        let (tables, audit) = (tables.withLock { $0 }, auditWriter)
        // Who reads the stream now would go on from a position behind what is taken back.
        let claim = decision == .discard ? try await claimStream(of: hold) : nil
        try await write { db in
            try HoldWriter(db: db, audit: audit, tables: tables).decide(hold, decision, actor: actor, reason: reason)
        }
        _ = claim
    }

    private func claimStream(of hold: Int64) async throws(StoreError) -> RunClaims.Claim {
        let (id, held) = try await read { db in
            let sql = "SELECT stream_id FROM holds WHERE id = ?"
            guard let id = try Int64.fetchOne(db, sql: sql, arguments: [hold]) else {
                throw StoreError.notFound("hold \(hold)")
            }
            return (id, try db.hold(hold))
        }
        return try claims.claim(streamID: id, connection: held.connection, stream: held.stream)
    }
}

extension Hold {
    /// Whether it is new, or held for a reason that it was not held for before.
    fileprivate func says(moreThan known: [Hold]) -> Bool {
        guard let before = known.first(where: { $0.id == id }) else { return true }
        return !findings.allSatisfy { finding in
            before.findings.contains { $0.rule == finding.rule && $0.subject == finding.subject }
        }
    }
}

extension Database {
    func hold(_ id: Int64) throws -> Hold {
        guard let hold = try holds("holds.id = \(id)").first else { throw StoreError.notFound("hold \(id)") }
        return hold
    }

    /// The holds that fulfil a condition, oldest first.
    func holds(_ condition: String) throws -> [Hold] {
        let sql = """
            SELECT holds.*, streams.connection, streams.stream,
                (SELECT COUNT(*) FROM held_records WHERE hold_id = holds.id) AS records
            FROM holds JOIN streams ON streams.id = holds.stream_id WHERE \(condition) ORDER BY holds.id
            """
        return try Row.fetchAll(self, sql: sql).map { row in
            let id: Int64 = try row.decode(forColumn: "id")
            let runs = try Row.fetchAll(
                self, sql: "\(Run.select) WHERE hold_id = ? ORDER BY runs.id", arguments: [id])
            let held = try runs.map(Run.init)
            let known = try held.first.flatMap {
                try knownUntil(before: $0.id, streamID: row.decode(forColumn: "stream_id"))
            }
            return try Hold(row, held, otherTypes: heldTypes(id), knownUntil: known)
        }
    }

    /// When the last run before one began that has read the stream well.
    private func knownUntil(before run: RunID, streamID: Int64) throws -> Timestamp? {
        let sql = """
            SELECT started FROM runs WHERE stream_id = ? AND state = 'succeeded' AND gate IN ('passed', 'released')
            AND id < ? ORDER BY id DESC LIMIT 1
            """
        return try Int64.fetchOne(self, sql: sql, arguments: [streamID, run]).map { Timestamp(microseconds: $0) }
    }

    /// The types of the rows that a hold's runs have changed.
    private func heldTypes(_ hold: Int64) throws -> Set<String> {
        try String.fetchSet(
            self,
            sql: """
                SELECT DISTINCT run_changes.record_type FROM run_changes JOIN runs ON runs.id = run_id WHERE hold_id = ?
                """, arguments: [hold])
    }

    /// How many records of a type the run's stream has that count, or did until their time was over.
    func liveCount(of type: String, _ run: Run, _ tables: [String: EvidenceTable]) throws -> Int {
        guard let table = tables[type] else { return 0 }
        let sql = """
            SELECT (SELECT COUNT(*) FROM "\(table.sqlName)"
                    WHERE _connection = ?1 AND _stream = ?2 AND _state = 'live')
                + (SELECT COUNT(*) FROM expired_records
                    WHERE record_type = ?3 AND connection = ?1 AND stream = ?2)
            """
        return try Int.fetchOne(self, sql: sql, arguments: [run.connection, run.stream, type]) ?? 0
    }
}

extension Hold {
    fileprivate init(_ row: Row, _ runs: [Run], otherTypes: Set<String>, knownUntil: Timestamp?) throws {
        let scope: Scope = try row.decodeName(forColumn: "scope")
        let held = runs.reduce(0) { $0 + $1.counters.changed }
        let decided: Int64? = try row.decode(forColumn: "decided")
        let type: String = try row.decode(forColumn: "record_type")
        try self.init(
            id: row.decode(forColumn: "id"), connection: row.decode(forColumn: "connection"),
            stream: row.decode(forColumn: "stream"), recordType: type, recordTypes: otherTypes.union([type]),
            scope: scope,
            runs: runs.map(\.id), findings: GateFinding.list(stored: row.decode(forColumn: "findings")),
            knownUntil: knownUntil,
            records: scope == .runs ? held : row.decode(forColumn: "records"),
            state: row.decodeName(forColumn: "state"),
            created: Timestamp(microseconds: row.decode(forColumn: "created")),
            decided: decided.map { Timestamp(microseconds: $0) }, decidedBy: row.decode(forColumn: "decided_by"),
            reason: row.decode(forColumn: "reason"))
    }
}

extension RunCounters {
    /// The records that the run has stored otherwise than before.
    public var changed: Int { inserted + updated + deleted + gone }
}

extension ImpossibleTime {
    fileprivate init(_ row: Row) throws {
        try self.init(
            externalID: row.decode(forColumn: "external_id"), field: row.decode(forColumn: "field"),
            time: Timestamp(microseconds: row.decode(forColumn: "time")))
    }
}

extension RunProfile {
    /// What a row of runs and what belongs to it tell.
    fileprivate init(_ row: Row, _ db: Database) throws {
        let run = try Run(row)
        let newest: Int64? = try row.decode(forColumn: "newest")
        let type: String? = try row.decode(forColumn: "record_type")
        try self.init(
            run: run, recordType: type ?? "", isImport: db.isImport(run.id),
            mode: row.decodeOptionalName(forColumn: "mode"),
            live: row.decode(forColumn: "live"), openRejects: row.decode(forColumn: "open_rejects"),
            isPushed: row.decode(forColumn: "is_pushed"), readsAll: row.decode(forColumn: "reads_all"),
            previous: db.previousState(of: run.id),
            newest: newest.map { Timestamp(microseconds: $0) },
            mapped: row.decode(forColumn: "mapped"), emptyFields: db.emptyFields(of: run.id),
            shape: db.shape(of: run.id, records: row.decode(forColumn: "sampled")),
            accounts: row.decode(forColumn: "accounts"), unmatchedAccounts: row.decode(forColumn: "unmatched_accounts"))
    }
}

extension Database {
    fileprivate func isImport(_ run: RunID) throws -> Bool {
        try Bool.fetchOne(self, sql: "SELECT EXISTS (SELECT 1 FROM imports WHERE run_id = ?)", arguments: [run])
            ?? false
    }

    func openRejects(of run: RunID) throws -> Int {
        let sql = """
            SELECT COUNT(*) FROM dead_letters WHERE state = 'open'
            AND stream_id = (SELECT stream_id FROM runs WHERE id = ?)
            """
        return try Int.fetchOne(self, sql: sql, arguments: [run]) ?? 0
    }

    fileprivate func previousState(of run: RunID) throws -> RunState? {
        let sql = """
            SELECT state FROM runs WHERE id < ?1 AND gate IS NOT NULL AND pages > 0
            AND stream_id = (SELECT stream_id FROM runs WHERE id = ?1) ORDER BY id DESC LIMIT 1
            """
        return try Row.fetchOne(self, sql: sql, arguments: [run])?.decodeName(forColumn: "state")
    }

    fileprivate func emptyFields(of run: RunID) throws -> [String: Int] {
        let rows = try Row.fetchAll(self, sql: "SELECT field, empty FROM run_fields WHERE run_id = ?", arguments: [run])
        var fields: [String: Int] = [:]
        for row in rows { try fields[row.decode(forColumn: "field")] = row.decode(forColumn: "empty") }
        return fields
    }

    fileprivate func shape(of run: RunID, records: Int) throws -> SourceShape {
        var shape = SourceShape(records: records)
        for row in try Row.fetchAll(self, sql: "SELECT * FROM run_shapes WHERE run_id = ?", arguments: [run]) {
            try shape.add(
                row.decode(forColumn: "field"), kind: row.decode(forColumn: "kind"),
                records: row.decode(forColumn: "records"))
        }
        return shape
    }
}
