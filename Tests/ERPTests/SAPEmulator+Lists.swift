import PlumblineKit
import PlumblineTesting

/// Lists of entities, cut into answers.
extension SAPEmulator {
    mutating func list(_ name: String, _ asked: SAPRequest, from offset: Int) -> CannedAnswer {
        guard let set = sets[name] else {
            faults.append("\(asked.path): no such set")
            return Self.failure(404, "Resource not found for segment '\(name)'", asked.version)
        }
        guard !forbidden.contains(name) else {
            return Self.failure(403, "No authorization to access service", asked.version)
        }
        let known = Set(set.rows.flatMap(\.keys))
        let named = asked.own + asked.order.map(\.field) + asked.filter.map(\.field)
        if !set.rows.isEmpty, let unknown = named.first(where: { !known.contains($0) }) {
            return Self.failure(400, "Property \(unknown) not found in type \(name)Type", asked.version)
        }
        var rows = set.rows
        if !ignores.contains(.filter) {
            for comparison in asked.filter {
                let fits = rows.map { comparison.fits($0[comparison.field]) }
                guard !fits.contains(nil) else {
                    faults.append("\(asked.path): \(comparison) is of another type")
                    return Self.failure(400, "Invalid literal for \(comparison.field)", asked.version)
                }
                rows = zip(rows, fits).filter { $0.1 == true }.map(\.0)
            }
        }
        if !ignores.contains(.order) { rows = Self.sorted(rows, asked.order) }
        return page(rows, of: name, asked, from: offset, isOfItems: false)
    }

    private static func sorted(
        _ rows: [[String: SAPValue]], _ order: [(field: String, isDescending: Bool)]
    ) -> [[String: SAPValue]] {
        rows.enumerated().sorted { one, other in
            for item in order {
                let place = SAPValue.order(one.element[item.field] ?? .null, other.element[item.field] ?? .null)
                if place != 0 { return item.isDescending ? place > 0 : place < 0 }
            }
            return one.offset < other.offset
        }.map(\.element)
    }

    /// What stands in one answer, with a link to the rest.
    mutating func page(
        _ rows: [[String: SAPValue]], of name: String, _ asked: SAPRequest, from offset: Int, isOfItems: Bool
    ) -> CannedAnswer {
        let wanted = asked.top.map { Array(rows.prefix($0)) } ?? rows
        let size = isOfItems ? 2 : min(pageSize, silentLimit ?? pageSize)
        let shown = wanted.dropFirst(offset).prefix(size)
        var next: String?
        if offset + shown.count < wanted.count, isOfItems || silentLimit == nil {
            let link = Link(
                set: name, request: asked, offset: offset + shown.count, items: isOfItems ? rows : nil)
            next = self.link(to: link, asked)
        }
        let entities = shown.map { row in isOfItems ? plain(row, asked) : entity(row, of: name, asked) }
        let count = asked.wantsCount && offset == 0 && !ignores.contains(.count) ? rows.count : nil
        return .json(Self.body(entities, next, count, asked.version).text)
    }

    private mutating func link(to link: Link, _ asked: SAPRequest) -> String {
        let token = "t\(links.count + 1)"
        links[token] = link
        let name = asked.path.split(separator: "/").last ?? ""
        if asked.version == .v4, linkHost == Self.host { return "\(name)?$skiptoken=\(token)" }
        return "\(linkHost)\(asked.path)?$skiptoken=\(token)"
    }

    private static func body(_ rows: [JSON], _ next: String?, _ count: Int?, _ version: SAPVersion) -> JSON {
        var body = JSONObject()
        switch version {
        case .v2:
            body["results"] = .array(rows)
            body["__count"] = count.map { .string(String($0)) }
            body["__next"] = next.map(JSON.string)
            return ["d": .object(body)]
        case .v4:
            body["@odata.context"] = "$metadata#Set"
            body["@odata.count"] = count.map(JSON.int)
            body["value"] = .array(rows)
            body["@odata.nextLink"] = next.map(JSON.string)
            return .object(body)
        }
    }

    private func plain(_ row: [String: SAPValue], _ asked: SAPRequest, only names: [String]? = nil) -> JSON {
        let members = row.sorted { $0.key < $1.key }.filter { names?.contains($0.key) ?? true }
        return .object(JSONObject(members.map { ($0.key, $0.value.json(asked.version, isExact: asked.isExact)) }))
    }

    private mutating func entity(_ row: [String: SAPValue], of name: String, _ asked: SAPRequest) -> JSON {
        let own = asked.select.isEmpty ? Array(row.keys) : asked.own
        var members = JSONObject()
        if asked.version == .v2 { members["__metadata"] = ["uri": .string("\(Self.host)\(asked.path)('…')")] }
        for member in plain(row, asked, only: own).object?.members ?? [] { members[member.key] = member.value }
        for (navigation, value) in row.sorted(by: { $0.key < $1.key }) {
            guard let names = asked.properties(behind: navigation) else { continue }
            switch value {
            case .entity(let inner): members[navigation] = plain(inner, asked, only: names)
            case .items(let items):
                for member in expanded(items, navigation, row, of: name, asked, names) { members[member.0] = member.1 }
            default: members[navigation] = .null
            }
        }
        return .object(members)
    }

    /// Items inside of their entity: all, none, or some with a link to the rest.
    private mutating func expanded(
        _ items: [[String: SAPValue]], _ navigation: String, _ row: [String: SAPValue], of name: String,
        _ asked: SAPRequest, _ names: [String]
    ) -> [(String, JSON)] {
        guard case .text(let key)? = sets[name].flatMap({ row[$0.keys[0]] }) else { return [] }
        let address = "\(asked.path)('\(key.replacing("'", with: "''"))')/\(navigation)"
        let all = items.map { plain($0, asked, only: names) }
        switch (expanding, asked.version) {
        case (.deferred, .v2): return [(navigation, ["__deferred": ["uri": .string(Self.host + address)]])]
        case (.paged, _) where items.count > 1:
            let rest = SAPRequest(version: asked.version, isExact: asked.isExact, path: address)
            let token = "t\(links.count + 1)"
            links[token] = Link(set: navigation, request: rest, offset: 1, items: items)
            let next = JSON.string("\(Self.host)\(address)?$skiptoken=\(token)")
            guard asked.version == .v2 else {
                return [(navigation, .array(Array(all.prefix(1)))), ("\(navigation)@odata.nextLink", next)]
            }
            return [(navigation, ["results": .array(Array(all.prefix(1))), "__next": next])]
        case (_, .v2): return [(navigation, ["results": .array(all)])]
        case (_, .v4): return [(navigation, .array(all))]
        }
    }
}
