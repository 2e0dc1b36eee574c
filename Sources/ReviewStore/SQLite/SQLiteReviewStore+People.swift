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
            let changes = try PeopleChanges(from: db.people(), to: entries)
            if !changes.isEmpty {
                try db.execute(sql: "DELETE FROM people")
                for (position, entry) in entries.enumerated() { try db.insert(entry, position: position) }
                try db.markStale(stale)
            }
            // Also where the people are the same: the rules may be newer than the matches.
            try db.saveAccounts(of: nil, markingStale: stale, match)
            guard !changes.isEmpty else { return changes }
            try audit.append(
                db, actor: actor, action: "people.import",
                detail: [
                    "added": .strings(changes.added), "removed": .strings(changes.removed),
                    "changed": .strings(changes.changed), "unchanged": .integer(Int64(changes.unchanged)),
                ])
            return changes
        }
    }

    public func people() async throws(StoreError) -> [DirectoryEntry] {
        try await read { try $0.people() }
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

extension Database {
    func people() throws -> [DirectoryEntry] {
        try Row.fetchAll(self, sql: "SELECT * FROM people ORDER BY employee_id, position_in_file").map(
            DirectoryEntry.init)
    }

    fileprivate func insert(_ entry: DirectoryEntry, position: Int) throws {
        try cachedStatement(
            sql: """
                INSERT INTO people (employee_id, position_in_file, name_zh, name_en, emails, phones, unit, job,
                    manager_id, responsible_for, valid_from, valid_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            entry.employee, position, entry.nameZh, entry.nameEn, StoredJSON.strings(entry.emails).text,
            StoredJSON.strings(entry.phones).text, entry.unit, entry.position, entry.manager,
            StoredJSON.strings(entry.responsibleFor).text, entry.validFrom?.description, entry.validTo?.description,
        ])
    }
}

extension DirectoryEntry {
    fileprivate init(_ row: Row) throws {
        try self.init(
            employee: row.decode(forColumn: "employee_id"), nameZh: row.decode(forColumn: "name_zh"),
            nameEn: row.decode(forColumn: "name_en"), emails: row.decodeStrings(forColumn: "emails"),
            phones: row.decodeStrings(forColumn: "phones"), unit: row.decode(forColumn: "unit"),
            position: row.decode(forColumn: "job"), manager: row.decode(forColumn: "manager_id"),
            responsibleFor: row.decodeStrings(forColumn: "responsible_for"),
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
