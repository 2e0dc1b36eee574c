public import PlumblineKit
import TrytonServer

/// Tryton over JSON-RPC: budgets with what was spent, purchase orders with what was received, timesheets, requisitions,
/// employees.
///
/// - Shape: at most `page_size` records in a page, ascending by number, each once in a run.
/// - Unit: days as the server keeps them, without a zone; times UTC; money in the company's currency as exact decimals.
/// - Rights: our user needs to read employees, and what the mapped streams read: analytic accounts and budgets,
///   purchases, stock moves, timesheets, requisitions (groups Accounting, Purchase, Stock, Purchase Requisition).
/// - Leaves out: general budgets (`account.budget`), names and texts on documents, returns of goods, who approved where
///   the server's users are no employees, and when: Tryton keeps no time of a decision.
/// - Limits: Tryton has none but for failed logins. Sessions end after some minutes; another is opened then.
/// - Source: trytond 8.2 (`protocols/dispatcher.py`, `jsonrpc.py`) and its modules.
public struct TrytonConnector: Connector {
    /// `erp.tryton`.
    public static let description = ConnectorDescription(
        id: "erp.tryton", family: .erp, name: LocalizedText(zh: "Tryton ERP", en: "Tryton"),
        apiVersion: "JSON-RPC (Tryton 8.2)", documentation: "https://docs.tryton.org/latest/server/",
        settings: TrytonSettings.access + [
            since.field, analyticAccounts.field, TrytonSettings.overlap.field, TrytonSettings.pageSize.field,
        ],
        streams: [
            TrytonBudgets.description, TrytonPurchases.description, TrytonTimesheets.description,
            TrytonRequisitions.description, TrytonEmployees.description,
        ])

    static let since = Setting<String?>.text(
        "since",
        LocalizedText(zh: "只读取此日期起的记录，如 2026-01-01", en: "Read only records from this day on, such as 2026-01-01"))
    static let analyticAccounts = Setting<Bool>.flag(
        "analytic_accounts", default: true,
        LocalizedText(
            zh: "采购明细是否带分析科目（模块 analytic_purchase）",
            en: "Whether order lines have analytic accounts (module analytic_purchase)"))

    private let client: TrytonClient
    private let streams: [String: any TrytonReading]
    private let employees: TrytonEmployees

    /// Refuses a `since` that is no day.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        let client = TrytonClient(settings: settings, transport: context.transport)
        let since = settings[Self.since]
        if let since, Instant(rfc3339: since + "T00:00:00Z") == nil {
            throw .settings(field: Self.since.field.key, reason: "expected a day such as 2026-01-01, got '\(since)'")
        }
        let day = since.map { JSON.tryton(day: $0) }
        let readings: [any TrytonReading] = [
            TrytonBudgets(client: client, settings: settings, since: day),
            TrytonPurchases(client: client, settings: settings, since: day),
            TrytonTimesheets(client: client, settings: settings, since: day),
            TrytonRequisitions(client: client, settings: settings, since: day),
        ]
        streams = Dictionary(uniqueKeysWithValues: readings.map { (type(of: $0).description.name, $0) })
        employees = TrytonEmployees(client: client, settings: settings)
        self.client = client
    }

    /// Asks for the version, and how many records of each stream our user sees.
    public func check() async throws(ConnectorError) -> CheckReport {
        let version = try await client.version()
        var remarks: [String] = []
        for stream in Self.description.streams {
            do throws(ConnectorError) {
                remarks.append("\(try await count(of: stream.name) ?? 0) \(stream.name)")
            } catch {
                guard case .unexpected(let reason) = error else { throw error }
                remarks.append("\(stream.name) cannot be read: \(reason)")
            }
        }
        return CheckReport(source: version.map { "Tryton \($0)" }, remarks: remarks)
    }

    /// The next records that changed, or the next of all budget lines and employees.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        if stream == TrytonEmployees.description.name { return try await employees.page(after: cursor) }
        return try await reading(stream).page(after: cursor)
    }

    private func reading(_ stream: String) throws(ConnectorError) -> any TrytonReading {
        guard let reading = streams[stream] else { throw .unknownStream(stream, of: Self.description) }
        return reading
    }
}

extension TrytonConnector: IdentifierListing, RecordCounting {
    /// The numbers of all records, a page at a time.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        if stream == TrytonEmployees.description.name { return try await employees.identifiers(after: cursor) }
        return try await reading(stream).stream.all(after: cursor, fields: ["id"]).identifiers
    }

    /// What the server counts.
    public func count(of stream: String) async throws(ConnectorError) -> Int? {
        if stream == TrytonEmployees.description.name { return try await employees.count() }
        return try await reading(stream).stream.count()
    }
}

/// A stream of documents.
protocol TrytonReading: Sendable {
    static var description: StreamDescription { get }
    var stream: TrytonStream { get }
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page
}
