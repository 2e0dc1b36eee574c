public import Expressions

/// What records of a type must be like besides fitting their fields.
public protocol RecordCheck: Sendable {
    /// What is to be said against a record: the field that it is about, and the reason with the values that it quotes
    /// marked as `QuotedValue` says. Nil where nothing is.
    func refusal(of record: CanonicalRecord) -> (field: String, reason: Reason)?
}
