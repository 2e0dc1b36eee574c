import PlumblineKit

/// What a program has told since the last page.
struct PageDraft: Sendable {
    private(set) var records: [SourceRecord] = []
    private(set) var rejected: [RejectedRecord] = []
    /// Of a record that came and was deleted, or the other way round, what was told last.
    private(set) var deleted: [DeletedRecord] = []
    private var ids: Set<String> = []
    private var deletedIDs: Set<String> = []
    /// Bytes of the messages that gave them.
    private(set) var size = 0
    private var remarks: [Remark] = []

    /// Something odd, told once in a page, however often it was seen.
    private struct Remark {
        let id: String
        let reason: String
        var count = 1
    }

    /// The most bytes of messages in a page.
    private static let limit = 8 << 20

    /// Whether there is nothing to hand over.
    var isEmpty: Bool { records.isEmpty && rejected.isEmpty && deleted.isEmpty && remarks.isEmpty }

    /// Whether a page of at most `count` records is full.
    func isFull(_ count: Int) -> Bool {
        records.count + rejected.count + deleted.count >= count || size >= Self.limit
    }

    mutating func add(_ record: SourceRecord) {
        if deletedIDs.remove(record.id) != nil { deleted.removeAll { $0.id == record.id } }
        ids.insert(record.id)
        records.append(record)
    }

    mutating func delete(_ id: String) {
        if ids.remove(id) != nil { records.removeAll { $0.id == id } }
        if deletedIDs.insert(id).inserted { deleted.append(DeletedRecord(id: id)) }
    }

    /// Rejects what came in a line. It is known by `known`, or else by `raw`: by what stays the same when it comes again.
    mutating func reject(_ texts: LocalizedText, _ raw: [UInt8], known: [UInt8]? = nil, line: Int) {
        let placed = LocalizedText(zh: "第 \(line) 行：\(texts.zh)", en: "line \(line): \(texts.en)")
        rejected.append(RejectedRecord(id: ContentHash.line(known ?? raw), texts: placed, raw: raw, line: line))
    }

    mutating func note(bytes: Int) { size += bytes }

    /// Tells something odd about a record, or about the stream where `id` is its name.
    mutating func remark(_ id: String, _ reason: String) {
        if let known = remarks.firstIndex(where: { $0.reason == reason }) {
            remarks[known].count += 1
        } else if remarks.count < 100 {
            remarks.append(Remark(id: id, reason: reason))
        }
    }

    /// The page, and a draft for the next one.
    mutating func page(cursor: Cursor, hasMore: Bool) -> Page {
        defer { self = PageDraft() }
        let anomalies = remarks.map { remark in
            let more = remark.count > 1 ? " (\(remark.count) times)" : ""
            return Anomaly(id: remark.id, reason: remark.reason + more)
        }
        return Page(
            records: records, rejected: rejected, deleted: deleted, cursor: cursor, hasMore: hasMore,
            anomalies: anomalies)
    }
}
