internal import Expressions
internal import GRDB
internal import Indicators

/// The rows of one record type as a page of a stream changes them.
struct EvidenceRows {
    private let layout: RecordLayout
    private let claim: RunClaims.Claim
    private let run: RunID
    private let mappingVersion: String
    private let findState, insert, update, setState, setVersion, noteImpossible: PreparedStatement
    /// Keeps what is changed as it was before, where that is wanted.
    private let memory: RunMemory?
    /// Notes what is changed, where not everything is to be computed again.
    private let touched: TouchedRecords?
    private let expired: ExpiredRecords
    private var tombstones: Tombstones
    /// Whether the next record is probably new, as the one before it was.
    private var expectsNew = true

    init(
        _ table: EvidenceTable, claim: RunClaims.Claim, run: RunID, mappingVersion: String, memory: RunMemory? = nil,
        touched: TouchedRecords? = nil, gone: (expired: ExpiredRecords, tombstones: Tombstones), in db: Database
    ) throws {
        self.memory = memory
        self.touched = touched
        (expired, tombstones) = gone
        layout = table.layout
        self.claim = claim
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
        try bindStream()
    }

    /// What is the same for every row stays bound.
    private func bindStream() throws {
        for statement in [findState, insert] {
            try statement.bind(claim.connection, 1)
            try statement.bind(claim.stream, 2)
        }
        try insert.bind(mappingVersion, 5)
        try insert.bind(run, 7)
        try insert.bind(run, 8)
    }

    /// Lets go of the records' own memory, in which the last row's texts are bound.
    func letGo() {
        let width = Int32(layout.columns.count)
        for index in [4] + (9..<9 + width) { insert.unbind(index) }
        for index in [1] + (5..<5 + width) { update.unbind(index) }
        noteImpossible.unbind(5)
    }

    /// Stores a record; false where a newer state is stored.
    mutating func store(_ record: EncodedRecord, _ outcome: inout PageOutcome) throws -> Bool {
        if expectsNew, tombstones.isEmpty, try storeNew(record, &outcome) { return true }
        defer { findState.reset() }
        try findState.bind(record.externalID, 3)
        expectsNew = try !findState.step()
        if expectsNew {
            return try isDeleted(record.externalID, record.version, &outcome) ? false : storeNew(record, &outcome)
        }
        let stored = findState.version(EvidenceStateColumn.sourceVersion)
        if isOlder(record.version, than: stored, record.externalID, &outcome) { return false }
        let version = record.version?.following(stored)
        if isStored(record) {
            outcome.unchanged += 1
            guard let version, version != stored else { return true }
            try memory?.keep(claim.key(record.externalID))
            try raise(record.externalID, version)
            return true
        }
        if findState.integer(EvidenceStateColumn.run) == run { noteRepeated(record.externalID, &outcome) }
        findState.reset()
        try memory?.keep(claim.key(record.externalID))
        try touched?.noteBefore(claim.key(record.externalID), outcome)
        try update(record, version)
        outcome.updated += 1
        outcome.changesEvidence = true
        return true
    }

    /// Adds a record, unless it was deleted when its time was over; false where there is one.
    private func storeNew(_ record: EncodedRecord, _ outcome: inout PageOutcome) throws -> Bool {
        guard try expired.holds(record) else { return try insert(record, &outcome) }
        outcome.unchanged += 1
        return true
    }

    private func noteRepeated(_ externalID: String, _ outcome: inout PageOutcome) {
        outcome.repeated += 1
        guard outcome.repeated <= Self.listedRepetitions else { return }
        outcome.anomalies.append("\(externalID): came twice in this run with different contents, the later counts")
    }

    private static let listedRepetitions = 100

    private func isStored(_ record: EncodedRecord) -> Bool {
        findState.holds(EvidenceState.live.rawValue, EvidenceStateColumn.state)
            && findState.holds(record.hash, EvidenceStateColumn.contentHash)
            && findState.holds(mappingVersion, EvidenceStateColumn.mappingVersion)
    }

    /// Takes a record out of the values and remembers for how new a state; false where a newer one is stored.
    mutating func delete(
        _ externalID: String, _ version: RecordVersion?, now: Int64, _ outcome: inout PageOutcome
    ) throws -> Bool {
        if let version, try !isThere(externalID) {
            try tombstones.add(version, of: externalID, now: now)
            return true
        }
        return try remove(externalID, version, &outcome)
    }

    private func isThere(_ externalID: String) throws -> Bool {
        defer { findState.reset() }
        try findState.bind(externalID, 3)
        return try findState.step()
    }

    /// Takes a record out of the values; false where a newer state is stored.
    func remove(_ externalID: String, _ version: RecordVersion?, _ outcome: inout PageOutcome) throws -> Bool {
        defer { findState.reset() }
        try findState.bind(externalID, 3)
        guard try findState.step() else { return true }
        let stored = findState.version(EvidenceStateColumn.sourceVersion)
        if isOlder(version, than: stored, externalID, &outcome) { return false }
        let version = version?.following(stored)
        let wasLive = findState.holds(EvidenceState.live.rawValue, EvidenceStateColumn.state)
        let wasDeleted = findState.holds(EvidenceState.deleted.rawValue, EvidenceStateColumn.state)
        findState.reset()
        if wasDeleted, version == nil || version == stored { return true }
        try memory?.keep(claim.key(externalID))
        if wasLive { try touched?.noteBefore(claim.key(externalID), outcome) }
        try setState.bind(EvidenceState.deleted.rawValue, 1)
        try setState.bind(version?.stored, 2)
        try setState.bind(run, 3)
        try setState.bind(claim.key(externalID), from: 4)
        try setState.run()
        if !wasDeleted { outcome.deleted += 1 }
        if wasLive { outcome.changesEvidence = true }
        return true
    }

    /// Whether a rejected state is worth keeping; false where a newer state is stored.
    func takes(_ reject: Reject, _ outcome: inout PageOutcome) throws -> Bool {
        guard let id = reject.externalID, let version = reject.version else { return true }
        defer { findState.reset() }
        try findState.bind(id, 3)
        guard try findState.step() else { return try !isDeleted(id, version, &outcome) }
        let stored = findState.version(EvidenceStateColumn.sourceVersion)
        return !isOlder(version, than: stored, id, &outcome)
    }

    /// Whether a record that is not stored was deleted later than a state of it, which is counted and listed.
    private func isDeleted(
        _ externalID: String, _ version: RecordVersion?, _ outcome: inout PageOutcome
    ) throws -> Bool {
        guard let version, let deletion = try tombstones.newer(than: version, of: externalID) else { return false }
        noteOlder(version, than: deletion, externalID, &outcome)
        return true
    }

    /// Whether a state is older than the stored one, which is counted and listed.
    private func isOlder(
        _ version: RecordVersion?, than stored: RecordVersion?, _ externalID: String, _ outcome: inout PageOutcome
    ) -> Bool {
        guard let version, let stored else { return false }
        let isDeleted = findState.holds(EvidenceState.deleted.rawValue, EvidenceStateColumn.state)
        guard version.isOlder(than: stored, thatIsDeleted: isDeleted) else {
            if version.isOfOtherKind(than: stored) { noteOtherKind(version, than: stored, externalID, &outcome) }
            return false
        }
        noteOlder(version, than: stored, externalID, &outcome)
        return true
    }

    private func noteOlder(
        _ version: RecordVersion, than stored: RecordVersion, _ externalID: String, _ outcome: inout PageOutcome
    ) {
        outcome.older += 1
        if version.isUndecided(against: stored) { outcome.undecided += 1 }
        outcome.anomalies.append(
            "\(externalID): \(version.words) is older than the stored \(stored.shortWords), not applied")
    }

    private func noteOtherKind(
        _ version: RecordVersion, than stored: RecordVersion, _ externalID: String, _ outcome: inout PageOutcome
    ) {
        outcome.ofOtherKind += 1
        guard outcome.ofOtherKind <= Self.listedRepetitions else { return }
        outcome.anomalies.append(
            "\(externalID): \(version.words) is of another kind than the stored \(stored.shortWords), the later one counts"
        )
    }

    /// Adds a row; false where the record has one.
    private func insert(_ record: EncodedRecord, _ outcome: inout PageOutcome) throws -> Bool {
        try insert.bind(record.externalID, 3)
        try insert.bind(borrowing: record.hash, 4)
        try insert.bind(record.version?.stored, 6)
        try insert.bind(record, from: 9)
        try insert.run()
        guard insert.changedRows > 0 else { return false }
        try note(record.impossible, of: record)
        try touched?.noteNew(claim.key(record.externalID), outcome)
        outcome.inserted += 1
        outcome.changesEvidence = true
        return true
    }

    private func update(_ record: EncodedRecord, _ version: RecordVersion?) throws {
        try update.bind(borrowing: record.hash, 1)
        try update.bind(mappingVersion, 2)
        try update.bind(version?.stored, 3)
        try update.bind(run, 4)
        try update.bind(record, from: 5)
        try update.bind(claim.key(record.externalID), from: Int32(5 + record.cells.count))
        try update.run()
        try note(record.impossible, of: record)
    }

    private func note(_ impossible: ImpossibleField?, of record: EncodedRecord) throws {
        guard let (slot, time) = impossible else { return }
        try noteImpossible.bind(run, 1)
        try noteImpossible.bind(record.externalID, 2)
        try noteImpossible.bind(layout.type.fields[slot].name, 3)
        try noteImpossible.bind(time.microseconds, 4)
        try noteImpossible.bind(borrowing: record.hash, 5)
        try noteImpossible.run()
    }

    private func raise(_ externalID: String, _ version: RecordVersion) throws {
        try setVersion.bind(version.stored, 1)
        try setVersion.bind(claim.key(externalID), from: 2)
        try setVersion.run()
    }
}

extension PreparedStatement {
    /// Binds a record's columns one after another, its texts where they lie.
    fileprivate func bind(_ record: EncodedRecord, from index: Int32) throws {
        var index = index
        for cell in record.cells {
            switch record.texts.content(cell) {
            case .null: try bindNull(index)
            case .integer(let integer): try bind(integer, index)
            case .text(let text): try bind(borrowing: text, index)
            }
            index += 1
        }
    }
}
