public import PlumblineKit

/// Kingdee K3Cloud (金蝶云星空) over its WebAPI: budgets, purchase orders, timesheets, expense claims, employees.
///
/// - Shape: bills ascending by their internal number, about `page_size` rows in a page, each bill once in a run. A row of
///   the server's is an entry: purchases and approvals fold the rows of a bill into one record with `entries`, budgets and
///   timesheets give a record for each entry.
/// - Unit: times as the server writes them, in its own zone, which must be the connection's; numbers in the text of the
///   answer. Empty texts, and times of the year 1, are null.
/// - Marks: a run begins where the last one found the newest change, and no later than the present: a bill whose time is to
///   come is told as odd, and read again by each run until then.
/// - Rights: a user, and an application authorised for third-party login, who may query the forms.
/// - Leaves out: deleted bills, which the server does not tell of (a sweep finds that they are gone), steps of workflows
///   and who rejected (a bill shows who approved it last), when goods came (an order shows how many).
/// - Limits: none told; licences limit sessions. One session is kept in a run, and one request asked at a time. How a session
///   is ended is not told either: it stays until the server ends it, so runs that are far apart each take one.
/// - Not confirmed, and settings for that reason: ids of forms and names of fields (`*_form`, `*_fields`), bodies of logins
///   (`named_login`), the words for a lost session (`session_lost_texts`), JSON as text (`data_as_text`). Budgets and
///   timesheets have no usual form. Not confirmed: meanings of statuses, that a new bill bears `FModifyDate`, that numbers
///   may be compared and entries ordered in queries: an order that is not kept is noticed.
/// - Source: the vendor's article 111098350287473408 on ExecuteBillQuery, kingdee.cdp.webapi.sdk 8.2.0.
public struct KingdeeConnector: Connector {
    /// `erp.kingdee`.
    public static let description = ConnectorDescription(
        id: "erp.kingdee", family: .erp, name: LocalizedText(zh: "金蝶云星空", en: "Kingdee K3Cloud"),
        apiVersion: "WebAPI (K3Cloud, SDK 8.2)",
        documentation: "https://vip.kingdee.com/article/111098350287473408",
        settings: KingdeeSettings.all + [modifiedField.field] + KingdeeStream.all.flatMap(\.form.all),
        streams: KingdeeStream.all.map(\.description))

    static let modifiedField = Setting<String>.text(
        "modified_field", default: "FModifyDate",
        LocalizedText(zh: "增量读取所依据的时间字段", en: "Field with the time by which changes are found"))

    private let settings: Settings
    private let client: KingdeeClient
    private let clock: LocalClock
    private let now: @Sendable () -> Instant
    private let since: Instant?

    /// Refuses a way in that lacks its secret, a `since` that is no time, and names that are no fields.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        client = try KingdeeClient(settings: settings, context: context)
        clock = LocalClock(utcOffset: context.utcOffset)
        now = context.now
        since = try ERPSettings.start(settings)
        let field = settings[Self.modifiedField]
        guard KingdeeQuery.isName(field) else {
            throw .settings(field: "modified_field", reason: "expected a field such as FModifyDate, got '\(field)'")
        }
        for stream in KingdeeStream.all where stream.form.usualForm != nil || settings[stream.form.form] != nil {
            _ = try KingdeeForm(stream.form, settings: settings)
        }
    }

    /// Asks for a bill of each form that the connection names, or that is usual.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks: [String] = []
        for stream in KingdeeStream.all {
            guard stream.form.usualForm != nil || settings[stream.form.form] != nil else {
                remarks.append("\(stream.name): no form named (\(stream.form.form.field.key))")
                continue
            }
            let reading = try reading(stream.name)
            do throws(ConnectorError) {
                let step = try await reading.bills.next(after: 0, where: [], fields: reading.form.fields)
                remarks.append(
                    "\(stream.name): \(reading.form.id) \(step.bills.isEmpty ? "shows no bill" : "can be read")")
            } catch {
                guard case .unexpected(let reason) = error else { throw error }
                remarks.append("\(stream.name) cannot be read: \(reason)")
            }
        }
        return CheckReport(source: "K3Cloud", remarks: remarks)
    }

    /// The next bills that changed, or the next of all budgets and employees.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await reading(stream).page(after: cursor)
    }

    private func reading(_ name: String) throws(ConnectorError) -> KingdeeReading {
        guard let stream = KingdeeStream.all.first(where: { $0.name == name }) else {
            throw .unknownStream(name, of: Self.description)
        }
        let form = try KingdeeForm(stream.form, settings: settings)
        return KingdeeReading(
            stream: stream, form: form,
            bills: KingdeeBills(client: client, form: form, pageSize: settings[KingdeeSettings.pageSize]), clock: clock,
            modified: settings[Self.modifiedField], since: since, overlap: settings[ERPSettings.overlap],
            now: now)
    }
}

extension KingdeeConnector: IdentifierListing {
    /// The identifiers of all records, a page at a time.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        try await reading(stream).identifiers(after: cursor)
    }
}
