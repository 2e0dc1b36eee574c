internal import Foundation
public import Indicators
internal import PlumblineKit
internal import RecordFiles

/// Reads the people file: a CSV with a row per employee and span of validity.
public enum PeopleFile {
    /// The columns; several e-mails, phones or units stand in one cell, joined with `;`.
    public static let columns = [
        "staff_number", "name_zh", "name_en", "emails", "phones", "unit", "position", "manager", "responsible_for",
        "left_as", "valid_from", "valid_to",
    ]

    /// What is wrong with a row, with its line.
    public struct RowProblem: Sendable, Hashable, CustomStringConvertible {
        /// Counted from 1, as an editor shows it; the first line has the columns.
        public let line: Int
        /// What is wrong, with the value seen.
        public let reason: String
        /// `line 3: reason`.
        public var description: String { "line \(line): \(reason)" }
    }

    /// The rows of the file at `path`.
    ///
    /// - Throws: `HostError.invalid` with every faulty line; a file with faults is not used.
    public static func entries(at path: String) throws(HostError) -> [DirectoryEntry] {
        var rows: [(line: Int, entry: DirectoryEntry)] = []
        var problems: [RowProblem] = []
        do throws(FileFault) {
            try read(path, &rows, &problems)
        } catch {
            throw .invalid("\(path): \(error)")
        }
        problems += overlaps(rows)
        if !problems.isEmpty {
            throw .invalid(told(problems.sorted { $0.line < $1.line }, of: path))
        }
        return rows.map(\.entry)
    }

    /// The first problems in words: a wrong file has one in every line.
    private static func told(_ problems: [RowProblem], of path: String) -> String {
        let shown = problems.prefix(20).map { "\(path): \($0)" }
        let more = problems.count > shown.count ? ["\(path): and \(problems.count - shown.count) more"] : []
        return (shown + more).joined(separator: "\n")
    }

    private static func read(
        _ path: String, _ rows: inout [(line: Int, entry: DirectoryEntry)], _ problems: inout [RowProblem]
    ) throws(FileFault) {
        var reader = try CSVReader(
            path: path, form: FileForm(format: .table(delimiter: UInt8(ascii: ","))), selection: .fields(columns))
        if let unknown = reader.columns.first(where: { !columns.contains($0) }) {
            let known = columns.joined(separator: ", ")
            problems.append(RowProblem(line: 1, reason: "unknown column '\(unknown)'; known: \(known)"))
        }
        var batch = SourceBatch(fields: columns)
        while try reader.read(1000, into: &batch) {}
        problems += batch.rejected.map { RowProblem(line: $0.line ?? 1, reason: $0.reasonWithoutLine(in: "en")) }
        for row in 0..<batch.count {
            let line = batch.rows[row].line
            do throws(RowProblem.Failure) {
                rows.append((line, try entry(PeopleRow(batch: batch, row: row))))
            } catch {
                problems.append(RowProblem(line: line, reason: error.reason))
            }
        }
    }

    private static func entry(_ row: PeopleRow) throws(RowProblem.Failure) -> DirectoryEntry {
        guard let employee = row.text("staff_number") else { throw .init(reason: "the staff number is empty") }
        let (from, to) = (try row.day("valid_from"), try row.day("valid_to"))
        if let from, let to, to <= from { throw .init(reason: "valid_to must be later than valid_from") }
        return DirectoryEntry(
            employee: employee, nameZh: row.text("name_zh"), nameEn: row.text("name_en"), emails: row.list("emails"),
            phones: row.list("phones"), unit: row.text("unit"), position: row.text("position"),
            manager: row.text("manager"), responsibleFor: row.list("responsible_for"),
            leftAs: row.text("left_as"), validFrom: from, validTo: to)
    }

    /// The rows of one employee must not overlap, or nobody could say which unit counts.
    private static func overlaps(_ rows: [(line: Int, entry: DirectoryEntry)]) -> [RowProblem] {
        var last: [String: (line: Int, entry: DirectoryEntry)] = [:]
        var problems: [RowProblem] = []
        let inOrder = rows.sorted {
            ($0.entry.validFrom?.sinceEpoch ?? .min, $0.line) < ($1.entry.validFrom?.sinceEpoch ?? .min, $1.line)
        }
        for (line, entry) in inOrder {
            if let before = last[entry.employee],
                (entry.validFrom?.sinceEpoch ?? .min) < (before.entry.validTo?.sinceEpoch ?? .max)
            {
                let reason = "\(entry.employee) has a row that is valid at the same time in line \(before.line)"
                problems.append(RowProblem(line: line, reason: reason))
            }
            last[entry.employee] = (line, entry)
        }
        return problems
    }
}

extension PeopleFile.RowProblem {
    struct Failure: Error { let reason: String }
}

/// The cells of one row of the people file.
private struct PeopleRow {
    let batch: SourceBatch
    let row: Int

    func text(_ column: String) -> String? {
        let field = batch.fields.firstIndex(of: column)
        let text = field.flatMap { batch.text($0, of: row) }?.trimmingCharacters(in: .whitespaces)
        return text?.isEmpty == false ? text : nil
    }

    func list(_ column: String) -> [String] {
        (text(column) ?? "").split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    func day(_ column: String) throws(PeopleFile.RowProblem.Failure) -> Day? {
        guard let text = text(column) else { return nil }
        guard let day = Day(text: text) else {
            throw .init(reason: "\(column) must be a day such as 2026-07-01, not '\(text)'")
        }
        return day
    }
}
