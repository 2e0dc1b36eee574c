internal import Expressions
internal import ReviewStore
internal import Synchronization

/// Counts what should not happen at addresses until it is written down: whoever sends nonsense by the thousand costs us no
/// write each.
final class AlarmBook: Sendable {
    private let alarms = Mutex<[Name: Alarm]>([:])
    /// What was written since the program started.
    private let written = Mutex<Set<Name>>([])

    private struct Name: Hashable {
        let connection: String
        let kind: Alarm.Kind
        let detail: String

        init(_ connection: String, _ kind: Alarm.Kind, _ detail: String) {
            (self.connection, self.kind, self.detail) = (connection, kind, detail)
        }

        init(_ alarm: Alarm) { self.init(alarm.connection, alarm.kind, alarm.detail) }
    }

    /// Different things are counted one by one up to this number; what comes beyond it is counted as `other`.
    private static let mostNames = 200

    /// Notes that something happened.
    func note(_ kind: Alarm.Kind, _ detail: String, at connection: String, count: Int = 1, now: Timestamp) {
        alarms.withLock { alarms in
            var name = Name(connection, kind, detail)
            if alarms[name] == nil, alarms.count >= Self.mostNames {
                name = Name(connection, kind, "other")
            }
            let known = alarms[name]
            alarms[name] = Alarm(
                connection: connection, kind: kind, detail: name.detail, count: (known?.count ?? 0) + count,
                first: known?.first ?? now, last: now)
        }
    }

    /// Writes down what was counted, and gives what was not there before since the program started. Where writing fails it
    /// is counted on.
    @discardableResult
    func write(to store: any AlarmStore) async throws(StoreError) -> [Alarm] {
        let counted = alarms.withLock { alarms in
            let counted = Array(alarms.values)
            alarms = [:]
            return counted
        }
        do throws(StoreError) {
            try await store.raise(counted)
        } catch {
            for alarm in counted {
                note(alarm.kind, alarm.detail, at: alarm.connection, count: alarm.count, now: alarm.last)
            }
            throw error
        }
        return written.withLock { written in counted.filter { written.insert(Name($0)).inserted } }
    }
}
