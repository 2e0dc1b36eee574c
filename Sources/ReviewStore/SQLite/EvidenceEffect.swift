internal import GRDB
internal import Indicators

/// What of the stored evidence is in effect, as one view of it has it.
///
/// A row is held where its run is held or awaits judgement, or where it is held by itself with the contents that it has.
/// In its place stands the row as it was before that run, and before the run before, until one is in effect; none where
/// there was none.
struct EvidenceEffect {
    private let runs: [RunID]
    /// The condition on a held record; nil where no record is held by itself.
    private let records: String?

    init(_ view: EvidenceView, _ db: Database) throws {
        guard view != .asStored else {
            (runs, records) = ([], nil)
            return
        }
        let (hold, run) = view.exceptions
        runs = try RunID.fetchAll(
            db,
            sql: """
                SELECT id FROM runs WHERE gate IN ('pending', 'held') AND id IS NOT ?1
                AND (hold_id IS NULL OR hold_id IS NOT ?2) ORDER BY id
                """, arguments: [run, hold])
        let condition = hold.map { "hold_id <> \($0)" } ?? "true"
        let holdsRecords =
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM held_records WHERE \(condition))") ?? false
        records = holdsRecords ? condition : nil
    }

    /// What stands behind FROM in a statement that reads rows of a table: the table itself, or its rows in effect.
    func rows(of table: EvidenceTable, _ db: Database) throws -> String {
        guard !runs.isEmpty || records != nil else { return "\"\(table.sqlName)\"" }
        let kept = try KeptColumns(of: table, in: db)
        let columns = ["_connection", "_stream", "_external_id", "_content_hash"] + table.kept
        let names = columns.joined(separator: ", ")
        let before =
            ["held._connection", "held._stream", "held._external_id", "kept.hash"]
            + table.kept.map { kept.value(of: $0, in: "kept", orElse: "held.\($0)") }
        return """
            (WITH RECURSIVE held (\(names)) AS (
                SELECT \(names) FROM "\(table.sqlName)" AS stored WHERE \(isHeld("stored", table))
                UNION ALL
                SELECT \(before.joined(separator: ", ")) FROM held JOIN run_changes AS kept
                    ON kept.run_id = held._run_id AND kept.record_type = '\(table.layout.type.name)'
                        AND kept.external_id = held._external_id
                WHERE \(isHeld("held", table)))
            SELECT \(names) FROM "\(table.sqlName)" AS stored WHERE NOT \(isHeld("stored", table))
            UNION ALL
            SELECT \(names) FROM held WHERE NOT \(isHeld("held", table)))
            """
    }

    private func isHeld(_ row: String, _ table: EvidenceTable) -> String {
        let byRun = runs.isEmpty ? "false" : "\(row)._run_id IN (\(runs.map(String.init).joined(separator: ", ")))"
        guard let records else { return "(\(byRun))" }
        return """
            (\(byRun) OR EXISTS (SELECT 1 FROM held_records WHERE record_type = '\(table.layout.type.name)'
                AND connection = \(row)._connection AND stream = \(row)._stream
                AND external_id = \(row)._external_id AND hash = \(row)._content_hash AND \(records)))
            """
    }
}

extension EvidenceView {
    /// What counts although it is held: the records of a hold, or of a run.
    fileprivate var exceptions: (hold: Int64?, run: RunID?) {
        switch self {
        case .inEffect, .asStored: (nil, nil)
        case .releasing(let hold): (hold, nil)
        case .passing(let run): (nil, run)
        }
    }
}
