internal import Indicators
public import ReviewStore

/// A stream that has records, and whether the workspace still describes it.
public struct KnownStream: Sendable, Hashable {
    /// The stream.
    public let stream: StreamReference
    /// The type of the records.
    public let recordType: String
    /// How many of its records count.
    public let records: Int
    /// Whether a file describes it. The records of one that none describes count on: after a stream was renamed, twice.
    public let isDescribed: Bool
}

extension WorkspaceHost {
    /// The streams that have records that count, by connection and stream.
    public func knownStreams() async throws(HostError) -> [KnownStream] {
        let counts = try await storing { () throws(StoreError) in try await store.evidenceCounts() }
        return counts.filter { $0.live > 0 }.map { count in
            let stream = StreamReference(connection: count.connection, stream: count.stream)
            return KnownStream(
                stream: stream, recordType: count.recordType, records: count.live,
                isDescribed: workspace.describes(stream))
        }.sorted { ($0.stream, $0.recordType) < ($1.stream, $1.recordType) }
    }

    /// Takes the records of a stream that no file describes any more out of the values, lets those pass that the gate holds
    /// because of it, and publishes what follows.
    public func retire(
        _ stream: StreamReference, reason: String
    ) async throws(HostError) -> (records: Int, values: PublicationOutcome) {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw .invalid("say why with --reason: it is kept in the audit")
        }
        guard !workspace.describes(stream) else {
            throw .invalid("the workspace has the stream \(stream): take it out of its file first")
        }
        let count = try await storing { () throws(StoreError) in
            try await store.retire(stream, actor: actor, reason: reason)
        }
        try await releaseHolds(becauseOf: stream, reason: reason)
        return (count, try await recalculate(cause: "stream \(stream) retired", run: nil))
    }

    private func releaseHolds(becauseOf stream: StreamReference, reason: String) async throws(HostError) {
        let freed = try await holds().filter { hold in
            hold.scope == .runs
                && hold.findings.allSatisfy { $0.rule == LeftBehindRule.name && $0.subject == "\(stream)" }
        }
        for hold in freed {
            try await storing { () throws(StoreError) in
                try await store.decide(hold.id, .release, actor: actor, reason: reason)
            }
        }
    }

    /// Streams that a run's stream may have taken the place of: those of the same connection that no file describes any more,
    /// and those of its name in a connection that none describes any more.
    func leftBehind(by profile: RunProfile) async throws(HostError) -> [StreamReference] {
        let run = profile.run
        guard run.counters.inserted > 0, workspace.recordTypes[profile.recordType] != nil else { return [] }
        return try await storing { () throws(StoreError) in
            guard try await store.bringsFirst(run.id) else { return [] }
            return try await store.streamsWithRecords(of: profile.recordType).filter { other in
                guard !workspace.describes(other) else { return false }
                let isGone = !workspace.connections.contains { $0.name == other.connection }
                return other.connection == run.connection || isGone && other.stream == run.stream
            }
        }
    }
}

extension Workspace {
    /// Whether a file describes a stream, or templates bring it.
    func describes(_ stream: StreamReference) -> Bool { reading(ofStream: stream.stream, of: stream.connection) != nil }
}
