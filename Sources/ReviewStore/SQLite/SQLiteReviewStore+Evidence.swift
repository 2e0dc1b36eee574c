internal import Expressions
internal import GRDB
public import Indicators
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func evidence(
        of recordType: String, after key: EvidenceReference?, limit: Int, states: Set<EvidenceState>, view: EvidenceView
    ) async throws(StoreError) -> [Evidence] {
        let table = try table(recordType)
        return try await read { db in
            let rows = try EvidenceEffect(view, db).rows(of: table, db)
            let statement = try PreparedStatement(table.page(of: rows, states: states, isFirst: key == nil), in: db)
            if let key {
                try statement.bind(key)
                try statement.bind(Int64(limit), 4)
            } else {
                try statement.bind(Int64(limit), 1)
            }
            return try table.all(statement)
        }
    }

    public func evidence(
        of recordType: String, at key: EvidenceReference
    ) async throws(StoreError) -> Evidence? {
        let table = try table(recordType)
        return try await read { db in
            let statement = try PreparedStatement(table.find, in: db)
            try statement.bind(key)
            return try table.all(statement).first
        }
    }

    public func evidence(
        of recordType: String, where field: String, isOneOf values: [String]
    ) async throws(StoreError) -> [Evidence] {
        let table = try table(recordType)
        guard let slot = table.layout.type.slot(of: field), !table.layout.codecs[slot].isInteger else {
            throw .invalid(reason: "\(recordType) has no text field \"\(field)\"")
        }
        return try await read { db in
            let statement = try PreparedStatement(table.matching(field), in: db)
            var found: [Evidence] = []
            for value in Set(values) {
                try statement.bind(value, 1)
                found += try table.all(statement)
            }
            return found.sorted { $0.key.isBefore($1.key) }
        }
    }

    public func fold<Result: Sendable>(
        _ selections: [EvidenceSelection], view: EvidenceView, into result: Result,
        _ add: @escaping @Sendable (inout Result, inout EvidenceRecord) -> Void
    ) async throws(StoreError) -> Result {
        var scans: [EvidenceScan] = []
        for selection in selections {
            scans.append(EvidenceScan(table: try table(selection.recordType), selection))
        }
        let all = scans
        return try await read { db in
            let effect = try EvidenceEffect(view, db)
            var result = result
            for scan in all { try scan.run(db, effect) { add(&result, &$0) } }
            return result
        }
    }

    public func evidenceCounts() async throws(StoreError) -> [EvidenceCount] {
        let tables = tables.withLock { $0 }.sorted { $0.key < $1.key }
        return try await read { db in
            try tables.flatMap { type, table in
                let statement = try PreparedStatement(table.counts, in: db)
                defer { statement.reset() }
                var counts: [EvidenceCount] = []
                while try statement.step() { counts.append(EvidenceCount(recordType: type, row: statement)) }
                return counts
            }
        }
    }
}

extension PreparedStatement {
    /// Binds a key to the first three places, or to those from `index` on.
    func bind(_ key: EvidenceReference, from index: Int32 = 1) throws {
        try bind(key.connection, index)
        try bind(key.stream, index + 1)
        try bind(key.externalID, index + 2)
    }
}

extension EvidenceReference {
    /// By connection, stream and id, each by its bytes: the order of the tables.
    func isBefore(_ other: Self) -> Bool {
        [connection, stream, externalID].lexicographicallyPrecedes([other.connection, other.stream, other.externalID]) {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }
}

extension EvidenceCount {
    fileprivate init(recordType: String, row: PreparedStatement) {
        self.init(
            recordType: recordType, connection: row.text(0), stream: row.text(1), live: Int(row.integer(2)),
            gone: Int(row.integer(3)), deleted: Int(row.integer(4)))
    }
}
