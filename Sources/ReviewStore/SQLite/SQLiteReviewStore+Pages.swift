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
    private let events: [Event]

    /// What a page says of a record, in the form in which it is stored.
    private enum Event: Sendable {
        case record(EncodedRecord)
        case leftOut(EvidenceReference, version: String?)
        case rejected(Reject, sealed: [UInt8])
        case deleted(EvidenceReference)
    }

    fileprivate struct EncodedRecord: Sendable {
        let key: EvidenceReference
        let version: String?
        let fields: [StoredField]
        let hash: [UInt8]
    }

    init(
        page: PageCommit, claim: RunClaims.Claim, table: EvidenceTable, configuration: StoreConfiguration
    ) throws(StoreError) {
        self.page = page
        self.claim = claim
        self.table = table
        let seal = DeadLetterSeal(key: configuration.keys.sealing, claim: claim)
        var hasher = ContentHasher(layout: table.layout)
        var events: [Event] = []
        events.reserveCapacity(page.events.count)
        for event in page.events {
            switch event {
            case .record(let mapped):
                let fields = try table.layout.encode(mapped.record)
                events.append(
                    .record(
                        EncodedRecord(
                            key: claim.key(mapped.externalID), version: mapped.sourceVersion, fields: fields,
                            hash: hasher.hash(fields))))
            case .leftOut(let id, let version): events.append(.leftOut(claim.key(id), version: version))
            case .rejected(let reject): events.append(.rejected(reject, sealed: try seal.seal(reject)))
            case .deleted(let id): events.append(.deleted(claim.key(id)))
            }
        }
        self.events = events
    }

    func write(_ db: Database, now: Int64) throws -> PageOutcome {
        var outcome = PageOutcome()
        outcome.anomalies = page.anomalies
        try retireOtherType(db)
        var letters = try OpenLetters(db, streamID: claim.streamID)
        let rows = try EvidenceRows(table, run: page.run, mappingVersion: page.mappingVersion, in: db)
        for event in events {
            switch event {
            case .record(let record):
                if try rows.store(record, &outcome) { try letters.resolve(record.key, record.version, &outcome) }
            case .leftOut(let key, let version):
                if try rows.remove(key, version, &outcome) { try letters.resolve(key, version, &outcome) }
            case .rejected(let reject, let sealed):
                guard try rows.takes(reject, claim, &outcome) else { continue }
                try letters.add(reject, sealed: sealed, run: page.run, now: now)
                outcome.rejected += 1
            case .deleted(let key):
                if try rows.remove(key, nil, &outcome) { try letters.resolve(key, nil, &outcome) }
            }
        }
        if let cursor = page.cursor {
            try db.execute(sql: "UPDATE streams SET cursor = ? WHERE id = ?", arguments: [cursor, claim.streamID])
        }
        if outcome.changesEvidence { try db.markStale([page.recordType]) }
        try count(outcome, db)
        return outcome
    }

    /// Where the stream was mapped onto another type before, its records of that type no longer count.
    private func retireOtherType(_ db: Database) throws {
        let sql = "SELECT record_type FROM streams WHERE id = ?"
        let old = try String.fetchOne(db, sql: sql, arguments: [claim.streamID])
        guard old != page.recordType else { return }
        try db.execute(
            sql: "UPDATE streams SET record_type = ? WHERE id = ?", arguments: [page.recordType, claim.streamID])
        guard let old else { return }
        let name = EvidenceTable.name(of: old)
        try db.execute(
            sql: "UPDATE \"\(name)\" SET _state = 'gone' WHERE _connection = ? AND _stream = ? AND _state = 'live'",
            arguments: [claim.connection, claim.stream])
        try db.markStale([old])
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

/// The rows of one record type as a page of a stream changes them.
private struct EvidenceRows {
    private let layout: RecordLayout
    private let run: RunID
    private let mappingVersion: String
    private let findState, insert, update, setState, setVersion: PreparedStatement

    init(_ table: EvidenceTable, run: RunID, mappingVersion: String, in db: Database) throws {
        layout = table.layout
        self.run = run
        self.mappingVersion = mappingVersion
        findState = try PreparedStatement(table.findState, in: db)
        insert = try PreparedStatement(table.insert, in: db)
        update = try PreparedStatement(table.update, in: db)
        setState = try PreparedStatement(table.setState, in: db)
        setVersion = try PreparedStatement(table.setVersion, in: db)
    }

    /// Stores a record; false where a newer state is stored.
    func store(_ record: PageWriter.EncodedRecord, _ outcome: inout PageOutcome) throws -> Bool {
        defer { findState.reset() }
        try findState.bind(record.key)
        guard try findState.step() else {
            try insert(record)
            outcome.inserted += 1
            outcome.changesEvidence = true
            return true
        }
        let stored = findState.optionalText(EvidenceStateColumn.sourceVersion)
        if isOlder(record.version, than: stored, record.key, &outcome) { return false }
        if isStored(record) {
            outcome.unchanged += 1
            if let version = record.version, version != stored { try raise(record.key, version) }
            return true
        }
        findState.reset()
        try update(record)
        outcome.updated += 1
        outcome.changesEvidence = true
        return true
    }

    private func isStored(_ record: PageWriter.EncodedRecord) -> Bool {
        findState.holds(EvidenceState.live.rawValue, EvidenceStateColumn.state)
            && findState.holds(record.hash, EvidenceStateColumn.contentHash)
            && findState.holds(mappingVersion, EvidenceStateColumn.mappingVersion)
    }

    /// Takes a record out of the values; false where a newer state is stored.
    func remove(_ key: EvidenceReference, _ version: String?, _ outcome: inout PageOutcome) throws -> Bool {
        defer { findState.reset() }
        try findState.bind(key)
        guard try findState.step() else { return true }
        let stored = findState.optionalText(EvidenceStateColumn.sourceVersion)
        if isOlder(version, than: stored, key, &outcome) { return false }
        let wasLive = findState.holds(EvidenceState.live.rawValue, EvidenceStateColumn.state)
        let wasDeleted = findState.holds(EvidenceState.deleted.rawValue, EvidenceStateColumn.state)
        findState.reset()
        if wasDeleted, version == nil || version == stored { return true }
        try setState.bind(EvidenceState.deleted.rawValue, 1)
        try setState.bind(version, 2)
        try setState.bind(key, from: 3)
        try setState.run()
        if !wasDeleted { outcome.deleted += 1 }
        if wasLive { outcome.changesEvidence = true }
        return true
    }

    /// Whether a rejected state is worth keeping; false where a newer state is stored.
    func takes(_ reject: Reject, _ claim: RunClaims.Claim, _ outcome: inout PageOutcome) throws -> Bool {
        guard let id = reject.externalID, let version = reject.sourceVersion else { return true }
        defer { findState.reset() }
        try findState.bind(claim.key(id))
        guard try findState.step() else { return true }
        let stored = findState.optionalText(EvidenceStateColumn.sourceVersion)
        return !isOlder(version, than: stored, claim.key(id), &outcome)
    }

    /// Whether a state is older than the stored one, which is counted and listed.
    private func isOlder(
        _ version: String?, than stored: String?, _ key: EvidenceReference, _ outcome: inout PageOutcome
    ) -> Bool {
        guard let version, let stored, SourceVersion.isOlder(version, than: stored) else { return false }
        outcome.older += 1
        outcome.anomalies.append(
            "\(key.externalID): version \(version) is older than the stored \(stored), not applied")
        return true
    }

    private func insert(_ record: PageWriter.EncodedRecord) throws {
        try insert.bind(record.key)
        try insert.bind(record.hash, 4)
        try insert.bind(mappingVersion, 5)
        try insert.bind(record.version, 6)
        try insert.bind(run, 7)
        try insert.bind(run, 8)
        try insert.bind(record.fields, from: 9)
        try insert.run()
    }

    private func update(_ record: PageWriter.EncodedRecord) throws {
        try update.bind(record.hash, 1)
        try update.bind(mappingVersion, 2)
        try update.bind(record.version, 3)
        try update.bind(run, 4)
        try update.bind(record.fields, from: 5)
        try update.bind(record.key, from: Int32(5 + record.fields.count))
        try update.run()
    }

    private func raise(_ key: EvidenceReference, _ version: String) throws {
        try setVersion.bind(version, 1)
        try setVersion.bind(key, from: 2)
        try setVersion.run()
    }
}

extension RunClaims.Claim {
    /// The key of a record of this stream.
    func key(_ externalID: String) -> EvidenceReference {
        EvidenceReference(connection: connection, stream: stream, externalID: externalID)
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
