internal import Expressions
internal import PlumblineKit
internal import ReviewStore

/// What the devices of one connection have told, for its connector.
struct StoredDeviceLog: DeviceLog {
    private let store: any ReviewStore
    private let connection: String

    init(_ store: any ReviewStore, connection: String) { (self.store, self.connection) = (store, connection) }

    func lastNumber() async throws(ConnectorError) -> Int64 {
        try await reading { () throws(StoreError) in try await store.lastDeviceEntry(of: connection) }
    }

    func entries(
        in numbers: Range<Int64>, placed: Range<Instant>?, limit: Int
    ) async throws(ConnectorError) -> [NumberedEntry] {
        try await reading { () throws(StoreError) in
            try await store.deviceEntries(of: connection, in: numbers, placed: placed.map(Self.span), limit: limit)
                .map(NumberedEntry.init)
        }
    }

    func entries(of account: String, placed: Range<Instant>) async throws(ConnectorError) -> [NumberedEntry] {
        try await reading { () throws(StoreError) in
            try await store.deviceEntries(of: connection, account: account, placed: Self.span(placed))
                .map(NumberedEntry.init)
        }
    }

    func keptSince() async throws(ConnectorError) -> Instant? {
        try await reading { () throws(StoreError) in
            try await store.deviceEntriesKeptSince(of: connection).map { Instant(microseconds: $0.microseconds) }
        }
    }

    func contacts() async throws(ConnectorError) -> [String: Instant] {
        let known = try await reading { () throws(StoreError) in try await store.deviceContacts(of: connection) }
        return Dictionary(
            known.map { ($0.serial, Instant(microseconds: $0.called.microseconds)) }, uniquingKeysWith: max)
    }

    private static func span(_ placed: Range<Instant>) -> Range<Timestamp> {
        Timestamp(
            microseconds: placed.lowerBound.microseconds)..<Timestamp(
                microseconds: placed.upperBound.microseconds)
    }

    private func reading<Result>(
        _ work: () async throws(StoreError) -> Result
    ) async throws(ConnectorError) -> Result {
        do throws(StoreError) {
            return try await work()
        } catch .cancelled {
            throw .cancelled
        } catch {
            throw .unavailable(reason: error.description, retryAfter: nil)
        }
    }
}

extension NumberedEntry {
    /// An entry as the store gives it. What it was known by is not known any more.
    fileprivate init(_ kept: KeptDeviceEntry) {
        self.init(
            number: kept.number,
            entry: DeviceEntry(
                device: kept.serial, key: "", account: kept.account,
                placed: Instant(microseconds: kept.placed.microseconds),
                received: Instant(microseconds: kept.received.microseconds), contents: kept.contents))
    }
}
