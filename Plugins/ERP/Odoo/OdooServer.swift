import PlumblineKit

/// The server with what is known of it in this run: fields of models, who users are, names, units.
actor OdooServer {
    /// Models whose rows are people: their names stay where they are.
    static func isPerson(_ relation: String?) -> Bool {
        ["res.users", "hr.employee", "hr.employee.public", "res.partner"].contains(relation)
    }

    let wire: any OdooWire
    /// The model that says which employees users are; nil where nobody asks.
    nonisolated let resolving: String?
    private let companies: [Int]
    private let rootName: String?
    private var models: [String: [String: OdooField]] = [:]
    private var shown: [String: Bool] = [:]
    private var users: [Int: String] = [:]
    private var changed: [Instant: [Int]] = [:]
    private var names: [String: [Int: String]] = [:]
    private var knownUnits: OdooUnits?

    /// Refuses settings that their interface cannot do with.
    init(settings: Settings, transport: any Transport) throws(ConnectorError) {
        switch OdooWireKind(rawValue: settings[OdooSettings.wire]) ?? .json2 {
        case .json2: wire = OdooJSON2(settings: settings, transport: transport)
        case .jsonRPC: wire = try OdooJSONRPC(settings: settings, transport: transport)
        }
        resolving = settings[OdooSettings.resolvesUsers] ? settings[OdooStream.employees.models].first : nil
        companies = try OdooSettings.companyNumbers(settings)
        rootName = settings[OdooSettings.rootName]
    }

    // MARK: Calls

    /// What a call gives.
    func value(_ call: OdooCall) async throws(ConnectorError) -> JSON {
        switch try await wire.answer(call) {
        case .value(let value): return value
        case .failure(let failure): throw failure.error(of: call)
        }
    }

    /// The rows of a search, each with its number.
    func rows(_ call: OdooCall) async throws(ConnectorError) -> [(id: Int, row: JSON)] {
        guard let list = try await value(call).array else {
            throw .unexpected(reason: "the answer to \(call.summary) is no list of records")
        }
        var rows: [(id: Int, row: JSON)] = []
        for row in list {
            guard let id = row["id"]?.int else {
                throw .unexpected(reason: "a record in the answer to \(call.summary) has no number")
            }
            rows.append((id, row))
        }
        return rows
    }

    /// All rows that a domain finds, however many.
    func allRows(
        of model: String, where domain: [JSON], fields: [String]
    ) async throws(ConnectorError) -> [(id: Int, row: JSON)] {
        var all: [(id: Int, row: JSON)] = []
        while true {
            let place = all.last?.id ?? 0
            let call = OdooCall.search(model, domain + [["id", ">", .int(place)]], fields: fields, limit: Self.batch)
            let next = try await rows(call)
            guard next.allSatisfy({ $0.id > place }) else {
                throw .unexpected(reason: "records of \(model) repeat or are not in the order of their numbers")
            }
            all += next
            if next.count < Self.batch { return all }
        }
    }

    /// The rows of these numbers.
    func rows(
        of model: String, numbered ids: [Int], fields: [String]
    ) async throws(ConnectorError) -> [(id: Int, row: JSON)] {
        var all: [(id: Int, row: JSON)] = []
        let ids = Set(ids).sorted()
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            let wanted = ids[start..<min(start + Self.batch, ids.count)].map(JSON.int)
            all += try await rows(
                .search(model, [["id", "in", .array(wanted)]], fields: fields, limit: Self.batch))
        }
        return all
    }

    private static let batch = 400

    // MARK: What is known

    /// Which fields a model has, as far as the key may see them.
    func fields(of model: String) async throws(ConnectorError) -> [String: OdooField] {
        if let known = models[model] { return known }
        guard let members = try await value(.fields(of: model)).object?.members else {
            throw .unexpected(reason: "the answer to \(model).fields_get is no object")
        }
        guard members.contains(where: { $0.key == "id" }) else {
            throw .unexpected(reason: "the answer to \(model).fields_get names no field 'id'")
        }
        let fields = members.map { member in
            let field = OdooField(
                type: member.value["type"]?.string.flatMap(OdooType.init),
                relation: member.value["relation"]?.string, isStored: member.value["store"] != false)
            return (member.key, field)
        }
        let known = Dictionary(fields) { $1 }
        models[model] = known
        return known
    }

    /// Whether the key may read a model's records, where the connection can do without.
    func shows(_ model: String) async throws(ConnectorError) -> Bool {
        if let known = shown[model] { return known }
        let call = OdooCall.search(model, [], fields: ["id"], limit: 1)
        switch try await wire.answer(call) {
        case .value: shown[model] = true
        case .failure(let failure):
            guard failure.kind == .forbidden || failure.kind == .missing else { throw failure.error(of: call) }
            shown[model] = false
        }
        return shown[model] ?? false
    }

    /// The terms that keep to the connection's companies.
    func companyTerms(_ plan: OdooPlan) -> [JSON] {
        guard !companies.isEmpty, plan.hasCompany else { return [] }
        return ["|", ["company_id", "=", false], ["company_id", "in", .array(companies.map(JSON.int))]]
    }

    /// The accounts of users: an employee's number where one alone belongs to the user.
    func accounts(of ids: [Int]) async throws(ConnectorError) -> [Int: String] {
        let unknown = Set(ids).subtracting(users.keys).sorted()
        if let resolving, !unknown.isEmpty { try await learn(unknown, from: resolving) }
        for id in unknown where users[id] == nil { users[id] = "user/\(id)" }
        return users
    }

    /// The users of employees who have changed. One that an employee had before and has no longer is not told.
    func users(changedSince moment: Instant) async throws(ConnectorError) -> [Int] {
        if let known = changed[moment] { return known }
        guard let resolving, try await fields(of: resolving)["write_date"]?.isStored == true else { return [] }
        let domain: [JSON] = [["write_date", ">=", .string(moment.odooText)], ["user_id", "!=", false]]
        let rows = try await allRows(of: resolving, where: domain, fields: ["user_id"])
        let users = Set(rows.compactMap { $0.row["user_id"]?.array?.first?.int }).sorted()
        changed[moment] = users
        return users
    }

    /// Who users are is asked anew.
    func forgetUsers() { (users, changed) = ([:], [:]) }

    private func learn(_ unknown: [Int], from model: String) async throws(ConnectorError) {
        let planner = try await OdooPlanner(model, setting: OdooStream.employees.models.field.key, server: self)
        let hasActive = planner.fields["active"] != nil
        let domain: [JSON] = [["user_id", "in", .array(unknown.map(JSON.int))]] + companyTerms(planner.plan)
        var found: [Int: [(id: Int, isActive: Bool)]] = [:]
        let fields = ["user_id"] + (hasActive ? ["active"] : [])
        for (id, row) in try await allRows(of: model, where: domain, fields: fields) {
            guard let user = row["user_id"]?.array?.first?.int else { continue }
            found[user, default: []].append((id, row["active"] != false))
        }
        for (user, all) in found {
            let active = all.filter(\.isActive)
            let one = active.isEmpty ? all : active
            if one.count == 1 { users[user] = String(one[0].id) }
        }
    }

    /// The names of rows of a model.
    func names(of ids: [Int], in model: String) async throws(ConnectorError) -> [Int: String] {
        let unknown = Set(ids).subtracting((names[model] ?? [:]).keys)
        for (id, row) in try await rows(of: model, numbered: Array(unknown), fields: ["display_name"]) {
            names[model, default: [:]][id] = row["display_name"]?.string ?? ""
        }
        return names[model] ?? [:]
    }

    /// The units of the company, read once.
    func units() async throws(ConnectorError) -> OdooUnits {
        if let knownUnits { return knownUnits }
        let rows = try await allRows(
            of: "hr.department", where: [], fields: ["name", "parent_id", "manager_id", "active"])
        let units = try OdooUnits(rows, rootName: rootName)
        knownUnits = units
        return units
    }
}

/// Departments with their paths.
struct OdooUnits: Sendable {
    private var paths: [Int: String] = [:]
    private var led: [Int: [String]] = [:]

    init(_ rows: [(id: Int, row: JSON)], rootName: String?) throws(ConnectorError) {
        var units: [Int: (name: String, parent: Int?, isActive: Bool)] = [:]
        var managers: [(unit: Int, manager: Int)] = []
        do throws(JSONShapeError) {
            for (id, row) in rows {
                let parent = try row["parent_id"]?.odooLink("parent_id")?.id
                units[id] = (try row.string(at: "name"), parent, row["active"] != false)
                if let manager = try row["manager_id"]?.odooLink("manager_id")?.id { managers.append((id, manager)) }
            }
        } catch {
            throw .unexpected(reason: "hr.department: \(error.reason)")
        }
        for id in units.keys { paths[id] = Self.path(of: id, in: units, rootName: rootName) }
        for (unit, manager) in managers.sorted(by: { $0.unit < $1.unit }) where units[unit]?.isActive == true {
            if let path = paths[unit] { led[manager, default: []].append(path) }
        }
    }

    /// From the root to the unit; nil where parents lead in a circle, or to one that is not shown.
    private static func path(
        of id: Int, in units: [Int: (name: String, parent: Int?, isActive: Bool)], rootName: String?
    ) -> String? {
        var names: [String] = []
        var next: Int? = id
        while let current = next {
            guard let unit = units[current], names.count <= units.count else { return nil }
            names.append(unit.name)
            next = unit.parent
        }
        return ((rootName.map { [$0] } ?? []) + names.reversed()).joined(separator: "/")
    }

    /// The path of a department.
    func path(of id: Int) -> String? { paths[id] }

    /// The paths of the departments that an employee manages.
    func led(by employee: Int) -> [String] { led[employee] ?? [] }
}
