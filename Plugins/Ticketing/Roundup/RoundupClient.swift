import PlumblineKit

/// The calls of Roundup's REST API that the connector needs.
struct RoundupClient: Sendable {
    let baseURL: String
    let username: String
    let password: Secret
    let transport: any Transport

    /// The items of a class that match `query`. `isWhole` is false where the server cut the answer at its own limit.
    struct Collection {
        let items: [JSON]
        let isWhole: Bool
    }

    /// Reads a class in one answer: without `@page_size` nothing can shift between two pages, and the server, which
    /// reads all rows for every page anyway, does its work once.
    func collection(_ name: String, _ query: [(String, String)]) async throws(ConnectorError) -> Collection {
        let credentials = Base64.encode(Array("\(username):\(password.reveal())".utf8))
        let request = try HTTPRequest(
            .get, at: baseURL, path: ["data", name], query: query,
            headers: ["Authorization": "Basic \(credentials)", "Accept": "application/json"])
        let response = try await transport.send(request)
        guard response.isSuccess else { throw Self.failure(response) }
        let data = try response.json()["data"]
        guard let items = data?["collection"]?.array else {
            throw .unexpected(reason: "the answer to \(response.summary) has no list 'collection'")
        }
        return Collection(items: items, isWhole: data?["@total_size"]?.int.map { $0 >= 0 } ?? true)
    }

    /// The items of these numbers, a batch in one call.
    func items(
        _ name: String, numbers: [Int], fields: [String], batch: Int = 100
    ) async throws(ConnectorError) -> [JSON] {
        var items: [JSON] = []
        for start in stride(from: 0, to: numbers.count, by: batch) {
            let wanted = numbers[start..<min(start + batch, numbers.count)]
            let columns = [("@fields", fields.joined(separator: ",")), ("@verbose", "2")]
            let found = try await collection(name, wanted.map { ("id", String($0)) } + columns)
            guard found.isWhole else {
                throw .unexpected(reason: "the tracker cuts lists of '\(name)' at less than \(wanted.count)")
            }
            items += found.items
        }
        return items
    }

    private static func failure(_ response: HTTPResponse) -> ConnectorError {
        .unexpected(reason: "\(response.summary) answered \(response.status): \(response.excerpt(200))")
    }
}

/// Dates as Roundup writes them: `2026-07-01.02:54:31`, UTC.
enum RoundupDate {
    static func read(_ json: JSON?) -> Instant? {
        guard let text = json?.string, text.utf8.count >= 19 else { return nil }
        let day = text.prefix(10)
        let rest = text.dropFirst(10)
        return rest.first == "." ? Instant(rfc3339: "\(day)T\(rest.dropFirst())Z") : nil
    }

    /// The form that filters take. The server reads it in our user's zone.
    static func write(_ moment: Instant) -> String {
        String(moment.rfc3339.prefix(19)).replacing("T", with: ".")
    }
}
