internal import Expressions
internal import ReviewStore

/// What follows from an answer: for the events that the message told of, and for the sink.
struct DeliveryPlan: Sendable {
    var schedule = DeliverySchedule.standard
    /// How long a sink rests behind each message, whatever came of it.
    var pauseBetweenMessages: Duration = .zero

    /// What becomes of an event that has failed `failures` times before. `chance` is in 0..<1.
    func result(
        of answer: DeliveryAnswer, failures: Int, at now: Timestamp, chance: Double
    ) -> DeliveryRecord.Result {
        switch answer.verdict {
        case .accepted: return .delivered
        // The store lets it wait until the sink is enabled.
        case .gone: return .again(at: now)
        case .busy, .failed:
            guard let pause = schedule.pause(afterFailures: failures + 1, chance: chance) else { return .givenUp }
            return .again(at: now + max(pause, answer.wantedPause ?? .zero))
        }
    }

    /// How the sink stands behind an answer.
    func state(_ state: SinkState, after answer: DeliveryAnswer, at now: Timestamp) -> SinkState {
        var (state, breaker) = (state, CircuitBreaker(state))
        switch answer.verdict {
        case .accepted: _ = breaker.handle(.succeeded, at: now)
        case .failed: _ = breaker.handle(.failed, at: now)
        case .busy: break
        case .gone: (state.disabled, state.disabledReason) = (now, answer.reason)
        }
        breaker.note(in: &state)
        let pause = max(pauseBetweenMessages, answer.wantedPause ?? .zero)
        state.quietUntil = pause > .zero ? now + pause : nil
        return state
    }
}

extension DeliveryAnswer {
    /// The pause that the receiver asks for; nil where it asks for none.
    fileprivate var wantedPause: Duration? { if case .busy(let pause) = verdict { pause } else { nil } }
}
