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
        var records: [MappedRecord] = []
        var rejects: [Reject] = []
        var accounts: [AccountMention] = []
        /// Records that the stream's `where` leaves out: those stored before leave the values.
        var leftOut: [String] = []
    }

    /// Maps every record of a page; what fails becomes a reject with masked reason, expression, place and input.
    func map(_ page: Page) -> Result {
        var result = Result()
        result.rejects = page.rejected.map { Reject(externalID: $0.id, reason: $0.reason, input: $0.raw) }
        for source in page.records { map(source, into: &result) }
        return result
    }

    /// Maps every record of a batch.
    ///
    /// `whole` gives the records of some rows as JSON, for those that fail.
    func map(
        _ page: BatchPage, whole: (Set<Int>) async throws(PullStop) -> [Int: JSON]
    ) async throws(PullStop) -> Result {
        let output = BatchMapping(stream.mapping, fields: page.batch.fields).map(page.batch)
        var result = Result()
        result.rejects = page.batch.rejected.map { Reject(externalID: $0.id, reason: $0.reason, input: $0.raw) }
        result.records = output.records.map { row, record in
            MappedRecord(externalID: page.identifiers[row], record: record)
        }
        result.leftOut = output.leftOut.map { page.identifiers[$0] }
        result.accounts = Array(output.accounts)
        if output.failed.isEmpty { return result }
        let inputs = try await whole(Set(output.failed.map(\.row)))
        for (row, failure) in output.failed {
            let source = SourceRecord(id: page.identifiers[row], version: nil, json: inputs[row] ?? .null)
            result.rejects.append(reject(source, failure))
        }
        return result
    }

    /// Maps one source record.
    func map(_ source: SourceRecord, into result: inout Result) {
        switch stream.mapping.map(Value(source.json)) {
        case .mapped(let record, let accounts):
            result.records.append(
                MappedRecord(externalID: source.id, sourceVersion: source.version?.text, record: record))
            result.accounts += accounts
        case .leftOut:
            result.leftOut.append(source.id)
        case .failed(let failure):
            result.rejects.append(reject(source, failure))
        }
    }

    private func reject(_ source: SourceRecord, _ failure: Mapping.Failure) -> Reject {
        Reject(
            externalID: source.id, sourceVersion: source.version?.text,
            reason: MaskedReason.text(failure.reason, about: source.json), expression: failure.expression,
            place: failure.place.description, input: source.json.bytes)
    }
}
