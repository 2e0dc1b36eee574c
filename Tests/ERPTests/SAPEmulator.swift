import PlumblineKit
import PlumblineTesting

/// An S/4HANA in memory that speaks OData V2 and V4 over the same data, written from the notes on SAP's OData. The sections
/// of the notes, and the rules that stem from them:
///
/// - Base and auth: V2 under `/sap/opu/odata/sap/<SERVICE>/`, V4 under `/sap/opu/odata4/`; basic or a token of client
///   credentials, which ends (UNC); `sap-client` as query or header (UNC); Atom XML where no JSON is asked for.
/// - Query options: the list of the notes; an option or property that is unknown is refused with 400; a literal must be of
///   its property's type and version (UNC). `$filter` knows `and`, `eq` and `ge`. Services may leave `$filter`, `$orderby`
///   and counts out (`ignores`), and say nothing.
/// - Shapes: V2 with `d.results`, `__count`, `__next`, `__deferred`, decimals and Int64 as texts, `/Date(ms+0000)/` and
///   `PT08H00M00S`; V4 with `value`, numbers unless IEEE754Compatible is asked for, a next link that is relative (UNC).
/// - Paging: the server cuts, with a link that holds nothing but an opaque token. The token counts rows in the data as they
///   are by then, which is the worst that the notes allow; `silentLimit` cuts without a link.
/// - Errors: both bodies, 400, 401, 403, 404 and 500; 429 with `Retry-After`; a page to log in with status 200 for a wrong
///   client (UNC).
///
/// Faults are requests that write, options that the notes do not name, `$skip`, and sets that are not there.
struct SAPEmulator: EmulatedSystem {
    enum Leaving: CaseIterable { case filter, order, count }
    enum Expanding: CaseIterable { case inline, deferred, paged }

    struct EntitySet: Sendable {
        let keys: [String]
        var rows: [[String: SAPValue]] = []
    }

    static let host = "https://s4.example"
    static let v2 = "/sap/opu/odata/sap/"
    static let v4 = "/sap/opu/odata4/"

    var sets: [String: EntitySet] = [:]
    var pageSize = 3
    var silentLimit: Int?
    var ignores: Set<Leaving> = []
    var expanding = Expanding.inline
    /// Where links lead; a proxy's mistake when it is another host.
    var linkHost = host
    var client = "100"
    /// Seconds for which a token is good, and what the server says of it.
    var tokenLife = 3600
    var toldLife = 3600
    var window: RequestWindow?
    /// Sets that our user may not read.
    var forbidden: Set<String> = []
    /// What was asked that the notes do not know.
    var faults: [String] = []
    private(set) var grants = 0
    private var tokens: [String: Instant] = [:]
    var links: [String: Link] = [:]

    /// The rest of a list.
    struct Link: Sendable {
        let set: String
        var request: SAPRequest
        let offset: Int
        /// The items of an entity, where it is a list of those.
        var items: [[String: SAPValue]]?
    }

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if let wait = window?.refuse(at: now) {
            return .response(status: 429, headers: ["Retry-After": String(wait)], body: [])
        }
        if request.path == "/oauth/token" { return grant(request, at: now) }
        guard isKnown(request.headers["Authorization"], at: now) else { return .text("Unauthorized", status: 401) }
        guard (request["sap-client"] ?? request.headers["sap-client"]) == client else { return .html }
        guard request.method == "GET", let version = version(of: request.path) else {
            faults.append("\(request): not a GET of a service")
            return .text("Not Found", status: 404)
        }
        return read(request, version)
    }

    private func version(of path: String) -> SAPVersion? {
        path.hasPrefix(Self.v2) ? .v2 : path.hasPrefix(Self.v4) ? .v4 : nil
    }

    private func isKnown(_ authorization: String?, at now: Instant) -> Bool {
        if authorization == "Basic " + Base64.encode(Array("PLUMBLINE:hunter22".utf8)) { return true }
        guard let authorization, authorization.hasPrefix("Bearer ") else { return false }
        return tokens[String(authorization.dropFirst(7))].map { now < $0 } ?? false
    }

    private mutating func grant(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let isForm = request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        guard request.method == "POST", isForm, request.body == Array("grant_type=client_credentials".utf8) else {
            faults.append("\(request): not a request for a token")
            return .json(#"{"error":"unsupported_grant_type"}"#, status: 400)
        }
        guard request.headers["Authorization"] == "Basic " + Base64.encode(Array("app:s3cr3t-word".utf8)) else {
            return .json(#"{"error":"invalid_client","error_description":"Bad client credentials"}"#, status: 400)
        }
        grants += 1
        tokens["token-\(grants)"] = now.advanced(bySeconds: tokenLife)
        return .json(#"{"access_token":"token-\#(grants)","token_type":"bearer","expires_in":\#(toldLife)}"#)
    }

    private mutating func read(_ request: EmulatedRequest, _ version: SAPVersion) -> CannedAnswer {
        let isJSON = request["$format"] == "json" || request.headers["Accept"]?.contains("json") == true
        guard isJSON else {
            return .response(
                status: 200, headers: ["Content-Type": "application/atom+xml"], body: Array("<feed/>".utf8))
        }
        let isExact = request.headers["Accept"]?.contains("IEEE754Compatible=true") == true
        var asked = SAPRequest(version: version, isExact: isExact, path: request.path)
        if let token = request["$skiptoken"] {
            guard let link = links[token] else { return Self.failure(400, "Invalid skip token", version) }
            asked = link.request
            if let items = link.items { return page(items, of: link.set, asked, from: link.offset, isOfItems: true) }
            return list(link.set, asked, from: link.offset)
        }
        if let fault = asked.take(request.query) {
            faults.append("\(request): \(fault)")
            return Self.failure(400, fault, version)
        }
        let name = request.path.split(separator: "/").last.map(String.init) ?? ""
        if let items = items(behind: request.path) { return page(items, of: name, asked, from: 0, isOfItems: true) }
        return list(name, asked, from: 0)
    }

    /// The items of an entity under an address such as `A_PurchaseOrder('7')/to_PurchaseOrderItem`.
    private func items(behind path: String) -> [[String: SAPValue]]? {
        let parts = path.split(separator: "/").suffix(2).map(String.init)
        guard parts.count == 2, let bracket = parts[0].firstIndex(of: "("), parts[0].hasSuffix("')") else { return nil }
        let key = parts[0][bracket...].dropFirst(2).dropLast(2).replacing("''", with: "'")
        guard let set = sets[String(parts[0][..<bracket])] else { return nil }
        let row = set.rows.first { $0[set.keys[0]] == .text(String(key)) }
        guard case .items(let items)? = row?[parts[1]] else { return nil }
        return items
    }

    static func failure(_ status: Int, _ message: String, _ version: SAPVersion) -> CannedAnswer {
        let words: JSON = version == .v2 ? ["lang": "en", "value": .string(message)] : .string(message)
        let inner: JSON = [
            "transactionid": "5F3A",
            "errordetails": [["code": "/IWBEP/CX_X", "message": "see the log", "severity": "error"]],
        ]
        let error: JSON =
            version == .v2
            ? ["code": "005056A509B1", "message": words, "innererror": inner]
            : ["code": "005056A509B1", "message": words, "details": [["code": "X", "message": "see the log"]]]
        return .json((["error": error] as JSON).text, status: status)
    }
}
