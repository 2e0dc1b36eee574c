import PlumblineKit

/// The calls of REST 2.0 that the connector needs, and the server's peculiarities in paging and dates.
struct RequestTrackerClient: Sendable {
    let baseURL: String
    let token: Secret
    let transport: any Transport
    let pageSize: Int

    /// A page of some collection. `total` is nil for most users and always for transactions.
    struct Items {
        let items: [JSON]
        let total: Int?
    }

    func get(_ path: [String], _ query: [(String, String)] = []) async throws(ConnectorError) -> HTTPResponse {
        let request = try HTTPRequest(
            .get, at: baseURL, path: path, query: query,
            headers: ["Authorization": "token \(token.reveal())", "Accept": "application/json"])
        return try await transport.send(request)
    }

    /// The JSON of an answer that must succeed.
    func json(_ path: [String], _ query: [(String, String)] = []) async throws(ConnectorError) -> JSON {
        let response = try await get(path, query)
        guard response.isSuccess else { throw Self.failure(response) }
        return try response.json()
    }

    func items(
        _ path: [String], _ query: [(String, String)], perPage: Int? = nil
    ) async throws(ConnectorError) -> Items {
        let answer = try await json(path, query + [("per_page", String(perPage ?? pageSize))])
        guard let items = answer["items"]?.array else {
            throw .unexpected(reason: "the answer to \(path.joined(separator: "/")) has no list 'items'")
        }
        return Items(items: items, total: answer["total"]?.int)
    }

    /// Tickets that match `query` (TicketSQL), in ascending order of their numbers.
    func tickets(
        _ query: String, fields: [String] = [], perPage: Int? = nil
    ) async throws(ConnectorError) -> Items {
        let columns = fields.isEmpty ? [] : [("fields", fields.joined(separator: ",")), ("fields[Queue]", "Name")]
        return try await items(
            ["tickets"], [("query", query), ("orderby", "id"), ("order", "ASC")] + columns, perPage: perPage)
    }

    /// When a ticket that matches `query` last changed; nil where there is none.
    func lastChange(_ query: String) async throws(ConnectorError) -> Instant? {
        let newest = try await items(
            ["tickets"],
            [("query", query), ("orderby", "LastUpdated"), ("order", "DESC"), ("fields", "LastUpdated")], perPage: 1)
        guard let ticket = newest.items.first else { return nil }
        guard let updated = Self.date(ticket["LastUpdated"]) else {
            throw .unexpected(reason: "the ticket that changed last has no date 'LastUpdated'")
        }
        return updated
    }

    /// All transactions of these tickets that a fold reads, by ticket number.
    ///
    /// The server tells no total, and pages can be short because invisible rows are taken out afterwards: what follows
    /// the last number seen is asked for until nothing comes.
    func histories(of tickets: [Int]) async throws(ConnectorError) -> [Int: [RequestTrackerTransaction]] {
        guard !tickets.isEmpty else { return [:] }
        let objects = tickets.map { "ObjectId = \($0)" }.joined(separator: " OR ")
        let skipped = ["Comment", "EmailRecord", "CommentEmailRecord", "SetWatcher"]
        let types = skipped.map { " AND Type != '\($0)'" }.joined()
        let fields = "Type,Field,OldValue,NewValue,Created,Creator,ObjectId"
        var histories: [Int: [RequestTrackerTransaction]] = [:]
        var last = 0
        while true {
            let query = "ObjectType = 'RT::Ticket' AND id > \(last)\(types) AND (\(objects))"
            let page = try await items(
                ["transactions"], [("query", query), ("orderby", "id"), ("fields", fields)], perPage: 100)
            if page.items.isEmpty { return histories }
            for item in page.items {
                let transaction = try RequestTrackerTransaction(item)
                guard transaction.id > last else {
                    throw .unexpected(reason: "a page of transactions repeats or is not in order (\(transaction.id))")
                }
                last = transaction.id
                histories[transaction.ticket, default: []].append(transaction)
            }
        }
    }
}

extension RequestTrackerClient {
    static func failure(_ response: HTTPResponse) -> ConnectorError {
        .unexpected(reason: "\(response.summary) answered \(response.status): \(response.excerpt(200))")
    }

    /// A text in TicketSQL.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    /// A moment in TicketSQL that is `moment` or up to 26 hours earlier.
    ///
    /// The server reads every date in our user's zone, which we do not know, whatever zone is written behind it; with
    /// RFC 3339 it does not cope at all. Twelve hours less are early enough in any zone, and the caller drops the rest.
    static func quoted(notAfter moment: Instant) -> String {
        let early = moment.advanced(bySeconds: -12 * 3600)
        return "'" + early.rfc3339.prefix(19).replacing("T", with: " ") + "'"
    }

    /// A date of the server, which writes an unset one as 1970.
    static func date(_ json: JSON?) -> Instant? {
        guard let date = json?.string.flatMap({ Instant(rfc3339: $0) }), date > Instant(seconds: 0) else { return nil }
        return date
    }
}
