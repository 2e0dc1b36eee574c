internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// Who entered a value by hand, when and why.
public struct HandNote: Sendable, Hashable {
    /// Who vouches for the value.
    public let author: String
    /// Where it comes from; nil where nobody said.
    public let reason: String?
    /// When it was entered, in RFC 3339; nil where it came in a file, whose import tells.
    public let entered: String?

    init(_ record: CanonicalRecord) {
        author = record["author"].text ?? ""
        reason = record["reason"].text
        if case .timestamp(let moment) = record["entered_at"] { entered = moment.rfc3339 } else { entered = nil }
    }

    /// The members that an explanation's record gets.
    var members: [(String, JSON)] {
        [("author", .string(author)), ("reason", .text(reason)), ("entered_at", .text(entered))]
    }
}

extension WorkspaceHost {
    /// Who entered the values by hand that an explanation names, and why.
    func handEntries(_ explanation: Explanation) async throws(HostError) -> [EvidenceReference: HandNote] {
        guard explanation.definition.isFilledByHand, !explanation.definition.anonymous else { return [:] }
        var notes: [EvidenceReference: HandNote] = [:]
        for measure in explanation.measures {
            for reference in measure.records.map(\.reference) + measure.excluded.map(\.reference) {
                let evidence = try await storing { () throws(StoreError) in
                    try await store.evidence(of: ReportedValues.recordType, at: reference)
                }
                notes[reference] = evidence.map { HandNote($0.record) }
            }
        }
        return notes
    }
}

extension Value {
    /// The text of a text; nil for anything else.
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
}
