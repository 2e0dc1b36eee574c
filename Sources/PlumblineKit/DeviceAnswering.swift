/// A connector whose devices call us, at addresses that are theirs to choose and without anything that proves who they are.
///
/// The host finds the connection by the serial number that a request names, asks for ``answer(_:in:)``, has on disk what is
/// to be kept, and only then sends the answer. Later the connector's streams are read as any others: what was kept is in
/// ``ConnectorContext/deviceLog``.
public protocol DeviceAnswering: Connector {
    /// What the paths of all such devices begin with, such as `/iclock/`. Connectors of one root are one connector.
    static var deviceRoot: String { get }

    /// The serial number that a request names; nil where it names none.
    static func serial(in parameters: DeviceParameters) -> String?

    /// The devices that the connection lists.
    var devices: [Device] { get }

    /// What is looked at before anything of a request is read, and for how long its contents are kept.
    var deviceRules: DeviceRules { get }

    /// What a request of one of ``devices`` is answered with, and what of it is to be kept. It depends on nothing else, so
    /// that a request may be answered again.
    func answer(_ request: DeviceRequest, in state: DeviceState) -> DeviceAnswer
}

/// A device that a connection lists.
public struct Device: Sendable, Hashable {
    /// The number by which it names itself.
    public let serial: String
    /// Where it stands, in the company's own words; nil where nobody says.
    public let place: String?

    /// A device.
    public init(serial: String, place: String? = nil) { (self.serial, self.place) = (serial, place) }
}

/// What is looked at before anything of a device's request is read, and for how long its contents are kept.
public struct DeviceRules: Sendable, Hashable {
    /// How long a body may be, in bytes.
    public let bodyBytes: Int
    /// How many requests of one device are taken in a second, beside a burst of as many.
    public let requestsPerSecond: Int
    /// How much that is new is kept of one device in a day, by UTC: whoever has found out its number fills no disk.
    public let newEntriesPerDay: Int
    /// For how many days what devices tell is kept, from the moment that it tells of.
    public let keepDays: Int
    /// A device that has not called for so long is told of.
    public let silentAfter: Duration

    /// These rules.
    public init(
        bodyBytes: Int, requestsPerSecond: Int, newEntriesPerDay: Int, keepDays: Int, silentAfter: Duration
    ) {
        self.bodyBytes = bodyBytes
        self.requestsPerSecond = requestsPerSecond
        self.newEntriesPerDay = newEntriesPerDay
        self.keepDays = keepDays
        self.silentAfter = silentAfter
    }
}

/// The parameters of an address, whose names may be written in any case.
public struct DeviceParameters: Sendable, Hashable {
    private let values: [(name: String, value: String)]

    /// The parameters of a query such as `SN=1&table=ATTLOG`. What is escaped wrongly is taken as it stands.
    public init(query: String) {
        values = query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return (
                (PercentEncoding.decode(parts[0]) ?? String(parts[0])).lowercased(),
                PercentEncoding.decode(value) ?? String(value)
            )
        }
    }

    /// The first value under a name; nil where there is none.
    public subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return values.first { $0.name == name }?.value
    }

    /// Whether two queries say the same in the same order.
    public static func == (one: Self, other: Self) -> Bool {
        one.values.elementsEqual(other.values) { $0 == $1 }
    }

    /// As `==` compares.
    public func hash(into hasher: inout Hasher) {
        for value in values {
            hasher.combine(value.name)
            hasher.combine(value.value)
        }
    }
}

/// A request of a device.
public struct DeviceRequest: Sendable, Hashable {
    /// The serial number that it names.
    public let serial: String
    /// The verb.
    public let method: HTTPMethod
    /// What stands behind the root in the path, such as `cdata`.
    public let path: String
    /// What stands behind the `?`.
    public let parameters: DeviceParameters
    /// The body as it came.
    public let body: [UInt8]
    /// When it came.
    public let received: Instant

    /// A request.
    public init(
        serial: String, method: HTTPMethod, path: String, parameters: DeviceParameters, body: [UInt8] = [],
        received: Instant
    ) {
        self.serial = serial
        self.method = method
        self.path = path
        self.parameters = parameters
        self.body = body
        self.received = received
    }
}

/// What the host holds of a device.
public struct DeviceState: Sendable, Hashable {
    /// The mark that came last with what is kept, as the device writes it; nil where none did.
    public let stamp: String?

    /// A device of which so much is held.
    public init(stamp: String? = nil) { self.stamp = stamp }
}

/// What a device is answered with.
public struct DeviceAnswer: Sendable, Hashable {
    /// The status of HTTP.
    public var status: Int
    /// The media type of the body.
    public var contentType: String
    /// The body.
    public var body: [UInt8]
    /// What is to be on disk before the answer goes out, in the order of the request.
    public var entries: [DeviceEntry]
    /// The device's mark behind these entries; nil leaves the one that is held.
    public var stamp: String?
    /// What IT should know of the request, without anything of its contents; nil where there is nothing.
    public var complaint: String?

    /// An answer in plain text.
    public init(
        status: Int = 200, text: String, entries: [DeviceEntry] = [], stamp: String? = nil, complaint: String? = nil
    ) {
        self.status = status
        contentType = "text/plain"
        body = Array(text.utf8)
        self.entries = entries
        self.stamp = stamp
        self.complaint = complaint
    }
}

/// Something that a device tells and that is to be kept, such as a punch.
public struct DeviceEntry: Sendable, Hashable {
    /// The device's serial number.
    public let device: String
    /// What it is known by when the device tells it again.
    public let key: String
    /// Whose it is, as the device writes it; nil where that cannot be read.
    public let account: String?
    /// Where it stands in time: what the device's clock shows, as though in UTC; where that cannot be, when it came.
    public let placed: Instant
    /// When it came first.
    public let received: Instant
    /// What the connector reads of it later. It is stored sealed.
    public let contents: [UInt8]

    /// An entry.
    public init(
        device: String, key: String, account: String?, placed: Instant, received: Instant, contents: [UInt8]
    ) {
        self.device = device
        self.key = key
        self.account = account
        self.placed = placed
        self.received = received
        self.contents = contents
    }
}
