import PlumblineKit

/// What is read of a model's rows, once it is known which fields it has.
struct OdooPlan: Sendable {
    /// A field that becomes a member.
    struct Column: Sendable {
        let member: String
        let field: String
        let type: OdooType
        let relation: String?
        /// Whether the record has a name beside the number.
        let isNamed: Bool
    }

    /// Rows behind a link of one row.
    struct Link: Sendable {
        let field: String
        let plan: OdooPlan
    }

    /// Rows that belong to one row, as a list under `member`.
    struct Parts: Sendable {
        let member: String
        let field: String
        let plan: OdooPlan
    }

    let model: String
    var columns: [Column] = []
    var links: [Link] = []
    var parts: [Parts] = []
    /// Members that no field tells.
    var untold: [String] = []
    /// The usual fields of those that have any.
    var lacking: [String] = []
    /// Fields with the time of a change: the row's own, and those of rows that belong to it.
    var changes: [String] = []
    /// Fields that are computed when they are asked for: a change of theirs moves no time.
    var computed: [String] = []
    /// Whether rows tell which company they are of.
    var hasCompany = false

    /// What a search asks for.
    var fields: [String] {
        let all = columns.map(\.field) + links.map(\.field) + parts.map(\.field)
        return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Fields that name users, of whom it may become known later which employees they are.
    var users: [String] {
        func own(_ columns: [Column]) -> [String] { columns.filter { $0.relation == "res.users" }.map(\.field) }
        return own(columns) + links.flatMap { link in own(link.plan.columns).map { "\(link.field).\($0)" } }
    }

    /// Models whose changes make a row changed.
    var changingModels: [String] { [model] + (links.map(\.plan.model) + parts.map(\.plan.model)) }
}

/// A field of a model, as `fields_get` tells.
struct OdooField: Sendable {
    let type: OdooType?
    let relation: String?
    let isStored: Bool
}

/// Makes plans.
struct OdooPlanner {
    let server: OdooServer
    let setting: String
    let model: String
    let fields: [String: OdooField]
    private(set) var plan: OdooPlan

    /// Begins with what the model has; `setting` is the one that names fields, for errors.
    init(_ model: String, setting: String, server: OdooServer) async throws(ConnectorError) {
        (self.server, self.setting, self.model) = (server, setting, model)
        fields = try await server.fields(of: model)
        plan = OdooPlan(model: model)
        if fields["write_date"]?.isStored == true { plan.changes = ["write_date"] }
        plan.hasCompany = fields["company_id"]?.isStored == true
    }

    /// The plan for these members, with what a connection says of them.
    static func plan(
        _ model: String, members: [OdooMember], overrides: Setting<[String: String]>, settings: Settings,
        server: OdooServer
    ) async throws(ConnectorError) -> OdooPlan {
        var planner = try await OdooPlanner(model, setting: overrides.field.key, server: server)
        let said = try OdooNames(settings[overrides], of: overrides.field.key)
        for member in members {
            try await planner.add(member, said.field(of: member.name, in: model), settings: settings)
        }
        for name in said.names(beside: members, in: model) {
            let extra = OdooMember(name, zh: name, en: name)
            try await planner.add(extra, said.field(of: name, in: model), settings: settings)
        }
        return planner.plan
    }

    private mutating func add(
        _ member: OdooMember, _ said: String?, settings: Settings
    ) async throws(ConnectorError) {
        guard let place = try await place(of: member, said) else {
            if member.isRequired { throw missing(member, said) }
            if said == nil { plan.lacking += member.fields.compactMap(own).prefix(1) }
            return leaveOut(member)
        }
        if case .parts(let setting, let members) = member.shape {
            let isOptional = !member.isRequired && said == nil
            return try await add(
                member, members, behind: place.path[0], fields: setting, settings: settings, isOptional: isOptional)
        }
        guard let type = place.field.type else {
            throw .settings(
                field: setting,
                reason: "'\(place.path.joined(separator: "."))' of \(model) is of a type that is not read")
        }
        note(place)
        try await add(member, place.path, type, place.field.relation)
    }

    /// Records that belong to a row; where they are optional and may not be read, there are none.
    private mutating func add(
        _ member: OdooMember, _ parts: [OdooMember], behind link: String, fields setting: Setting<[String: String]>,
        settings: Settings, isOptional: Bool
    ) async throws(ConnectorError) {
        guard let relation = fields[link]?.relation, case .links = fields[link]?.type else {
            throw .settings(field: self.setting, reason: "'\(link)' of \(model) is no list of records")
        }
        if isOptional, try await !server.shows(relation) {
            plan.lacking.append(link)
            return leaveOut(member)
        }
        let inner = try await Self.plan(
            relation, members: parts, overrides: setting, settings: settings, server: server)
        plan.parts.append(OdooPlan.Parts(member: member.name, field: link, plan: inner))
        plan.lacking += inner.lacking.map { "\(link).\($0)" }
        let own = inner.computed.filter { !$0.contains(".") }
        plan.computed += (fields[link]?.isStored == false ? [link] : []) + own.map { "\(link).\($0)" }
        note(changesOf: inner, behind: link)
    }

    private mutating func add(
        _ member: OdooMember, _ path: [String], _ type: OdooType, _ relation: String?
    ) async throws(ConnectorError) {
        let isNamed =
            switch member.shape {
            case .link: true
            case .number: false
            default: !OdooServer.isPerson(relation)
            }
        let column = OdooPlan.Column(
            member: member.name, field: path[path.count - 1], type: type, relation: relation, isNamed: isNamed)
        guard path.count == 2, let target = fields[path[0]]?.relation else { return plan.columns.append(column) }
        if let known = plan.links.firstIndex(where: { $0.field == path[0] }) {
            var linked = plan.links[known].plan
            linked.columns.append(column)
            plan.links[known] = OdooPlan.Link(field: path[0], plan: linked)
            return
        }
        var linked = try await OdooPlanner(target, setting: setting, server: server).plan
        linked.columns.append(column)
        plan.links.append(OdooPlan.Link(field: path[0], plan: linked))
        note(changesOf: linked, behind: path[0])
    }

    /// Which company a row is of changes with the row.
    private mutating func note(_ place: (path: [String], field: OdooField)) {
        guard place.path != ["company_id"], !place.field.isStored || fields[place.path[0]]?.isStored == false else {
            return
        }
        plan.computed.append(place.path.joined(separator: "."))
    }

    /// Rows behind rows are not looked at.
    private mutating func note(changesOf inner: OdooPlan, behind link: String) {
        guard inner.changes.contains("write_date"), fields[link]?.isStored == true else { return }
        plan.changes.append(link + ".write_date")
    }

    private mutating func leaveOut(_ member: OdooMember) {
        plan.untold += member.described.map(\.name)
    }

    /// Where a member is told; nil where nothing tells it.
    private func place(
        of member: OdooMember, _ said: String?
    ) async throws(ConnectorError) -> (path: [String], field: OdooField)? {
        if said == "" { return nil }
        for candidate in said.map({ [$0] }) ?? member.fields.compactMap(own) {
            if let place = try await place(candidate, isSaid: said != nil) { return place }
        }
        if let said {
            throw .settings(field: setting, reason: "\(model) has no field '\(said)', or the key may not see it")
        }
        return nil
    }

    /// A usual field, where it is not one of another model.
    private func own(_ candidate: String) -> String? {
        let parts = candidate.split(separator: "/").map(String.init)
        if parts.count == 1 { return candidate }
        return parts[0] == model ? parts[1] : nil
    }

    private func place(
        _ candidate: String, isSaid: Bool
    ) async throws(ConnectorError) -> (path: [String], field: OdooField)? {
        let path = candidate.split(separator: ".").map(String.init)
        guard let field = fields[path[0]], isSaid || field.type != nil else { return nil }
        if path.count == 1 { return (path, field) }
        guard field.type == .link, let relation = field.relation else { return nil }
        if !isSaid, try await !server.shows(relation) { return nil }
        let linked = try await server.fields(of: relation)
        guard let behind = linked[path[1]], isSaid || behind.type != nil else { return nil }
        return (path, behind)
    }

    private func missing(_ member: OdooMember, _ said: String?) -> ConnectorError {
        let usual = member.fields.compactMap(own).joined(separator: " or ")
        let reason =
            said == ""
            ? "'\(member.name)' cannot be left out"
            : "\(model) has no field \(usual.isEmpty ? "for '\(member.name)'" : usual), or the key may not see it; "
                + "say under '\(member.name)' which one it is"
        return .settings(field: setting, reason: reason)
    }
}

/// Names of fields that a connection says, by members; `model/member` holds for that model alone.
struct OdooNames {
    private let said: [String: String]

    /// Refuses what is no name of a field, or of one behind a link.
    init(_ said: [String: String], of setting: String) throws(ConnectorError) {
        self.said = said
        for (member, field) in said {
            let parts = field.split(separator: ".", omittingEmptySubsequences: false)
            let isName = parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(Self.isNameByte) }
            guard isName || field.isEmpty else {
                throw .settings(field: setting, reason: "expected a field such as date_planned, got '\(field)'")
            }
            guard !["id", "model", "leads", "left_on", "period"].contains(member) else {
                throw .settings(field: setting, reason: "the name '\(member)' is taken; choose another")
            }
        }
    }

    /// What the connection says of a member; empty where it is to be left out, nil where it says nothing.
    func field(of member: String, in model: String) -> String? { said["\(model)/\(member)"] ?? said[member] }

    /// Members that only the connection knows.
    func names(beside members: [OdooMember], in model: String) -> [String] {
        let known = Set(members.map(\.name))
        let own = said.keys.compactMap { key -> String? in
            let parts = key.split(separator: "/").map(String.init)
            if parts.count == 2 { return parts[0] == model ? parts[1] : nil }
            return key
        }
        return Set(own).subtracting(known).sorted()
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
