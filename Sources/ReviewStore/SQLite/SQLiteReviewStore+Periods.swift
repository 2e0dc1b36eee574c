internal import Expressions
internal import GRDB
internal import Indicators

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func periods() async throws(StoreError) -> [PeriodStatus] {
        try await read { try $0.periods() }
    }

    public func setPeriod(
        _ period: String, to state: PeriodState, actor: String, reason: String?
    ) async throws(StoreError) -> PeriodStatus {
        guard Period(id: period) != nil else {
            throw .invalid(reason: "\"\(period)\" is no period: 2026-07, 2026-Q3, 2026-H2 or 2026")
        }
        let audit = auditWriter
        return try await write { db in
            let old = try db.period(period)?.state ?? .open
            guard old != state else {
                throw StoreError.refused(reason: "the period \(period) is \(state.rawValue) already")
            }
            guard old != .locked || reason?.isEmpty == false else {
                throw StoreError.refused(reason: "unlocking the period \(period) wants a reason")
            }
            let entry = try audit.append(
                db, actor: actor, action: "period.\(state.rawValue)",
                detail: [
                    "period": .string(period), "from": .string(old.rawValue),
                    "reason": reason.map { .string($0) } ?? .null,
                ])
            let status = PeriodStatus(
                period: period, state: state, changedBy: actor, changed: entry.time, reason: reason)
            try db.save(status)
            if old == .locked { try db.forgetComputations(period) }
            return status
        }
    }

    public func findings(period: String?) async throws(StoreError) -> [Finding] {
        try await read { db in
            let sql = "SELECT * FROM findings WHERE ?1 IS NULL OR period_id = ?1 ORDER BY id"
            return try Row.fetchAll(db, sql: sql, arguments: [period]).map(Finding.init)
        }
    }
}

extension Database {
    /// The periods whose values never change.
    func lockedPeriods() throws -> Set<String> {
        try String.fetchSet(self, sql: "SELECT period_id FROM periods WHERE state = 'locked'")
    }

    /// All periods whose state was ever set, by id.
    func periods() throws -> [PeriodStatus] {
        try Row.fetchAll(self, sql: "SELECT * FROM periods ORDER BY period_id").map(PeriodStatus.init)
    }

    fileprivate func period(_ period: String) throws -> PeriodStatus? {
        try Row.fetchOne(self, sql: "SELECT * FROM periods WHERE period_id = ?", arguments: [period])
            .map(PeriodStatus.init)
    }

    /// Lets everything be computed again, for the lock of a period may have refused it. Indicators with values in the
    /// period that are defined no longer are remembered once more: their values go now.
    fileprivate func forgetComputations(_ period: String) throws {
        try execute(sql: "UPDATE computed_definitions SET computed = NULL")
        try execute(
            sql: """
                INSERT OR IGNORE INTO computed_definitions (indicator_id, version)
                SELECT DISTINCT indicator_id, '' FROM indicator_values
                WHERE period_id = ? AND is_current = 1 AND status <> 'no_data'
                """, arguments: [period])
    }

    fileprivate func save(_ status: PeriodStatus) throws {
        try execute(
            sql:
                "INSERT OR REPLACE INTO periods (period_id, state, changed_by, changed, reason) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                status.period, status.state.rawValue, status.changedBy, status.changed.microseconds, status.reason,
            ])
    }
}

extension PeriodStatus {
    fileprivate init(_ row: Row) throws {
        try self.init(
            period: row.decode(forColumn: "period_id"), state: row.decodeName(forColumn: "state"),
            changedBy: row.decode(forColumn: "changed_by"),
            changed: Timestamp(microseconds: row.decode(forColumn: "changed")), reason: row.decode(forColumn: "reason"))
    }
}

extension Finding {
    init(_ row: Row) throws {
        guard let old = try StoredJSON(row.decode(String.self, forColumn: "old_value")),
            let new = try StoredJSON(row.decode(String.self, forColumn: "new_value")),
            let value = try ValueCodec.value(new)
        else { throw StoreError.damaged(reason: "a finding is not as it was written") }
        try self.init(
            id: row.decode(forColumn: "id"), kind: row.decodeName(forColumn: "kind"), old: ValueCodec.value(old),
            new: value, reason: row.decode(forColumn: "reason"),
            found: Timestamp(microseconds: row.decode(forColumn: "found")))
    }
}
