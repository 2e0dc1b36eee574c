internal import Expressions
internal import GRDB
internal import Indicators

/// Judges runs and ends holds, within one transaction.
struct HoldWriter {
    let db: Database
    let audit: AuditWriter
    let tables: [String: EvidenceTable]

    private var now: Int64 { audit.now().microseconds }

    // MARK: Judging

    func judge(_ id: RunID, _ verdict: GateVerdict) throws -> [Hold] {
        let run = try db.run(id)
        guard run.gate == .pending, run.state != .running else {
            throw StoreError.refused(reason: "run \(id) does not await judgement")
        }
        let stream = try db.gatedStream(of: id)
        var holds: [Hold] = []
        if !verdict.findings.isEmpty { try holds.append(hold(run, of: stream, verdict.findings)) }
        if let finding = verdict.recordFinding { try holds.append(holdRecords(of: run, stream, finding)) }
        try db.execute(
            sql: """
                UPDATE runs SET gate = ?, mode = ?, accounts = ?, unmatched_accounts = ?, live = ?, open_rejects = ?
                WHERE id = ?
                """,
            arguments: [
                (verdict.findings.isEmpty ? GateState.passed : .held).rawValue, verdict.mode.rawValue,
                verdict.accounts.known, verdict.accounts.unmatched,
                try db.liveCount(of: stream.recordType, run, tables),
                try db.openRejects(of: id), id,
            ])
        if verdict.findings.isEmpty {
            try db.markJudged(id, stream.recordType)
            try db.markStale(retiredTypes(by: id, besides: stream.recordType))
            try forgetBefore([id])
            try settle(stream.id, isComplete: run.state == .succeeded && ![.resumed, .pushed].contains(verdict.mode))
        }
        try forgetOldProfiles(stream.id)
        return try holds.map { try db.hold($0.id) }
    }

    /// The types that a run's stream was mapped onto before, whose records no longer count from the run on.
    private func retiredTypes(by run: RunID, besides type: String) throws -> Set<String> {
        let sql = "SELECT DISTINCT record_type FROM run_changes WHERE run_id = ? AND record_type <> ?"
        return try String.fetchSet(db, sql: sql, arguments: [run, type])
    }

    /// Puts a run into the open hold of its stream, or into a new one.
    private func hold(_ run: Run, of stream: GatedStream, _ findings: [GateFinding]) throws -> Hold {
        let open = try db.holds("holds.state = 'open' AND scope = 'runs' AND stream_id = \(stream.id)").first
        let merged = (open?.findings ?? []).filter { old in
            !findings.contains { $0.rule == old.rule && $0.subject == old.subject }
        }
        let id = try open?.id ?? insert(stream, .runs)
        try db.execute(
            sql: "UPDATE holds SET findings = ? WHERE id = ?",
            arguments: [GateFinding.stored(merged + findings), id])
        try db.execute(sql: "UPDATE runs SET hold_id = ? WHERE id = ?", arguments: [id, run.id])
        try note(.open, id, run: run.id, findings)
        let hold = try db.hold(id)
        // Also where nothing changed: no value is complete any more.
        try db.markStale(hold.recordTypes.subtracting([""]))
        return hold
    }

    private func holdRecords(of run: Run, _ stream: GatedStream, _ finding: GateFinding) throws -> Hold {
        let id = try insert(stream, .records)
        try db.execute(
            sql: "UPDATE holds SET findings = ? WHERE id = ?", arguments: [GateFinding.stored([finding]), id])
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO held_records (record_type, connection, stream, external_id, hash, hold_id)
                SELECT ?, ?, ?, external_id, hash, ? FROM impossible_times WHERE run_id = ? AND \(Self.isNotAccepted)
                """, arguments: [stream.recordType, run.connection, run.stream, id, run.id])
        try note(.open, id, run: run.id, [finding])
        return try db.hold(id)
    }

    /// Whether nobody has accepted an impossible time before.
    static let isNotAccepted = """
        NOT EXISTS (SELECT 1 FROM accepted_times JOIN streams USING (connection, stream)
            JOIN runs ON runs.stream_id = streams.id AND runs.id = impossible_times.run_id
            WHERE accepted_times.external_id = impossible_times.external_id
            AND accepted_times.field = impossible_times.field AND accepted_times.time = impossible_times.time)
        """

    private func insert(_ stream: GatedStream, _ scope: Hold.Scope) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO holds (stream_id, record_type, scope, findings, state, created)
                VALUES (?, ?, ?, '[]', 'open', ?)
                """, arguments: [stream.id, stream.recordType, scope.rawValue, now])
        return db.lastInsertedRowID
    }

    // MARK: Settling

    /// Ends the stream's open holds of which nothing is left, once a later run has passed; and those for a state of the
    /// stream that a complete run finds in order: what they held counts.
    private func settle(_ streamID: Int64, isComplete: Bool) throws {
        for hold in try db.holds("holds.state = 'open' AND stream_id = \(streamID)") {
            if try isEmpty(hold) {
                try RunUndo(hold.runs.map { try db.run($0) }, tables, in: db).forgetStates()
                try settle(hold, runs: .discarded)
                // What was in effect instead of what was held is noted nowhere.
                try db.markStale(hold.recordTypes.subtracting([""]))
            } else if isComplete, hold.scope == .runs, hold.findings.allSatisfy({ Self.stateRules.contains($0.rule) }) {
                try settle(hold, runs: .passed)
                try forgetBefore(hold.runs)
                try db.markStale(hold.recordTypes)
            }
        }
    }

    /// Rules about the stream, not about what a run brings.
    private static let stateRules: Set<String> = ["source_count", "unmatched_share", "freshness"]

    private func settle(_ hold: Hold, runs: GateState) throws {
        try end(hold, as: .settled, actor: nil, reason: nil)
        try setGate(runs, of: hold)
    }

    private func isEmpty(_ hold: Hold) throws -> Bool {
        guard hold.scope == .records else {
            let runs = hold.runs.map(String.init).joined(separator: ", ")
            return try tables.values.allSatisfy { table in
                try !exists(
                    "\"\(table.sqlName)\" WHERE _connection = ?1 AND _stream = ?2 AND _run_id IN (\(runs))", hold)
            }
        }
        guard let table = tables[hold.recordType] else { return true }
        return try !exists(
            """
            held_records JOIN "\(table.sqlName)" ON _connection = ?1 AND _stream = ?2
                AND _external_id = held_records.external_id AND _content_hash = held_records.hash AND _state = 'live'
                WHERE hold_id = \(hold.id)
            """, hold)
    }

    private func exists(_ rows: String, _ hold: Hold) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM \(rows))", arguments: [hold.connection, hold.stream]) ?? false
    }

    // MARK: Deciding

    func decide(_ id: Int64, _ decision: HoldDecision, actor: String, reason: String) throws {
        let hold = try db.hold(id)
        guard hold.state == .open else {
            let when = hold.decided.map { " at \($0.rfc3339)" } ?? ""
            throw StoreError.refused(reason: "hold \(id) is not open: it was \(hold.state.rawValue)\(when)")
        }
        switch decision {
        case .release: try release(hold)
        case .discard: try discard(hold, actor: actor)
        }
        try end(hold, as: decision == .release ? .released : .discarded, actor: actor, reason: reason)
        try db.markStale(hold.recordTypes)
    }

    private func release(_ hold: Hold) throws {
        try setGate(.released, of: hold)
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO accepted_times (connection, stream, external_id, field, time)
                SELECT DISTINCT connection, stream, external_id, field, time
                FROM held_records JOIN impossible_times USING (external_id, hash) WHERE hold_id = ?
                """, arguments: [hold.id])
        try db.execute(sql: "DELETE FROM held_records WHERE hold_id = ?", arguments: [hold.id])
        try forgetBefore(hold.runs)
    }

    /// Single records stay without effect for as long as the source says the same of them.
    private func discard(_ hold: Hold, actor: String) throws {
        guard hold.scope == .runs else { return }
        let runs = try hold.runs.map { try db.run($0) }
        let undo = try RunUndo(runs, tables, in: db)
        try undo.restore()
        try undo.restorePosition()
        try setGate(.discarded, of: hold)
        try db.execute(
            sql: """
                UPDATE imports SET undone = ?, undone_by = ? WHERE undone IS NULL
                AND run_id IN (SELECT id FROM runs WHERE hold_id = ?)
                """, arguments: [now, actor, hold.id])
    }

    /// Ends what waits because of runs that are undone.
    func forget(_ runs: [Run], actor: String) throws {
        for run in runs {
            try db.execute(
                sql: "UPDATE runs SET gate = 'discarded', hold_id = NULL WHERE id = ? AND gate IS NOT NULL",
                arguments: [run.id])
            let stream = try db.gatedStream(of: run.id)
            for hold in try db.holds("holds.state = 'open' AND stream_id = \(stream.id)") where try isEmpty(hold) {
                try end(hold, as: .discarded, actor: actor, reason: "the import was undone")
            }
        }
    }

    private func setGate(_ state: GateState, of hold: Hold) throws {
        try db.execute(
            sql: "UPDATE runs SET gate = ? WHERE hold_id = ? AND gate IN ('pending', 'held')",
            arguments: [state.rawValue, hold.id])
    }

    private func end(_ hold: Hold, as state: Hold.State, actor: String?, reason: String?) throws {
        try db.execute(
            sql: "UPDATE holds SET state = ?, decided = ?, decided_by = ?, reason = ? WHERE id = ?",
            arguments: [state.rawValue, now, actor, reason, hold.id])
        if state == .settled { try forgetHeldRecords(of: hold) }
        try note(state, hold.id, actor: actor, reason: reason)
    }

    // MARK: Keeping little

    /// What rows were like before runs that nobody takes back any more. Those of imports stay, and those of rows that are
    /// held by themselves.
    private func forgetBefore(_ runs: [RunID]) throws {
        let list = runs.map(String.init).joined(separator: ", ")
        try db.execute(
            sql: """
                DELETE FROM run_changes WHERE run_id IN (\(list))
                AND run_id NOT IN (SELECT run_id FROM imports)
                AND NOT EXISTS (SELECT 1 FROM held_records JOIN impossible_times USING (external_id, hash)
                    WHERE impossible_times.run_id = run_changes.run_id
                    AND held_records.record_type = run_changes.record_type
                    AND held_records.external_id = run_changes.external_id)
                """)
    }

    /// Held contents that stand nowhere any more, neither in a row nor as what a row was before.
    private func forgetHeldRecords(of hold: Hold) throws {
        try db.execute(
            sql: """
                DELETE FROM held_records WHERE hold_id = ? AND NOT EXISTS (
                    SELECT 1 FROM run_changes WHERE run_changes.record_type = held_records.record_type
                    AND run_changes.external_id = held_records.external_id AND run_changes.hash = held_records.hash)
                """, arguments: [hold.id])
    }

    private func forgetOldProfiles(_ streamID: Int64) throws {
        for table in ["run_fields", "run_shapes"] {
            try db.execute(
                sql: """
                    DELETE FROM \(table) WHERE run_id < (
                        SELECT id FROM runs WHERE stream_id = ?1 AND gate IS NOT NULL ORDER BY id DESC
                        LIMIT 1 OFFSET \(Self.keptProfiles))
                    AND (SELECT stream_id FROM runs WHERE id = run_id) = ?1
                    """, arguments: [streamID])
        }
    }

    private static let keptProfiles = 200

    // MARK: Telling

    private func note(
        _ state: Hold.State, _ hold: Int64, run: RunID? = nil, _ findings: [GateFinding] = [], actor: String? = nil,
        reason: String? = nil
    ) throws {
        var detail: [String: StoredJSON] = ["hold": .integer(hold)]
        if let run { detail["run"] = .integer(run) }
        if !findings.isEmpty { detail["rules"] = .strings(findings.map(\.rule)) }
        if let reason { detail["reason"] = .string(reason) }
        try audit.append(db, actor: actor ?? "gate", action: "hold.\(state.rawValue)", detail: detail)
    }
}

/// A stream with the type that its run was mapped onto.
struct GatedStream {
    let id: Int64
    let recordType: String
}

extension Database {
    fileprivate func gatedStream(of run: RunID) throws -> GatedStream {
        let sql = """
            SELECT stream_id, coalesce(runs.record_type, streams.record_type, '') AS record_type
            FROM runs JOIN streams ON streams.id = runs.stream_id WHERE runs.id = ?
            """
        guard let row = try Row.fetchOne(self, sql: sql, arguments: [run]) else {
            throw StoreError.notFound("run \(run)")
        }
        return try GatedStream(id: row.decode(forColumn: "stream_id"), recordType: row.decode(forColumn: "record_type"))
    }
}
