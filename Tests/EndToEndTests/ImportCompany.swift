import Foundation
import PlumblineKit
import RecordFiles

/// A company whose key events come in files that people bring, with everything that an import touches laid bare.
final class ImportCompany {
    private let folder: TemporaryFolder
    let program: Plumbline
    static let people = 40

    /// A workspace with its people imported.
    init() async throws {
        folder = try TemporaryFolder()
        for (name, text) in Self.files { try folder.write(text, to: name) }
        program = Plumbline(workspace: folder.url)
        _ = try await program.json("people", "import")
    }

    /// A copy of another workspace as it is now.
    init(copying other: ImportCompany) throws {
        folder = try TemporaryFolder()
        try folder.fill(from: other.folder.url)
        program = Plumbline(workspace: folder.url)
    }

    func database() throws -> Database { try Database(folder.url.appending(path: "plumbline.sqlite")) }

    /// Imports a file undisturbed.
    func bring(_ file: URL) async throws -> JSON {
        try await program.json("import", file.path, "--connection", "imported")
    }

    func startImport(of file: URL) throws -> RunningProcess {
        try program.start(["import", file.path, "--connection", "imported"])
    }

    private static let files = [
        "plumbline.yaml": """
        company: {zh: 导入测试, en: Import test}
        zone: Asia/Shanghai
        languages: [zh, en]
        periods: [month, quarter]
        first_period: 2026-07
        """,
        "people.csv": "staff_number,name_zh,emails,unit\n"
            + (1...people).map { "S\($0),员工,s\($0)@plumbline.example,一部\n" }.joined(),
        "connectors/imported.yaml": """
        connection: imported
        connector: file.import
        settings: {id_field: id}
        zone: Asia/Shanghai
        streams:
          entries:
            from: records
            record: key_event
            map:
              id: source.id
              employee_id: "account(source.who, {'email': source.mail})"
              occurred_at: source.at
              polarity: "'positive'"
              points: source.points
              category: source.category
              status: "'confirmed'"
        """,
    ]
}

/// A file of key events, as a table or a workbook.
struct ImportFile {
    /// Rows `rows`, of which each has `points` more than its number's last digit.
    static func write(rows: Range<Int>, points: Int, as kind: String, in folder: TemporaryFolder) throws -> URL {
        let file = folder.url.appending(path: "events-\(rows.count)-\(points).\(kind)")
        let columns = ["id", "who", "mail", "at", "points", "category"]
        let cells = rows.map { number in
            let person = number % ImportCompany.people + 1
            return [
                "K\(number)", "u\(person)", "s\(person)@plumbline.example",
                "2026-0\(7 + number % 3)-\(10 + number % 18)T09:30:00", "\(points + number % 10)", "值班",
            ]
        }
        if kind == "xlsx" {
            let writer = try WorkbookWriter(path: file.path)
            try writer.addSheet(named: "事件", columns: columns.map { WorkbookColumn($0) })
            for row in cells { try writer.append(row.map { .text($0) }) }
            try writer.close()
        } else {
            let lines = ([columns] + cells).map { $0.joined(separator: ",") + "\n" }
            try Data(lines.joined().utf8).write(to: file)
        }
        return file
    }
}

/// Everything that an import changes, as the database has it.
struct ImportedState: Equatable {
    let records: [String: String]
    let accounts: [[String]]
    let values: [[String]]
    /// What is not the same after a second import of the same file.
    struct Traces: Equatable {
        let imports: Int
        let audited: Int
        let succeeded: Int
        let kept: Int
    }
    let traces: Traces
    /// Whether values are still to be computed.
    let isStale: Bool

    init(_ database: Database) throws {
        records = try database.contentHashes(of: "key_event")
        accounts = try database.rows(
            "SELECT connection, account, state, employee_id, email, rule FROM accounts ORDER BY 1, 2, valid_from")
        values = try database.rows(
            """
            SELECT indicator_id, subject_kind, subject_id, period_id, status, numerator, denominator, decimal,
                sample_size, included, excluded, missing, unmatched, flags, definition_version, evidence_digest, revision
            FROM indicator_values WHERE is_current = 1 ORDER BY 1, 2, 3, 4
            """)
        let count = { (sql: String) in Int(try database.rows("SELECT COUNT(*) FROM \(sql)").first?.first ?? "") ?? 0 }
        traces = Traces(
            imports: try count("imports"), audited: try count("audit WHERE action = 'import'"),
            succeeded: try count("imports JOIN runs ON runs.id = run_id WHERE state = 'succeeded'"),
            kept: try count("run_changes"))
        isStale = try count("stale_marks WHERE is_set = 1") > 0
    }

    /// Whether two states hold the same records and the same people behind them.
    func hasSameEvidence(as other: Self) -> Bool { records == other.records && accounts == other.accounts }
}
