internal import Expressions
internal import GRDB
internal import Indicators
internal import OpenSSLCrypto

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func commit(_ page: PageCommit) async throws(StoreError) -> PageOutcome {
        let claim = try claims.claim(of: page.run)
        let writer = try PageWriter(
            page: page, claim: claim, table: table(page.recordType), configuration: configuration)
        let audit = configuration.now().microseconds
        return try await write { try writer.write($0, now: audit) }
    }
}

/// One page, encoded, hashed and sealed before its transaction begins, so that the writer does nothing but write.
private struct PageWriter: Sendable {
    private let page: PageCommit
    private let claim: RunClaims.Claim
    private let table: EvidenceTable
    private let records: [EncodedRecord]
    private let sealedInputs: [[UInt8]]

    private struct EncodedRecord: Sendable {
        let key: EvidenceReference
        let fields: [StoredField]
        let hash: [UInt8]
    }

    /// The statements that every record of the page uses.
    private struct Statements {
        let find, findState, insert, update: PreparedStatement

        init(_ table: EvidenceTable, in db: Database) throws {
            find = try PreparedStatement(table.find, in: db)
            findState = try PreparedStatement(table.findState, in: db)
            insert = try PreparedStatement(table.insert, in: db)
            update = try PreparedStatement(table.update, in: db)
        }
    }

    init(
        page: PageCommit, claim: RunClaims.Claim, table: EvidenceTable, configuration: StoreConfiguration
    ) throws(StoreError) {
        self.page = page
        self.claim = claim
        self.table = table
        var hasher = ContentHasher(layout: table.layout)
        var records: [EncodedRecord] = []
        records.reserveCapacity(page.records.count)
        for mapped in page.records {
            let fields = try table.layout.encode(mapped.record)
            let key = claim.key(mapped.externalID)
            records.append(
                EncodedRecord(key: key, fields: fields, hash: hasher.hash(fields)))
        }
        self.records = records
        var inputs: [[UInt8]] = []
        for reject in page.rejects {
            try inputs.append(DeadLetterSeal(key: configuration.keys.sealing, claim: claim).seal(reject))
        }
        sealedInputs = inputs
    }

    func write(_ db: Database, now: Int64) throws -> PageOutcome {
        var outcome = PageOutcome()
        outcome.anomalies = page.anomalies
        let letters = try OpenLetters(db, streamID: claim.streamID)
        let statements = try Statements(table, in: db)
        for (mapped, encoded) in zip(page.records, records) {
            try store(mapped, encoded, statements, &outcome)
            if try letters.resolve(mapped.externalID) { outcome.resolved += 1 }
        }
        for (reject, input) in zip(page.rejects, sealedInputs) {
            try letters.add(reject, sealed: input, run: page.run, now: now)
            outcome.rejected += 1
        }
        for id in page.deletions { try delete(claim.key(id), statements.find, db, &outcome) }
        try noteSeen(db)
        if let cursor = page.cursor {
            try db.execute(sql: "UPDATE streams SET cursor = ? WHERE id = ?", arguments: [cursor, claim.streamID])
        }
        if !outcome.touched.isEmpty { try db.markStale([page.recordType]) }
        try count(outcome, db)
        return outcome
    }

    // MARK: Evidence

    private func store(
        _ mapped: MappedRecord, _ encoded: EncodedRecord, _ statements: Statements, _ outcome: inout PageOutcome
    ) throws {
        let found = statements.findState
        defer { found.reset() }
        try found.bind(encoded.key)
        guard try found.step() else {
            try insert(mapped, encoded, statements.insert)
            outcome.inserted += 1
            outcome.touched.append(TouchedRecord(key: encoded.key, old: nil, new: mapped.record))
            return
        }
        if isOlder(mapped, than: found) {
            outcome.older += 1
            outcome.anomalies.append(anomaly(mapped, found))
            return
        }
        let isLive = found.holds(EvidenceState.live.rawValue, EvidenceStateColumn.state)
        if isLive, found.holds(encoded.hash, EvidenceStateColumn.contentHash),
            found.holds(page.mappingVersion, EvidenceStateColumn.mappingVersion)
        {
            outcome.unchanged += 1
            return
        }
        found.reset()
        let old = isLive ? try stored(encoded.key, statements.find) : nil
        try update(mapped, encoded, statements.update)
        outcome.updated += 1
        outcome.touched.append(TouchedRecord(key: encoded.key, old: old, new: mapped.record))
    }

    private func stored(_ key: EvidenceReference, _ found: PreparedStatement) throws -> CanonicalRecord? {
        defer { found.reset() }
        try found.bind(key)
        return try found.step() ? table.record(found) : nil
    }

    private func isOlder(_ mapped: MappedRecord, than found: PreparedStatement) -> Bool {
        guard let version = mapped.sourceVersion, let stored = found.optionalText(EvidenceStateColumn.sourceVersion)
        else { return false }
        return SourceVersion.isOlder(version, than: stored)
    }

    private func anomaly(_ mapped: MappedRecord, _ found: PreparedStatement) -> String {
        let stored = found.optionalText(EvidenceStateColumn.sourceVersion) ?? ""
        return
            "\(mapped.externalID): version \(mapped.sourceVersion ?? "") is older than the stored \(stored), not applied"
    }

    private func insert(
        _ mapped: MappedRecord, _ encoded: EncodedRecord, _ statement: PreparedStatement
    ) throws {
        try statement.bind(encoded.key)
        try statement.bind(encoded.hash, 4)
        try statement.bind(page.mappingVersion, 5)
        try statement.bind(mapped.sourceVersion, 6)
        try statement.bind(page.run, 7)
        try statement.bind(page.run, 8)
        try statement.bind(encoded.fields, from: 9)
        try statement.run()
    }

    private func update(
        _ mapped: MappedRecord, _ encoded: EncodedRecord, _ statement: PreparedStatement
    ) throws {
        try statement.bind(encoded.hash, 1)
        try statement.bind(page.mappingVersion, 2)
        try statement.bind(mapped.sourceVersion, 3)
        try statement.bind(page.run, 4)
        try statement.bind(encoded.fields, from: 5)
        try statement.bind(encoded.key, from: Int32(5 + encoded.fields.count))
        try statement.run()
    }

    private func delete(
        _ key: EvidenceReference, _ found: PreparedStatement, _ db: Database, _ outcome: inout PageOutcome
    ) throws {
        defer { found.reset() }
        try found.bind(key)
        guard try found.step(), !found.holds(EvidenceState.deleted.rawValue, EvidenceColumn.state) else { return }
        let old = found.holds(EvidenceState.live.rawValue, EvidenceColumn.state) ? try table.record(found) : nil
        found.reset()
        try table.set(.deleted, of: key, in: db)
        outcome.deleted += 1
        if let old { outcome.touched.append(TouchedRecord(key: key, old: old, new: nil)) }
    }

    // MARK: The run

    /// While a sweep is under way, what is read counts as seen: it may be newer than the list of ids.
    private func noteSeen(_ db: Database) throws {
        let isSweeping = try Bool.fetchOne(
            db, sql: "SELECT 1 FROM sweeps WHERE stream_id = ? AND run_id = ?", arguments: [claim.streamID, page.run])
        guard isSweeping == true else { return }
        try db.noteSeen(page.records.map(\.externalID), streamID: claim.streamID)
    }

    private func count(_ outcome: PageOutcome, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE runs SET pages = pages + 1, inserted = inserted + ?, updated = updated + ?,
                    unchanged = unchanged + ?, deleted = deleted + ?, older = older + ?, rejected = rejected + ?
                WHERE id = ?
                """
        ).execute(arguments: [
            outcome.inserted, outcome.updated, outcome.unchanged, outcome.deleted, outcome.older, outcome.rejected,
            page.run,
        ])
        let anomaly = try db.cachedStatement(sql: "INSERT INTO run_anomalies (run_id, anomaly) VALUES (?, ?)")
        for text in outcome.anomalies { try anomaly.execute(arguments: [page.run, text]) }
    }
}

extension RunClaims.Claim {
    /// The key of a record of this stream.
    func key(_ externalID: String) -> EvidenceReference {
        EvidenceReference(connection: connection, stream: stream, externalID: externalID)
    }
}

extension EvidenceTable {
    /// Puts a row into another state.
    func set(_ state: EvidenceState, of key: EvidenceReference, in db: Database) throws {
        let statement = try PreparedStatement(setState, in: db)
        try statement.bind(state.rawValue, 1)
        try statement.bind(key, from: 2)
        try statement.run()
    }
}

extension PreparedStatement {
    /// Binds a record's fields one after another.
    fileprivate func bind(_ fields: [StoredField], from index: Int32) throws {
        var index = index
        for field in fields {
            try bind(field, index)
            index += 1
        }
    }
}
