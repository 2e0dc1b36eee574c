internal import Expressions
internal import ReviewStore
internal import Synchronization

/// When devices have called, until it is written down: they call every few seconds, which is not worth a write each.
final class DeviceCalls: Sendable {
    private let calls = Mutex<[Name: Timestamp]>([:])

    private struct Name: Hashable {
        let connection: String
        let serial: String
    }

    /// Notes that a device of a connection's list has called.
    func note(_ serial: String, at connection: String, now: Timestamp) {
        calls.withLock { $0[Name(connection: connection, serial: serial)] = now }
    }

    /// Writes down what was noted. Where writing fails it is noted on.
    func write(to store: any DeviceStore) async throws(StoreError) {
        let noted = calls.withLock { calls in
            let noted = calls
            calls = [:]
            return noted
        }
        do throws(StoreError) {
            try await store.note(
                noted.map { DeviceContact(connection: $0.connection, serial: $0.serial, called: $1) })
        } catch {
            calls.withLock { $0.merge(noted) { max($0, $1) } }
            throw error
        }
    }
}
