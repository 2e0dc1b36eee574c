internal import Expressions
internal import GRDB
internal import Indicators
internal import OpenSSLCrypto
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func commit(_ page: PageCommit) async throws(StoreError) -> PageOutcome {
        let claim = try claims.claim(of: page.run)
        let (table, tables) = (try table(page.recordType), tables.withLock { $0 })
        let encoder = EventEncoder(
            claim: claim, table: table, sealing: configuration.keys.sealing, possibleTimes: page.possibleTimes)
        let encoded = try encoder.encode(page.events)
        let names = GoneNames(key: configuration.keys.audit, recordType: page.recordType)
        let now = configuration.now().microseconds
        return try await write { db in
            var outcome = PageOutcome()
            outcome.anomalies = page.anomalies
            var writer = try EventWriter(
                db, claim: claim, run: page.run, table: table, tables: tables, mappingVersion: page.mappingVersion,
                names: names)
            try writer.write(encoded, now: now, &outcome)
            if let cursor = page.cursor {
                try db.execute(sql: "UPDATE streams SET cursor = ? WHERE id = ?", arguments: [cursor, claim.streamID])
            }
            try writer.finish(outcome, page.shape)
            try db.markUsed(page.uses, untaken: page.untaken, by: page.run)
            return outcome
        }
    }
}

/// What a page says of a record, in the form in which it is stored.
enum EncodedEvent: Sendable {
    case records(EncodedRecords)
    case leftOut(externalID: String, version: RecordVersion?)
    case rejected(Reject, sealed: [UInt8])
    case deleted(externalID: String, version: RecordVersion?)
}

/// What a page says, in the form in which it is stored, with what its records show of the stream.
struct EncodedPage: Sendable {
    var events: [EncodedEvent] = []
    var profile: PageProfile
}

/// Encodes, hashes and seals what a page says, outside the transaction that stores it.
struct EventEncoder: Sendable {
    let claim: RunClaims.Claim
    let table: EvidenceTable
    let sealing: SymmetricKey
    let possibleTimes: Range<Timestamp>?

    func encode(_ events: [PageEvent]) throws(StoreError) -> EncodedPage {
        let seal = DeadLetterSeal(key: sealing, claim: claim)
        var encoder = RecordEncoder(table.layout, possibleTimes: possibleTimes)
        var page = EncodedPage(profile: PageProfile(table.layout.type))
        page.events.reserveCapacity(events.count)
        for event in events {
            switch event {
            case .records(let records, let rows):
                page.events.append(.records(try encoder.encode(records, rows: rows)))
                if claim.isGated { page.profile.add(records, rows: rows) }
            case .leftOut(let id, let version): page.events.append(.leftOut(externalID: id, version: version))
            case .rejected(let reject): page.events.append(.rejected(reject, sealed: try seal.seal(reject)))
            case .deleted(let id, let version): page.events.append(.deleted(externalID: id, version: version))
            }
        }
        return page
    }
}

/// Writes what pages of one stream say, within a transaction.
struct EventWriter {
    private let db: Database
    private let claim: RunClaims.Claim
    private let run: RunID
    private let recordType: String
    private var rows: EvidenceRows
    private let touched: TouchedRecords?
    private var letters: OpenLetters
    private var profile: PageProfile
    private let type: RecordType

    init(
        _ db: Database, claim: RunClaims.Claim, run: RunID, table: EvidenceTable, tables: [String: EvidenceTable],
        mappingVersion: String, names: GoneNames
    ) throws {
        self.db = db
        self.claim = claim
        self.run = run
        type = table.layout.type
        recordType = type.name
        profile = PageProfile(type)
        letters = try OpenLetters(db, streamID: claim.streamID)
        touched = try TouchedRecords(run, table, in: db)
        rows = try EvidenceRows(
            table, claim: claim, run: run, mappingVersion: mappingVersion,
            memory: claim.isGated ? RunMemory(run, table, in: db) : nil, touched: touched,
            gone: (
                expired: ExpiredRecords(names.expired, of: recordType, claim, in: db),
                tombstones: Tombstones(names.deleted, claim, run: run, in: db)
            ), in: db)
        try retireOtherType(tables)
    }

    /// Stores what a page says, in its order.
    mutating func write(_ page: EncodedPage, now: Int64, _ outcome: inout PageOutcome) throws {
        profile.add(page.profile)
        for event in page.events {
            switch event {
            case .records(let records): try write(records, &outcome)
            case .leftOut(let id, let version):
                if try rows.remove(id, version, &outcome) { try letters.resolve(id, version, &outcome) }
            case .rejected(let reject, let sealed):
                guard try rows.takes(reject, &outcome) else { continue }
                try letters.add(reject, sealed: sealed, run: run, now: now)
                outcome.rejected += 1
            case .deleted(let id, let version):
                if try rows.delete(id, version, now: now, &outcome) { try letters.resolve(id, version, &outcome) }
            }
        }
    }

    private mutating func write(_ records: EncodedRecords, _ outcome: inout PageOutcome) throws {
        defer { rows.letGo() }
        try records.forEachRecord { record in
            guard try rows.store(record, &outcome) else { return }
            try letters.resolve(record.externalID, record.version, &outcome)
        }
    }

    /// Notes what was done: the run's counts and oddities, what its records show, and what is to be computed again.
    func finish(_ outcome: PageOutcome, _ shape: SourceShape) throws {
        if outcome.changesEvidence { try markStale(outcome) }
        try count(outcome)
        guard claim.isGated else { return }
        let writer = RunProfileWriter(db: db, run: run, type: type)
        try writer.add(profile)
        try writer.add(shape)
    }

    private func markStale(_ outcome: PageOutcome) throws {
        guard let touched else { return try db.markStale([recordType]) }
        try touched.mark(changes: outcome.touched)
    }

    /// Where the stream was mapped onto another type before, its records of that type no longer count.
    private func retireOtherType(_ tables: [String: EvidenceTable]) throws {
        let sql = "SELECT record_type FROM streams WHERE id = ?"
        let old = try String.fetchOne(db, sql: sql, arguments: [claim.streamID])
        guard old != recordType else { return }
        try db.execute(
            sql: "UPDATE streams SET record_type = ? WHERE id = ?", arguments: [recordType, claim.streamID])
        guard let old else { return }
        try db.markStale([old])
        if let table = tables[old] {
            _ = try StateWriter(claim: claim, run: run, table: table).set(
                .gone, instead: .live, where: StateWriter.anyRow, db)
            return
        }
        // The workspace knows the type no longer, so nothing reads its records.
        let name = EvidenceTable.name(of: old)
        try db.execute(
            sql: "UPDATE \"\(name)\" SET _state = 'gone' WHERE _connection = ? AND _stream = ? AND _state = 'live'",
            arguments: [claim.connection, claim.stream])
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
