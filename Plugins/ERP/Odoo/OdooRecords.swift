import PlumblineKit

/// Makes records of rows: what links and lists lead to is read for a whole page at once.
struct OdooRecords {
    typealias Outcome = Result<JSONObject, JSONShapeError>

    private let server: OdooServer
    private var accounts: [Int: String] = [:]
    private var names: [String: [Int: String]] = [:]
    private var units: OdooUnits?

    init(server: OdooServer) { self.server = server }

    /// The members of each row, without its number; rows that cannot be read say why.
    mutating func members(
        of rows: [(id: Int, row: JSON)], by plan: OdooPlan
    ) async throws(ConnectorError) -> [Int: Outcome] {
        try await learn(rows.map(\.row), by: plan)
        var all: [Int: Outcome] = [:]
        for (id, row) in rows { all[id] = own(row, by: plan) }
        for link in plan.links { try await follow(link, of: rows, into: &all) }
        for parts in plan.parts { try await gather(parts, of: rows, into: &all) }
        for (id, outcome) in all {
            guard case .success(var members) = outcome else { continue }
            for name in plan.untold { members[name] = .null }
            all[id] = .success(members)
        }
        return all
    }

    // MARK: What is known beside the rows

    private mutating func learn(_ rows: [JSON], by plan: OdooPlan) async throws(ConnectorError) {
        for column in plan.columns {
            let ids = rows.flatMap { row in Self.ids(row[column.field], column.type) }
            guard !ids.isEmpty else { continue }
            switch (column.relation, column.type) {
            case ("res.users", _): accounts = try await server.accounts(of: ids)
            case ("hr.department", .link): units = try await server.units()
            case (let relation?, .links(areNamed: true)) where !OdooServer.isPerson(relation):
                names[relation] = try await server.names(of: ids, in: relation)
            default: break
            }
        }
    }

    /// The numbers in a link or a list; what is broken shows when the row is made into a record.
    private static func ids(_ value: JSON?, _ type: OdooType) -> [Int] {
        switch type {
        case .link: (value?.array?.first?.int).map { [$0] } ?? []
        case .links: (value?.array ?? []).compactMap(\.int)
        default: []
        }
    }

    // MARK: Rows

    private func own(_ row: JSON, by plan: OdooPlan) -> Outcome {
        var members = JSONObject()
        do throws(JSONShapeError) {
            for column in plan.columns { try add(column, of: row, to: &members) }
            return .success(members)
        } catch {
            return .failure(error)
        }
    }

    private func add(
        _ column: OdooPlan.Column, of row: JSON, to members: inout JSONObject
    ) throws(JSONShapeError) {
        guard let value = row[column.field] else {
            throw JSONShapeError(reason: "the server left out '\(column.field)'")
        }
        switch column.type {
        case .link: add(try value.odooLink(column.field), column, to: &members)
        case .links:
            members[column.member] = .array(try value.odooLinks(column.field).compactMap { listed($0, column) })
        default: members[column.member] = try value.odooScalar(column.type, column.field)
        }
    }

    private func add(_ link: (id: Int, name: String)?, _ column: OdooPlan.Column, to members: inout JSONObject) {
        let isUser = column.relation == "res.users"
        members[column.member] = .text(link.flatMap { isUser ? accounts[$0.id] : String($0.id) })
        guard column.isNamed else { return }
        let name = link.flatMap { link -> String? in
            if OdooServer.isPerson(column.relation) { return nil }
            return column.relation == "hr.department" ? units?.path(of: link.id) : link.name
        }
        members[column.member + "_name"] = .text(name.flatMap { $0.isEmpty ? nil : $0 })
    }

    private func listed(_ id: Int, _ column: OdooPlan.Column) -> JSON? {
        if column.relation == "res.users" { return accounts[id].map(JSON.string) }
        guard column.type == .links(areNamed: true), !OdooServer.isPerson(column.relation) else {
            return .string(String(id))
        }
        return column.relation.flatMap { names[$0]?[id] }.map(JSON.string)
    }

    // MARK: Behind links

    private mutating func follow(
        _ link: OdooPlan.Link, of rows: [(id: Int, row: JSON)], into all: inout [Int: Outcome]
    ) async throws(ConnectorError) {
        let linked = try await read(rows.flatMap { Self.ids($0.row[link.field], .link) }, by: link.plan)
        for (id, row) in rows {
            guard case .success(var members) = all[id] else { continue }
            let target = Self.ids(row[link.field], .link).first
            switch target.flatMap({ linked[$0] }) {
            case .success(let more): for member in more.members { members[member.key] = member.value }
            case .failure(let error):
                all[id] = .failure(error)
                continue
            case nil: for column in link.plan.columns { Self.leaveOut(column, of: &members) }
            }
            all[id] = .success(members)
        }
    }

    private static func leaveOut(_ column: OdooPlan.Column, of members: inout JSONObject) {
        members[column.member] = .null
        if column.type == .link, column.isNamed { members[column.member + "_name"] = .null }
    }

    private mutating func gather(
        _ parts: OdooPlan.Parts, of rows: [(id: Int, row: JSON)], into all: inout [Int: Outcome]
    ) async throws(ConnectorError) {
        let found = try await read(
            rows.flatMap { Self.ids($0.row[parts.field], .links(areNamed: false)) }, by: parts.plan)
        for (id, row) in rows {
            guard case .success(var members) = all[id] else { continue }
            do throws(JSONShapeError) {
                let numbers = try (row[parts.field] ?? .null).odooLinks(parts.field)
                members[parts.member] = .array(try Self.list(numbers, found))
                all[id] = .success(members)
            } catch {
                all[id] = .failure(error)
            }
        }
    }

    /// Those that went between two calls are left out.
    private static func list(_ numbers: [Int], _ found: [Int: Outcome]) throws(JSONShapeError) -> [JSON] {
        var list: [JSON] = []
        for number in numbers {
            guard let outcome = found[number] else { continue }
            let members = try outcome.get()
            let id = [("id", JSON.string(String(number)))]
            list.append(.object(JSONObject(id + members.members.map { ($0.key, $0.value) })))
        }
        return list
    }

    private mutating func read(_ ids: [Int], by plan: OdooPlan) async throws(ConnectorError) -> [Int: Outcome] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await server.rows(of: plan.model, numbered: ids, fields: plan.fields)
        return try await members(of: rows, by: plan)
    }
}
