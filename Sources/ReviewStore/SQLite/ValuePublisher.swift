internal import Expressions
internal import GRDB
internal import Indicators

/// Gives new revisions to what changed, within one transaction.
struct ValuePublisher: Sendable {
    let cause: String
    let run: RunID?
    let actor: String
    let findingKind: Finding.Kind
    let audit: AuditWriter
    let outbox: OutboxWriter

    /// Publishes values; what is equal to its current revision stays as it is.
    func publish(_ values: [ComputedValue], _ db: Database) throws -> PublicationOutcome {
        let locked = try db.lockedPeriods()
        var outcome = PublicationOutcome()
        var changed: [(old: PublishedValue?, new: ComputedValue)] = []
        var newFindings: [Finding] = []
        changed.reserveCapacity(values.count)
        for value in try distinct(values) {
            let old = try db.currentValue(value.key)
            if let old, ValueCodec.encode(old.content) == ValueCodec.encode(value) {
                outcome.unchanged += 1
            } else if locked.contains(value.key.period) {
                let (finding, isNew) = try note(value, insteadOf: old, db)
                outcome.refused.append(finding)
                if isNew { newFindings.append(finding) }
            } else {
                changed.append((old, value))
            }
        }
        try outbox.proposed(newFindings, cause: cause, run: run, db)
        guard !changed.isEmpty else { return outcome }
        try write(changed, db, &outcome)
        try outbox.published(outcome.changes, cause: cause, run: run, db)
        return outcome
    }

    private func distinct(_ values: [ComputedValue]) throws(StoreError) -> [ComputedValue] {
        let sorted = values.sorted { $0.key < $1.key }
        for (value, next) in zip(sorted, sorted.dropFirst()) where value.key == next.key {
            throw .invalid(
                reason: "\(value.key.indicator) of \(value.key.subject.id) in \(value.key.period) is given twice")
        }
        return sorted
    }

    private func write(
        _ changed: [(old: PublishedValue?, new: ComputedValue)], _ db: Database, _ outcome: inout PublicationOutcome
    ) throws {
        let sequence = try db.lastAudit(audit.chain).sequence &+ 1
        let now = Timestamp(microseconds: audit.now().microseconds)
        let retire = try PreparedStatement(
            "UPDATE indicator_values SET is_current = 0 WHERE \(ValueColumns.keyMatches) AND is_current = 1", in: db)
        let insert = try PreparedStatement(ValueColumns.insert, in: db)
        var hashes: [String] = []
        outcome.changes.reserveCapacity(outcome.changes.count + changed.count)
        for (old, content) in changed {
            let new = PublishedValue(
                content: content, revision: (old?.revision ?? 0) + 1, isCurrent: true, run: run, cause: cause,
                published: now, auditSequence: sequence)
            if old != nil {
                try retire.bind(ValueCodec.encode(content.key))
                try retire.run()
            }
            let fields = new.hashedFields
            try insert.bind(fields + [.integer(sequence)])
            try insert.run()
            hashes.append(ValueCodec.hash(fields))
            outcome.changes.append(ValueChange(old: old, new: new))
        }
        outcome.auditSequence = sequence
        try audit.append(
            db, actor: actor, action: Self.auditAction,
            detail: [
                "cause": .string(cause), "run": run.map { .integer($0) } ?? .null, "hashes": .strings(hashes),
                "refused": .integer(Int64(outcome.refused.count)),
            ])
    }

    /// The action of the audit entries that hold the hashes of values.
    static let auditAction = "values.publish"

    // MARK: Locked periods

    /// The finding, and whether it was not known before.
    private func note(
        _ value: ComputedValue, insteadOf old: PublishedValue?, _ db: Database
    ) throws -> (finding: Finding, isNew: Bool) {
        let texts = (
            old: (old.map { ValueCodec.json(ValueCodec.encode($0.content)) } ?? .null).text,
            new: ValueCodec.json(ValueCodec.encode(value)).text
        )
        try db.execute(
            sql: """
                INSERT INTO findings (kind, period_id, old_value, new_value, reason, found) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (kind, old_value, new_value) DO NOTHING
                """,
            arguments: [
                findingKind.rawValue, value.key.period, texts.old, texts.new,
                "the period \(value.key.period) is locked; \(cause) would change the value",
                audit.now().microseconds,
            ])
        let isNew = db.changesCount > 0
        let row = try Row.fetchOne(
            db, sql: "SELECT * FROM findings WHERE kind = ? AND old_value = ? AND new_value = ?",
            arguments: [findingKind.rawValue, texts.old, texts.new])
        guard let row else { throw StoreError.damaged(reason: "a finding was written and is not there") }
        return (try Finding(row), isNew)
    }
}
