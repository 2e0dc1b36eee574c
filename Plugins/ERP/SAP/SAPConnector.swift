public import PlumblineKit

/// SAP over OData V2 and V4: purchase orders of S/4HANA, and budgets, timesheets, approvals and employees of sets that the
/// connection names, those of SuccessFactors among them.
///
/// - Shape: the server cuts lists as it likes. Entities come in the order of their last change, or of the key where all are
///   read each time. Each query begins with the last value that was read, and rows of that value which did not change since
///   are left out; where an answer holds one value alone, the server's link is followed, unchanged, and to the server of
///   `base_url` only. Items come with their order (`$expand`), or are read behind it where the server defers them.
/// - Unit: moments in UTC; days as `2026-01-05`; decimals in the digits of the answer; `PT08H30M00S` in seconds. Empty texts
///   are null. `amount` of an order is the exact sum of the amounts of its items, in the order's currency.
/// - Marks: a run begins where the last one found the newest change, less the overlap, and no later than the last one
///   began. Where a set tells only the day of a change, whole days are read again.
///   Where changes of items do not mark their order as changed, `purchase_change: {}` reads all each time.
/// - Noticed, and refused: a service that does not implement `$filter` or `$orderby` for a field (an answer outside of the
///   window or out of order), an answer that is cut off without a link, a page to log in where JSON was asked for.
///   Where the service neither counts nor gives a link, the list is asked for on until an answer gives nothing new; more
///   rows of one mark than such a service gives at once are not noticed.
/// - Rights: a communication user, or an application, who may read the services that are named; nothing is written.
/// - Leaves out: deleted entities, which no set tells of (a sweep finds that they are gone; delta tokens, which exist only
///   where they were switched on, are not used), client certificates, session cookies (each request proves who asks), when
///   goods came, actual costs from journal entries: `A_JournalEntryItemBasic` leaves to each company which ledger, which
///   of several currencies and which sign count, so a set of the company's own gives them summed.
/// - Limits: 429 with `Retry-After` on the cloud; on premise none is told: one request at a time is asked.
/// - Not confirmed, and settings for that reason: services, sets, keys and properties (`*_service`, `*_set`, `*_keys`,
///   `*_fields`, `*_change`), the zone of times without an offset (`written_times`), that services count (`counts`). Not
///   confirmed: that a delivery that is complete marks its order as changed, that the number in `/Date(ms+minutes)/` is of UTC, that `ge` compares keys as `$orderby` does, that the
///   header `sap-client` counts for links that lack it.
/// - Source: help.sap.com/saphelp_gateway20sp12 on query options, userapps.support.sap.com/…/2675265 and
///   learn.microsoft.com/en-us/odata/webapi-8/fundamentals/server-driven-paging on paging; api.sap.com for the names.
public struct SAPConnector: Connector {
    /// `erp.sap`.
    public static let description = ConnectorDescription(
        id: "erp.sap", family: .erp, name: LocalizedText(zh: "SAP S/4HANA", en: "SAP S/4HANA"),
        apiVersion: "OData V2 and V4",
        documentation:
            "https://help.sap.com/saphelp_gateway20sp12/helpdata/en/71/d07b52a3566f54e10000000a44176d/content.htm",
        settings: SAPSettings.all + SAPStream.all.flatMap(\.settings), streams: SAPStream.all.map(\.description))

    private let settings: Settings
    private let client: SAPClient
    private let clock: LocalClock
    private let now: @Sendable () -> Instant
    private let since: Instant?

    /// Refuses a way in that lacks its secret, a `since` that is no time, and names that are no properties.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        client = try SAPClient(settings: settings, context: context)
        clock = LocalClock(sap: settings, context)
        now = context.now
        since = try ERPSettings.start(settings)
        for stream in SAPStream.all where stream.set.place(settings) != nil {
            _ = try SAPEntitySet(stream, settings: settings)
        }
    }

    /// Reads the beginning of each set that is named, and tests whether its service keeps filters and orders.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks: [String] = []
        for stream in SAPStream.all {
            guard stream.set.place(settings) != nil else {
                remarks.append("\(stream.name): \(stream.set.missing.reason)")
                continue
            }
            do throws(ConnectorError) {
                remarks.append(try await reading(stream.name).probe())
            } catch {
                switch error {
                case .unexpected(let reason): remarks.append("\(stream.name) cannot be read: \(reason)")
                case .refused(status: 403, let hint):
                    remarks.append("\(stream.name) cannot be read: our user may not: \(hint)")
                default: throw error
                }
            }
        }
        return CheckReport(source: "SAP", remarks: remarks)
    }

    /// The next entities that changed, or the next of all budgets and employees.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await reading(stream).page(after: cursor)
    }

    private func reading(_ name: String) throws(ConnectorError) -> SAPReading {
        guard let stream = SAPStream.all.first(where: { $0.name == name }) else {
            throw .unknownStream(name, of: Self.description)
        }
        return SAPReading(
            stream: stream, set: try SAPEntitySet(stream, settings: settings), client: client, clock: clock,
            settings: settings, since: since, now: now)
    }
}

extension SAPConnector: IdentifierListing {
    /// The identifiers of all records, a page at a time.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        try await reading(stream).identifiers(after: cursor)
    }
}
