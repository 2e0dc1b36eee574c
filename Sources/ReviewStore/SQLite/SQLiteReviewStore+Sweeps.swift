internal import GRDB
internal import Indicators
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func beginSweep(of run: RunID, recordType: String) async throws(StoreError) {
        let claim = try claims.claim(of: run)
        _ = try table(recordType)
        try await write { db in
            try db.execute(sql: "DELETE FROM sweeps WHERE stream_id = ?", arguments: [claim.streamID])
            try db.execute(
                sql: "INSERT INTO sweeps (stream_id, run_id, record_type) VALUES (?, ?, ?)",
                arguments: [claim.streamID, run, recordType])
        }
    }

    public func sweep(_ run: RunID, saw externalIDs: [String]) async throws(StoreError) {
        let claim = try claims.claim(of: run)
        try await write { db in
            _ = try db.sweptType(of: run, streamID: claim.streamID)
            try db.noteSeen(externalIDs, streamID: claim.streamID)
        }
    }

    public func finishSweep(of run: RunID) async throws(StoreError) -> SweepOutcome {
        let claim = try claims.claim(of: run)
        let tables = tables.withLock { $0 }
        return try await write { db in
            let type = try db.sweptType(of: run, streamID: claim.streamID)
            guard let table = tables[type] else { throw StoreError.unknownRecordType(type) }
            let touched = try TouchedRecords(run, table, in: db)
            let outcome = try StateWriter(claim: claim, run: run, table: table, touched: touched).finishSweep(db)
            let changes = outcome.gone + outcome.returned
            if changes > 0, let touched { try touched.mark(changes: changes) }
            if changes > 0, touched == nil { try db.markStale([type]) }
            try db.execute(sql: "UPDATE runs SET gone = gone + ? WHERE id = ?", arguments: [outcome.gone, run])
            try db.execute(sql: "DELETE FROM sweeps WHERE stream_id = ?", arguments: [claim.streamID])
            return outcome
        }
    }
}

/// Puts many rows of a stream at once into another state.
struct StateWriter {
    let claim: RunClaims.Claim
    let run: RunID
    let table: EvidenceTable
    /// Notes what is changed, where not everything is to be computed again.
    var touched: TouchedRecords?

    /// The condition that every row fulfils; it names the stream's number, as every condition here may.
    static let anyRow = "?5 IS NOT NULL"

    /// Compares what a complete sweep saw with what is stored.
    func finishSweep(_ db: Database) throws -> SweepOutcome {
        var outcome = SweepOutcome()
        outcome.seen =
            try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM sweep_ids WHERE stream_id = ?", arguments: [claim.streamID]) ?? 0
        outcome.gone = try set(.gone, instead: .live, where: table.unseen, db)
        outcome.returned = try set(.live, instead: .gone, where: table.seen, db)
        return outcome
    }

    /// Puts the rows of the stream that fulfil a condition into another state; gives their number.
    func set(
        _ state: EvidenceState, instead old: EvidenceState, where condition: String, _ db: Database
    ) throws -> Int {
        if claim.isGated {
            let keep = try PreparedStatement(table.keepStates(where: condition), in: db)
            try bind(keep, old)
            try keep.run()
        }
        try touched?.noteBefore(where: table.inState(condition)) { try bind($0, old) }
        let update = try PreparedStatement(table.setStates(where: condition), in: db)
        try bind(update, old)
        try update.bind(state.rawValue, 6)
        try update.run()
        return db.changesCount
    }

    private func bind(_ statement: PreparedStatement, _ old: EvidenceState) throws {
        try statement.bind(run, 1)
        try statement.bind(claim.connection, 2)
        try statement.bind(claim.stream, 3)
        try statement.bind(old.rawValue, 4)
        try statement.bind(claim.streamID, 5)
    }
}

extension Database {
    /// Notes ids of a sweep, each once.
    func noteSeen(_ externalIDs: [String], streamID: Int64) throws {
        let sql = "INSERT OR IGNORE INTO sweep_ids (stream_id, external_id) VALUES (?, ?)"
        let statement = try PreparedStatement(sql, in: self)
        for id in externalIDs {
            try statement.bind(streamID, 1)
            try statement.bind(id, 2)
            try statement.run()
        }
    }

    /// The record type that the run's sweep is about.
    fileprivate func sweptType(of run: RunID, streamID: Int64) throws -> String {
        let sql = "SELECT record_type FROM sweeps WHERE stream_id = ? AND run_id = ?"
        guard let type = try String.fetchOne(self, sql: sql, arguments: [streamID, run]) else {
            throw StoreError.refused(reason: "run \(run) has begun no sweep")
        }
        return type
    }
}
