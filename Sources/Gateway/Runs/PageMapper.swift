internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore
internal import YAMLDocument

/// Maps a page of source records onto one stream's record type.
struct PageMapper {
    let stream: StreamMapping

    /// What mapping a page gave.
    struct Result {
        /// What the page says of records, in its order.
        var events: [PageEvent] = []
        var accounts: [AccountMention] = []

        var records: [MappedRecord] {
            events.compactMap { if case .record(let record) = $0 { record } else { nil } }
        }

        var rejects: [Reject] {
            events.compactMap { if case .rejected(let reject) = $0 { reject } else { nil } }
        }

        /// Records that the stream's `where` leaves out: those stored before leave the values.
        var leftOut: [String] {
            events.compactMap { if case .leftOut(let id, _) = $0 { id } else { nil } }
        }
    }

    /// Maps every record of a page; what fails becomes a reject with masked reason, expression, place and input.
    func map(_ page: Page) -> Result {
        var result = Result()
        for source in page.records { map(source, into: &result) }
        result.events += page.rejected.map { .rejected(Reject($0)) }
        result.events += page.deleted.map { .deleted(externalID: $0) }
        return result
    }

    /// Maps every record of a batch, in the order of its lines.
    ///
    /// `whole` gives the text of some rows, for those that fail.
    func map(
        _ page: BatchPage, whole: (Set<Int>) async throws(PullStop) -> [Int: [UInt8]]
    ) async throws(PullStop) -> Result {
        let output = BatchMapping(stream.mapping, fields: page.batch.fields).map(page.batch)
        let texts = output.failed.isEmpty ? [:] : try await whole(Set(output.failed.map(\.row)))
        return result(of: output, page, texts)
    }

    /// What mapping a page of a file that a person imports gave.
    struct ReadResult {
        let result: Result
        /// What could not be used, by line, with the reason in full.
        let rejected: [(line: Int, identifier: String?, reason: String)]
    }

    /// Maps every record of a batch; of a record that fails, what was read is kept. Reasons are in `language`.
    func mapRead(_ page: BatchPage, language: String) -> ReadResult {
        let output = BatchMapping(stream.mapping, fields: page.batch.fields).map(page.batch)
        let unread = page.batch.rejected.map { rejected in
            (line: rejected.line ?? 0, identifier: String?.none, reason: rejected.reasonWithoutLine(in: language))
        }
        let unmapped = output.failed.map { row, failure in
            (
                line: page.batch.rows[row].line, identifier: String?.some(page.identifiers[row]),
                reason: failure.named(in: language)
            )
        }
        return ReadResult(
            result: result(of: output, page, [:]), rejected: (unread + unmapped).sorted { $0.line < $1.line })
    }

    private func result(of output: BatchMapping.Output, _ page: BatchPage, _ texts: [Int: [UInt8]]) -> Result {
        var events: [PageEvent?] = Array(repeating: nil, count: page.batch.count)
        for (row, record) in output.records {
            events[row] = .record(MappedRecord(externalID: page.identifiers[row], record: record))
        }
        for row in output.leftOut { events[row] = .leftOut(externalID: page.identifiers[row], sourceVersion: nil) }
        for (row, failure) in output.failed {
            events[row] = .rejected(reject(page.identifiers[row], texts[row] ?? page.batch.text(ofRow: row), failure))
        }
        return Result(events: Self.inOrder(events, page.batch), accounts: Array(output.accounts))
    }

    /// What was read and what could not be read, by line.
    private static func inOrder(_ events: [PageEvent?], _ batch: SourceBatch) -> [PageEvent] {
        guard !batch.rejected.isEmpty else { return events.compactMap(\.self) }
        let read = zip(batch.rows, events).map { (line: $0.line, event: $1) }
        let rejected = batch.rejected.map { (line: $0.line ?? 0, event: PageEvent?.some(.rejected(Reject($0)))) }
        return (read + rejected).sorted { $0.line < $1.line }.compactMap(\.event)
    }

    /// Maps one source record.
    func map(_ source: SourceRecord, into result: inout Result) {
        let version = source.version?.text
        switch stream.mapping.map(Value(source.json)) {
        case .mapped(let record, let accounts):
            result.events.append(
                .record(MappedRecord(externalID: source.id, sourceVersion: version, record: record)))
            result.accounts += accounts
        case .leftOut: result.events.append(.leftOut(externalID: source.id, sourceVersion: version))
        case .failed(let failure):
            result.events.append(.rejected(reject(source.id, version: version, source.json.bytes, failure)))
        }
    }

    private func reject(_ id: String, version: String? = nil, _ input: [UInt8], _ failure: Mapping.Failure) -> Reject {
        Reject(
            externalID: id, sourceVersion: version, reason: MaskedReason.text(failure.reason.en),
            expression: failure.expression, place: failure.place.description, input: input)
    }
}

extension Reject {
    /// What a connector could not make a record of.
    fileprivate init(_ rejected: RejectedRecord) {
        self.init(externalID: rejected.id, reason: rejected.reason, input: rejected.raw)
    }
}

extension Mapping.Failure {
    /// The reason in full, with the field that it is about in front where it does not name it itself.
    fileprivate func named(in language: String) -> String {
        let text = reason.plain.text(in: language)
        let name = language == "zh" ? (quoted: "“\(field)”", colon: "：") : (quoted: "'\(field)'", colon: ": ")
        return text.hasPrefix(name.quoted) ? text : name.quoted + name.colon + text
    }
}
