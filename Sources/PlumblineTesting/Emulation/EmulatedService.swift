public import PlumblineKit
import Synchronization

/// The way to an emulated system, with a clock of its own and a hand that disturbs.
///
/// ```swift
/// let service = EmulatedService(RedmineEmulator())
/// service.meanwhile { redmine, number, now in
///     if number == 3 { redmine.comment(on: 7, by: 9, at: now) }    // before the third request from here
/// }
/// service.fail(request: 5, with: .broken)
/// ```
///
/// Each request takes `pace` on the clock, so that windows and expiry pass without waiting. What a guarded transport
/// throws for a status, this one throws too.
public final class EmulatedService<System: EmulatedSystem>: Transport {
    /// Changes the system before a request: its number from 1, and the present moment.
    public typealias Meanwhile = @Sendable (inout System, Int, Instant) -> Void

    fileprivate struct State {
        var system: System
        var now: Instant
        var requests: [EmulatedRequest] = []
        var number = 0
        var meanwhile: Meanwhile?
        var failures: [Int: CannedAnswer] = [:]
    }

    private let state: Mutex<State>
    private let pace: Int

    /// The system, reached at `start`; each request takes `pace` seconds.
    public init(_ system: System, at start: Instant = FixedClock().moment, pace: Int = 1) {
        state = Mutex(State(system: system, now: start))
        self.pace = pace
    }

    /// The present moment of system and connector.
    @Sendable public func now() -> Instant { state.withLock(\.now) }

    /// What was asked so far, in order.
    public var requests: [EmulatedRequest] { state.withLock(\.requests) }

    /// The system as it is now.
    public var system: System { state.withLock(\.system) }

    /// Lets time pass.
    public func wait(seconds: Int) { state.withLock { $0.now = $0.now.advanced(bySeconds: seconds) } }

    /// Changes the system between two requests.
    public func edit(_ change: (inout System) -> Void) { state.withLock { change(&$0.system) } }

    /// Calls `change` before each further request, which counts from 1 from here on; nil ends that.
    public func meanwhile(_ change: Meanwhile?) {
        state.withLock { state in
            state.number = 0
            state.meanwhile = change
        }
    }

    /// Gives the request of this number, counted as for `meanwhile`, an answer that is not the system's.
    public func fail(request number: Int, with answer: CannedAnswer) {
        state.withLock { $0.failures[$0.number + number] = answer }
    }

    /// Asks the system.
    public func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        let answer = state.withLock { $0.answer(EmulatedRequest(request), pace: pace) }
        return try answer.guarded(for: request)
    }
}

extension EmulatedService.State {
    mutating func answer(_ request: EmulatedRequest, pace: Int) -> CannedAnswer {
        number += 1
        requests.append(request)
        meanwhile?(&system, number, now)
        defer { now = now.advanced(bySeconds: pace) }
        return failures.removeValue(forKey: number) ?? system.answer(request, at: now)
    }
}
