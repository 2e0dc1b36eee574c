/// A connector whose system calls us: it says what a request tells, the host proves whose it is and keeps it.
///
/// The host checks signature and time, asks for ``review(of:allowing:)`` where the sender is to hear at once what is wrong, has the request on disk, and answers. Later it asks ``page(of:in:)`` for each stream that the connection maps.
public protocol CallbackReading: Connector {
    /// What the connector reads of a request beside its body.
    var callbackParts: CallbackParts { get }

    /// Whether records have no version of their own: then the order of arrival says which state of a record is newer.
    var ordersByArrival: Bool { get }

    /// What the records' own versions are, such as the place in an event where they stand. Versions of two kinds are not
    /// compared: where the settings choose another kind, the order of arrival counts until records have it.
    var versionKind: String { get }

    /// What a request tells of `stream`: its records, what could not be read of it, and what is deleted.
    ///
    /// Cursor and `hasMore` are not looked at. Whatever else the request tells belongs to other streams.
    ///
    /// - Throws: `ConnectorError.unexpected` where nothing of the request can be read. The host keeps it as a reject.
    func page(of stream: String, in callback: ReceivedCallback) throws(ConnectorError) -> Page

    /// What is wrong with a request, for its sender, and whether it is to be kept, whatever ``page(of:in:)`` makes of it.
    func review(of callback: ReceivedCallback, allowing permissions: CallbackPermissions) -> CallbackReview
}

extension CallbackReading {
    /// Records come in the order in which they were changed.
    public var ordersByArrival: Bool { true }

    /// There is one kind of version, whatever the settings say.
    public var versionKind: String { "" }

    /// The body tells everything.
    public var callbackParts: CallbackParts { CallbackParts() }

    /// Most systems do nothing with complaints: what is wrong is looked at by people here.
    public func review(of callback: ReceivedCallback, allowing permissions: CallbackPermissions) -> CallbackReview {
        CallbackReview(complaints: [])
    }
}

/// What a connector reads of a request beside its body.
public struct CallbackParts: Sendable, Hashable {
    /// The names of headers.
    public let headers: [String]
    /// The names of parameters of the address.
    public let parameters: [String]

    /// These parts, by default none.
    public init(headers: [String] = [], parameters: [String] = []) {
        self.headers = headers
        self.parameters = parameters
    }
}

/// A request that is proven to be the system's own.
public struct ReceivedCallback: Sendable, Hashable {
    /// The body as the system meant it.
    public let body: [UInt8]
    /// The headers that the connector asks for.
    public let headers: HTTPHeaders
    /// The parameters that the connector asks for, by name. They may not be signed.
    public let parameters: [String: String]
    /// When it came.
    public let received: Instant

    /// A request.
    public init(
        body: [UInt8], headers: HTTPHeaders = [:], parameters: [String: String] = [:], received: Instant
    ) {
        self.body = body
        self.headers = headers
        self.parameters = parameters
        self.received = received
    }
}

/// What a connection's system may write.
public struct CallbackPermissions: Sendable, Hashable {
    /// The record types.
    public let recordTypes: Set<String>
    /// The indicators.
    public let indicators: Set<String>
    /// The people, as the system writes their accounts; nil for all.
    public let accounts: Set<String>?

    /// What may be written.
    public init(recordTypes: Set<String>, indicators: Set<String>, accounts: Set<String>?) {
        self.recordTypes = recordTypes
        self.indicators = indicators
        self.accounts = accounts
    }
}

/// What a connector says of a request before it is kept.
public struct CallbackReview: Sendable, Hashable {
    /// What is wrong with the request.
    public let complaints: [CallbackComplaint]
    /// How many of its items are taken, where they are taken one by one; nil where the request is taken as a whole or not at
    /// all.
    public let takenItems: Int?

    /// A request that is taken where there is nothing wrong with it, or where some of its items are taken.
    public init(complaints: [CallbackComplaint], takenItems: Int? = nil) {
        self.complaints = complaints
        self.takenItems = takenItems
    }

    /// Whether the request is to be kept.
    public var isTaken: Bool { takenItems.map { $0 > 0 } ?? complaints.isEmpty }

    /// The numbers of the items that something is wrong with, ascending.
    public var refusedItems: [Int] { Set(complaints.compactMap(\.item)).sorted() }
}

/// One thing that is wrong with a request, told to its sender.
public struct CallbackComplaint: Sendable, Hashable {
    /// Which of several items it is about, from 1; nil where it is about the request.
    public let item: Int?
    /// The item's field; nil where it is about the whole.
    public let field: String?
    /// What is wrong and what was expected.
    public let reason: LocalizedText
    /// Whether the system may not write this, rather than having written it wrongly.
    public let isForbidden: Bool

    /// Something wrong.
    public init(item: Int? = nil, field: String? = nil, reason: LocalizedText, isForbidden: Bool = false) {
        self.item = item
        self.field = field
        self.reason = reason
        self.isForbidden = isForbidden
    }
}
