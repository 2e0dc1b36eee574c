import PlumblineKit

/// JSON-2, the interface of version 19 and newer: a key in the header, parameters by name, statuses that mean what they say.
struct OdooJSON2: OdooWire {
    private let baseURL: String
    private let database: String?
    private let key: Secret
    private let context: JSON
    private let transport: any Transport
    private let redaction: Redaction

    init(settings: Settings, transport: any Transport) {
        baseURL = settings[OdooSettings.baseURL]
        database = settings[OdooSettings.database]
        key = settings[OdooSettings.key]
        context = OdooSettings.context(settings)
        self.transport = transport
        redaction = Redaction(secrets: [key.reveal()])
    }

    func version() async throws(ConnectorError) -> String? {
        let response = try await transport.send(
            try HTTPRequest(.get, at: baseURL, path: ["web", "version"], headers: ["Accept": "application/json"]))
        guard response.isSuccess else { return nil }
        return try? response.json()["version"]?.string
    }

    func answer(_ call: OdooCall) async throws(ConnectorError) -> OdooAnswer {
        let response: HTTPResponse
        do throws(ConnectorError) {
            response = try await transport.send(try request(call))
        } catch .refused(let status, let hint) {
            return .failure(.refusal(status: status, hint: redaction.conceal(hint)))
        } catch {
            throw error
        }
        if response.isSuccess { return .value(try response.json()) }
        if let exception = try? response.json(), exception["message"] != nil {
            return .failure(
                OdooFailure(exception, status: response.status, model: call.model, redaction: redaction))
        }
        let excerpt = redaction.conceal(response.excerpt())
        let hint = response.status == 404 ? "; JSON-2 needs Odoo 19, and 'database' where there are several" : ""
        throw .unexpected(reason: "\(response.summary) answered \(response.status): \(excerpt)\(hint)")
    }

    private func request(_ call: OdooCall) throws(ConnectorError) -> HTTPRequest {
        var body: JSONObject = ["context": context]
        body["domain"] = call.domain.map(JSON.array)
        for option in call.options.members { body[option.key] = option.value }
        var headers: HTTPHeaders = [
            "Authorization": "bearer \(key.reveal())", "Content-Type": "application/json", "Accept": "application/json",
        ]
        headers["X-Odoo-Database"] = database
        return try HTTPRequest(
            .post, at: baseURL, path: ["json", "2", call.model, call.method], headers: headers,
            body: JSON.object(body).bytes, isIdempotent: true)
    }
}
