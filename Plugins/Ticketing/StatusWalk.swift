import PlumblineKit

/// Follows a ticket through its statuses.
struct StatusWalk {
    let meanings: StatusMeanings
    private(set) var status: String
    private(set) var firstSolved: Instant?
    /// The last entry into done, while the ticket still is.
    private(set) var solved: Instant?
    private(set) var closed: Instant?
    private(set) var reopened: [Instant] = []
    private(set) var pauses: [Interval] = []

    /// Begins with a ticket created in `status`.
    init(meanings: StatusMeanings, status: String, at moment: Instant) {
        self.meanings = meanings
        self.status = status
        solved = meanings.isDone(status) ? moment : nil
        firstSolved = solved
        closed = meanings.isClosed(status) ? moment : nil
        if meanings.paused.contains(status) { pauses = [Interval(from: moment, to: nil)] }
    }

    mutating func enter(_ next: String, at moment: Instant) {
        if meanings.isDone(next) {
            solved = solved ?? moment
            firstSolved = firstSolved ?? moment
        } else if solved != nil {
            solved = nil
            if !meanings.isDropped(next) { reopened.append(moment) }
        }
        closed = meanings.isClosed(next) ? closed ?? moment : nil
        if meanings.paused.contains(next) != meanings.paused.contains(status) { turnPause(at: moment) }
        status = next
    }

    private mutating func turnPause(at moment: Instant) {
        if let last = pauses.indices.last, pauses[last].to == nil {
            pauses[last].to = moment
        } else {
            pauses.append(Interval(from: moment, to: nil))
        }
    }
}

extension TicketRecord {
    /// Takes over what a walk over all changes of the ticket's status has found.
    mutating func take(_ walk: StatusWalk) {
        firstSolved = walk.firstSolved
        solved = walk.solved
        closed = walk.closed
        reopened = walk.reopened
        reopenCount = walk.reopened.count
        pauses = walk.pauses
    }
}
