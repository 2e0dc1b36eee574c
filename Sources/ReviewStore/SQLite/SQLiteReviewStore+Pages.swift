internal import Expressions
internal import GRDB
internal import Indicators
internal import OpenSSLCrypto

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func commit(_ page: PageCommit) async throws(StoreError) -> PageOutcome {
        let claim = try claims.claim(of: page.run)
        let table = try table(page.recordType)
        let encoder = EventEncoder(claim: claim, table: table, sealing: configuration.keys.sealing)
        let events = try encoder.encode(page.events)
        let now = configuration.now().microseconds
        return try await write { db in
            var outcome = PageOutcome()
            outcome.anomalies = page.anomalies
            var writer = try EventWriter(
                db, claim: claim, run: page.run, table: table, mappingVersion: page.mappingVersion)
            try writer.write(events, now: now, &outcome)
            if let cursor = page.cursor {
                try db.execute(sql: "UPDATE streams SET cursor = ? WHERE id = ?", arguments: [cursor, claim.streamID])
            }
            try writer.finish(outcome)
            return outcome
        }
    }
}

/// What a page says of a record, in the form in which it is stored.
enum EncodedEvent: Sendable {
    case record(EncodedRecord)
    case leftOut(EvidenceReference, version: String?)
    case rejected(Reject, sealed: [UInt8])
    case deleted(EvidenceReference)
}

/// Encodes, hashes and seals what a page says, outside the transaction that stores it.
struct EventEncoder: Sendable {
    let claim: RunClaims.Claim
    let table: EvidenceTable
    let sealing: SymmetricKey

    func encode(_ events: [PageEvent]) throws(StoreError) -> [EncodedEvent] {
        let seal = DeadLetterSeal(key: sealing, claim: claim)
        var hasher = ContentHasher(layout: table.layout)
        var encoded: [EncodedEvent] = []
        encoded.reserveCapacity(events.count)
        for event in events {
            switch event {
            case .record(let mapped):
                let fields = try table.layout.encode(mapped.record)
                encoded.append(
                    .record(
                        EncodedRecord(
                            key: claim.key(mapped.externalID), version: mapped.sourceVersion, fields: fields,
                            hash: hasher.hash(fields))))
            case .leftOut(let id, let version): encoded.append(.leftOut(claim.key(id), version: version))
            case .rejected(let reject): encoded.append(.rejected(reject, sealed: try seal.seal(reject)))
            case .deleted(let id): encoded.append(.deleted(claim.key(id)))
            }
        }
        return encoded
    }
}

/// Writes what pages of one stream say, within a transaction.
struct EventWriter {
    private let db: Database
    private let claim: RunClaims.Claim
    private let run: RunID
    private let recordType: String
    private let rows: EvidenceRows
    private var letters: OpenLetters

    init(
        _ db: Database, claim: RunClaims.Claim, run: RunID, table: EvidenceTable, mappingVersion: String,
        memory: ImportMemory? = nil
    ) throws {
        self.db = db
        self.claim = claim
        self.run = run
        recordType = table.layout.type.name
        letters = try OpenLetters(db, streamID: claim.streamID)
        rows = try EvidenceRows(table, run: run, mappingVersion: mappingVersion, memory: memory, in: db)
        try retireOtherType()
    }

    /// Stores what a page says, in its order.
    mutating func write(_ events: [EncodedEvent], now: Int64, _ outcome: inout PageOutcome) throws {
        for event in events {
            switch event {
            case .record(let record):
                if try rows.store(record, &outcome) { try letters.resolve(record.key, record.version, &outcome) }
            case .leftOut(let key, let version):
                if try rows.remove(key, version, &outcome) { try letters.resolve(key, version, &outcome) }
            case .rejected(let reject, let sealed):
                guard try rows.takes(reject, claim, &outcome) else { continue }
                try letters.add(reject, sealed: sealed, run: run, now: now)
                outcome.rejected += 1
            case .deleted(let key):
                if try rows.remove(key, nil, &outcome) { try letters.resolve(key, nil, &outcome) }
            }
        }
    }

    /// Notes what was done: the run's counts and oddities, and what is to be computed again.
    func finish(_ outcome: PageOutcome) throws {
        if outcome.changesEvidence { try db.markStale([recordType]) }
        try count(outcome)
    }

    /// Where the stream was mapped onto another type before, its records of that type no longer count.
    private func retireOtherType() throws {
        let sql = "SELECT record_type FROM streams WHERE id = ?"
        let old = try String.fetchOne(db, sql: sql, arguments: [claim.streamID])
        guard old != recordType else { return }
        try db.execute(
            sql: "UPDATE streams SET record_type = ? WHERE id = ?", arguments: [recordType, claim.streamID])
        guard let old else { return }
        let name = EvidenceTable.name(of: old)
        try db.execute(
            sql: "UPDATE \"\(name)\" SET _state = 'gone' WHERE _connection = ? AND _stream = ? AND _state = 'live'",
            arguments: [claim.connection, claim.stream])
        try db.markStale([old])
    }

    private func count(_ outcome: PageOutcome) throws {
        try db.cachedStatement(
            sql: """
                UPDATE runs SET pages = pages + 1, inserted = inserted + ?, updated = updated + ?,
                    unchanged = unchanged + ?, deleted = deleted + ?, older = older + ?, rejected = rejected + ?
                WHERE id = ?
                """
        ).execute(arguments: [
            outcome.inserted, outcome.updated, outcome.unchanged, outcome.deleted, outcome.older, outcome.rejected,
            run,
        ])
        let anomaly = try db.cachedStatement(sql: "INSERT INTO run_anomalies (run_id, anomaly) VALUES (?, ?)")
        for text in outcome.anomalies { try anomaly.execute(arguments: [run, text]) }
    }
}

extension RunClaims.Claim {
    /// The key of a record of this stream.
    func key(_ externalID: String) -> EvidenceReference {
        EvidenceReference(connection: connection, stream: stream, externalID: externalID)
    }
}
