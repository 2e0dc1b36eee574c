internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore
internal import YAMLDocument

/// Maps a page of source records onto one stream's record type.
struct PageMapper {
    let stream: StreamMapping
    /// The event that told the records; nil where they were read.
    var arrival: InboxID?
    /// What their own versions are, where a source has several kinds.
    var versionKind = ""

    /// What mapping a page gave.
    struct Result {
        /// What the page says of records, in its order.
        var events: [PageEvent] = []
        var accounts: [AccountMention] = []

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
        var result = map(page.records)
        result.events += page.rejected.map { .rejected(Reject($0)) }
        result.events += page.deleted.map { .deleted(externalID: $0.id, version: version($0.version)) }
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
        let identifiers = page.identifiers
        let records = MappedRecords(output.records, externalIDs: output.rows.map { identifiers[$0] })
        let leftOut = output.leftOut.map { row in
            (row: row, event: PageEvent.leftOut(externalID: identifiers[row]))
        }
        let failed = output.failed.map { row, failure in
            (
                row: row,
                event: PageEvent.rejected(reject(identifiers[row], texts[row] ?? page.batch.text(ofRow: row), failure))
            )
        }
        let others = Self.unread(page.batch) + (leftOut + failed)
        return Result(
            events: Self.inOrder(records, output.rows, others.sorted { $0.row < $1.row }),
            accounts: Array(output.accounts))
    }

    /// What could not be read of a batch, each in front of the row that follows it.
    private static func unread(_ batch: SourceBatch) -> [(row: Int, event: PageEvent)] {
        var following = 0
        return batch.rejected.sorted { ($0.line ?? 0) < ($1.line ?? 0) }.map { rejected in
            while following < batch.count, batch.rows[following].line <= rejected.line ?? 0 { following += 1 }
            return (following, .rejected(Reject(rejected)))
        }
    }

    /// Records and what else is said, by the rows of the source.
    private static func inOrder(
        _ records: MappedRecords, _ rows: [Int], _ others: [(row: Int, event: PageEvent)]
    ) -> [PageEvent] {
        var events: [PageEvent] = []
        var next = 0
        for (row, event) in others {
            let end = rows[next...].firstIndex { $0 >= row } ?? rows.endIndex
            if next < end { events.append(.records(records, rows: next..<end)) }
            events.append(event)
            next = end
        }
        if next < rows.endIndex { events.append(.records(records, rows: next..<rows.endIndex)) }
        return events
    }

    /// Maps source records, one after the other.
    func map(_ sources: [SourceRecord]) -> Result {
        var records = MappedRecords(type: stream.mapping.type)
        var others: [(row: Int, event: PageEvent)] = []
        var accounts: [AccountMention] = []
        for source in sources {
            let version = version(source.version)
            switch stream.mapping.map(Value(source.json)) {
            case .mapped(let record, let mentions):
                records.append(MappedRecord(externalID: source.id, version: version, record: record))
                accounts += mentions
            case .leftOut: others.append((records.count, .leftOut(externalID: source.id, version: version)))
            case .failed(let failure):
                let reject = reject(source.id, version: version, source.json.bytes, failure)
                others.append((records.count, .rejected(reject)))
            }
        }
        return Result(events: Self.inOrder(records, Array(0..<records.count), others), accounts: accounts)
    }

    /// How new a state is; nil where neither the source nor an event says that.
    private func version(_ own: SourceVersion?) -> RecordVersion? {
        own == nil && arrival == nil ? nil : RecordVersion(own: own?.text, kind: versionKind, arrival: arrival)
    }

    private func reject(
        _ id: String, version: RecordVersion? = nil, _ input: [UInt8], _ failure: Mapping.Failure
    ) -> Reject {
        var reject = Reject(
            externalID: id, version: version, reason: MaskedReason.text(failure.reason.en),
            expression: failure.expression, place: failure.place.description, input: input)
        reject.isForbidden = failure.isForbidden
        return reject
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
