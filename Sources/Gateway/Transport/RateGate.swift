/// The source wants no requests for this long.
struct SourcePause: Error {
    let rest: Duration
}

/// Makes requests wait as ``RateBudget`` says.
actor RateGate {
    private var budget: RateBudget
    private let environment: TransportEnvironment
    private var waiters: [RateBudget.Ticket: CheckedContinuation<Void, any Error>] = [:]
    private var lastTicket: RateBudget.Ticket = 0

    init(_ budget: RateBudget, environment: TransportEnvironment) {
        self.budget = budget
        self.environment = environment
    }

    /// Returns when a request may be sent; ``leave()`` must follow. Throws when the task is cancelled, and
    /// ``SourcePause`` while the source wants a pause that is too long to wait for.
    func enter() async throws {
        lastTicket += 1
        let ticket = lastTicket
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiters[ticket] = continuation
                report(.asked(ticket))
            }
        } onCancel: {
            Task { await self.cancel(ticket) }
        }
    }

    /// An admitted request is done.
    func leave() { report(.finished) }

    /// Nobody may begin for this long.
    func hold(for time: Duration) { report(.held(for: time)) }

    private func cancel(_ ticket: RateBudget.Ticket) {
        guard let waiter = waiters.removeValue(forKey: ticket) else { return }
        waiter.resume(throwing: CancellationError())
        report(.cancelled(ticket))
    }

    private func report(_ event: RateBudget.Event) {
        for action in budget.handle(event, at: environment.uptime()) {
            switch action {
            case .admit(let ticket): waiters.removeValue(forKey: ticket)?.resume()
            case .refuse(let ticket, let rest):
                waiters.removeValue(forKey: ticket)?.resume(throwing: SourcePause(rest: rest))
            case .wake(let delay): wake(after: delay)
            }
        }
    }

    private func wake(after delay: Duration) {
        Task {
            try? await environment.sleep(delay)
            report(.woken)
        }
    }
}
