import PlumblineKit
import PlumblineTesting

/// A site of Frappe with ERPNext and Frappe HR in memory, written from the notes on ERPNext / Frappe. The sections of
/// the notes, and the rules that stem from them:
///
/// - Base and auth: `GET /api/resource/<DocType>`, `/api/resource/<DocType>/<name>`, percent-encoded;
///   `/api/method/frappe.auth.get_logged_user`; `Authorization: token <key>:<secret>`.
/// - Lists: `fields`, `filters` with three or four parts, `or_filters`, `order_by`, `limit_start`, `limit_page_length`
///   (20 unless said, 0 for all); no total and no hint of more; rows of child tables only with the single document;
///   rows that the user may not see are left out without a word. Times are the site's, to the microsecond (UNC). Orders
///   go to the database as they are: where a filter is on a child table, a field that both tables have is ambiguous
///   unless it is asked for too (UNC).
/// - Errors and limits: `exc_type`, `exception`, `exc`, `_server_messages`; 401, 403, 404, 417 (UNC). The rate limit
///   counts microseconds of server time in a window and shows its headers with each answer; over it, 429 with
///   `Retry-After`.
///
/// Not confirmed (UNC): the list of operators; that an unknown field is answered with 417; that a whole second is
/// written without a fraction; that renaming leaves `modified` as it is; that `Deleted Document` keeps the name and the
/// type of what was deleted. What is asked beyond the notes is a fault: other calls, other parts of a query, a list
/// without an order.
struct ERPNextEmulator: EmulatedSystem {
    struct Document {
        var fields: [String: JSON]
        var tables: [String: [[String: JSON]]] = [:]
        var docstatus = 0
        var owner = "admin@plumb.example"
        var creation: Instant
        var modified: Instant
    }

    struct DocType {
        /// Names of fields, beside those that every type has.
        var fields: Set<String> = []
        /// Names of table fields, with the types of their rows.
        var tables: [String: String] = [:]
        var documents: [String: Document] = [:]
        var isReadable = true
        /// Documents that user permissions keep from us.
        var hidden: Set<String> = []
    }

    /// Microseconds of server time in a window of seconds, and what a request takes.
    struct RateLimit {
        let limit: Int
        let window: Int
        let cost: Int
        var used = 0
        var start: Instant?
    }

    static let key = "4f1d2c3b5a69788"
    static let secret = "9c0ffee2b7a1455"

    var types: [String: DocType] = [:]
    /// Seconds by which the site's clocks are ahead of UTC.
    var utcOffset: @Sendable (Instant) -> Int = { _ in 28_800 }
    var zone = "Asia/Shanghai"
    var isKeyValid = true
    var rateLimit: RateLimit?
    /// Rows that the site gives at most, whatever is asked.
    var ownLimit = Int.max
    /// What was asked that the notes do not know.
    private(set) var faults: [String] = []

    private static let common: Set = ["name", "owner", "creation", "modified", "docstatus"]

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if let refusal = limit(at: now) { return refusal }
        guard isKeyValid, request.headers["Authorization"] == "token \(Self.key):\(Self.secret)" else {
            return failure(401, "AuthenticationError", "Invalid API key or secret")
        }
        let path = request.url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }.prefix { $0 != "?" }
        let parts = path.split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) }
        if request.method != "GET" { faults.append("\(request): not a GET") }
        switch (parts.count, parts.prefix(2).joined(separator: "/")) {
        case (3, "api/method") where parts[2] == "frappe.auth.get_logged_user":
            return shown(["message": "plumbline@plumb.example"])
        case (3, "api/resource"): return list(parts[2], request)
        case (4, "api/resource"): return document(parts[2], parts[3])
        default:
            faults.append("\(request): unknown call")
            return failure(404, "DoesNotExistError", "not found")
        }
    }

    // MARK: Limits

    private mutating func limit(at now: Instant) -> CannedAnswer? {
        guard var rate = rateLimit else { return nil }
        if rate.start.map({ now >= $0.advanced(bySeconds: rate.window) }) ?? true { (rate.start, rate.used) = (now, 0) }
        let rest = Int((rate.start ?? now).advanced(bySeconds: rate.window).microseconds - now.microseconds) / 1_000_000
        defer { rateLimit = rate }
        guard rate.used < rate.limit else {
            return .response(
                status: 429,
                headers: [
                    "Retry-After": String(rest), "X-RateLimit-Limit": String(rate.limit),
                    "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(rest),
                ], body: [])
        }
        rate.used += rate.cost
        return nil
    }

    private func shown(_ json: JSON, status: Int = 200) -> CannedAnswer {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if let rateLimit {
            headers["X-RateLimit-Limit"] = String(rateLimit.limit)
            headers["X-RateLimit-Remaining"] = String(max(0, rateLimit.limit - rateLimit.used))
            headers["X-RateLimit-Used"] = String(rateLimit.cost)
            headers["X-RateLimit-Reset"] = String(rateLimit.window)
        }
        return .response(status: status, headers: headers, body: json.bytes)
    }

    /// With a traceback that holds what must be in no message.
    private func failure(_ status: Int, _ type: String, _ message: String) -> CannedAnswer {
        let trace = "Traceback (most recent call last):\n  File \"apps/frappe/frappe/app.py\", line 110\n\(Self.secret)"
        let told: JSON = ["message": .string("<b>\(message)</b>"), "title": "Message", "indicator": "red"]
        return shown(
            [
                "exc_type": .string(type), "exception": .string("frappe.exceptions.\(type): \(message)"),
                "exc": .string(JSON.array([.string(trace)]).text),
                "_server_messages": .string(JSON.array([.string(told.text)]).text),
            ], status: status)
    }

    // MARK: Documents

    private func document(_ type: String, _ name: String) -> CannedAnswer {
        if type == "System Settings", let known = types[type] {
            guard known.isReadable else { return failure(403, "PermissionError", "No permission for \(type)") }
            return shown(["data": ["name": "System Settings", "time_zone": .string(zone)]])
        }
        guard let known = types[type] else { return failure(404, "DoesNotExistError", "DocType \(type) not found") }
        guard known.isReadable, !known.hidden.contains(name) else {
            return failure(403, "PermissionError", "No permission for \(type)")
        }
        guard let document = known.documents[name] else {
            return failure(404, "DoesNotExistError", "\(type) \(name) not found")
        }
        var members = shownFields(of: document, named: name)
        members["doctype"] = .string(type)
        for table in known.tables.keys {
            let rows = document.tables[table] ?? []
            members[table] = .array(rows.map { .object(JSONObject($0.sorted { $0.key < $1.key })) })
        }
        return shown(["data": .object(JSONObject(members.sorted { $0.key < $1.key }))])
    }

    private func shownFields(of document: Document, named name: String) -> [String: JSON] {
        document.fields.merging([
            "name": .string(name), "owner": .string(document.owner), "docstatus": .int(document.docstatus),
            "creation": .string(local(document.creation)), "modified": .string(local(document.modified)),
        ]) { $1 }
    }

    /// As the site writes it: without a fraction where there is none.
    func local(_ moment: Instant) -> String {
        let text = moment.advanced(bySeconds: utcOffset(moment)).rfc3339.dropLast().replacing("T", with: " ")
        guard let point = text.firstIndex(of: ".") else { return String(text) }
        let fraction = text[point...].dropFirst()
        return text + String(repeating: "0", count: 6 - fraction.count)
    }

    // MARK: Lists

    private static let parts: Set = [
        "fields", "filters", "or_filters", "order_by", "limit_start", "limit_page_length",
    ]

    private mutating func list(_ type: String, _ request: EmulatedRequest) -> CannedAnswer {
        guard let known = types[type] else { return failure(404, "DoesNotExistError", "DocType \(type) not found") }
        guard known.isReadable else { return failure(403, "PermissionError", "No permission for \(type)") }
        for item in request.query where !Self.parts.contains(item.name) {
            faults.append("\(request): unknown part \(item.name)")
        }
        let fields = Self.json(request["fields"])?.array?.compactMap(\.string) ?? ["name"]
        let order = Self.order(request["order_by"])
        guard let filters = ERPNextFilter.all(Self.json(request["filters"]), of: type, known),
            let orFilters = ERPNextFilter.all(Self.json(request["or_filters"]), of: type, known), let order
        else {
            faults.append("\(request): a filter that is not understood, or no order")
            return failure(417, "ValidationError", "Invalid filter")
        }
        let plain = (filters + orFilters).filter { $0.table == nil }.map(\.field)
        let asked = fields + order.map(\.field) + plain
        if let unknown = asked.first(where: { !known.fields.union(Self.common).contains($0) }) {
            return failure(417, "DataError", "Field not permitted in query: \(unknown)")
        }
        if (filters + orFilters).contains(where: { $0.table != nil }),
            let ambiguous = order.first(where: { Self.common.contains($0.field) && !fields.contains($0.field) })
        {
            let message = "(1052, \"Column '\(ambiguous.field)' in ORDER BY is ambiguous\")"
            return failure(500, "OperationalError", message)
        }
        let found = known.documents.filter { name, document in
            let shown = shownFields(of: document, named: name)
            return !known.hidden.contains(name) && filters.allSatisfy { $0.fits(shown, document.tables) }
                && (orFilters.isEmpty || orFilters.contains { $0.fits(shown, document.tables) })
        }
        let rows = found.map { shownFields(of: $0.value, named: $0.key) }.sorted {
            ERPNextFilter.precedes($0, $1, order)
        }
        let start = request["limit_start"].flatMap { Int($0) } ?? 0
        let asks = request["limit_page_length"].flatMap { Int($0) } ?? 20
        let page = rows.dropFirst(start).prefix(min(asks == 0 ? .max : asks, ownLimit))
        return shown([
            "data": .array(page.map { row in .object(JSONObject(fields.map { ($0, row[$0] ?? .null) })) })
        ])
    }

    private static func json(_ text: String?) -> JSON? { text.flatMap { try? JSON.parse(Array($0.utf8)) } }

    /// Nil for none, or one that is not understood.
    private static func order(_ text: String?) -> [(field: String, isDescending: Bool)]? {
        guard let text else { return nil }
        var order: [(field: String, isDescending: Bool)] = []
        for part in text.split(separator: ",") {
            let words = part.split(separator: " ").map(String.init)
            guard words.count == 2, ["asc", "desc"].contains(words[1]) else { return nil }
            order.append((words[0], words[1] == "desc"))
        }
        return order
    }
}

// MARK: - What people do

extension ERPNextEmulator {
    mutating func put(
        _ type: String, _ name: String, _ fields: [String: JSON] = [:], tables: [String: [[String: JSON]]] = [:],
        docstatus: Int = 0, owner: String = "admin@plumb.example", at moment: Instant
    ) {
        let creation = types[type]?.documents[name]?.creation ?? moment
        types[type]?.documents[name] = Document(
            fields: fields, tables: tables, docstatus: docstatus, owner: owner, creation: creation, modified: moment)
    }

    /// Changes a field, or the state with `docstatus`.
    mutating func set(_ type: String, _ name: String, _ field: String, _ value: JSON, at moment: Instant) {
        guard types[type]?.documents[name] != nil else { return }
        if field == "docstatus" {
            types[type]?.documents[name]?.docstatus = value.int ?? 0
        } else {
            types[type]?.documents[name]?.fields[field] = value
        }
        types[type]?.documents[name]?.modified = moment
    }

    /// What was deleted is noted under a name of its own.
    mutating func delete(_ type: String, _ name: String, at moment: Instant) {
        guard let document = types[type]?.documents.removeValue(forKey: name) else { return }
        let rows = document.tables.mapValues { rows in
            JSON.array(rows.map { .object(JSONObject($0.map { ($0.key, $0.value) })) })
        }
        let data = JSON.object(JSONObject([("name", .string(name))] + rows.map { ($0.key, $0.value) }))
        put(
            "Deleted Document", "del\(types["Deleted Document"]?.documents.count ?? 0)\(name)",
            ["deleted_doctype": .string(type), "deleted_name": .string(name), "data": .string(data.text)], at: moment)
    }

    /// Leaves the time of the last change as it is; what names the document names the new one.
    mutating func rename(_ type: String, _ old: String, to new: String, links: [(type: String, field: String)] = []) {
        guard let document = types[type]?.documents.removeValue(forKey: old) else { return }
        types[type]?.documents[new] = document
        for link in links {
            for (name, linking) in types[link.type]?.documents ?? [:] where linking.fields[link.field]?.string == old {
                types[link.type]?.documents[name]?.fields[link.field] = .string(new)
            }
        }
    }
}
