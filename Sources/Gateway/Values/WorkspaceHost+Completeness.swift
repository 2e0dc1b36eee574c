public import PlumblineKit
internal import ReviewStore

/// Records of a stream that could not be read and wait for a person.
public struct UnreadRecords: Sendable, Hashable {
    /// The stream that brought them.
    public let stream: ExplanationReport.StreamName
    /// How many there are.
    public let count: Int

    /// In Chinese and English, on one line, without a full stop.
    public var text: LocalizedText {
        LocalizedText(
            zh: "\(stream.connection)/\(stream.stream) 有 \(count) 条记录被拒收，数值中可能缺少它们；"
                + "原因见 plumbline rejects list",
            en: "\(stream.connection)/\(stream.stream): \(count) records were rejected and may be missing in the "
                + "values; 'plumbline rejects list' says why")
    }
}

extension StreamCompleteness {
    /// What of the stream could not be read; nil where nothing waits.
    public var unread: UnreadRecords? { openRejects > 0 ? UnreadRecords(stream: stream, count: openRejects) : nil }
}

extension WorkspaceHost {
    /// The open rejects of the streams that bring records of some types, by stream. Whose and of which period such a record is
    /// nobody knows.
    public func unreadRecords(of types: Set<String>) async throws(HostError) -> [UnreadRecords] {
        let conditions = try await storing { () throws(StoreError) in try await store.streamConditions() }
        return conditions.filter { condition in
            condition.openRejects > 0
                && workspace.type(ofStream: condition.stream, of: condition.connection).map(types.contains) ?? false
        }.map { condition in
            UnreadRecords(
                stream: .init(connection: condition.connection, stream: condition.stream), count: condition.openRejects)
        }.sorted { $0.stream < $1.stream }
    }

    /// What the streams of some types have brought, and what of it could not be read.
    func completeness(of types: Set<String>) async throws(HostError) -> [StreamCompleteness] {
        let counts = try await storing { () throws(StoreError) in try await store.evidenceCounts() }
        var unread: [ExplanationReport.StreamName: Int] = [:]
        for records in try await unreadRecords(of: types) { unread[records.stream] = records.count }
        var result: [StreamCompleteness] = []
        for count in counts where types.contains(count.recordType) {
            let stream = ExplanationReport.StreamName(connection: count.connection, stream: count.stream)
            let rejects = unread.removeValue(forKey: stream) ?? 0
            result.append(try await completeness(of: stream, live: count.live, rejects))
        }
        for (stream, rejects) in unread.sorted(by: { $0.key < $1.key }) {
            result.append(try await completeness(of: stream, live: 0, rejects))
        }
        return result
    }

    private func completeness(
        of stream: ExplanationReport.StreamName, live: Int, _ rejects: Int
    ) async throws(HostError) -> StreamCompleteness {
        let run = try await storing { () throws(StoreError) in
            try await store.runs(RunFilter(connection: stream.connection, stream: stream.stream), limit: 1).first
        }
        let deletions = workspace.reading(ofStream: stream.stream, of: stream.connection)?.deletions
        return StreamCompleteness(
            stream: stream, live: live, sourceCount: run?.sourceCount, deletions: deletions ?? "unknown", lastRun: run,
            openRejects: rejects)
    }
}
