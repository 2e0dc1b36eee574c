package import PlumblineKit

/// The calls of Tryton's JSON-RPC that connectors need, in a session that begins with the first of them.
///
/// A refused password is not tried again: the server answers failed logins ever later.
package actor TrytonClient {
    private let baseURL: String
    private let path: [String]
    private let username: String
    private let password: Secret
    private let company: Int
    private let transport: any Transport
    private var session: TrytonSession?

    package init(settings: Settings, transport: any Transport) {
        baseURL = settings[TrytonSettings.baseURL]
        let database = settings[TrytonSettings.database]
        path = settings[TrytonSettings.oldRoute] ? [database, ""] : [database, "rpc", ""]
        username = settings[TrytonSettings.username]
        password = settings[TrytonSettings.password]
        company = settings[TrytonSettings.company]
        self.transport = transport
    }

    /// The version that the server tells everybody.
    package func version() async throws(ConnectorError) -> String? {
        try await post("common.server.version", [], to: ["rpc", ""]).string
    }

    /// Calls a method of a model; the context, which is its last parameter, is added here.
    ///
    /// A session ends after some minutes without a call: then, once, another one begins.
    package func call(_ method: String, _ params: [JSON]) async throws(ConnectorError) -> JSON {
        let isOld = session != nil
        do throws(ConnectorError) {
            return try await call(method, params, in: try await opened())
        } catch {
            guard isOld, case .refused(status: 401, _) = error else { throw error }
            session = nil
            return try await call(method, params, in: try await opened())
        }
    }

    private func call(
        _ method: String, _ params: [JSON], in session: TrytonSession
    ) async throws(ConnectorError) -> JSON {
        try await post(method, params + [session.context], to: path, authorization: session.authorization)
    }

    private func opened() async throws(ConnectorError) -> TrytonSession {
        if let session { return session }
        let login = try await post(
            "common.db.login", [.string(username), ["password": .string(password.reveal())], "en"], to: path,
            isIdempotent: false)
        var session = try TrytonSession(login, username: username)
        session.company = company == 0 ? try await ownCompany(session) : company
        self.session = session
        return session
    }

    private func ownCompany(_ session: TrytonSession) async throws(ConnectorError) -> Int? {
        try await post(
            "model.res.user.get_preferences", [true, [:]], to: path, authorization: session.authorization)["company"]?
            .int
    }

    private func post(
        _ method: String, _ params: [JSON], to path: [String], authorization: String? = nil, isIdempotent: Bool = true
    ) async throws(ConnectorError) -> JSON {
        let body: JSON = ["id": 0, "method": .string(method), "params": .array(params)]
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json"]
        headers["Authorization"] = authorization
        let response = try await transport.send(
            try HTTPRequest(
                .post, at: baseURL, path: path, headers: headers, body: body.bytes, isIdempotent: isIdempotent))
        guard response.isSuccess else {
            throw .unexpected(
                reason: "\(method): \(response.summary) answered \(response.status): \(response.excerpt(200))")
        }
        let answer = try response.json()
        if let error = answer["error"]?.array { throw Self.failure(method, error) }
        guard let result = answer["result"] else {
            throw .unexpected(reason: "the answer to \(method) has neither 'result' nor 'error'")
        }
        return result
    }

    /// What the server writes as an error: `["UserError",[text, …]]`, or `[text, traceback]`.
    private static func failure(_ method: String, _ error: [JSON]) -> ConnectorError {
        let kind = error.first?.string ?? "error"
        let details = error.dropFirst().first
        let text = (details?.array?.first?.string ?? details?.string ?? "").prefix(200)
        if kind == "LoginException" {
            return .refused(status: 200, hint: "the login asks for more than a password: '\(text)'")
        }
        return .unexpected(reason: "\(method): the server says \(kind) \(text)")
    }
}

/// Who we are to the server, until it forgets us.
struct TrytonSession {
    let authorization: String
    var company: Int?

    init(_ login: JSON, username: String) throws(ConnectorError) {
        guard let parts = login.array, parts.count >= 2, let user = parts[0].int, let token = parts[1].string else {
            throw .unexpected(reason: "the answer to the login holds no user and no session")
        }
        authorization = "Session " + Base64.encode(Array("\(username):\(user):\(token)".utf8))
    }

    /// Whose records are meant. Without `active_test` those who left would be hidden, by today's date.
    var context: JSON {
        var context: JSONObject = ["active_test": false]
        context["company"] = company.map(JSON.int)
        return .object(context)
    }
}
