public import Expressions
internal import PlumblineKit

/// What a backup holds.
public struct BackupManifest: Sendable, Hashable {
    /// When it was begun.
    public var made: Timestamp
    /// How many files of the workspace are in it, without the database.
    public var files = 0
    /// The length of all files and of the database, in bytes.
    public var bytes = 0
    /// The database; nil where the workspace had none.
    public var database: Database?
    /// What of the workspace is not in it, such as `secrets`.
    public var leftOut: [String] = []

    /// The database in a backup.
    public struct Database: Sendable, Hashable {
        /// The steps of its schema.
        public var schema: [String]
        /// How many rows each table has.
        public var rows: [String: Int]
        /// How many entries its audit chain has.
        public var entries = 0
        /// What was wrong with the audit chain when the backup was made.
        public var problems: [String] = []
    }

    /// Whether nothing was wrong with the audit chain.
    public var isIntact: Bool { database?.problems.isEmpty ?? true }

    init(made: Timestamp) { self.made = made }
}

extension BackupManifest {
    var json: JSON {
        [
            "made": .string(made.rfc3339), "files": .int(files), "bytes": .int(bytes),
            "database": database?.json ?? .null, "left_out": .array(leftOut.map(JSON.string)),
        ]
    }

    init?(_ json: JSON) {
        guard let made = json["made"]?.string.flatMap({ Timestamp(rfc3339: $0) }), let files = json["files"]?.int,
            let bytes = json["bytes"]?.int, let leftOut = json["left_out"]?.array, let database = json["database"]
        else { return nil }
        self.init(made: made)
        (self.files, self.bytes, self.leftOut) = (files, bytes, leftOut.compactMap(\.string))
        if database.isNull { return }
        guard let read = Database(database) else { return nil }
        self.database = read
    }
}

extension BackupManifest.Database {
    fileprivate var json: JSON {
        [
            "schema": .array(schema.map(JSON.string)),
            "rows": .object(JSONObject(rows.sorted { $0.key < $1.key }.map { ($0.key, JSON.int($0.value)) })),
            "entries": .int(entries), "problems": .array(problems.map(JSON.string)),
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard let schema = json["schema"]?.array, let rows = json["rows"]?.object, let entries = json["entries"]?.int,
            let problems = json["problems"]?.array
        else { return nil }
        let counts = rows.members.map { ($0.key, $0.value.int ?? -1) }
        self.init(
            schema: schema.compactMap(\.string), rows: Dictionary(counts, uniquingKeysWith: { first, _ in first }),
            entries: entries, problems: problems.compactMap(\.string))
    }
}
