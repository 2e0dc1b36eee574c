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
            result.rejects.append(
                Reject(
                    externalID: source.id, sourceVersion: source.version?.text,
                    reason: MaskedReason.text(failure.reason, about: source.json),
                    expression: failure.expression, place: failure.place.description, input: source.json.bytes))
        }
    }
}
