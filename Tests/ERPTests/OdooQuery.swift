import PlumblineKit

/// What a search of the emulated Odoo finds: domains, orders, and rows as the server tells them.
struct OdooQuery {
    typealias Failure = OdooEmulator.Failure

    let models: [String: OdooEmulator.Model]
    let showsArchived: Bool

    init(models: [String: OdooEmulator.Model], context: JSON?) {
        self.models = models
        showsArchived = context?["active_test"] == false
    }

    /// The ids of the rows that a domain finds.
    func rows(of model: String, _ domain: JSON?) throws(Failure) -> [Int] {
        guard let terms = domain?.array else { throw Self.failure("a search of \(model) without a domain") }
        var found: [Int] = []
        for id in visible(in: model, mentioned: terms.contains { $0.array?.first == "active" }) {
            var place = terms[...]
            var fits = true
            while !place.isEmpty {
                let holds = try term(&place, id, model)
                fits = fits && holds
            }
            if fits { found.append(id) }
        }
        if found.isEmpty, !terms.isEmpty { try check(terms, of: model) }
        return found
    }

    private func visible(in model: String, mentioned: Bool) -> [Int] {
        let all = models[model]?.rows ?? [:]
        guard !showsArchived, !mentioned, models[model]?.fields["active"] != nil else { return Array(all.keys) }
        return all.filter { $0.value.values["active"] != false }.map(\.key)
    }

    /// Domains are understood, or not, also where there are no rows.
    private func check(_ terms: [JSON], of model: String) throws(Failure) {
        for term in terms where term.string == nil {
            guard let parts = term.array, parts.count == 3, let path = parts[0].string else {
                throw Self.failure("a term \(term)")
            }
            _ = try field(path.split(separator: ".").map(String.init), of: model)
        }
    }

    private func term(_ place: inout ArraySlice<JSON>, _ id: Int, _ model: String) throws(Failure) -> Bool {
        guard let head = place.popFirst() else { throw Self.failure("a domain that ends early") }
        switch head.string {
        case "&":
            let (left, right) = (try term(&place, id, model), try term(&place, id, model))
            return left && right
        case "|":
            let (left, right) = (try term(&place, id, model), try term(&place, id, model))
            return left || right
        case "!": return try !term(&place, id, model)
        case .some(let other): throw Self.failure("Invalid operator '\(other)'")
        case nil: break
        }
        guard let parts = head.array, parts.count == 3, let path = parts[0].string, let sign = parts[1].string else {
            throw Self.failure("a term \(head)")
        }
        let values = try self.values(path.split(separator: ".").map(String.init), of: id, in: model)
        for value in values where try Self.compare(value, sign, parts[2]) { return true }
        return false
    }

    private func field(_ path: [String], of model: String) throws(Failure) -> OdooEmulator.Field {
        guard let name = path.first, let field = models[model]?.fields[name] else {
            throw Self.failure("Invalid field \(model).\(path.first ?? "") in condition")
        }
        guard field.isStored else { throw Self.failure("Cannot search by \(model).\(name), which is not stored") }
        if path.count == 1 { return field }
        guard let relation = field.relation, models[relation] != nil else {
            throw Self.failure("Invalid field \(model).\(path.joined(separator: ".")) in condition")
        }
        return try self.field(Array(path.dropFirst()), of: relation)
    }

    /// The values behind links. Times are told with their fraction, as the server keeps them.
    private func values(_ path: [String], of id: Int, in model: String) throws(Failure) -> [JSON] {
        let field = try field([path[0]], of: model)
        guard let row = models[model]?.rows[id] else { return [] }
        if path.count == 1 { return [stored(path[0], id, row)] }
        guard let relation = field.relation else { throw Self.failure("no link \(model).\(path[0])") }
        _ = try self.field(Array(path.dropFirst()), of: relation)
        var values: [JSON] = []
        let linked = row.values[path[0]] ?? false
        let ids = (linked.array ?? [linked]).compactMap(\.int)
        let seen = Set(visible(in: relation, mentioned: false))
        for next in ids where seen.contains(next) {
            values += try self.values(Array(path.dropFirst()), of: next, in: relation)
        }
        return values
    }

    private func stored(_ name: String, _ id: Int, _ row: OdooEmulator.Row) -> JSON {
        switch name {
        case "id": .int(id)
        case "create_date": .string(row.created.odooText(fraction: true))
        case "write_date": .string(row.written.odooText(fraction: true))
        default: row.values[name] ?? false
        }
    }

    private static func compare(_ value: JSON, _ sign: String, _ wanted: JSON) throws(Failure) -> Bool {
        switch sign {
        case "=": return value == wanted
        case "!=": return value != wanted
        case "in": return wanted.array?.contains(value) == true
        case "not in": return wanted.array?.contains(value) == false
        case ">", ">=", "<", "<=":
            guard let (left, right) = ranks(value, wanted) else { return false }
            switch sign {
            case ">": return right < left
            case ">=": return right <= left
            case "<": return left < right
            default: return left <= right
            }
        default: throw failure("Invalid operator '\(sign)'")
        }
    }

    private static func ranks(_ value: JSON, _ wanted: JSON) -> (String, String)? {
        if let left = value.int, let right = wanted.int { return (rank(left), rank(right)) }
        guard let left = value.string, let right = wanted.string else { return nil }
        return (left, right)
    }

    private static func rank(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 19 - digits.count)) + digits
    }

    // MARK: Answers

    /// A page of rows.
    func read(_ name: String, _ arguments: JSONObject) throws(Failure) -> JSON {
        guard let fields = arguments["fields"]?.array?.compactMap(\.string), let limit = arguments["limit"]?.int,
            (1...500).contains(limit), let order = arguments["order"]?.string
        else { throw Failure(status: 500, name: "builtins.ValueError", message: "no fields, order or limit") }
        let ids = try self.rows(of: name, arguments["domain"])
        let sorted = try self.sorted(ids, of: name, by: order)
        let page = sorted.dropFirst(arguments["offset"]?.int ?? 0).prefix(limit)
        var rows: [JSON] = []
        for id in page { rows.append(try told(id, of: name, fields: fields)) }
        return .array(rows)
    }

    func sorted(_ ids: [Int], of model: String, by order: String) throws(Failure) -> [Int] {
        let keys = order.split(separator: ",").map { $0.split(separator: " ").map(String.init) }
        guard keys.last?.first == "id", keys.allSatisfy({ $0.count == 2 && ["asc", "desc"].contains($0[1]) }) else {
            throw Self.failure("an order that is not whole: \(order)")
        }
        for key in keys { _ = try field([key[0]], of: model) }
        let rows = models[model]?.rows ?? [:]
        return ids.sorted { one, other in
            for key in keys {
                guard let left = rows[one], let right = rows[other],
                    let (first, second) = Self.ranks(stored(key[0], one, left), stored(key[0], other, right)),
                    first != second
                else { continue }
                return key[1] == "asc" ? first < second : second < first
            }
            return false
        }
    }

    /// A row with the fields that were asked for, and its id.
    func told(_ id: Int, of model: String, fields: [String]) throws(Failure) -> JSON {
        guard let row = models[model]?.rows[id] else { return ["id": .int(id)] }
        var told: JSONObject = ["id": .int(id)]
        for name in fields where name != "id" {
            guard let field = models[model]?.fields[name] else { throw Self.failure("Invalid field \(model).\(name)") }
            switch (name, field.type) {
            case ("create_date", _): told[name] = .string(row.created.odooText(fraction: false))
            case ("write_date", _): told[name] = .string(row.written.odooText(fraction: false))
            case ("display_name", _): told[name] = .string(title(id, of: model))
            case (_, "many2one"):
                let target = row.values[name]?.int
                told[name] =
                    target.map { [.int($0), .string(title($0, of: field.relation))] } ?? row.values[name] ?? false
            default: told[name] = row.values[name] ?? Self.empty(field.type)
            }
        }
        return .object(told)
    }

    /// What people see, which is more than the name where a model adds a path or a code to it.
    private func title(_ id: Int, of model: String?) -> String {
        let values = model.flatMap { models[$0]?.rows[id]?.values }
        return values?["display_name"]?.string ?? values?["name"]?.string ?? "\(model ?? "?"),\(id)"
    }

    private static func empty(_ type: String) -> JSON {
        switch type {
        case "one2many", "many2many": []
        case "integer", "float", "monetary": .number("0.0")
        default: false
        }
    }

    static func failure(_ message: String) -> Failure {
        Failure(status: 500, name: "builtins.ValueError", message: message)
    }
}

extension Instant {
    /// `2026-01-05 00:10:00`, with the fraction where there is one and it is wanted.
    func odooText(fraction: Bool) -> String {
        let text = String(rfc3339.dropLast().replacing("T", with: " "))
        return fraction ? text : String(text.prefix(19))
    }
}
