import PlumblineKit

/// One call of a method of a model, which both interfaces can make.
struct OdooCall {
    let model: String
    let method: String
    /// Nil for methods that take none.
    var domain: [JSON]?
    /// Parameters by name.
    var options = JSONObject()

    /// The rows that a domain finds.
    static func search(
        _ model: String, _ domain: [JSON], fields: [String], limit: Int, order: String = "id asc"
    ) -> OdooCall {
        OdooCall(
            model: model, method: "search_read", domain: domain,
            options: ["fields": .array(fields.map(JSON.string)), "limit": .int(limit), "order": .string(order)])
    }

    /// How many rows a domain finds.
    static func count(_ model: String, _ domain: [JSON]) -> OdooCall {
        OdooCall(model: model, method: "search_count", domain: domain)
    }

    /// Which fields a model has.
    static func fields(of model: String) -> OdooCall {
        OdooCall(model: model, method: "fields_get", options: ["attributes": ["type", "relation", "store"]])
    }

    /// For messages.
    var summary: String { "\(model).\(method)" }
}

/// What the server makes of a call.
enum OdooAnswer {
    case value(JSON)
    case failure(OdooFailure)
}

/// Why the server did not do as it was asked.
struct OdooFailure {
    enum Kind {
        /// The key, or the login, does not count, or counts no longer.
        case denied
        /// The key's user may not read this.
        case forbidden
        /// There is no such model.
        case missing
        /// The database is busy.
        case busy
        case other
    }

    let kind: Kind
    /// The status of the answer.
    let status: Int
    /// The server's own words, without tracebacks and secrets.
    let text: String

    /// As the host is told of it.
    func error(of call: OdooCall) -> ConnectorError {
        switch kind {
        case .denied: .refused(status: status, hint: "the key or login is not accepted, or no longer: \(text)")
        case .forbidden: .refused(status: status, hint: "the key's user may not read \(call.model): \(text)")
        case .missing: .unexpected(reason: "the server has no \(call.model): \(text)")
        case .busy: .unavailable(reason: "\(call.summary): the server says \(text)", retryAfter: nil)
        case .other: .unexpected(reason: "\(call.summary): the server says \(text)")
        }
    }
}

extension OdooFailure {
    /// What an exception says: its `name` and `message`, never its `debug`.
    init(_ exception: JSON, status: Int, model: String?, redaction: Redaction) {
        let name = exception["name"]?.string ?? ""
        let message = exception["message"]?.string ?? "no reason given"
        self.init(
            kind: Self.kind(name: name, message: message, status: status, model: model), status: status,
            text: redaction.conceal(String(message.prefix(200))))
    }

    private static func kind(name: String, message: String, status: Int, model: String?) -> Kind {
        if status == 401 || name.hasSuffix(".AccessDenied") { return .denied }
        if status == 403 || name.hasSuffix(".AccessError") { return .forbidden }
        if name.hasPrefix("psycopg2.") { return .busy }
        guard let model, message.contains(model) else { return .other }
        let isUnknown =
            status == 404 || name.hasSuffix(".KeyError")
            || ["doesn't exist", "does not exist"].contains(where: message.contains)
        return isUnknown ? .missing : .other
    }

    /// A refusal that the transport has told of, with the first words of its answer.
    static func refusal(status: Int, hint: String) -> OdooFailure {
        // A body begins with the exception's name in most cases; where a traceback comes first, nothing of it is told.
        let isSafe = !hint.contains("debug") && !hint.contains("Traceback")
        return OdooFailure(
            kind: status == 401 ? .denied : .forbidden, status: status, text: isSafe ? hint : "no reason given")
    }
}

/// One of the two interfaces.
protocol OdooWire: Sendable {
    /// The version that the server tells everybody; nil where it tells none.
    func version() async throws(ConnectorError) -> String?
    /// Calls a method of a model.
    func answer(_ call: OdooCall) async throws(ConnectorError) -> OdooAnswer
}
