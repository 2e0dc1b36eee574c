internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// A stream whose stored records were made by another mapping than the workspace has.
struct EditedStream {
    let connection: Connection
    let stream: StreamMapping
    /// The types that its stored records are of.
    let storedTypes: Set<String>
}

extension WorkspaceHost {
    /// The streams that have records, but of another mapping than the present one.
    ///
    /// Where a stream has a position, that tells; else the mapping that the last run's records were made by.
    func editedStreams(of name: String?) async throws(HostError) -> [EditedStream] {
        let counts = try await storing { () throws(StoreError) in try await store.mappingCounts() }
        var edited: [EditedStream] = []
        for connection in workspace.connections where name == nil || name == connection.name {
            for stream in connection.streams {
                let own = counts.filter { $0.connection == connection.name && $0.stream == stream.name }
                guard let last = own.max(by: { $0.latestRun < $1.latestRun }) else { continue }
                let stored = try await storing { () throws(StoreError) in
                    try await store.cursor(connection: connection.name, stream: stream.name)
                }
                let mapping = StreamPosition(stored)?.mapping ?? last.mappingVersion
                if mapping == stream.version { continue }
                edited.append(
                    EditedStream(
                        connection: connection, stream: stream, storedTypes: Set(own.map(\.recordType))))
            }
        }
        return edited
    }

    /// Reads edited streams anew from their sources. One that cannot be read leaves its records as they are stored.
    func reread(
        _ edited: [EditedStream], into collected: inout PreviewedRecords
    ) async throws(HostError) -> [RereadStream] {
        var streams: [RereadStream] = []
        for connection in workspace.connections {
            let own = edited.filter { $0.connection.name == connection.name }
            if own.isEmpty { continue }
            let before = collected
            do throws(HostError) {
                streams += try await reread(own, of: connection, into: &collected)
            } catch {
                guard case .connector(_, let failure) = error else { throw error }
                collected = before
                streams += own.map { RereadStream($0, failure: failure.message) }
            }
        }
        for index in streams.indices {
            try await compare(&streams[index], edited, &collected)
        }
        return streams
    }

    private func reread(
        _ edited: [EditedStream], of connection: Connection, into collected: inout PreviewedRecords
    ) async throws(HostError) -> [RereadStream] {
        let open = try OpenConnection(connection, host: self)
        do throws(HostError) {
            let described = try await previewedAccounts(open)
            collected.match(described.mentions, connection: connection.name)
            var streams: [RereadStream] = []
            for group in connection.streamsBySource {
                let wanted = group.filter { stream in edited.contains { $0.stream.name == stream.name } }
                if wanted.isEmpty { continue }
                var readings = try await read(wanted, from: open, samples: 0, into: &collected)
                try await sweep(wanted, of: open, &readings, into: &collected)
                streams += readings.map { RereadStream(connection: connection, reading: $0) }
            }
            await open.close()
            return streams
        } catch {
            await open.close()
            throw error
        }
    }

    /// Counts what the source did not give again, and finds what the mapping fills for the first time.
    private func compare(
        _ reread: inout RereadStream, _ edited: [EditedStream], _ collected: inout PreviewedRecords
    ) async throws(HostError) {
        let (connection, name) = (reread.connection, reread.reading.stream)
        let type = reread.reading.recordType
        let types = edited.first { $0.connection.name == connection && $0.stream.name == name }?.storedTypes ?? []
        var filled = FilledFields()
        for stored in types.sorted() {
            try await forEachRecord(ofType: stored) { evidence in
                guard evidence.key.connection == connection, evidence.key.stream == name else { return }
                if stored != type, reread.reading.read > 0 { collected.takeOut(evidence) }
                if stored == type { filled.add(evidence.record) }
                if !collected.replaces(evidence) { reread.kept += 1 }
            }
        }
        let now = collected.filledFields(connection: connection, stream: name)
        reread.newFields = now.names(of: type).subtracting(filled.names(of: type)).sorted()
        let open = try await openRejects(connection, name)
        reread.newlyRejected = reread.reading.rejects.filter { reject in !open.contains { $0 == reject.externalID } }
    }

    /// The identifiers of records that are rejected already.
    private func openRejects(_ connection: String, _ stream: String) async throws(HostError) -> Set<String?> {
        var ids: Set<String?> = []
        var last: Int64?
        repeat {
            let after = last
            let letters = try await storing { () throws(StoreError) in
                try await store.deadLetters(
                    DeadLetterFilter(connection: connection, stream: stream), after: after, limit: 1000)
            }
            ids.formUnion(letters.map(\.externalID))
            last = letters.last?.id
        } while last != nil
        return ids
    }
}

extension RereadStream {
    fileprivate init(connection: Connection, reading: PreviewReport.Stream) {
        self.init(connection: connection.name, reading: reading, isImported: connection.isImportedByHand)
    }

    fileprivate init(_ edited: EditedStream, failure: String) {
        let mapping = edited.stream.mapping
        self.init(
            connection: edited.connection,
            reading: .init(stream: edited.stream.name, recordType: mapping.type.name, zone: mapping.zone))
        self.failure = failure
    }
}

extension Connection {
    /// Whether its files are brought by persons, so that there is no source to ask again.
    /// Whether people bring its files, so that pulls read nothing.
    var isImportedByHand: Bool { connector.description.id == "file.import" }
}

/// Which fields of which types have something in them.
struct FilledFields: Sendable {
    private var slots: [String: Set<Int>] = [:]
    private var fields: [String: [String]] = [:]

    /// The fields of a type that some record has.
    func names(of type: String) -> Set<String> {
        Set((slots[type] ?? []).compactMap { fields[type]?[$0] })
    }

    /// The types of which there were records.
    var types: Set<String> { Set(fields.keys) }

    mutating func add(_ record: CanonicalRecord) {
        let type = record.type.name
        if fields[type] == nil { fields[type] = record.type.fields.map(\.name) }
        for (slot, value) in record.values.enumerated() where value != .null && value != .list([]) {
            slots[type, default: []].insert(slot)
        }
    }
}
