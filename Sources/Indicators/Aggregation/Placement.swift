/// What a measure makes of a record.
enum Outcome {
    /// The record counts, once for each placement.
    case included([Placement])
    /// The record does not count for these subjects in these periods; both are empty where they could not be told.
    case excluded(Exclusion, [Subject], [Period])
}

/// A contribution with the subject and period it belongs to.
struct Placement {
    let subject: Subject
    let period: Period
    let contribution: Contribution
}
