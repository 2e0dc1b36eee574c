import PlumblineKit

/// The calls that the connector needs, one at a time, in one session.
///
/// A session that is over shows in the words of an error: then another is opened, once.
actor KingdeeClient {
    private let baseURL: String
    private let transport: any Transport
    private let now: @Sendable () -> Instant
    private let login: KingdeeLogin
    private let lostTexts: [String]
    private let dataAsText: Bool
    /// Nothing of these appears in a message.
    private let redaction: Redaction
    private var session = KingdeeSession()

    /// Refuses settings that lack what their way in needs.
    init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        baseURL = settings[KingdeeSettings.baseURL]
        transport = context.transport
        now = context.now
        login = try KingdeeLogin(settings: settings, hash: context.hmacSHA256)
        lostTexts = settings[KingdeeSettings.lostTexts].filter { !$0.isEmpty }
        dataAsText = settings[KingdeeSettings.dataAsText]
        redaction = Redaction(secrets: KingdeeSettings.secrets(settings))
    }

    /// The rows of a query, each with a cell for each field.
    ///
    /// - Throws: `ConnectorError.refused` where a session ends as soon as it was opened; `.unexpected` for what the server
    ///   complains of, in its own words.
    func rows(_ query: KingdeeQuery) async throws(ConnectorError) -> [[JSON]] {
        let isOld = session.isOpen
        var answer = try await ask(query)
        if isOld, case .failure(let text) = answer, isLost(text) {
            session = KingdeeSession()
            answer = try await ask(query)
        }
        switch answer {
        case .failure(let text) where isLost(text):
            throw .refused(status: 200, hint: "the session is over as soon as it begins: \(text)")
        case .failure(let text): throw .unexpected(reason: "\(query.form): the server says \(text)")
        case .rows(let rows):
            if let row = rows.first(where: { $0.count != query.fields.count }) {
                throw .unexpected(
                    reason: "\(query.form): a row has \(row.count) cells where \(query.fields.count) were asked for")
            }
            return rows
        }
    }

    private func isLost(_ text: String) -> Bool { lostTexts.contains { text.contains($0) } }

    private func ask(_ query: KingdeeQuery) async throws(ConnectorError) -> KingdeeAnswer {
        if !session.isOpen, let call = login.call {
            let response = try await post(Self.login + call.method, call.body, isIdempotent: false)
            try session.begin(with: try response.json(), redaction: redaction)
        }
        let data: JSON = dataAsText ? .string(query.json.text) : query.json
        let response = try await post(Self.forms + "ExecuteBillQuery", ["data": data], isIdempotent: true)
        return try KingdeeAnswer(response, redaction: redaction)
    }

    private static let login = "Kingdee.BOS.WebApi.ServicesStub.AuthService."
    private static let forms = "Kingdee.BOS.WebApi.ServicesStub.DynamicFormService."

    private func post(_ method: String, _ body: JSON, isIdempotent: Bool) async throws(ConnectorError) -> HTTPResponse {
        var request = try HTTPRequest(
            .post, at: baseURL, path: [method + ".common.kdsvc"],
            headers: ["Content-Type": "application/json", "Accept": "application/json"], body: body.bytes,
            isIdempotent: isIdempotent)
        for field in try login.headers(for: request.url, at: now()).fields { request.headers[field.name] = field.value }
        for field in session.headers.fields { request.headers[field.name] = field.value }
        let response = try await transport.send(request)
        guard response.isSuccess else {
            let excerpt = redaction.conceal(response.excerpt(200))
            throw .unexpected(reason: "\(response.summary) answered \(response.status): \(excerpt)")
        }
        session.take(response.headers)
        return response
    }
}

/// The session that the server keeps for us: its cookies.
struct KingdeeSession {
    private static let identifier = "kdservice-sessionid"
    private static let names = [identifier, "ASP.NET_SessionId"]

    private var cookies: [String: String] = [:]

    /// Whether the server has given us one.
    var isOpen: Bool { !cookies.isEmpty }

    /// What tells the server whose session a request belongs to.
    var headers: HTTPHeaders {
        var headers = HTTPHeaders()
        headers[Self.identifier] = cookies[Self.identifier]
        if isOpen {
            headers["Cookie"] = Self.names.compactMap { name in cookies[name].map { "\(name)=\($0)" } }.joined(
                separator: "; ")
        }
        return headers
    }

    /// Takes over the cookies that an answer sets.
    mutating func take(_ headers: HTTPHeaders) {
        for line in headers.values(of: "Set-Cookie") {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, let name = Self.names.first(where: { $0.lowercased() == pair[0].lowercased() })
            else { continue }
            cookies[name] = pair[1]
        }
    }

    /// Begins with the answer to a login: `{"LoginResultType":1,"KDSVCSessionId":…}`.
    mutating func begin(with answer: JSON, redaction: Redaction) throws(ConnectorError) {
        // What a refused login sets is no session.
        let given = cookies
        cookies = [:]
        guard let result = answer["LoginResultType"]?.scalarText else {
            throw .unexpected(reason: "the answer to the login has no LoginResultType")
        }
        guard result == "1" else {
            let message = redaction.conceal(String((answer["Message"]?.string ?? "no reason given").prefix(200)))
            throw .refused(status: 200, hint: "the login was answered with LoginResultType \(result): \(message)")
        }
        cookies = given
        if let identifier = answer["KDSVCSessionId"]?.string { cookies[Self.identifier] = identifier }
        guard isOpen else { throw .unexpected(reason: "the answer to the login holds no session") }
    }
}
