internal import Expressions
internal import GRDB
internal import Indicators

/// A record in the form in which it is stored.
struct EncodedRecord: Sendable {
    let key: EvidenceReference
    let version: String?
    let fields: [StoredField]
    let hash: [UInt8]
    /// A field whose time cannot be; nil where there is none.
    let impossible: (slot: Int, time: Timestamp)?
}

/// The rows of one record type as a page of a stream changes them.
struct EvidenceRows {
    private let layout: RecordLayout
    private let run: RunID
    private let mappingVersion: String
    private let findState, insert, update, setState, setVersion, noteImpossible: PreparedStatement
    /// Keeps what is changed as it was before, where that is wanted.
    private let memory: RunMemory?
    private let expired: ExpiredRecords

    init(
        _ table: EvidenceTable, run: RunID, mappingVersion: String, memory: RunMemory? = nil,
        expired: ExpiredRecords, in db: Database
    ) throws {
        self.memory = memory
        self.expired = expired
        layout = table.layout
        self.run = run
        self.mappingVersion = mappingVersion
        findState = try PreparedStatement(table.findState, in: db)
        insert = try PreparedStatement(table.insert, in: db)
        update = try PreparedStatement(table.update, in: db)
        setState = try PreparedStatement(table.setState, in: db)
        setVersion = try PreparedStatement(table.setVersion, in: db)
        noteImpossible = try PreparedStatement(
            "INSERT OR REPLACE INTO impossible_times (run_id, external_id, field, time, hash) VALUES (?, ?, ?, ?, ?)",
            in: db)
    }

    /// Stores a record; false where a newer state is stored.
    func store(_ record: EncodedRecord, _ outcome: inout PageOutcome) throws -> Bool {
        defer { findState.reset() }
        try findState.bind(record.key)
        guard try findState.step() else {
            if try expired.holds(record) {
                outcome.unchanged += 1
                return true
            }
            try insert(record)
            outcome.inserted += 1
            outcome.changesEvidence = true
            return true
        }
        let stored = findState.optionalText(EvidenceStateColumn.sourceVersion)
        if isOlder(record.version, than: stored, record.key, &outcome) { return false }
        if isStored(record) {
            outcome.unchanged += 1
            guard let version = record.version, version != stored else { return true }
            try memory?.keep(record.key)
            try raise(record.key, version)
            return true
        }
        if findState.integer(EvidenceStateColumn.run) == run { noteRepeated(record.key, &outcome) }
        findState.reset()
        try memory?.keep(record.key)
        try update(record)
        outcome.updated += 1
        outcome.changesEvidence = true
        return true
    }

    private func noteRepeated(_ key: EvidenceReference, _ outcome: inout PageOutcome) {
        outcome.repeated += 1
        guard outcome.repeated <= Self.listedRepetitions else { return }
        outcome.anomalies.append("\(key.externalID): came twice in this run with different contents, the later counts")
    }

    private static let listedRepetitions = 100

    private func isStored(_ record: EncodedRecord) -> Bool {
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
        try memory?.keep(key)
        try setState.bind(EvidenceState.deleted.rawValue, 1)
        try setState.bind(version, 2)
        try setState.bind(run, 3)
        try setState.bind(key, from: 4)
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

    private func insert(_ record: EncodedRecord) throws {
        try insert.bind(record.key)
        try insert.bind(record.hash, 4)
        try insert.bind(mappingVersion, 5)
        try insert.bind(record.version, 6)
        try insert.bind(run, 7)
        try insert.bind(run, 8)
        try insert.bind(record.fields, from: 9)
        try insert.run()
        try note(record.impossible, of: record)
    }

    private func update(_ record: EncodedRecord) throws {
        try update.bind(record.hash, 1)
        try update.bind(mappingVersion, 2)
        try update.bind(record.version, 3)
        try update.bind(run, 4)
        try update.bind(record.fields, from: 5)
        try update.bind(record.key, from: Int32(5 + record.fields.count))
        try update.run()
        try note(record.impossible, of: record)
    }

    private func note(_ impossible: (slot: Int, time: Timestamp)?, of record: EncodedRecord) throws {
        guard let (slot, time) = impossible else { return }
        try noteImpossible.bind(run, 1)
        try noteImpossible.bind(record.key.externalID, 2)
        try noteImpossible.bind(layout.type.fields[slot].name, 3)
        try noteImpossible.bind(time.microseconds, 4)
        try noteImpossible.bind(record.hash, 5)
        try noteImpossible.run()
    }

    private func raise(_ key: EvidenceReference, _ version: String) throws {
        try setVersion.bind(version, 1)
        try setVersion.bind(key, from: 2)
        try setVersion.run()
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
