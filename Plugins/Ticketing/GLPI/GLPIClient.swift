import PlumblineKit

/// The calls of GLPI's REST API that the connector needs, in a session that begins with the first of them.
actor GLPIClient {
    private let baseURL: String
    private let appToken: Secret?
    private let authorization: String
    private let transport: any Transport
    private let clock: @Sendable () -> Instant
    let range: Int
    private var session: String?
    private var options: [String: String]?
    /// How far the server's clock is ahead of ours, in microseconds.
    private var ahead: Int64 = 0

    init(settings: Settings, context: ConnectorContext) {
        baseURL = settings[GLPISettings.baseURL]
        appToken = settings[GLPISettings.appToken]
        let secret = settings[GLPISettings.secret].reveal()
        authorization =
            settings[GLPISettings.login].map { "Basic " + Base64.encode(Array("\($0):\(secret)".utf8)) }
            ?? "user_token \(secret)"
        transport = context.transport
        clock = context.now
        range = settings[GLPISettings.range]
    }

    /// Part of a list; nil total where the server does not tell.
    struct Part {
        let items: [JSON]
        let total: Int
    }

    /// The server's present moment, once a session has begun; ours where it does not tell.
    func now() async throws(ConnectorError) -> Instant {
        _ = try await begun()
        return Instant(microseconds: clock().microseconds + ahead)
    }

    /// Ends the session, so that the server does not keep it. A server that cannot forgets it by itself.
    func end() async {
        guard let session else { return }
        self.session = nil
        if let request = try? request(.get, ["killSession"], session: session) {
            _ = try? await transport.send(request)
        }
    }

    /// An item as an object; nil where it has gone.
    func item(_ path: [String]) async throws(ConnectorError) -> JSON? {
        let response = try await get(path, [("expand_dropdowns", "false"), ("get_hateoas", "false")])
        if response.status == 404 { return nil }
        guard response.isSuccess else { throw Self.failure(response) }
        return try response.json()
    }

    /// All items of the list under `path`, each once; nil where what it belongs to has gone.
    func all(_ path: [String]) async throws(ConnectorError) -> [JSON]? {
        for _ in 0..<Self.patience {
            guard let list = try await whole(path) else { return nil }
            if list.isSteady { return list.items }
        }
        throw .unavailable(reason: "\(path.joined(separator: "/")) changes faster than it can be read", retryAfter: nil)
    }

    private static let patience = 3

    private func whole(_ path: [String]) async throws(ConnectorError) -> (items: [JSON], isSteady: Bool)? {
        var (items, read, total): ([JSON], Int, Int?) = ([], 0, nil)
        var seen: Set<String> = []
        while true {
            let response = try await get(path, [("range", "\(read)-\(read + range - 1)")])
            if response.status == 404 { return nil }
            if Self.isBeyondEnd(response) { return (items, false) }
            guard response.isSuccess else { throw Self.failure(response) }
            guard let part = try response.json().array else {
                throw .unexpected(reason: "the answer to \(response.summary) is no list")
            }
            items += part.filter { $0["id"]?.scalarText.map { seen.insert($0).inserted } ?? true }
            read += part.count
            let count = Self.total(response) ?? read
            if let total, total != count { return (items, false) }
            total = count
            if part.isEmpty || read >= count { return (items, true) }
        }
    }
}

// MARK: - Search

extension GLPIClient {
    /// Tickets in the order of `sort` (the uid of a search option), from the place `offset` on; of those changed behind
    /// `moment` where one is given. Nil where the list is shorter.
    func search(
        by sort: String, changedAfter moment: String?, offset: Int, size: Int
    ) async throws(ConnectorError) -> Part? {
        let (id, changed) = (try await option("Ticket.id"), try await option("Ticket.date_mod"))
        let criteria =
            moment.map { value in
                [
                    ("criteria[0][field]", changed), ("criteria[0][searchtype]", "morethan"),
                    ("criteria[0][value]", value),
                ]
            } ?? []
        let shown = [("forcedisplay[0]", id), ("forcedisplay[1]", changed)]
        let place = [
            ("sort", try await option(sort)), ("order", "ASC"), ("range", "\(offset)-\(offset + size - 1)"),
        ]
        let response = try await get(["search", "Ticket"], criteria + shown + place)
        if Self.isBeyondEnd(response) { return nil }
        guard response.isSuccess else { throw Self.failure(response) }
        let answer = try response.json()
        // Where nothing is found, or a list begins right behind the last ticket, there is no 'data'.
        let isEmpty = answer["totalcount"]?.glpiInt == 0 || answer["count"]?.glpiInt == 0
        guard let total = answer["totalcount"]?.glpiInt, let items = answer["data"]?.array ?? (isEmpty ? [] : nil)
        else {
            throw .unexpected(reason: "the answer to search/Ticket has no list 'data' with a totalcount")
        }
        return Part(items: items.map { ["id": $0[id] ?? .null, "changed": $0[changed] ?? .null] }, total: total)
    }

    /// The number of the search option `uid`, which differs between servers.
    private func option(_ uid: String) async throws(ConnectorError) -> String {
        if options == nil {
            guard let members = try await item(["listSearchOptions", "Ticket"])?.object?.members else {
                throw .unexpected(reason: "the answer to listSearchOptions/Ticket is no object")
            }
            options = [:]
            for member in members {
                if let uid = member.value["uid"]?.string { options?[uid] = member.key }
            }
        }
        guard let number = options?[uid] else {
            throw .unexpected(reason: "listSearchOptions/Ticket tells no option with the uid '\(uid)'")
        }
        return number
    }
}

// MARK: - Session

extension GLPIClient {
    private func begun() async throws(ConnectorError) -> String {
        if let session { return session }
        let response = try await transport.send(
            try request(.get, ["initSession"], headers: [("Authorization", authorization)]))
        guard response.isSuccess else { throw Self.failure(response) }
        guard let token = try response.json()["session_token"]?.string else {
            throw .unexpected(reason: "the answer to initSession has no 'session_token'")
        }
        ahead =
            response.headers["Date"].flatMap { HTTPDate($0) }.map {
                $0.seconds * 1_000_000 - clock().microseconds
            } ?? 0
        do throws(ConnectorError) {
            try await enterAllEntities(token)
        } catch {
            session = token
            await end()
            throw error
        }
        session = token
        return token
    }

    /// Results are those of the active entity: all are.
    private func enterAllEntities(_ token: String) async throws(ConnectorError) {
        let request = try request(
            .post, ["changeActiveEntities"], headers: [("Content-Type", "application/json")], session: token,
            body: JSON.object(["entities_id": "all", "is_recursive": true]).bytes)
        let response: HTTPResponse
        do throws(ConnectorError) {
            response = try await transport.send(request)
        } catch {
            guard case .refused(status: 401, _) = error else { throw error }
            throw .unavailable(reason: "the session ended as soon as it had begun", retryAfter: nil)
        }
        guard response.isSuccess, try response.json() == true else { throw Self.failure(response) }
    }

    /// A session dies with the server's memory: then, once, another one begins.
    private func get(_ path: [String], _ query: [(String, String)]) async throws(ConnectorError) -> HTTPResponse {
        let token = try await begun()
        do throws(ConnectorError) {
            return try await transport.send(try request(.get, path, query, session: token))
        } catch {
            guard case .refused(status: 401, _) = error else { throw error }
            session = nil
            return try await transport.send(try request(.get, path, query, session: try await begun()))
        }
    }

    private func request(
        _ method: HTTPMethod, _ path: [String], _ query: [(String, String)] = [], headers: [(String, String)] = [],
        session: String? = nil, body: [UInt8]? = nil
    ) throws(ConnectorError) -> HTTPRequest {
        var fields = HTTPHeaders([("Accept", "application/json")] + headers)
        if let appToken { fields["App-Token"] = appToken.reveal() }
        if let session { fields["Session-Token"] = session }
        return try HTTPRequest(
            method, at: baseURL, path: path, query: query, headers: fields, body: body, isIdempotent: true)
    }

    private static func isBeyondEnd(_ response: HTTPResponse) -> Bool {
        response.status == 400 && response.text.contains("ERROR_RANGE_EXCEED_TOTAL")
    }

    /// The last number of `0-49/200`.
    private static func total(_ response: HTTPResponse) -> Int? {
        response.headers["Content-Range"]?.split(separator: "/").last.flatMap { Int($0) }
    }

    private static func failure(_ response: HTTPResponse) -> ConnectorError {
        .unexpected(reason: "\(response.summary) answered \(response.status): \(response.excerpt(200))")
    }
}
