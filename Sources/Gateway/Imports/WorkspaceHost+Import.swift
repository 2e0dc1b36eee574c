internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import RecordFiles
public import ReviewStore

extension WorkspaceHost {
    /// Imports a file: all of it, or nothing where a row is bad, unless the request is for the good rows.
    ///
    /// A report without a number says what is wrong: then nothing was stored. The same file again changes nothing.
    public func importFile(
        _ request: ImportRequest, progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
    ) async throws(HostError) -> ImportReport {
        let target = try await target(of: request)
        return try await take(
            try ImportSource(target, language: language), into: target.place, isPartial: request.isPartial, progress
        ) { _, _ in true }
    }

    /// Stores what a source says, where `keep` agrees, and publishes what follows.
    func take(
        _ source: consuming sending ImportSource, into place: ImportPlace, isPartial: Bool,
        _ progress: @escaping @Sendable (ImportProgress) -> Void = { _ in },
        keep: @escaping @Sendable (ImportReading, any EvidenceReading) throws(StoreError) -> Bool
    ) async throws(HostError) -> ImportReport {
        let (report, reading, run) = try await read(source, place, isPartial, progress, keep: keep)
        guard report.isCommitted else { return report }
        progress(ImportProgress(rows: report.rows, fraction: 1, isComputing: true))
        var done = try await published(report, reading.accounts, place.connection, run)
        if place.recordType == ReportedValues.recordType, done.new + done.changed > 0 {
            done.remarks += try await overlappingPeriods(of: run)
        }
        return done
    }

    /// What importing a file would do, its values included; nothing is stored.
    public func previewImport(
        _ request: ImportRequest, progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
    ) async throws(HostError) -> ImportReport {
        let target = try await target(of: request)
        return try await foresee(
            try ImportSource(target, language: language), into: target.place, isPartial: request.isPartial, progress)
    }

    /// What taking in a source would do; nothing is stored. `check` sees the evidence as it would be, and may refuse.
    func foresee(
        _ source: consuming sending ImportSource, into place: ImportPlace, isPartial: Bool,
        _ progress: @escaping @Sendable (ImportProgress) -> Void = { _ in },
        check: @escaping @Sendable (any EvidenceReading) throws(StoreError) -> Void = { _ in }
    ) async throws(HostError) -> ImportReport {
        let values = try await ForeseenValues(self, connection: place.connection)
        var (report, reading, _) = try await read(source, place, isPartial, progress) {
            reading, evidence throws(StoreError) in
            progress(ImportProgress(rows: reading.rows, fraction: 1, isComputing: true))
            try check(evidence)
            try values.compute(from: evidence, mentioning: reading.accounts)
            return false
        }
        report.changes = values.changes
        report.unmatched = values.unmatched(reading.accounts)
        return report
    }

    private func read(
        _ source: consuming sending ImportSource, _ place: ImportPlace, _ isPartial: Bool,
        _ progress: @escaping @Sendable (ImportProgress) -> Void,
        keep: @escaping @Sendable (ImportReading, any EvidenceReading) throws(StoreError) -> Bool
    ) async throws(HostError) -> (ImportReport, ImportReading, RunID) {
        let (file, form, remarks, shape) = (source.file, source.form, source.remarks, source.shape)
        let reading = ImportReading(source, isPartial: isPartial, progress: progress)
        let run = try await storing { () throws(StoreError) in
            try await store.beginRun(connection: place.connection, stream: place.stream, isGated: true)
        }
        var commit = ImportCommit(
            run: run.id, file: file, recordType: place.recordType, mappingVersion: place.version, actor: actor)
        (commit.shape, commit.possibleTimes) = (shape, possibleTimes(of: place.connection))
        commit.accountTypes = workspace.types(mentioning: place.connection)
        commit.matching = { Self.matched(reading.accounts, connection: place.connection, known: $0, people: $1) }
        var report = ImportReport(form: form, remarks: remarks)
        let message = "import of \(file.name)"
        do throws(StoreError) {
            let stored = try await store.commitImport(
                commit, pages: { () throws(StoreError) in try reading.next() },
                keep: { evidence throws(StoreError) in try keep(reading, evidence) })
            report.id = stored.import
            report.add(stored.outcome)
        } catch {
            try await end(run, "\(message): \(error.description)", isKept: false)
            if let failure = reading.failure { throw failure }
            guard reading.hasBadRows else { throw .store(error) }
            reading.complete(&report)
            return (report, reading, run.id)
        }
        reading.complete(&report)
        try await end(run, report.isCommitted ? message : "preview of \(message)", isKept: report.isCommitted)
        return (report, reading, run.id)
    }

    private func end(_ run: Run, _ message: String, isKept: Bool) async throws(HostError) {
        _ = try await storing { () throws(StoreError) in
            try await store.finishRun(run.id, as: isKept ? .succeeded : .failed, message: message, sourceCount: nil)
        }
    }

    private func published(
        _ report: ImportReport, _ accounts: [AccountMention], _ connection: String, _ run: RunID
    ) async throws(HostError) -> ImportReport {
        var report = report
        let open = try await storing { () throws(StoreError) in
            try await store.accounts(connection: connection, states: [.unresolved, .ambiguous])
        }
        let mentioned = Set(accounts.map(\.account))
        report.unmatched = open.map(\.account).filter(mentioned.contains)
        report.values = try await recalculate(cause: "import", run: run)
        return report
    }

    /// What the columns of a file mean, and where its records go.
    private func target(of request: ImportRequest) async throws(HostError) -> ImportTarget {
        var target = try ImportTargets(workspace).target(of: request)
        if target.forms?.type.name == ReportedValues.recordType {
            let employees = try await subjectNames(connection: target.connection)
            target.forms?.employees = employees
        }
        return target
    }

    /// The language of what is said of a file.
    var language: String { workspace.configuration.language }

    /// The last imports, newest first.
    public func imports(limit: Int = 100) async throws(HostError) -> [ImportEntry] {
        try await storing { () throws(StoreError) in try await store.imports(limit: limit) }
    }

    /// Takes an import back: every record is again as it was before, and so are the values.
    ///
    /// - Throws: `HostError.store` with `refused` where a record was changed since, or where a value of a locked period
    ///   would change.
    public func undoImport(_ id: Int64) async throws(HostError) -> PublicationOutcome {
        let guardian = try await LockedValues(self)
        try await storing { () throws(StoreError) in
            try await store.undoImport(id, actor: actor) { evidence throws(StoreError) in
                try guardian.refuseChanges(in: evidence, "import \(id) cannot be undone")
            }
        }
        return try await recalculate(cause: "import \(id) undone", run: nil)
    }
}

extension Connection {
    /// The fields of a source record that identify it, where the connection's file says so.
    var idFields: [String] {
        switch settings["id_field"]?.content {
        case .input(.text(let name)): [name]
        case .input(.list(let names)): names
        default: []
        }
    }
}

extension ImportReport {
    fileprivate mutating func add(_ outcome: PageOutcome) {
        new = outcome.inserted
        changed = outcome.updated
        unchanged = outcome.unchanged
        repeated = outcome.repeated
    }
}
