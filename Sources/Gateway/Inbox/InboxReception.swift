internal import Expressions
internal import PlumblineKit
public import ReviewStore
internal import Synchronization

/// What outlives a reload of the workspace: the commits under way, how much waits, what is to be counted, and who is to be
/// woken.
public final class InboxReception: Sendable {
    /// Why an event was not stored. The sender may send it again.
    enum Refusal: Error, Sendable, Equatable {
        /// Too many wait already.
        case full
        /// The store cannot keep it now.
        case store(StoreError)
    }

    let alarms = AlarmBook()
    let watch = RhythmWatch()
    let calls = DeviceCalls()
    /// How often requests that prove themselves are taken.
    let rates: RateLimits
    /// How much devices have told.
    let quota = DeviceQuota()
    private let tally: HookTally?
    private let store: any InboxStore & DeviceStore
    private let mostWaiting, mostArriving: Int
    private let state = Mutex(State())

    private struct State {
        /// Events that await their use, as far as is known.
        var waiting = 0
        /// Events that are on their way to the disk.
        var arriving = 0
        var wake: (@Sendable () -> Void)?
    }

    /// Takes events for `store`, and counts in `tally` why requests were refused. Once `mostWaiting` await their use,
    /// or `mostArriving` are on their way to the disk, senders are asked to come later.
    public init(
        _ store: any ReviewStore, mostWaiting: Int = 1_000_000, mostArriving: Int = 4_096, tally: HookTally? = nil,
        rates: RateLimits = RateLimits()
    ) {
        self.rates = rates
        self.store = store
        self.tally = tally
        (self.mostWaiting, self.mostArriving) = (mostWaiting, mostArriving)
    }

    /// Returns when an event is on disk.
    func take(_ arrival: InboxArrival) async throws(Refusal) -> InboxReceipt {
        guard mayArrive() else { throw .full }
        do throws(StoreError) {
            let receipt = try await store.receive(arrival)
            arrived(receipt)
            return receipt
        } catch {
            state.withLock { $0.arriving -= 1 }
            throw .store(error)
        }
    }

    private func mayArrive() -> Bool {
        state.withLock { state in
            guard state.waiting < mostWaiting, state.arriving < mostArriving else { return false }
            state.arriving += 1
            return true
        }
    }

    private func arrived(_ receipt: InboxReceipt) {
        let wake = state.withLock { state in
            state.arriving -= 1
            guard case .stored = receipt else { return State().wake }
            state.waiting += 1
            return state.wake
        }
        wake?()
    }

    /// What is held of a device.
    func state(of serial: String, at connection: String) async throws(Refusal) -> DeviceState {
        do throws(StoreError) {
            return DeviceState(stamp: try await store.stamp(of: serial, at: connection))
        } catch {
            throw .store(error)
        }
    }

    /// Returns when what a device has told is on disk, with how much of it was new.
    func keep(_ arrival: DeviceArrival) async throws(Refusal) -> Int {
        guard mayArrive() else { throw .full }
        defer { state.withLock { $0.arriving -= 1 } }
        do throws(StoreError) {
            return try await store.keep(arrival)
        } catch {
            throw .store(error)
        }
    }

    /// Notes why a request was not taken: an alarm and a count.
    func refuse(_ kind: Alarm.Kind, _ detail: String, at connection: String, now: Timestamp) {
        alarms.note(kind, detail, at: connection, now: now)
        tally?.refused(connection, reason: kind.rawValue)
    }

    /// Whom to wake when an event has come.
    func onArrival(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    /// Notes how many events await their use.
    func note(waiting: Int) { state.withLock { $0.waiting = waiting } }
}
