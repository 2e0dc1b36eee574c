internal import GRDB
public import Indicators

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func replacePeople(
        _ entries: [DirectoryEntry], actor: String, markingStale stale: Set<String>,
        matching match: @escaping AccountMatching
    ) async throws(StoreError) -> PeopleChanges {
        let audit = auditWriter
        return try await write { db in
            let ofFile = try PeopleChanges(from: db.rows(of: .file), to: entries)
            if !ofFile.isEmpty { try db.replaceRows(of: .file, with: entries) }
            let changes = try db.layPeople(markingStale: stale)
            // Also where the people are the same: the rules may be newer than the matches.
            try db.saveAccounts(of: nil, markingStale: stale, match)
            guard !(ofFile.isEmpty && changes.isEmpty) else { return changes }
            try audit.append(db, actor: actor, action: "people.import", detail: changes.detail)
            return changes
        }
    }

    public func people() async throws(StoreError) -> [DirectoryEntry] {
        try await read { try $0.people() }
    }

    public func peopleFile() async throws(StoreError) -> [DirectoryEntry] {
        try await read { try $0.rows(of: .file) }
    }
}

extension PeopleChanges {
    /// The difference between two states of the people file, employee by employee.
    init(from old: [DirectoryEntry], to new: [DirectoryEntry]) {
        self.init()
        let old = Dictionary(grouping: old, by: \.employee)
        let new = Dictionary(grouping: new, by: \.employee)
        added = new.keys.filter { old[$0] == nil }.sorted()
        removed = old.keys.filter { new[$0] == nil }.sorted()
        let both = new.keys.filter { old[$0] != nil }.sorted()
        changed = both.filter { new[$0] != old[$0] }
        unchanged = both.count - changed.count
    }
}

extension PeopleChanges {
    /// As the audit tells them.
    var detail: [String: StoredJSON] {
        [
            "added": .strings(added), "removed": .strings(removed), "changed": .strings(changed),
            "unchanged": .integer(Int64(unchanged)),
        ]
    }
}

/// The tables that hold rows of people in the form of HR's file.
enum PeopleTable: String {
    /// The rows that count.
    case effective = "people"
    /// HR's file.
    case file = "people_file"

    static func declaration(_ name: String) -> String {
        """
        CREATE TABLE \(name) (
            employee_id TEXT NOT NULL,
            position_in_file INTEGER NOT NULL,
            \(columns),
            PRIMARY KEY (employee_id, position_in_file)
        ) STRICT, WITHOUT ROWID;
        """
    }

    /// What a row says of a person, declared.
    static let columns = """
        name_zh TEXT,
        name_en TEXT,
        emails TEXT NOT NULL,
        phones TEXT NOT NULL,
        unit TEXT,
        job TEXT,
        manager_id TEXT,
        responsible_for TEXT NOT NULL,
        valid_from TEXT,
        valid_to TEXT,
        left_as TEXT
        """
    static let names = """
        name_zh, name_en, emails, phones, unit, job, manager_id, responsible_for, valid_from, valid_to, left_as
        """
}

extension Database {
    /// The rows that count.
    func people() throws -> [DirectoryEntry] { try rows(of: .effective) }

    func rows(of table: PeopleTable) throws -> [DirectoryEntry] {
        try Row.fetchAll(self, sql: "SELECT * FROM \(table.rawValue) ORDER BY employee_id, position_in_file").map(
            DirectoryEntry.init)
    }

    func replaceRows(of table: PeopleTable, with entries: [DirectoryEntry]) throws {
        try execute(sql: "DELETE FROM \(table.rawValue)")
        let statement = try cachedStatement(
            sql: """
                INSERT INTO \(table.rawValue) (employee_id, position_in_file, \(PeopleTable.names))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for (position, entry) in entries.enumerated() {
            try statement.execute(arguments: [entry.employee, position] + entry.arguments)
        }
    }

    /// Puts file and directories together anew, and marks what is to be computed again where the people who count change.
    func layPeople(markingStale stale: Set<String>) throws -> PeopleChanges {
        let layers = PeopleLayers(file: try rows(of: .file), directories: try directories().map(\.history))
        let entries = layers.entries
        let changes = try PeopleChanges(from: people(), to: entries)
        if !changes.isEmpty {
            try replaceRows(of: .effective, with: entries)
            try markStale(stale)
        }
        return changes
    }
}

extension DirectoryEntry {
    /// What a row says, in the order of ``PeopleTable/names``.
    var arguments: StatementArguments {
        [
            nameZh, nameEn, StoredJSON.strings(emails).text, StoredJSON.strings(phones).text, unit, position, manager,
            StoredJSON.strings(responsibleFor).text, validFrom?.description, validTo?.description,
            leftAs,
        ]
    }

    init(_ row: Row) throws {
        try self.init(
            employee: row.decode(forColumn: "employee_id"), nameZh: row.decode(forColumn: "name_zh"),
            nameEn: row.decode(forColumn: "name_en"), emails: row.decodeStrings(forColumn: "emails"),
            phones: row.decodeStrings(forColumn: "phones"), unit: row.decode(forColumn: "unit"),
            position: row.decode(forColumn: "job"), manager: row.decode(forColumn: "manager_id"),
            responsibleFor: row.decodeStrings(forColumn: "responsible_for"), leftAs: row.decode(forColumn: "left_as"),
            validFrom: row.decodeDay(forColumn: "valid_from"), validTo: row.decodeDay(forColumn: "valid_to"))
    }
}

extension Row {
    /// A list of texts.
    func decodeStrings(forColumn column: String) throws -> [String] {
        try StoredJSON.strings(stored: decode(String.self, forColumn: column))
    }

    /// A day; nil where the column is empty.
    func decodeDay(forColumn column: String) throws -> Day? {
        guard let text: String = try decode(forColumn: column), !text.isEmpty else { return nil }
        guard let day = Day(text: text) else {
            throw StoreError.damaged(reason: "the column \(column) holds \"\(text)\", which is no day")
        }
        return day
    }
}
