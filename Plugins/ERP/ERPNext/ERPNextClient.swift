import PlumblineKit

/// The calls that the connector needs. A connection's key goes with each of them; there is no session.
actor ERPNextClient {
    private let baseURL: String
    private let authorization: String
    private let transport: any Transport
    private let ownZone: String
    private var checksZone: Bool
    /// Nothing of these appears in a message.
    private let redaction: Redaction

    init(settings: Settings, context: ConnectorContext) {
        baseURL = settings[ERPNextSettings.baseURL]
        let (key, secret) = (settings[ERPNextSettings.key].reveal(), settings[ERPNextSettings.secret].reveal())
        authorization = "token \(key):\(secret)"
        redaction = Redaction(secrets: [key, secret])
        transport = context.transport
        ownZone = settings[ERPNextSettings.siteZone] ?? context.zone
        checksZone = settings[ERPNextSettings.checksZone]
    }

    /// The documents of a list, as objects with the fields that were asked for.
    func list(_ query: ERPNextQuery) async throws(ConnectorError) -> [JSON] {
        let response = try await get(["resource", query.doctype], query.parts, what: query.doctype)
        guard response.isSuccess else { throw failure(response, what: query.doctype) }
        guard let rows = try response.json()["data"]?.array, rows.allSatisfy({ $0.object != nil }) else {
            throw .unexpected(reason: "the answer to \(response.summary) has no list 'data' of objects")
        }
        return rows
    }

    /// A document with its rows; nil where it has gone.
    func document(_ doctype: String, _ name: String) async throws(ConnectorError) -> JSON? {
        let response = try await get(["resource", doctype, name], [], what: doctype)
        if response.status == 404, ERPNextFailure(response, redaction: redaction).kind == "DoesNotExistError" {
            return nil
        }
        guard response.isSuccess else { throw failure(response, what: doctype) }
        guard let document = try response.json()["data"], document.object != nil else {
            throw .unexpected(reason: "the answer to \(response.summary) has no object 'data'")
        }
        return document
    }

    /// Who we are to the site.
    func user() async throws(ConnectorError) -> String {
        let response = try await get(
            ["method", "frappe.auth.get_logged_user"], [], what: "frappe.auth.get_logged_user")
        guard response.isSuccess else { throw failure(response, what: "frappe.auth.get_logged_user") }
        guard let user = try response.json()["message"]?.string else {
            throw .unexpected(reason: "the answer to \(response.summary) has no 'message'")
        }
        return user
    }

    /// The site's time zone; nil where we may not read it, or it has none.
    func zone() async throws(ConnectorError) -> String? {
        do throws(ConnectorError) {
            return try await document("System Settings", "System Settings")?["time_zone"]?.string
        } catch {
            guard case .refused(status: 403, _) = error else { throw error }
            return nil
        }
    }

    /// Compares the site's zone with the connection's, once.
    ///
    /// - Throws: `ConnectorError.settings` where they differ: every time would be wrong.
    func checkZone() async throws(ConnectorError) {
        guard checksZone else { return }
        if let zone = try await zone(), !zone.isEmpty, zone != ownZone {
            throw .settings(
                field: "zone",
                reason: "the site's time zone is '\(zone)', the connection's '\(ownZone)'; "
                    + "where both mean the same, say site_zone: \(zone)")
        }
        checksZone = false
    }

    private func get(
        _ path: [String], _ parts: [(String, String)], what: String
    ) async throws(ConnectorError) -> HTTPResponse {
        var request = try HTTPRequest(
            .get, at: baseURL, path: ["api"] + path, query: parts,
            headers: ["Authorization": authorization, "Accept": "application/json"])
        request.sourceHeaders = SourceHeaders(wait: "X-RateLimit-Reset")
        do throws(ConnectorError) {
            return try await transport.send(request)
        } catch {
            guard case .refused(let status, let hint) = error else { throw error }
            throw .refused(status: status, hint: Self.hint(status, what, ERPNextFailure.kind(inBeginning: hint)))
        }
    }

    /// The beginning of an answer may be that of a traceback: only its kind is told.
    private static func hint(_ status: Int, _ what: String, _ kind: String?) -> String {
        let kind = kind.map { " (\($0))" } ?? ""
        return status == 401
            ? "the site does not know api_key and api_secret\(kind)" : "our user may not read \(what)\(kind)"
    }

    private func failure(_ response: HTTPResponse, what: String) -> ConnectorError {
        let words = ERPNextFailure(response, redaction: redaction).words
        let told = words.isEmpty ? "" : ": \(words)"
        return .unexpected(reason: "\(what): the site answered \(response.status)\(told)")
    }
}
