internal import Expressions
internal import ReviewStore
internal import Synchronization

/// Counts what should not happen at addresses until it is written down: whoever sends nonsense by the thousand costs us no
/// write each.
final class AlarmBook: Sendable {
    private let book = Mutex(Book())

    fileprivate struct Book {
        /// What is not written down yet.
        var alarms: [Name: Alarm] = [:]
        /// What was told apart since the program started, by connection and kind.
        var told: [Kind: Set<Name>] = [:]
        /// What was written since then.
        var written: Set<Name> = []
    }

    fileprivate struct Kind: Hashable {
        let connection: String
        let kind: Alarm.Kind
    }

    fileprivate struct Name: Hashable {
        let connection: String
        let kind: Alarm.Kind
        let detail: String

        init(_ connection: String, _ kind: Alarm.Kind, _ detail: String) {
            (self.connection, self.kind, self.detail) = (connection, kind, detail)
        }

        init(_ alarm: Alarm) { self.init(alarm.connection, alarm.kind, alarm.detail) }
    }

    /// Different things of a kind are counted one by one up to this number, at each connection and for as long as the program
    /// runs: whoever invents more fills neither disk nor memory. What comes beyond it is counted as `other`.
    fileprivate static let mostNames = 200

    /// Notes that something happened.
    func note(_ kind: Alarm.Kind, _ detail: String, at connection: String, count: Int = 1, now: Timestamp) {
        book.withLock { book in
            let name = book.name(connection, kind, detail)
            let known = book.alarms[name]
            book.alarms[name] = Alarm(
                connection: connection, kind: kind, detail: name.detail, count: (known?.count ?? 0) + count,
                first: known?.first ?? now, last: now)
        }
    }

    /// Writes down what was counted, and gives what was not there before since the program started. Where writing fails it
    /// is counted on.
    @discardableResult
    func write(to store: any AlarmStore) async throws(StoreError) -> [Alarm] {
        let counted = book.withLock { book in
            let counted = Array(book.alarms.values)
            book.alarms = [:]
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
        return book.withLock { book in counted.filter { book.written.insert(Name($0)).inserted } }
    }
}

extension AlarmBook.Book {
    /// What a thing is counted as.
    fileprivate mutating func name(
        _ connection: String, _ kind: Alarm.Kind, _ detail: String
    ) -> AlarmBook.Name {
        let name = AlarmBook.Name(connection, kind, detail)
        let place = AlarmBook.Kind(connection: connection, kind: kind)
        if told[place, default: []].contains(name) { return name }
        guard told[place, default: []].count < AlarmBook.mostNames else {
            return AlarmBook.Name(connection, kind, "other")
        }
        told[place, default: []].insert(name)
        return name
    }
}
