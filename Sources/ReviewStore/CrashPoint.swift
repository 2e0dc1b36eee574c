internal import Foundation
internal import Synchronization

/// Places at which tests have the process killed, as a power cut would: nothing is flushed, nothing is told.
///
/// `PLUMBLINE_CRASH_AT=stored:3` kills it at the third passing of `stored`. Builds for release know no such places.
public enum CrashPoint: String, Sendable, CaseIterable {
    /// A request has proven itself and is not stored.
    case received
    /// An event is on disk and not answered.
    case stored
    /// A connection's streams are claimed for its events.
    case claimed
    /// Events are used and their values not published.
    case used
    /// A step of the schema is done and not committed.
    case migrating

    /// Says that the process has come here.
    public func pass() {
        #if DEBUG
            guard let plan = CrashPlan.present, plan.point == self else { return }
            if plan.passes.withLock({ passes in
                passes += 1
                return passes == plan.count
            }) {
                kill(getpid(), SIGKILL)
            }
        #endif
    }
}

/// Where the process is to be killed.
private final class CrashPlan: Sendable {
    let point: CrashPoint
    let count: Int
    let passes = Mutex(0)

    static let present: CrashPlan? = ProcessInfo.processInfo.environment["PLUMBLINE_CRASH_AT"].flatMap(CrashPlan.init)

    private init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let point = CrashPoint(rawValue: String(parts[0])), let count = Int(parts[1]) else {
            return nil
        }
        (self.point, self.count) = (point, count)
    }
}
