internal import Expressions
internal import GRDB
internal import Indicators

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func directories() async throws(StoreError) -> [FollowedDirectory] {
        try await read { try $0.directories() }
    }

    public func directoryStates() async throws(StoreError) -> [DirectoryState] {
        try await read { try $0.directoryStates() }
    }

    public func followDirectory(
        of connection: String, actor: String, markingStale stale: Set<String>,
        following follow: @escaping DirectoryFollowing, matching match: @escaping AccountMatching
    ) async throws(StoreError) -> FollowedSnapshot {
        let (audit, now) = (auditWriter, configuration.now())
        return try await write { db in
            let old = try db.directoryStates().first { $0.connection == connection }
            let before = try db.history(of: connection)
            let found = follow(before)
            let isBelieved = found.doubt == nil
            try db.save(
                DirectoryState(
                    connection: connection, looked: now, believed: isBelieved ? now : old?.believed, doubt: found.doubt)
            )
            guard isBelieved, found.history != before else {
                return FollowedSnapshot(news: found.news, doubt: found.doubt, changes: PeopleChanges())
            }
            try db.save(found.history, insteadOf: before, of: connection)
            let changes = try db.layPeople(markingStale: stale)
            if !changes.isEmpty { try db.saveAccounts(of: nil, markingStale: stale, match) }
            try audit.append(
                db, actor: actor, action: "people.follow",
                detail: found.news.detail.merging(["connection": .string(connection)]) { $1 })
            return FollowedSnapshot(news: found.news, doubt: nil, changes: changes)
        }
    }

    public func forgetDirectory(
        of connection: String, actor: String, markingStale stale: Set<String>,
        matching match: @escaping AccountMatching
    ) async throws(StoreError) -> PeopleChanges? {
        let audit = auditWriter
        return try await write { db in
            try db.execute(sql: "DELETE FROM directories WHERE connection = ?", arguments: [connection])
            guard db.changesCount > 0 else { return nil }
            try db.execute(sql: "DELETE FROM directory_people WHERE connection = ?", arguments: [connection])
            let changes = try db.layPeople(markingStale: stale)
            if !changes.isEmpty { try db.saveAccounts(of: nil, markingStale: stale, match) }
            try audit.append(
                db, actor: actor, action: "people.forget",
                detail: changes.detail.merging(["connection": .string(connection)]) { $1 })
            return changes
        }
    }
}

/// The tables of what directories told.
enum DirectoryTables {
    static let schema = """
        ALTER TABLE people ADD COLUMN left_as TEXT;
        \(PeopleTable.declaration("people_file"))
        INSERT INTO people_file SELECT * FROM people;
        CREATE TABLE directories (
            connection TEXT PRIMARY KEY,
            looked INTEGER NOT NULL,
            believed INTEGER,
            doubt TEXT,
            doubtful INTEGER,
            doubtful_of INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE directory_people (
            connection TEXT NOT NULL,
            employee_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            account TEXT NOT NULL,
            \(PeopleTable.columns),
            PRIMARY KEY (connection, employee_id, position)
        ) STRICT, WITHOUT ROWID;
        """
}

extension Database {
    func directories() throws -> [FollowedDirectory] {
        try directoryStates().map { FollowedDirectory(state: $0, history: try history(of: $0.connection)) }
    }

    func directoryStates() throws -> [DirectoryState] {
        try Row.fetchAll(self, sql: "SELECT * FROM directories ORDER BY connection").map { row in
            let believed: Int64? = try row.decode(forColumn: "believed")
            return DirectoryState(
                connection: try row.decode(forColumn: "connection"),
                looked: Timestamp(microseconds: try row.decode(forColumn: "looked")),
                believed: believed.map { Timestamp(microseconds: $0) }, doubt: try DirectoryDoubt(row))
        }
    }

    fileprivate func history(of connection: String) throws -> DirectoryHistory {
        var people: [String: DirectoryHistory.Person] = [:]
        let sql = "SELECT * FROM directory_people WHERE connection = ? ORDER BY employee_id, position"
        for row in try Row.fetchAll(self, sql: sql, arguments: [connection]) {
            let entry = try DirectoryEntry(row)
            let account: String = try row.decode(forColumn: "account")
            people[entry.employee, default: .init(account: account, rows: [])].rows.append(entry)
        }
        return DirectoryHistory(people)
    }

    fileprivate func save(_ state: DirectoryState) throws {
        try execute(
            sql: "INSERT OR REPLACE INTO directories VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                state.connection, state.looked.microseconds, state.believed?.microseconds, state.doubt?.stored.kind,
                state.doubt?.stored.count, state.doubt?.stored.total,
            ])
    }

    fileprivate func save(
        _ history: DirectoryHistory, insteadOf old: DirectoryHistory, of connection: String
    ) throws {
        let (people, before) = (history.people, old.people)
        for employee in Set(people.keys).union(before.keys).sorted() where people[employee] != before[employee] {
            try save(people[employee], as: employee, of: connection)
        }
    }

    private func save(_ person: DirectoryHistory.Person?, as employee: String, of connection: String) throws {
        try execute(
            sql: "DELETE FROM directory_people WHERE connection = ? AND employee_id = ?",
            arguments: [connection, employee])
        guard let person else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO directory_people (connection, employee_id, position, account, \(PeopleTable.names))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for (position, row) in person.rows.enumerated() {
            try statement.execute(arguments: [connection, employee, position, person.account] + row.arguments)
        }
    }
}

extension DirectoryDoubt {
    fileprivate var stored: (kind: String, count: Int, total: Int) {
        switch self {
        case .manyLeft(let count, let total): ("left", count, total)
        case .manyMoved(let count, let total): ("moved", count, total)
        }
    }

    fileprivate init?(_ row: Row) throws {
        guard let kind: String = try row.decode(forColumn: "doubt") else { return nil }
        let count: Int = try row.decode(forColumn: "doubtful")
        let total: Int = try row.decode(forColumn: "doubtful_of")
        switch kind {
        case "left": self = .manyLeft(count, of: total)
        case "moved": self = .manyMoved(count, of: total)
        default: throw StoreError.damaged(reason: "the column doubt holds \"\(kind)\"")
        }
    }
}

extension DirectoryNews {
    /// As the audit tells them.
    fileprivate var detail: [String: StoredJSON] {
        [
            "joined": .strings(joined), "moved": .strings(moved), "left": .strings(left),
            "returned": .strings(returned), "corrected": .strings(corrected),
        ]
    }
}
