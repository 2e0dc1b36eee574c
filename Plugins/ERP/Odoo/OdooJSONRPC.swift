import PlumblineKit

/// JSON-RPC, the interface of versions 8 to 21: a login gives a number, which every call repeats with the key.
///
/// All answers have status 200. A refused login is not tried again.
actor OdooJSONRPC: OdooWire {
    private let baseURL: String
    private let database: String
    private let username: String
    private let key: Secret
    private let context: JSON
    private let transport: any Transport
    private let redaction: Redaction
    private var user: Int?

    /// Refuses settings without database or login.
    init(settings: Settings, transport: any Transport) throws(ConnectorError) {
        guard let database = settings[OdooSettings.database] else {
            throw .settings(field: OdooSettings.database.field.key, reason: "json-rpc needs the name of the database")
        }
        guard let username = settings[OdooSettings.username] else {
            throw .settings(field: OdooSettings.username.field.key, reason: "json-rpc needs the login of a user")
        }
        (self.database, self.username) = (database, username)
        baseURL = settings[OdooSettings.baseURL]
        key = settings[OdooSettings.key]
        context = OdooSettings.context(settings)
        self.transport = transport
        redaction = Redaction(secrets: [key.reveal()])
    }

    func version() async throws(ConnectorError) -> String? {
        guard case .value(let answer) = try await post("common", "version", [], of: nil) else { return nil }
        return answer["server_version"]?.string
    }

    func answer(_ call: OdooCall) async throws(ConnectorError) -> OdooAnswer {
        let user = try await opened()
        var options = call.options
        options["context"] = context
        let arguments: [JSON] = [
            .string(database), .int(user), .string(key.reveal()), .string(call.model), .string(call.method),
            .array(call.domain.map { [.array($0)] } ?? []), .object(options),
        ]
        return try await post("object", "execute_kw", arguments, of: call.model)
    }

    private func opened() async throws(ConnectorError) -> Int {
        if let user { return user }
        let arguments: [JSON] = [.string(database), .string(username), .string(key.reveal())]
        switch try await post("common", "login", arguments, of: nil) {
        case .value(let answer):
            guard let number = answer.int else {
                guard answer == false else {
                    throw .unexpected(reason: "the login was answered with \(answer.kind), expected a number or false")
                }
                throw .refused(status: 200, hint: "the server refused login and key for the database '\(database)'")
            }
            user = number
            return number
        case .failure(let failure):
            throw failure.error(of: OdooCall(model: "the login", method: "login"))
        }
    }

    private func post(
        _ service: String, _ method: String, _ arguments: [JSON], of model: String?
    ) async throws(ConnectorError) -> OdooAnswer {
        let body: JSON = [
            "jsonrpc": "2.0", "method": "call", "id": 1,
            "params": ["service": .string(service), "method": .string(method), "args": .array(arguments)],
        ]
        let response = try await transport.send(
            try HTTPRequest(
                .post, at: baseURL, path: ["jsonrpc"],
                headers: ["Content-Type": "application/json", "Accept": "application/json"], body: body.bytes,
                isIdempotent: method != "login"))
        guard response.isSuccess else {
            let excerpt = redaction.conceal(response.excerpt())
            throw .unexpected(reason: "\(response.summary) answered \(response.status): \(excerpt)")
        }
        let answer = try response.json()
        if let error = answer["error"] {
            let exception = error["data"] ?? error
            return .failure(OdooFailure(exception, status: 200, model: model, redaction: redaction))
        }
        guard let result = answer["result"] else {
            throw .unexpected(reason: "the answer to \(service).\(method) has neither 'result' nor 'error'")
        }
        return .value(result)
    }
}
