internal import PlumblineKit
internal import ReviewStore

/// What became of a piece of work that the scheduler began.
struct WorkReport: Sendable {
    var outcome: WorkOutcome
    /// The last run of a pull.
    var run: RunID?
    /// What was done, as one line; nil where nothing is to be said.
    var line: String?
    /// What went wrong, one line each.
    var failures: [String] = []
}

extension WorkspaceHost {
    /// Does what the plan says. `run` is the pull whose values a publication computes.
    func perform(_ work: ScheduledWork, after run: RunID?) async -> WorkReport {
        do throws(HostError) {
            switch work {
            case .pull(let name): return WorkReport(try await read([name]))
            case .publication:
                let outcome = try await recalculate(cause: run == nil ? "schedule" : "pull", run: run)
                return WorkReport(outcome)
            case .retention: return WorkReport(try await applyRetention(isPreview: false))
            }
        } catch {
            return WorkReport(error)
        }
    }
}

extension WorkReport {
    fileprivate init(_ error: HostError) {
        outcome = error.isTemporary ? .failedForNow(retryAfter: nil) : .failed
        failures = [error.onOneLine]
    }

    fileprivate init(_ report: PullReport) {
        let failed =
            report.failures.map { ($0.isTemporary, $0.retryAfter) }
            + report.streams.compactMap(\.failure).map { ($0.isTemporary, $0.retryAfter) }
        let temporary = failed.filter(\.0)
        outcome =
            failed.isEmpty
            ? .done : temporary.isEmpty ? .failed : .failedForNow(retryAfter: temporary.compactMap(\.1).max())
        run = report.streams.last?.run.id
        let told = report.directories.compactMap(\.news?.en)
        line = ([report.counts].compactMap(\.self) + told).joined(separator: "; ")
        if line?.isEmpty == true { line = nil }
        failures =
            report.directories.flatMap { $0.warnings.map(\.en) }.map(\.onOneLine)
            + report.failures.map { "\($0.message.onOneLine)" }
            + report.streams.compactMap { stream in
                stream.failure.map { "\(stream.run.stream): \($0.message.onOneLine)" }
            }
    }

    fileprivate init(_ published: PublicationOutcome) {
        outcome = .done
        if !published.changes.isEmpty { line = "\(published.changes.count) values have changed" }
    }

    fileprivate init(_ report: RetentionReport) {
        outcome = .done
        let records = report.types.reduce(0) { $0 + $1.deleted }
        if report.rejects + records > 0 { line = "deleted \(report.rejects) rejects and \(records) records" }
    }
}

extension PullReport {
    /// What all streams brought together; nil where nothing was read.
    fileprivate var counts: String? {
        let all = streams.map(\.run.counters)
        let read = all.reduce(0) { $0 + $1.read }
        let gone = all.reduce(0) { $0 + $1.deleted + $1.gone }
        if read + gone == 0 { return nil }
        let (new, changed) = (all.reduce(0) { $0 + $1.inserted }, all.reduce(0) { $0 + $1.updated })
        return
            "\(read) records, \(new) new, \(changed) changed, \(gone) gone, \(all.reduce(0) { $0 + $1.rejected }) rejected"
    }
}

extension HostError {
    /// Whether the same call may succeed later without anybody's doing. A disk that is full is emptied, too.
    fileprivate var isTemporary: Bool {
        switch self {
        case .store(let error): error.remedy != .stopStream
        case .connector(_, let failure): failure.isTemporary
        case .workspace, .unknownIndicator, .invalid: false
        }
    }

    /// The reason, for a log.
    var onOneLine: String { description.onOneLine }
}

extension String {
    /// The text without characters that end a line or steer a terminal.
    fileprivate var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory.isPrinted ? $0 : " " }))
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isPrinted: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
