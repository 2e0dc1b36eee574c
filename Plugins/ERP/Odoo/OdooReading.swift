import PlumblineKit

/// Reads one stream.
struct OdooReading {
    let stream: OdooStream
    let models: [String]
    let settings: Settings
    let server: OdooServer
    let since: Instant?
    let now: @Sendable () -> Instant

    /// The next records that changed, or the next of all.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        var place = try OdooPlace(cursor)
        var walk = place.walk ?? OdooPlace.Walk(model: models[0])
        guard let number = models.firstIndex(of: walk.model) else { throw OdooPlace.foreign }
        let plan = try await plan(of: walk.model)
        if !walk.isBegun { try await begin(&walk, plan, behind: place.ends[walk.model] ?? nil) }
        let rows = try await rows(plan, after: walk, fields: plan.fields)
        var page = try await page(of: rows, by: plan)
        if rows.count == pageSize {
            walk.last = rows[rows.count - 1].id
            place.walk = walk
        } else {
            place.ends[walk.model] = .some(walk.until)
            place.walk = number + 1 < models.count ? OdooPlace.Walk(model: models[number + 1]) : nil
        }
        page.cursor = place.cursor
        page.hasMore = place.walk != nil
        return page
    }

    /// The next identifiers, as records have them.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let state = try cursor?.state()
        let model = state?["model"]?.string ?? models[0]
        guard let number = models.firstIndex(of: model) else { throw OdooPlace.foreign }
        let walk = OdooPlace.Walk(model: model, last: state?["last"]?.int ?? 0)
        let rows = try await rows(try await plan(of: model), after: walk, fields: ["id"])
        var next: Cursor?
        if rows.count == pageSize {
            next = Cursor(["model": .string(model), "last": .int(rows[rows.count - 1].id)])
        } else if number + 1 < models.count {
            next = Cursor(["model": .string(models[number + 1]), "last": 0])
        }
        return IdentifierPage(
            identifiers: rows.map { identifier($0.id, of: model) }, cursor: next, hasMore: next != nil)
    }

    /// How many records the server counts.
    func count() async throws(ConnectorError) -> Int? {
        var sum = 0
        for model in models {
            let domain = await domain(try await plan(of: model))
            guard let count = try await server.value(.count(model, domain)).int else {
                throw .unexpected(reason: "the answer to \(model).search_count is no number")
            }
            sum += count
        }
        return sum
    }

    /// What is read of a model's records.
    func plan(of model: String) async throws(ConnectorError) -> OdooPlan {
        try await OdooPlanner.plan(
            model, members: stream.members, overrides: stream.fields, settings: settings, server: server)
    }

    // MARK: Walk

    private var pageSize: Int { settings[OdooSettings.pageSize] }

    private func begin(
        _ walk: inout OdooPlace.Walk, _ plan: OdooPlan, behind end: Instant?
    ) async throws(ConnectorError) {
        walk.isBegun = true
        guard stream.isIncremental, plan.changes.contains("write_date") else { return }
        // Changes of what is computed leave no time, so that all is read: what is older than `since` is still left out.
        guard plan.computed.isEmpty else {
            walk.from = since
            return
        }
        await server.forgetUsers()
        let newest = try await newest(plan)
        let overlap = -Int(settings[ERPSettings.overlap].components.seconds)
        let first = end?.advanced(bySeconds: overlap)
        walk.from = [first, since].compactMap(\.self).max()
        walk.until = [end, newest].compactMap(\.self).max()
    }

    /// When a record, or one that belongs to it, last changed. Times that are to come are no end: a run that began there would
    /// meet nothing until then.
    private func newest(_ plan: OdooPlan) async throws(ConnectorError) -> Instant? {
        let limit: JSON = ["write_date", "<", .string(now().advanced(bySeconds: Self.tolerance).odooText)]
        var newest: Instant?
        let employees = plan.users.isEmpty ? nil : server.resolving
        for model in plan.changingModels + [employees].compactMap(\.self) {
            guard try await server.fields(of: model)["write_date"]?.isStored == true else { continue }
            let rows = try await server.rows(
                .search(model, [limit], fields: ["write_date"], limit: 1, order: "write_date desc, id desc"))
            guard let row = rows.first else { continue }
            guard let moment = row.row["write_date"]?.string.flatMap({ Instant(odoo: $0) }) else {
                throw .unexpected(reason: "'write_date' of the newest \(model) is no time such as 2026-01-05 00:10:00")
            }
            newest = max(newest ?? moment, moment)
        }
        return newest
    }

    /// The seconds by which the server's clock may be ahead of ours.
    private static let tolerance = 300

    private func rows(
        _ plan: OdooPlan, after walk: OdooPlace.Walk, fields: [String]
    ) async throws(ConnectorError) -> [(id: Int, row: JSON)] {
        let changed = try await changed(plan, walk)
        let domain = await domain(plan) + changed + [["id", ">", .int(walk.last)]]
        let rows = try await server.rows(.search(plan.model, domain, fields: fields, limit: pageSize))
        var last = walk.last
        for row in rows {
            guard row.id > last else {
                throw .unexpected(reason: "records of \(plan.model) repeat or are not in the order of their numbers")
            }
            last = row.id
        }
        return rows
    }

    /// The terms that keep to what has changed, or is of users of whom it may have become known who they are.
    private func changed(_ plan: OdooPlan, _ walk: OdooPlace.Walk) async throws(ConnectorError) -> [JSON] {
        guard let from = walk.from else { return [] }
        func later(than moment: Instant) -> [JSON] {
            plan.changes.map { .array([.string($0), ">=", .string(moment.odooText)]) }
        }
        let users = plan.users.isEmpty ? [] : try await server.users(changedSince: from)
        guard !users.isEmpty else { return JSON.any(later(than: from)) }
        let theirs = plan.users.map { JSON.array([.string($0), "in", .array(users.map(JSON.int))]) }
        return JSON.any(later(than: from) + theirs) + (since.map { JSON.any(later(than: $0)) } ?? [])
    }

    /// What all rows must match.
    func domain(_ plan: OdooPlan) async -> [JSON] { stream.domain + (await server.companyTerms(plan)) }

    // MARK: Records

    private func page(of rows: [(id: Int, row: JSON)], by plan: OdooPlan) async throws(ConnectorError) -> Page {
        var records = OdooRecords(server: server)
        let all = try await records.members(of: rows, by: plan)
        let units = stream.derived.contains(.leads) && !rows.isEmpty ? try await server.units() : nil
        var page = Page(cursor: nil, hasMore: false)
        for (id, row) in rows {
            let identifier = identifier(id, of: plan.model)
            switch all[id] {
            case .success(let members):
                let own: [(String, JSON)] = [("id", .string(identifier)), ("model", .string(plan.model))]
                var record = JSONObject(own + members.members.map { ($0.key, $0.value) })
                if let units { record["leads"] = .array(units.led(by: id).map(JSON.string)) }
                if stream.derived.contains(.period) { record["period"] = .text(Self.period(of: record)) }
                if stream.derived.contains(.leaving) { record["left_on"] = .text(Self.leaving(of: record)) }
                page.records.append(SourceRecord(id: identifier, version: nil, json: .object(record)))
            case .failure(let error):
                page.rejected.append(RejectedRecord(id: identifier, reason: error.reason, raw: row.bytes))
            case nil: break
            }
        }
        return page
    }

    private static func period(of record: JSONObject) -> String? {
        guard let start = record["start_date"]?.string, let end = record["end_date"]?.string else { return nil }
        return PeriodName.of(start, end)
    }

    /// The day behind the last one, from which on somebody is gone.
    private static func leaving(of record: JSONObject) -> String? {
        record["last_day"]?.string.flatMap { LocalDay($0) }?.advanced(by: 1).text
    }

    private func identifier(_ id: Int, of model: String) -> String {
        stream.isMixed ? [model, String(id)].compoundIdentifier : String(id)
    }
}

extension JSON {
    /// The terms of a domain of which one must hold.
    static func any(_ terms: [JSON]) -> [JSON] {
        Array(repeating: "|", count: max(0, terms.count - 1)) + terms
    }
}
