public import Expressions

/// The number of an entry in the log of devices, ascending in the order of arrival.
public typealias DeviceEntryNumber = Int64

/// What a device has told in one request, before it is stored.
public struct DeviceArrival: Sendable, Hashable {
    /// The connection that lists the device.
    public var connection: String
    /// The device's serial number.
    public var serial: String
    /// What it tells, in its order.
    public var entries: [StoredDeviceEntry]
    /// The device's own mark behind these entries; nil leaves the one that is stored.
    public var stamp: String?
    /// When it called.
    public var received: Timestamp

    /// What a device has told.
    public init(
        connection: String, serial: String, entries: [StoredDeviceEntry], stamp: String?, received: Timestamp
    ) {
        self.connection = connection
        self.serial = serial
        self.entries = entries
        self.stamp = stamp
        self.received = received
    }
}

/// One thing that a device tells, such as a punch. Account and contents are stored sealed.
public struct StoredDeviceEntry: Sendable, Hashable {
    /// What it is known by when the device tells it again; only a keyed hash of it is stored.
    public var key: String
    /// Whose it is; nil where that cannot be read.
    public var account: String?
    /// Where it stands in time, by the device's clock as though in UTC.
    public var placed: Timestamp
    /// When it came first.
    public var received: Timestamp
    /// What is read of it later.
    public var contents: [UInt8]

    /// An entry.
    public init(key: String, account: String?, placed: Timestamp, received: Timestamp, contents: [UInt8]) {
        self.key = key
        self.account = account
        self.placed = placed
        self.received = received
        self.contents = contents
    }
}

/// An entry as it is read back; its key is not known any more.
public struct KeptDeviceEntry: Sendable, Hashable {
    /// Its number.
    public let number: DeviceEntryNumber
    /// The serial number of the device that told it first.
    public let serial: String
    /// Whose it is; nil where that could not be read.
    public let account: String?
    /// Where it stands in time.
    public let placed: Timestamp
    /// When it came first.
    public let received: Timestamp
    /// What is read of it.
    public let contents: [UInt8]
}

/// When a device has called.
public struct DeviceContact: Sendable, Hashable {
    /// The connection that lists it.
    public let connection: String
    /// Its serial number.
    public let serial: String
    /// When it called last.
    public let called: Timestamp

    /// A call.
    public init(connection: String, serial: String, called: Timestamp) {
        (self.connection, self.serial, self.called) = (connection, serial, called)
    }
}

/// Keeps what devices tell, from before they are answered until its time is over.
public protocol DeviceStore: Sendable {
    /// Stores what a device has told: when it returns, it is on disk. What was there before, and what is older than what is
    /// kept, is not stored again. Arrivals that come while others are being stored share a transaction.
    /// - Returns: How many entries were new.
    func keep(_ arrival: DeviceArrival) async throws(StoreError) -> Int

    /// The mark that came last from a device; nil where none did.
    func stamp(of serial: String, at connection: String) async throws(StoreError) -> String?

    /// Notes that devices have called.
    func note(_ contacts: [DeviceContact]) async throws(StoreError)

    /// The devices of a connection that have ever called, or of all, by connection and serial number.
    func deviceContacts(of connection: String?) async throws(StoreError) -> [DeviceContact]

    /// The number of a connection's last entry; 0 where there is none.
    func lastDeviceEntry(of connection: String) async throws(StoreError) -> DeviceEntryNumber

    /// Up to `limit` entries of a connection with numbers in a range, ascending; those alone that stand in `placed` where it
    /// is given.
    func deviceEntries(
        of connection: String, in numbers: Range<DeviceEntryNumber>, placed: Range<Timestamp>?, limit: Int
    ) async throws(StoreError) -> [KeptDeviceEntry]

    /// All entries of an account that stand in a span of time, ascending.
    func deviceEntries(
        of connection: String, account: String, placed: Range<Timestamp>
    ) async throws(StoreError) -> [KeptDeviceEntry]

    /// Before this moment a connection's entries are deleted; nil where none ever was.
    func deviceEntriesKeptSince(of connection: String) async throws(StoreError) -> Timestamp?

    /// The connections that have entries, by name.
    func connectionsWithDeviceEntries() async throws(StoreError) -> [String]

    /// Deletes a connection's entries that stand before `moment`, with an audit entry, and takes none such any more; or only
    /// counts them.
    /// - Returns: How many they were.
    func deleteDeviceEntries(
        of connection: String, before moment: Timestamp, isPreview: Bool, actor: String
    ) async throws(StoreError) -> Int
}
