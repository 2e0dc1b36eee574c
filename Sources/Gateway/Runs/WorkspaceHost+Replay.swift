internal import Expressions
internal import Indicators
internal import PlumblineKit
public import ReviewStore

/// What replaying dead letters did.
public struct ReplayReport: Sendable {
    /// Letters whose record now maps.
    public var resolved: [Int64] = []
    /// Letters that still fail, with the reason.
    public var failed: [(id: Int64, reason: String)] = []
    /// What was published after the replay.
    public var values = PublicationOutcome()
}

extension WorkspaceHost {
    /// Maps the input of open dead letters again, with the mapping as it is now, and stores what maps.
    ///
    /// `ids` names the letters; without any, all open ones are replayed.
    public func replay(_ ids: [Int64]) async throws(HostError) -> ReplayReport {
        var report = ReplayReport()
        for letter in try await openLetters(ids) {
            do throws(ReplayFailure) {
                try await replay(letter)
                report.resolved.append(letter.id)
            } catch {
                switch error {
                case .reason(let reason): report.failed.append((letter.id, reason))
                case .store(let error): throw .store(error)
                }
            }
        }
        report.values = try await recalculate(cause: "replay", run: nil)
        return report
    }

    private enum ReplayFailure: Error {
        case reason(String)
        case store(StoreError)
    }

    private func openLetters(_ ids: [Int64]) async throws(HostError) -> [DeadLetter] {
        var letters: [DeadLetter] = []
        var last: Int64?
        repeat {
            let after = last
            let batch = try await storing { () throws(StoreError) in
                try await store.deadLetters(DeadLetterFilter(), after: after, limit: 500)
            }
            letters += batch
            last = batch.last?.id
        } while last != nil
        let wanted = ids.isEmpty ? letters : letters.filter { ids.contains($0.id) }
        if let unknown = ids.first(where: { id in !wanted.contains { $0.id == id } }) {
            throw .invalid("there is no open reject \(unknown); 'plumbline rejects list' shows them")
        }
        return wanted
    }

    /// Claims the stream first, so that no pull brings a newer state while the old one is mapped.
    private func replay(_ letter: DeadLetter) async throws(ReplayFailure) {
        guard let stream = workspace.stream(letter.stream, of: letter.connection) else {
            let isTemplate = HandConnection(workspace).type(ofStream: letter.stream, in: letter.connection) != nil
            throw .reason(
                isTemplate
                    ? "it is a row of a template: mend it in the file and import that again"
                    : "the workspace has no stream \(letter.connection)/\(letter.stream) any more")
        }
        guard let id = letter.externalID, letter.expression != nil else {
            throw .reason("the connector could not read the record; mend it at the source and pull again")
        }
        let run = try await storingReplay { () throws(StoreError) in
            try await store.beginRun(connection: letter.connection, stream: stream.name)
        }
        let failure: ReplayFailure
        do throws(ReplayFailure) {
            try await store(try await mapped(letter, id, stream), of: letter, run, stream)
            return
        } catch {
            failure = error
        }
        _ = try await storingReplay { () throws(StoreError) in
            try await store.finishRun(
                run.id, as: .failed, message: "replay of reject \(letter.id)", sourceCount: nil)
        }
        throw failure
    }

    private func mapped(
        _ letter: DeadLetter, _ id: String, _ stream: StreamMapping
    ) async throws(ReplayFailure) -> PageMapper.Result {
        let input = try await storingReplay { () throws(StoreError) in try await store.openDeadLetter(letter.id) }
        let json: JSON
        do throws(JSONSyntaxError) {
            json = try JSON.parse(input)
        } catch {
            throw .reason("its contents are no JSON: \(error.message); mend it at the source and pull again")
        }
        let version = letter.version?.own.map { SourceVersion($0) }
        let mapper = PageMapper(
            stream: stream, arrival: letter.version?.arrival, versionKind: letter.version?.kind ?? "")
        let result = mapper.map([SourceRecord(id: id, version: version, json: json)])
        if let reject = result.rejects.first { throw .reason(reject.reason) }
        guard case .records(let records, _)? = result.events.first,
            let (slot, time) = records.impossibleTime(of: 0, outside: possibleTimes(of: letter.connection))
        else { return result }
        let field = stream.mapping.type.fields[slot].name
        throw .reason("'\(field)' is \(time.rfc3339), which cannot be; mend it at the source and pull again")
    }

    private func store(
        _ result: PageMapper.Result, of letter: DeadLetter, _ run: Run, _ stream: StreamMapping
    ) async throws(ReplayFailure) {
        try await storingReplay { () throws(StoreError) in
            try await noteAccounts(result.accounts, connection: letter.connection)
            _ = try await store.commit(
                PageCommit(
                    run: run.id, recordType: stream.mapping.type.name, mappingVersion: stream.version,
                    events: result.events))
            _ = try await store.finishRun(
                run.id, as: .succeeded, message: "replay of reject \(letter.id)", sourceCount: nil)
            try await store.finishReplay(of: [letter.id], actor: actor)
        }
    }

    private func storingReplay<T>(_ work: () async throws(StoreError) -> T) async throws(ReplayFailure) -> T {
        do throws(StoreError) {
            return try await work()
        } catch {
            throw .store(error)
        }
    }
}
