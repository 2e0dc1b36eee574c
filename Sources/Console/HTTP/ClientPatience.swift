internal import NIOCore

/// Until when a connection may stay as it is.
///
/// A slow client is one that keeps us waiting, however often it gives a sign of life: the times are for a whole header, a
/// whole request, a whole answer.
struct ClientPatience {
    /// What happens on a connection.
    enum Event {
        /// The header of a request has come.
        case head
        /// The end of a request has come.
        case end
        /// An answer was written.
        case answered
        /// The last answer was written: nothing more is read.
        case closing
    }

    private let limits: HTTPLimits
    private var isReading = false
    private var isClosing = false
    private var unanswered = 0
    /// When the connection is to be closed.
    private(set) var deadline: NIODeadline

    init(limits: HTTPLimits, openedAt moment: NIODeadline) {
        self.limits = limits
        deadline = moment + TimeAmount(limits.headTime)
    }

    /// Takes note of what has happened.
    mutating func note(_ event: Event, at moment: NIODeadline) {
        if isClosing { return }
        switch event {
        case .head:
            isReading = true
            unanswered += 1
            deadline = moment + TimeAmount(limits.bodyTime)
        case .end:
            isReading = false
            deadline = moment + TimeAmount(limits.answerTime)
        case .answered:
            unanswered -= 1
            if !isReading {
                deadline = moment + TimeAmount(unanswered > 0 ? limits.answerTime : limits.idleTime)
            }
        case .closing:
            isClosing = true
            deadline = moment + TimeAmount(limits.lingerTime)
        }
    }
}
