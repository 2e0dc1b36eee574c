import PlumblineKit

/// The calls of RemoteControl 2 that the connector needs, in a session that begins with the first of them.
///
/// A refused login is not tried again: the server locks out who fails often.
actor LimeSurveyClient {
    private let baseURL: String
    private let username: String
    private let password: Secret
    private let plugin: String?
    private let emptyStatuses: [String]
    private let transport: any Transport
    private var key: String?
    private var calls = 0

    init(settings: Settings, transport: any Transport) {
        baseURL = settings[LimeSurveySettings.baseURL]
        username = settings[LimeSurveySettings.username]
        password = settings[LimeSurveySettings.password]
        plugin = settings[LimeSurveySettings.plugin]
        emptyStatuses = settings[LimeSurveySettings.emptyStatuses]
        self.transport = transport
    }

    /// What the server says to a call.
    private enum Answer {
        case value(JSON)
        /// Why it gives none.
        case status(String)
    }

    /// The result of a call.
    func value(_ method: String, _ parameters: [JSON]) async throws(ConnectorError) -> JSON {
        switch try await answer(method, parameters) {
        case .value(let value): return value
        case .status(let text): throw failure(method, text)
        }
    }

    /// The list that a call gives.
    func list(_ method: String, _ parameters: [JSON]) async throws(ConnectorError) -> [JSON] {
        guard let list = try await value(method, parameters).array else {
            throw .unexpected(reason: "the answer to \(method) is no list")
        }
        return list
    }

    /// The responses of a survey with numbers from `first` to `last`, complete or not, ascending and each once.
    ///
    /// - Throws: `ConnectorError.unexpected` where a response has no number or another one.
    func responses(of survey: String, from first: Int, to last: Int?) async throws(ConnectorError) -> [LimeSurveyRow] {
        let parameters: [JSON] = [
            .number(survey), "json", .null, "all", "code", "short", .int(first), last.map(JSON.int) ?? .null,
        ]
        let rows: [LimeSurveyRow]
        switch try await answer("export_responses", parameters) {
        case .status(let text):
            guard emptyStatuses.contains(where: text.hasPrefix) else { throw failure("export_responses", text) }
            return []
        case .value(let value): rows = try LimeSurveyExport.rows(of: value, survey: survey)
        }
        var numbers: Set<Int> = []
        guard rows.allSatisfy({ $0.number >= first && $0.number <= last ?? .max }) else {
            throw .unexpected(reason: "export_responses of survey \(survey) gave responses that were not asked for")
        }
        return rows.filter { numbers.insert($0.number).inserted }.sorted { $0.number < $1.number }
    }

    /// Ends the session, so that the server does not keep it. One that cannot be ended ends by itself.
    func end() async {
        guard let key else { return }
        self.key = nil
        _ = try? await post("release_session_key", [.string(key)])
    }
}

// MARK: - Session

extension LimeSurveyClient {
    /// A session may end at any time: then, once, another one begins.
    private func answer(_ method: String, _ parameters: [JSON]) async throws(ConnectorError) -> Answer {
        let first = try await post(method, [.string(try await begun())] + parameters)
        guard Self.isLost(first) else { return first }
        key = nil
        let second = try await post(method, [.string(try await begun())] + parameters)
        guard Self.isLost(second) else { return second }
        key = nil
        throw .unavailable(reason: "the session ended as soon as it had begun", retryAfter: nil)
    }

    private static func isLost(_ answer: Answer) -> Bool {
        guard case .status(let text) = answer else { return false }
        return text.lowercased().hasPrefix("invalid session key")
    }

    private func begun() async throws(ConnectorError) -> String {
        if let key { return key }
        let login = [username, password.reveal()] + (plugin.map { [$0] } ?? [])
        switch try await post("get_session_key", login.map(JSON.string), isIdempotent: false) {
        case .value(.string(let key)) where !key.isEmpty:
            self.key = key
            return key
        case .value: throw .unexpected(reason: "the answer to get_session_key is no key")
        case .status(let text): throw .refused(status: 200, hint: "LimeSurvey says '\(conceal(text))'")
        }
    }

    private func post(
        _ method: String, _ parameters: [JSON], isIdempotent: Bool = true
    ) async throws(ConnectorError) -> Answer {
        calls += 1
        let call = JSON.int(calls)
        let body: JSON = ["method": .string(method), "params": .array(parameters), "id": call]
        let response = try await transport.send(
            try HTTPRequest(
                .post, at: baseURL, path: ["index.php", "admin", "remotecontrol"],
                headers: ["Content-Type": "application/json", "Accept": "application/json"], body: body.bytes,
                isIdempotent: isIdempotent))
        guard response.isSuccess else {
            throw .unexpected(reason: "\(method): \(response.summary) answered \(response.status)")
        }
        if response.body.isEmpty {
            throw .unexpected(reason: "\(method): an empty answer; RemoteControl must be set to JSON-RPC in the server")
        }
        return try read(try response.json(), of: method, call)
    }

    private func read(_ answer: JSON, of method: String, _ call: JSON) throws(ConnectorError) -> Answer {
        if let error = answer["error"], !error.isNull { throw failure(method, error.string ?? error.text) }
        guard let result = answer["result"], answer["id"]?.scalarText == call.scalarText else {
            throw .unexpected(reason: "the answer to \(method) has no 'result', or another call's id")
        }
        if let status = result["status"]?.string, status != "OK" { return .status(status) }
        return .value(result)
    }

    private func failure(_ method: String, _ text: String) -> ConnectorError {
        .unexpected(reason: "\(method): LimeSurvey says '\(conceal(text))'")
    }

    private func conceal(_ text: String) -> String {
        Redaction(secrets: [password.reveal(), key].compactMap(\.self)).conceal(String(text.prefix(200)))
    }
}
