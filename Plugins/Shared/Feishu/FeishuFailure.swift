import PlumblineKit

/// An answer whose `code` is not 0, whatever its HTTP status.
///
/// - Source: lark-oapi 1.7.5, `core/model/base_response.py` and `error.py`; rate limits of open.larkoffice.com.
package struct FeishuFailure: Error, Hashable {
    /// The platform's number of the error.
    package let code: Int
    /// What happened, where, and the platform's mark of the call; no secret.
    package let reason: String
    private let status: Int
    private let wait: Duration?
    private let isPermission: Bool

    private static let rateLimit = 99_991_400
    private static let invalidTokens: Set = [99_991_661, 99_991_663, 99_991_668]
    private static let unknownTenant = 1_220_002
    private static let internalErrors: Set = [1_228_000]

    /// Nil for an answer without failure.
    init?(_ envelope: JSON, of response: HTTPResponse, to route: String, redaction: Redaction) {
        guard let code = envelope["code"]?.int, code != 0 else { return nil }
        self.code = code
        status = response.status
        wait = FeishuCall.headers.wait(in: response.headers, now: 0)
        let scopes = (envelope["error"]?["permission_violations"]?.array ?? []).compactMap { $0.filled("subject") }
        isPermission = !scopes.isEmpty
        var text = "\(route) answered code \(code), '\((envelope.filled("msg") ?? "").prefix(200))'"
        if !scopes.isEmpty { text += "; the app lacks \(scopes.joined(separator: ", "))" }
        text += FeishuFailure.trace(of: response, envelope)
        reason = redaction.conceal(text)
    }

    /// Whether the token is to be dropped.
    var isInvalidToken: Bool { Self.invalidTokens.contains(code) }

    /// What ends a run; nil where only this call has failed.
    var endOfRun: ConnectorError? {
        if code == Self.rateLimit { return .unavailable(reason: reason, retryAfter: wait) }
        if Self.internalErrors.contains(code) { return .unavailable(reason: reason, retryAfter: nil) }
        if isPermission || code == Self.unknownTenant { return refusal }
        return nil
    }

    /// As a refusal.
    var refusal: ConnectorError { .refused(status: status, hint: reason) }

    /// ` (X-Tt-Logid …)`, by which the platform's people find a call.
    static func trace(of response: HTTPResponse, _ envelope: JSON? = nil) -> String {
        let mark = FeishuCall.headers.trace(in: response.headers)
        guard mark.isEmpty, let id = envelope?["error"]?.filled("log_id") else { return mark }
        return " (log_id \(id.prefix(128)))"
    }
}
