public import PlumblineKit

/// The paging API of the workload W2: `GET /api/v2/tickets` with a bearer token, by cursor, or by what changed since.
///
/// - Shape: the records of one answer; the first run reads all, later ones what changed since the latest `updated_at`.
/// - Unit: all times UTC.
/// - Leaves out: deletions, which the API does not tell.
public struct TicketAPIConnector: Connector {
    /// `ticketing.bench`.
    public static let description = ConnectorDescription(
        id: "ticketing.bench", family: .ticketing, name: LocalizedText(zh: "基准测试工单接口", en: "Benchmark ticket API"),
        apiVersion: "v2", documentation: "gen_pages.py of the workloads", settings: [baseURL.field, token.field],
        streams: [
            StreamDescription(
                name: "tickets", help: LocalizedText(zh: "工单", en: "Tickets"), deletions: [.neverKnown],
                isIncremental: true)
        ])

    private static let baseURL = Setting<String>.url("base_url", LocalizedText(zh: "接口地址", en: "Address of the API"))
    private static let token = Setting<Secret>.secret("token", LocalizedText(zh: "访问令牌", en: "Bearer token"))

    private let settings: Settings
    private let transport: any Transport

    /// Asks for nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        transport = context.transport
    }

    /// Reads the first page.
    public func check() async throws(ConnectorError) -> CheckReport {
        let page = try await page(of: "tickets", after: nil)
        return CheckReport(source: "ticket API", remarks: ["\(page.records.count) tickets in the first page"])
    }

    /// The next tickets.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard stream == "tickets" else { throw .unknownStream(stream, of: Self.description) }
        var position = try Position(cursor)
        let answer = try await answer(to: position.query)
        var page = Page(cursor: nil, hasMore: answer["meta"]?["has_more"]?.bool ?? false)
        for ticket in answer["tickets"]?.array ?? [] { add(ticket, to: &page) }
        position.pass(page, next: answer["meta"]?["next_cursor"]?.string)
        page.cursor = position.cursor
        return page
    }

    private func answer(to query: [(String, String)]) async throws(ConnectorError) -> JSON {
        let request = try HTTPRequest(
            .get, at: settings[Self.baseURL], path: ["tickets"], query: query,
            headers: ["Authorization": "Bearer \(settings[Self.token].reveal())"])
        let response = try await transport.send(request)
        guard response.isSuccess else {
            throw .unexpected(reason: "\(response.summary) answered \(response.status): \(response.excerpt())")
        }
        return try response.json()
    }

    private func add(_ ticket: JSON, to page: inout Page) {
        do throws(JSONShapeError) {
            let version = SourceVersion(try ticket.string(at: "updated_at"))
            page.records.append(SourceRecord(id: try ticket.string(at: "id"), version: version, json: ticket))
        } catch {
            page.rejected.append(
                RejectedRecord(id: ticket["id"]?.scalarText ?? "without id", reason: error.reason, raw: ticket.bytes))
        }
    }
}

/// How far the tickets have been read.
private struct Position {
    /// The latest update of a finished run, from which a run starts.
    private var since: String?
    /// The API's own cursor inside a run.
    private var next: String?
    /// The latest update seen.
    private var latest: String?

    init(_ cursor: Cursor?) throws(ConnectorError) {
        guard let state = try cursor?.state() else { return }
        since = state["since"]?.string
        next = state["next"]?.string
        latest = state["latest"]?.string
    }

    var query: [(String, String)] {
        if let next { return [("cursor", next)] }
        return since.map { [("updated_since", $0)] } ?? []
    }

    mutating func pass(_ page: Page, next: String?) {
        latest = (page.records.compactMap(\.version?.text) + [latest].compactMap(\.self)).max()
        self.next = page.hasMore ? next : nil
        if !page.hasMore { since = latest }
    }

    var cursor: Cursor { Cursor(["since": .text(since), "next": .text(next), "latest": .text(latest)]) }
}
