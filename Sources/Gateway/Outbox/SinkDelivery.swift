internal import Expressions
internal import ReviewStore

/// Delivers what is due at one sink, an attempt after the other, until nothing is due.
///
/// An attempt is noted behind it. A process that is killed in between attempts again what it does not know of, under the
/// same key: receivers tell repetitions by it.
struct SinkDelivery {
    let host: WorkspaceHost
    let sink: Sink
    let channel: any DeliveryChannel
    /// The most events to attempt.
    let limit: Int
    /// Whether no more attempts are to begin.
    let isStopping: @Sendable () -> Bool
    let progress: @Sendable (DeliveryProgress) -> Void

    private var store: any ReviewStore { host.store }

    /// To be called by who holds the sink's claim.
    func run() async throws(StoreError) -> SinkReport {
        var report = SinkReport(sink: sink.name)
        var attempted = 0
        while attempted < limit, !isStopping(), try await mayAttempt() {
            let due = try await store.dueDeliveries(
                to: sink.name, at: host.now(), isOrdered: sink.isOrdered,
                limit: min(channel.eventsPerMessage, limit - attempted))
            guard !due.isEmpty, let count = try await attempt(due, &report) else { break }
            attempted += count
            progress(DeliveryProgress(sink: sink.name, attempted: attempted))
        }
        report.next = try await store.nextDelivery(to: sink.name, isOrdered: sink.isOrdered)
        return report
    }

    /// Whether the circuit lets a message pass, be it to see whether the receiver works again.
    private func mayAttempt() async throws(StoreError) -> Bool {
        var breaker = CircuitBreaker(try await store.sinkState(sink.name))
        if case .wait = breaker.handle(.asked, at: host.now()) { return false }
        return true
    }

    /// How many events the attempt was about; nil where it was cancelled.
    private func attempt(_ due: [Delivery], _ report: inout SinkReport) async throws(StoreError) -> Int? {
        var events: [OutgoingEvent] = []
        for delivery in due {
            let payload = try await store.payload(of: delivery.event.id)
            events.append(
                OutgoingEvent(event: delivery.event, payload: payload, isRepeated: delivery.attempts > 0))
        }
        let started = host.now()
        guard let (count, answer) = await channel.send(events, at: started) else { return nil }
        try await note(answer, of: Array(due.prefix(count)), started: started)
        report.add(answer, count)
        return count
    }

    private func note(_ answer: DeliveryAnswer, of due: [Delivery], started: Timestamp) async throws(StoreError) {
        let ended = host.now()
        let plan = DeliveryPlan(pauseBetweenMessages: channel.pauseBetweenMessages)
        let results = due.map { delivery in
            let result = plan.result(
                of: answer, failures: delivery.failures, at: ended, chance: host.transportEnvironment.random())
            return (delivery.event.id, result)
        }
        let state = plan.state(try await store.sinkState(sink.name), after: answer, at: ended)
        try await store.note(
            DeliveryRecord(
                sink: sink.name, results: Dictionary(results) { first, _ in first }, started: started, ended: ended,
                status: answer.status, error: answer.reason, sinkState: state))
    }
}

extension SinkReport {
    fileprivate mutating func add(_ answer: DeliveryAnswer, _ count: Int) {
        if answer.verdict == .accepted { delivered += count } else { failed += count }
        if let reason = answer.reason { lastError = reason }
    }
}
