internal import Expressions
internal import Synchronization

/// How much that is new each device has told today: one that tells more than any does is not believed.
final class DeviceQuota: Sendable {
    private struct Count {
        var day: Int64
        var entries = 0
    }

    private let counts = Mutex<[String: Count]>([:])

    /// Whether a device has told as much as it may on the day, by UTC, of a moment.
    func isSpent(by device: String, of limit: Int, now: Timestamp) -> Bool {
        counts.withLock { counts in
            guard let count = counts[device], count.day == Self.day(now) else { return false }
            return count.entries >= limit
        }
    }

    /// Counts what was new.
    func note(_ entries: Int, of device: String, now: Timestamp) {
        counts.withLock { counts in
            let day = Self.day(now)
            if counts[device]?.day != day { counts[device] = Count(day: day) }
            counts[device]?.entries += entries
        }
    }

    private static func day(_ moment: Timestamp) -> Int64 { moment.microseconds / 86_400_000_000 }
}
