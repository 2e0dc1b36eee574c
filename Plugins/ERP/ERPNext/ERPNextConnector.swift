public import PlumblineKit

/// ERPNext and Frappe HR over Frappe's REST API: employees, budgets, purchases, hours, approvals, sales, recruiting.
///
/// - Shape: at most `page_size` documents in a page, ascending by the time of their last change, or of their making
///   where a stream is read whole; each once in a run unless it changes meanwhile. Documents whose rows are read take a
///   request each.
/// - Unit: times as the site writes them, in its own zone, which must be the connection's: System Settings are asked
///   where they may be read. Money in the company's currency, which the record tells, in the text of the answer; what
///   was posted as an exact sum.
/// - Counts: of documents that are submitted, only those are. Drafts are left out and met when they are submitted;
///   cancelled orders, approvals and trainings say so, cancelled timesheets are deleted, other cancelled documents are
///   left out.
/// - Marks: a run begins where the last one found the newest change, and no later than the present. Lists are asked for
///   what stands behind the last time and name, so that nothing is lost where they shift.
/// - Rights: a user with a key who may read the DocTypes of the streams and of their links, `Department`, `GL Entry`
///   and `Cost Center`. Frappe shows only what roles and user permissions allow, and says nothing of the rest: `check`
///   tells what can be read. `System Settings` and `Deleted Document` take the role System Manager and are optional.
/// - Leaves out: names and texts on documents, private addresses, reasons for leaving, salaries; when somebody approved
///   or accepted, which Frappe does not keep; budgets for other dimensions than cost centers and projects.
/// - Limits: off unless the site sets one; it counts server time. Over it, 429 with `Retry-After`.
/// - Gone unseen: an order whose receipt bears the time of the database's clock, as versions before 14 may write it,
///   where that clock is behind the site's; `read_whole` reads such a stream each time.
/// - Not confirmed, and settings for that reason: names of DocTypes and fields (`*_doctype`, `*_fields`, `*_table`,
///   `*_link`), the form of deletions (`read_deleted`), other names of a zone (`site_zone`). Not confirmed: that
///   `modified` is the site's local time, that a receipt marks its order as changed, that a new name leaves `modified`
///   as it is (hence `read_whole`).
/// - Source: docs.frappe.io/framework (REST API, rate limiting); the DocTypes of frappe/hrms and frappe/erpnext.
public struct ERPNextConnector: Connector {
    /// `erp.erpnext`.
    public static let description = ConnectorDescription(
        id: "erp.erpnext", family: .erp, name: LocalizedText(zh: "ERPNext / Frappe HR", en: "ERPNext / Frappe HR"),
        apiVersion: "REST v1 (Frappe 15)", documentation: "https://docs.frappe.io/framework/user/en/api/rest",
        settings: ERPNextSettings.all + ERPNextUnits.all + ERPNextPostings.all
            + [ERPNextDeleted.doctype.field, ERPNextDeleted.fields.field]
            + ERPNextStream.all.flatMap(\.forms).flatMap(\.all),
        streams: ERPNextStream.all.map(\.description))

    private let settings: Settings
    private let client: ERPNextClient
    private let clock: LocalClock
    private let zone: String
    private let now: @Sendable () -> Instant

    /// Refuses a `since` that is no time, names that are no fields, and streams and links that there are not.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        client = ERPNextClient(settings: settings, context: context)
        clock = LocalClock(utcOffset: context.utcOffset)
        zone = context.zone
        now = context.now
        _ = try ERPSettings.start(settings)
        try Self.checkNames(settings)
        for stream in ERPNextStream.all { _ = try reading(stream) }
    }

    private static func checkNames(_ settings: Settings) throws(ConnectorError) {
        let streams = ERPNextStream.all.map(\.name)
        if let unknown = settings[ERPNextSettings.whole].first(where: { !streams.contains($0) }) {
            throw .settings(field: ERPNextSettings.whole.field.key, reason: "there is no stream '\(unknown)'")
        }
        let links = ERPNextStream.all.flatMap { stream in
            stream.forms.flatMap(\.links).map { "\(stream.name).\($0.member)" }
        }
        if let unknown = settings[ERPNextSettings.notRead].first(where: { !links.contains($0) }) {
            throw .settings(
                field: ERPNextSettings.notRead.field.key,
                reason: "there is nothing called '\(unknown)'; there are: \(links.joined(separator: ", "))")
        }
    }

    /// Asks who we are, and for a document of each type that is read.
    public func check() async throws(ConnectorError) -> CheckReport {
        let user = try await client.user()
        try await client.checkZone()
        let remarks = try await ERPNextCheck(client: client, settings: settings, zone: zone).remarks()
        return CheckReport(source: "Frappe, as \(user)", remarks: remarks)
    }

    /// The next documents that changed, or the next of all.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await reading(stream).page(after: cursor)
    }

    private func reading(_ name: String) throws(ConnectorError) -> ERPNextReading {
        guard let stream = ERPNextStream.all.first(where: { $0.name == name }) else {
            throw .unknownStream(name, of: Self.description)
        }
        return try reading(stream)
    }

    private func reading(_ stream: ERPNextStream) throws(ConnectorError) -> ERPNextReading {
        var forms: [ERPNextForm] = []
        for form in stream.forms { forms.append(try ERPNextForm(form, of: stream.name, settings: settings)) }
        return ERPNextReading(
            stream: stream, forms: forms, client: client, settings: settings, clock: clock, now: now)
    }
}

extension ERPNextConnector: IdentifierListing {
    /// The identifiers of all records, a page at a time.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        try await reading(stream).identifiers(after: cursor)
    }
}
