import PlumblineKit

/// What a program has told since the last page.
struct PageDraft: Sendable {
    private(set) var records: [SourceRecord] = []
    private(set) var rejected: [RejectedRecord] = []
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
    var isEmpty: Bool { records.isEmpty && rejected.isEmpty && remarks.isEmpty }

    /// Whether a page of at most `count` records is full.
    func isFull(_ count: Int) -> Bool { records.count + rejected.count >= count || size >= Self.limit }

    mutating func add(_ record: SourceRecord) { records.append(record) }

    mutating func reject(_ id: String, _ texts: LocalizedText, _ raw: [UInt8], line: Int) {
        rejected.append(RejectedRecord(id: id, texts: texts, raw: raw, line: line))
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
        return Page(records: records, rejected: rejected, cursor: cursor, hasMore: hasMore, anomalies: anomalies)
    }
}
