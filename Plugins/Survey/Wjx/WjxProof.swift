import PlumblineKit

/// How requests prove whose they are.
struct WjxProof: Sendable {
    private enum Way {
        case key(Secret)
        case signature(appID: String, appKey: Secret, kind: DigestKind)
    }

    private let way: Way
    private let digest: (@Sendable (DigestKind, [UInt8]) -> [UInt8])?
    private let redaction: Redaction

    /// Refuses settings that have neither a key nor what signatures need.
    init(settings: Settings, digest: (@Sendable (DigestKind, [UInt8]) -> [UInt8])?) throws(ConnectorError) {
        self.digest = digest
        let (apiKey, appKey) = (settings[WjxSettings.apiKey], settings[WjxSettings.appKey])
        redaction = Redaction(secrets: [apiKey, appKey].compactMap { $0?.reveal() })
        if let apiKey {
            way = .key(apiKey)
            return
        }
        guard let appID = settings[WjxSettings.appID], let appKey else {
            throw .settings(field: "api_key", reason: "give api_key, or app_id and app_key")
        }
        way = .signature(
            appID: appID, appKey: appKey, kind: DigestKind(rawValue: settings[WjxSettings.signature]) ?? .sha1)
    }

    /// Whether a request holds for a moment only.
    var dependsOnTime: Bool {
        if case .signature = way { true } else { false }
    }

    /// The text without our secrets.
    func conceal(_ text: String) -> String { redaction.conceal(text) }

    /// A request with its proof: `seconds` since 1970 on the server's clock.
    func request(
        _ baseURL: String, action: String, parameters: [(String, JSON)], trace: String, seconds: Int64
    ) throws(ConnectorError) -> HTTPRequest {
        var body = JSONObject(parameters)
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json"]
        switch way {
        case .key(let key):
            body["action"] = .string(action)
            headers["Authorization"] = "Bearer \(key.reveal())"
        case .signature(let appID, let appKey, let kind):
            body["appid"] = .string(appID)
            body["ts"] = .string(String(seconds))
            body["action"] = .string(action)
            if kind != .sha1 { body["encode"] = .string(kind.rawValue) }
            body["sign"] = .string(try sign(body, trace: trace, appKey: appKey, kind: kind))
        }
        return try HTTPRequest(
            .post, at: baseURL, path: ["openapi", "default.aspx"], query: [("traceid", trace), ("action", action)],
            headers: headers, body: JSON.object(body).bytes, isIdempotent: true)
    }

    /// The hash of all values that are not empty, in the order of their names, with the key behind them.
    private func sign(
        _ body: JSONObject, trace: String, appKey: Secret, kind: DigestKind
    ) throws(ConnectorError) -> String {
        guard let digest else {
            throw .unexpected(reason: "the host offers no hash, without which requests cannot be signed")
        }
        let named = body.members.map { ($0.key, $0.value.scalarText ?? "") } + [("traceid", trace)]
        let values = named.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }.map(\.1).joined()
        return digest(kind, Array((values + appKey.reveal()).utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
