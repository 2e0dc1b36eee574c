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
        /// The number of the page, behind those that were passed over.
        let page: Int
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

    /// A page of a collection, from `page` on the first one that shows anything.
    ///
    /// The server takes out rows that our user may not see after it has cut a page, so an empty page is the end only
    /// where the server names none behind it.
    func items(
        _ path: [String], _ query: [(String, String)], page first: Int = 1, perPage: Int? = nil
    ) async throws(ConnectorError) -> Items {
        var page = first
        while true {
            let paging = [("page", String(page)), ("per_page", String(perPage ?? pageSize))]
            let answer = try await json(path, query + paging)
            guard let items = answer["items"]?.array else {
                throw .unexpected(reason: "the answer to \(path.joined(separator: "/")) has no list 'items'")
            }
            if !items.isEmpty || answer["next_page"]?.string == nil {
                return Items(items: items, total: answer["total"]?.int, page: page)
            }
            page += 1
        }
    }

    /// Tickets that match `query` (TicketSQL), in ascending order of their numbers.
    ///
    /// - Throws: `ConnectorError.unexpected` where the server counts tickets and shows none: that is no end.
    func tickets(
        _ query: String, fields: [String] = [], perPage: Int? = nil
    ) async throws(ConnectorError) -> Items {
        try await tickets(query, fields: fields, page: 1, perPage: perPage)
    }

    private func tickets(
        _ query: String, fields: [String], page: Int, perPage: Int? = nil
    ) async throws(ConnectorError) -> Items {
        let columns = fields.isEmpty ? [] : [("fields", fields.joined(separator: ",")), ("fields[Queue]", "Name")]
        let page = try await items(
            ["tickets"], [("query", query), ("orderby", "id"), ("order", "ASC")] + columns, page: page,
            perPage: perPage)
        if page.items.isEmpty, let total = page.total, total > 0 {
            throw .unexpected(reason: "the server counts \(total) tickets for \(query) and shows none of them")
        }
        return page
    }

    /// The same, where `last` is the number of the last ticket that our user may see and `id` that of the one read last; `last`
    /// is nil where the server tells totals.
    ///
    /// A server that takes out rows by right after it has cut a page may empty a page, and tells neither total nor next page:
    /// only at the last ticket is an empty page the end.
    func tickets(
        _ query: String, fields: [String], behind id: Int, upTo last: Int?
    ) async throws(ConnectorError) -> Items {
        var answer = try await tickets(query, fields: fields, page: 1)
        let pages = last.map { ($0 - id + pageSize - 1) / pageSize } ?? 0
        while answer.items.isEmpty, answer.total == nil, answer.page < pages {
            answer = try await tickets(query, fields: fields, page: answer.page + 1)
        }
        return answer
    }

    /// When a ticket that matches `query` last changed, and whether the server tells totals; nil where there is none.
    func lastChange(_ query: String) async throws(ConnectorError) -> (at: Instant, tellsTotals: Bool)? {
        guard let newest = try await newest(query, by: "LastUpdated") else { return nil }
        guard let updated = Self.date(newest.ticket["LastUpdated"]) else {
            throw .unexpected(reason: "the ticket that changed last has no date 'LastUpdated'")
        }
        return (updated, newest.total != nil)
    }

    /// The number of the last ticket that matches `query` and that our user may see; nil where the server tells totals, which
    /// makes it needless, or where there is no ticket.
    func lastShown(_ query: String) async throws(ConnectorError) -> Int? {
        guard let newest = try await newest(query, by: "id"), newest.total == nil else { return nil }
        return newest.ticket["id"]?.scalarText.flatMap { Int($0) }
    }

    /// The first ticket by a column, from its highest value down. Many pages are looked through, because the newest tickets
    /// may be some that our user may not see.
    private func newest(
        _ query: String, by column: String
    ) async throws(ConnectorError) -> (ticket: JSON, total: Int?)? {
        var page = 1
        while page <= Self.mostHiddenPages {
            let answer = try await items(
                ["tickets"], [("query", query), ("orderby", column), ("order", "DESC"), ("fields", "LastUpdated")],
                page: page, perPage: 100)
            if let first = answer.items.first { return (first, answer.total) }
            if answer.total != nil { return nil }
            page = answer.page + 1
        }
        guard try await tickets(query, perPage: 1).items.isEmpty else {
            throw .unexpected(
                reason: "our user may see none of the newest \(Self.mostHiddenPages * 100) tickets: give 'queues', or "
                    + "let the server search by right (UseSQLForACLChecks)")
        }
        return nil
    }

    private static let mostHiddenPages = 10

    /// All transactions of these tickets that a fold reads, by ticket number.
    func histories(
        of tickets: [Int], withCustomFields: Bool
    ) async throws(ConnectorError) -> [Int: [RequestTrackerTransaction]] {
        let types = RequestTrackerTransaction.types + (withCustomFields ? ["CustomField"] : [])
        var histories: [Int: [RequestTrackerTransaction]] = [:]
        for start in stride(from: 0, to: tickets.count, by: 100) {
            let batch = tickets[start..<min(start + 100, tickets.count)]
            for transaction in try await transactions(of: batch, types: types) {
                histories[transaction.ticket, default: []].append(transaction)
            }
        }
        return histories
    }

    /// The server tells no total, and pages can be short because invisible rows are taken out afterwards: what follows
    /// the last number seen is asked for until nothing comes. `CustomField` alone of the types asked for can be invisible
    /// where the ticket is not, so a page hardly ever empties.
    private func transactions(
        of tickets: ArraySlice<Int>, types: [String]
    ) async throws(ConnectorError) -> [RequestTrackerTransaction] {
        let objects = tickets.map { "ObjectId = \($0)" }.joined(separator: " OR ")
        let wanted = types.map { "Type = '\($0)'" }.joined(separator: " OR ")
        let fields = "Type,Field,OldValue,NewValue,Created,Creator,ObjectId"
        var transactions: [RequestTrackerTransaction] = []
        var last = 0
        while true {
            let query = "ObjectType = 'RT::Ticket' AND id > \(last) AND (\(wanted)) AND (\(objects))"
            let page = try await items(
                ["transactions"], [("query", query), ("orderby", "id"), ("fields", fields)], perPage: 100)
            if page.items.isEmpty { return transactions }
            for item in page.items {
                let transaction = try RequestTrackerTransaction(item)
                guard transaction.id > last else {
                    throw .unexpected(reason: "a page of transactions repeats or is not in order (\(transaction.id))")
                }
                last = transaction.id
                transactions.append(transaction)
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
        guard let date = json?.string.flatMap({ Instant(rfc3339: $0) }), date.microseconds > 0 else { return nil }
        return date
    }
}
