internal import Foundation
public import Indicators
internal import PlumblineKit

/// Reads the people file: a CSV with a row per employee and span of validity.
public struct PeopleFile: Sendable {
    /// The columns; several e-mails, phones or units stand in one cell, joined with `;`.
    public static let columns = [
        "staff_number", "name_zh", "name_en", "emails", "phones", "unit", "position", "manager", "responsible_for",
        "valid_from", "valid_to",
    ]

    private let registry: ConnectorRegistry

    /// A reader of people files; it needs the connector `file.csv` of the registry.
    public init(registry: ConnectorRegistry) { self.registry = registry }

    /// What is wrong with a row, with its line.
    public struct RowProblem: Sendable, Hashable, CustomStringConvertible {
        /// Counted from 1; the first line has the columns.
        public let line: Int
        /// What is wrong, with the value seen.
        public let reason: String
        /// `line 3: reason`.
        public var description: String { "line \(line): \(reason)" }
    }

    /// The rows of the file at `path`.
    ///
    /// - Throws: `HostError.invalid` with every faulty line; a file with faults is not used.
    public func entries(at path: String) async throws(HostError) -> [DirectoryEntry] {
        let (rows, rejected) = try await rows(at: path)
        if !rejected.isEmpty {
            throw .invalid(rejected.map { "\(path): \(Self.problem($0))" }.joined(separator: "\n"))
        }
        var entries: [DirectoryEntry] = []
        var problems: [RowProblem] = []
        for (index, row) in rows.enumerated() {
            do throws(RowProblem.Failure) {
                entries.append(try Self.entry(row))
            } catch {
                problems.append(RowProblem(line: index + 2, reason: error.reason))
            }
        }
        problems += Self.overlaps(entries)
        if !problems.isEmpty {
            throw .invalid(problems.sorted { $0.line < $1.line }.map { "\(path): \($0)" }.joined(separator: "\n"))
        }
        return entries
    }

    /// What is wrong with a row that is no CSV, or names nobody.
    private static func problem(_ row: RejectedRecord) -> String {
        row.reason.hasPrefix(row.id) ? row.reason : "\(row.id): \(row.reason)"
    }

    /// The people file is read like any CSV source.
    private func rows(at path: String) async throws(HostError) -> (rows: [JSON], rejected: [RejectedRecord]) {
        let url = URL(filePath: path)
        guard let csv = registry["file.csv"] else { throw .invalid("the program has no connector file.csv") }
        do throws(ConnectorError) {
            let settings = try Settings(
                ["path": .text(url.lastPathComponent), "id_field": .text("staff_number")],
                against: csv.description.settings)
            let connector = try csv.init(
                settings: settings,
                context: ConnectorContext(
                    transport: NoNetwork(), files: WorkspaceFiles(folder: url.deletingLastPathComponent().path),
                    now: { Instant(seconds: 0) }, zone: "UTC"))
            var rows: [JSON] = []
            var rejected: [RejectedRecord] = []
            var cursor: Cursor?
            while true {
                let page = try await connector.page(of: csv.description.streams[0].name, after: cursor)
                rows += page.records.map(\.json)
                rejected += page.rejected
                cursor = page.cursor
                if !page.hasMore { return (rows, rejected) }
            }
        } catch {
            throw .invalid("\(path): \(error)")
        }
    }

    private static func entry(_ row: JSON) throws(RowProblem.Failure) -> DirectoryEntry {
        guard let members = row.object?.members else { throw .init(reason: "no row") }
        if let unknown = members.first(where: { !columns.contains($0.key) }) {
            throw .init(reason: "unknown column '\(unknown.key)'; known: \(columns.joined(separator: ", "))")
        }
        guard let employee = text(row, "staff_number") else { throw .init(reason: "the staff number is empty") }
        let (from, to) = (try day(row, "valid_from"), try day(row, "valid_to"))
        if let from, let to, to <= from { throw .init(reason: "valid_to must be later than valid_from") }
        return DirectoryEntry(
            employee: employee, nameZh: text(row, "name_zh"), nameEn: text(row, "name_en"), emails: list(row, "emails"),
            phones: list(row, "phones"), unit: text(row, "unit"), position: text(row, "position"),
            manager: text(row, "manager"), responsibleFor: list(row, "responsible_for"),
            validFrom: from, validTo: to)
    }

    private static func text(_ row: JSON, _ column: String) -> String? {
        let text = row[column]?.scalarText?.trimmingCharacters(in: .whitespaces)
        return text?.isEmpty == false ? text : nil
    }

    private static func list(_ row: JSON, _ column: String) -> [String] {
        (text(row, column) ?? "").split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    private static func day(_ row: JSON, _ column: String) throws(RowProblem.Failure) -> Day? {
        guard let text = text(row, column) else { return nil }
        guard let day = Day(text: text) else {
            throw .init(reason: "\(column) must be a day such as 2026-07-01, not '\(text)'")
        }
        return day
    }

    /// The rows of one employee must not overlap, or nobody could say which unit counts.
    private static func overlaps(_ entries: [DirectoryEntry]) -> [RowProblem] {
        var last: [String: (index: Int, entry: DirectoryEntry)] = [:]
        var problems: [RowProblem] = []
        let indexed = entries.enumerated().sorted {
            ($0.element.validFrom?.sinceEpoch ?? .min, $0.offset)
                < ($1.element.validFrom?.sinceEpoch ?? .min, $1.offset)
        }
        for (index, entry) in indexed {
            if let before = last[entry.employee] {
                let end = before.entry.validTo?.sinceEpoch ?? .max
                if (entry.validFrom?.sinceEpoch ?? .min) < end {
                    let other = before.index + 2
                    problems.append(
                        RowProblem(
                            line: index + 2,
                            reason: "\(entry.employee) has a row that is valid at the same time in line \(other)"))
                }
            }
            last[entry.employee] = (index, entry)
        }
        return problems
    }
}

extension PeopleFile.RowProblem {
    struct Failure: Error { let reason: String }
}

/// Reading a file needs no network.
private struct NoNetwork: Transport {
    func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        throw .settings(field: "path", reason: "a people file is read from disk, not from \(request.url)")
    }
}
