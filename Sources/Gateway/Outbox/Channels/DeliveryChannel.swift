internal import Expressions
internal import ReviewStore

/// An event with what it tells, ready to be sent.
struct OutgoingEvent: Sendable {
    let event: OutboxEvent
    /// What it tells, as the store keeps it: JSON.
    let payload: String
    /// Whether it may have been sent before, though nobody knows.
    var isRepeated = false
}

/// The way to one sink, open while events are delivered.
protocol DeliveryChannel: Sendable {
    /// How many events one message can tell of at most.
    var eventsPerMessage: Int { get }
    /// How long the sink rests behind a message.
    var pauseBetweenMessages: Duration { get }

    /// Sends one message that tells of the first of these events, and of as many more as fit.
    ///
    /// - Returns: How many it told of, and what came of it; nil where the work was cancelled, so that nobody knows.
    func send(_ events: [OutgoingEvent], at now: Timestamp) async -> (count: Int, answer: DeliveryAnswer)?

    /// Ends the channel.
    func close() async
}

extension DeliveryChannel {
    var pauseBetweenMessages: Duration { .zero }
    func close() async {}
}
