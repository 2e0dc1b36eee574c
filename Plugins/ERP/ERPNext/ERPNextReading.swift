import PlumblineKit

/// Reads one stream: its forms one after the other, each behind what was deleted of it.
struct ERPNextReading: Sendable {
    let stream: ERPNextStream
    let forms: [ERPNextForm]
    let client: ERPNextClient
    let settings: Settings
    let clock: LocalClock
    let now: @Sendable () -> Instant

    /// A part of a run.
    struct Step {
        let name: String
        let form: ERPNextForm
        var isOfDeleted = false
    }

    /// Deletions come first: what was made anew under the same name follows them.
    var steps: [Step] {
        forms.flatMap { form in
            let step = Step(name: form.name, form: form)
            guard settings[ERPNextSettings.readsDeleted] else { return [step] }
            return [Step(name: "\(form.name) deleted", form: form, isOfDeleted: true), step]
        }
    }

    /// The time that walks go by.
    private var key: String { isWhole ? "creation" : "modified" }

    private var isWhole: Bool {
        !stream.description.isIncremental || settings[ERPNextSettings.whole].contains(stream.name)
    }

    /// The next documents that changed, or the next of all.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        var state = try ERPNextState(cursor)
        var page = Page(cursor: nil, hasMore: true)
        try await client.checkZone()
        var step = steps.first { $0.name == state.walk?.step } ?? steps[0]
        var walk = state.walk
        if walk?.step != step.name { walk = try await begin(step, state, &page) }
        guard var walk else { throw .unexpected(reason: "the stream has no walk") }
        if let place = try await read(step, walk, into: &page) {
            walk.place = place
            state.walk = walk
        } else {
            state.end(walk)
            if let next = steps.firstIndex(where: { $0.name == step.name }), next + 1 < steps.count {
                step = steps[next + 1]
                state.walk = try await begin(step, state, &page)
            } else {
                page.hasMore = false
            }
        }
        page.cursor = state.cursor
        return page
    }

    private func read(
        _ step: Step, _ walk: ERPNextWalk, into page: inout Page
    ) async throws(ConnectorError) -> ERPNextPlace? {
        if step.isOfDeleted {
            let deleted = ERPNextDeleted(client: client, settings: settings, form: step.form, stream: stream)
            return try await deleted.read(walk, amongForms: forms.count, into: &page)
        }
        let list = list(step.form, step.form.filters, by: key, limit: pageSize)
        let fields = step.form.table == nil ? step.form.members.map(\.field) : []
        guard let next = try await list.next(after: walk.place, from: walk.from, fields: fields + ["docstatus"]) else {
            return nil
        }
        let documents = try await documents(next.rows, step.form, into: &page)
        try await add(documents, of: step.form, to: &page)
        return next.place
    }

    var pageSize: Int { settings[ERPNextSettings.pageSize] }

    func list(_ form: ERPNextForm, _ filters: [JSON], by key: String, limit: Int) -> ERPNextList {
        ERPNextList(client: client, doctype: form.doctype, key: key, filters: filters, limit: limit)
    }

    // MARK: Documents

    /// What was listed, or what it is by now where its rows are read: without those that are gone or do not count any
    /// more.
    private func documents(
        _ rows: [JSON], _ form: ERPNextForm, into page: inout Page
    ) async throws(ConnectorError) -> [ERPNextDocument] {
        var documents: [ERPNextDocument] = []
        for row in rows {
            guard let json = try await whole(row, form) else { continue }
            do throws(JSONShapeError) {
                let document = try ERPNextDocument(json, form: form)
                if isWanted(document, form) { documents.append(document) }
            } catch {
                let id = form.identifier(row["name"]?.scalarText ?? "?", amongForms: forms.count)
                page.rejected.append(RejectedRecord(id: id, reason: error.reason, raw: chosen(json, form).bytes))
            }
        }
        return documents
    }

    private func whole(_ row: JSON, _ form: ERPNextForm) async throws(ConnectorError) -> JSON? {
        guard form.table != nil else { return row }
        return try await client.document(form.doctype, row["name"]?.scalarText ?? "")
    }

    private func isWanted(_ document: ERPNextDocument, _ form: ERPNextForm) -> Bool {
        switch form.states {
        case .submitted: document.docstatus == 1
        case .submittedAndCancelled, .submittedUntilCancelled: document.docstatus != 0
        case .all, .approvals, .leaving: true
        }
    }

    /// What was asked for of a document and its rows, and nothing else of what they show.
    private func chosen(_ json: JSON, _ form: ERPNextForm) -> JSON {
        func pick(_ fields: [String], _ json: JSON) -> [(String, JSON)] { fields.map { ($0, json[$0] ?? .null) } }
        var members = pick(["name", "docstatus"] + form.members.map(\.field), json)
        if let table = form.table {
            let rows = (json[table]?.array ?? []).map { row in
                JSON.object(JSONObject(pick(["name"] + form.rowMembers.map(\.field), row)))
            }
            members.append((table, .array(rows)))
        }
        return .object(JSONObject(members))
    }

    private func add(
        _ documents: [ERPNextDocument], of form: ERPNextForm, to page: inout Page
    ) async throws(ConnectorError) {
        var documents = documents
        let links = ERPNextLinks(client: client, settings: settings)
        for link in form.links { try await links.add(link, to: &documents) }
        var records: [SourceRecord] = []
        for document in documents {
            let id = form.identifier(document.name, amongForms: forms.count)
            let own = stream.isOfRows ? form.unfolded(document, id: id) : [form.folded(document, id: id)]
            if case .submittedUntilCancelled = form.states, document.docstatus == 2 {
                page.deleted += own.map { DeletedRecord(id: $0.id) }
            } else {
                records += own
            }
        }
        switch stream.completion {
        case .none: page.records += records
        case .units: page.records += try await ERPNextUnits(client: client, settings: settings).completed(records)
        case .postings:
            try await ERPNextPostings(client: client, settings: settings).complete(records, into: &page)
        }
    }

    // MARK: Beginning

    private func begin(
        _ step: Step, _ state: ERPNextState, _ page: inout Page
    ) async throws(ConnectorError) -> ERPNextWalk {
        if step.isOfDeleted { return try await beginDeleted(step, state) }
        guard !isWhole else { return ERPNextWalk(step: step.name, from: nil, until: nil) }
        let list = list(step.form, step.form.filters, by: key, limit: pageSize)
        let until = try await mark(list, &page.anomalies)
        let first = try ERPSettings.start(settings).map { clock.lowest(from: $0) }
        guard let last = state.end(of: step.name), !isToCome(last) else {
            return ERPNextWalk(step: step.name, from: first, until: until)
        }
        let from = clock.lowest(after: last, overlap: settings[ERPSettings.overlap])
        return ERPNextWalk(
            step: step.name, from: max(from, first ?? from), until: until.map { max(last, $0) } ?? last)
    }

    /// What was deleted before the first run is nothing that anybody knows.
    private func beginDeleted(_ step: Step, _ state: ERPNextState) async throws(ConnectorError) -> ERPNextWalk {
        let deleted = ERPNextDeleted(client: client, settings: settings, form: step.form, stream: stream)
        let newest = try await deleted.list().newest(until: clock.local(now()))
        let until = newest?.time
        guard state.hasEnded(step.name) else {
            return ERPNextWalk(step: step.name, from: nil, until: until, place: newest)
        }
        let last = state.end(of: step.name).flatMap { isToCome($0) ? nil : $0 }
        let from = last.map { clock.lowest(after: $0, overlap: settings[ERPSettings.overlap]) }
        return ERPNextWalk(step: step.name, from: from, until: until ?? last)
    }

    /// Where the next run begins: the newest change until now. A document may bear a time that is to come, and a run
    /// that began there would meet nothing until then.
    private func mark(
        _ list: ERPNextList, _ anomalies: inout [Anomaly]
    ) async throws(ConnectorError) -> Instant? {
        guard let newest = try await list.newest() else { return nil }
        let present = clock.local(now())
        guard newest.time > present else { return newest.time }
        if isToCome(newest.time) {
            anomalies.append(
                Anomaly(
                    id: newest.name,
                    reason: "'modified' is \(newest.time.erpnextSeconds), which is to come where it is "
                        + "\(present.erpnextSeconds); is the connection's zone the site's, and are the clocks right?"))
        }
        return try await list.newest(until: present)?.time
    }

    /// Whether clocks show this later than any difference between the site's and ours explains.
    private func isToCome(_ local: Instant) -> Bool {
        clock.earliest(local) > now().advanced(bySeconds: Self.tolerance)
    }

    /// The seconds by which clocks may differ.
    private static let tolerance = 300
}

// MARK: - Sweep

extension ERPNextReading {
    /// The next identifiers, as records have them. By the time of their making, which a change or another name leaves
    /// as it is.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let state = try ERPNextState(cursor)
        let form = forms.first { $0.name == state.walk?.step } ?? forms[0]
        let limit = stream.isOfRows ? pageSize : pageSize * 5
        let list = list(form, form.listed, by: "creation", limit: limit)
        var next = state
        guard let step = try await list.next(after: state.walk?.place, fields: []) else {
            let following = forms.drop { $0.name != form.name }.dropFirst().first
            next.walk = following.map { ERPNextWalk(step: $0.name, from: nil, until: nil) }
            return IdentifierPage(
                identifiers: [], cursor: following == nil ? nil : next.cursor, hasMore: following != nil)
        }
        next.walk = ERPNextWalk(step: form.name, from: nil, until: nil, place: step.place)
        let names = step.rows.compactMap { $0["name"]?.scalarText }
        return IdentifierPage(identifiers: try await listed(names, form), cursor: next.cursor, hasMore: true)
    }

    private func listed(_ names: [String], _ form: ERPNextForm) async throws(ConnectorError) -> [String] {
        let ids = names.map { form.identifier($0, amongForms: forms.count) }
        guard stream.isOfRows, let table = form.table else { return ids }
        var all: [String] = []
        for (name, id) in zip(names, ids) {
            let document = try await client.document(form.doctype, name)
            let rows = document?[table]?.array ?? []
            all += rows.compactMap { $0["name"]?.scalarText }.map { [id, $0].compoundIdentifier }
        }
        return all
    }
}
