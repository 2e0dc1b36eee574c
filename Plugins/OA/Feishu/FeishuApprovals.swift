import FeishuServer
import PlumblineKit

/// The stream `approvals`.
struct FeishuApprovals: Sendable {
    private let client: FeishuClient
    private let codes: [String]
    private let idType: String
    private let locale: String
    private let formFields: Set<String>
    private let timedOut: FeishuApproval.Outcome
    private let since: Instant
    private let window: Duration
    private let overlap: Duration
    private let recheck: Duration
    private let watchLimit: Int
    private let pageSize: Int
    private let listSize: Int
    private let now: @Sendable () -> Instant

    init(client: FeishuClient, settings: Settings, since: Instant, context: ConnectorContext) {
        (self.client, self.since, now) = (client, since, context.now)
        codes = Set(settings[FeishuOASettings.approvals]).sorted()
        idType = settings[FeishuOASettings.idType]
        locale = settings[FeishuOASettings.locale]
        formFields = Set(settings[FeishuOASettings.formFields])
        timedOut = FeishuApproval.Outcome(rawValue: settings[FeishuOASettings.timedOut]) ?? .withdrawn
        window = settings[FeishuOASettings.window]
        overlap = settings[FeishuOASettings.overlap]
        recheck = settings[FeishuOASettings.recheck]
        watchLimit = settings[FeishuOASettings.watchLimit]
        pageSize = settings[FeishuSettings.pageSize]
        listSize = settings[FeishuSettings.listSize]
    }

    /// The next approvals: watched ones, then new ones.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard !codes.isEmpty else {
            throw .settings(
                field: FeishuOASettings.approvals.field.key, reason: "name the approval_code of at least one approval")
        }
        var walk = try FeishuApprovalWalk.resumed(after: cursor, since: since, overlap: overlap, now: now())
        var page = Page(cursor: nil, hasMore: true)
        switch walk.place {
        case .watched(let last): try await rereadWatched(behind: last, &walk, &page)
        case .window: try await readWindows(&walk, &page)
        }
        page.anomalies += walk.forget(beyond: watchLimit).filter { $0.until == nil }.map { forgotten in
            Anomaly(
                id: forgotten.id,
                reason: "is open and will not be read again: more than \(watchLimit) approvals (watch_limit) are open")
        }
        page.hasMore = walk.hasMore
        page.cursor = page.hasMore ? walk.cursor : walk.endCursor
        return page
    }

    /// How many approvals of a definition were made since a day ago.
    func countOfLastDay(_ code: String) async throws(ConnectorError) -> Int {
        try await list(code, from: now().advanced(bySeconds: -86_399), to: now()).count
    }
}

// MARK: - Watched

extension FeishuApprovals {
    private func rereadWatched(
        behind last: String, _ walk: inout FeishuApprovalWalk, _ page: inout Page
    ) async throws(ConnectorError) {
        let rest = walk.watched.filter { $0.id > last }
        let chunk = rest.prefix(pageSize)
        for watched in chunk { try await read(watched.id, in: nil, &walk, &page) }
        let isOver = chunk.count == rest.count
        walk.place = isOver ? .window(definition: 0, after: "") : .watched(chunk.last?.id ?? last)
    }
}

// MARK: - Windows

extension FeishuApprovals {
    /// Reads windows until a page is full, none is left, or there were many empty ones.
    private func readWindows(_ walk: inout FeishuApprovalWalk, _ page: inout Page) async throws(ConnectorError) {
        let known = Set(walk.watched.map(\.id))
        var lists = 0
        while walk.from < walk.until, lists < 50, page.records.count + page.rejected.count < pageSize {
            guard case .window(let definition, let after) = walk.place else { return }
            let end = min(walk.until, walk.from.advanced(bySeconds: Int(window.components.seconds) - 1))
            let listed = try await list(codes[min(definition, codes.count - 1)], from: walk.from, to: end)
            let rest = listed.filter { $0 > after && !known.contains($0) }
            let chunk = rest.prefix(pageSize - page.records.count - page.rejected.count)
            for id in chunk { try await read(id, in: walk.from..<end, &walk, &page) }
            lists += 1
            if chunk.count < rest.count {
                walk.place = .window(definition: definition, after: chunk.last ?? after)
            } else if definition + 1 < codes.count {
                walk.place = .window(definition: definition + 1, after: "")
            } else {
                (walk.place, walk.from) = (.window(definition: 0, after: ""), end)
            }
        }
    }

    /// The approvals of a definition that were created from a moment to another, ascending, perhaps with some on either
    /// side: whether the ends are included is not documented.
    private func list(_ code: String, from: Instant, to: Instant) async throws(ConnectorError) -> [String] {
        let call = FeishuCall.get(
            "approval/v4/instances",
            query: [
                ("approval_code", code), ("start_time", String(from.microseconds / 1000 - 1)),
                ("end_time", String(to.microseconds / 1000 + 1)),
            ], keeping: ["instance_code_list": true, "page_token": true, "has_more": true])
        let listed = try await client.settledList(call, items: "instance_code_list", size: listSize)
        return Set(listed.compactMap(\.string)).sorted()
    }
}

// MARK: - One approval

extension FeishuApprovals {
    /// Reads an approval, where it does not come with the window beside `span`, and says how long it is watched.
    private func read(
        _ id: String, in span: Range<Instant>?, _ walk: inout FeishuApprovalWalk, _ page: inout Page
    ) async throws(ConnectorError) {
        let call = FeishuCall.get(
            "approval/v4/instances/:instance_id", ["instance_id": id],
            query: [("locale", locale), ("user_id_type", idType)], keeping: FeishuApproval.mask)
        let instance: JSON
        switch try await client.outcome(of: call) {
        case .data(let data): instance = data
        case .failed(let failure):
            reject(id, failure.reason, ["instance_code": .string(id), "code": .int(failure.code)], &walk, &page)
            return
        }
        do throws(JSONShapeError) {
            let approval = try FeishuApproval(instance, idType: idType, timedOut: timedOut)
            if let span, span.isBeside(approval.started) { return }
            try take(approval, form: FeishuForm(instance.filled("form"), keeping: formFields), &page)
            watch(approval, isNew: span != nil, &walk)
        } catch {
            var raw = instance.object ?? [:]
            raw["form"] = nil
            reject(id, error.reason, .object(raw), &walk, &page)
        }
    }

    private func take(_ approval: FeishuApproval, form: FeishuForm, _ page: inout Page) throws(JSONShapeError) {
        if approval.isDeleted {
            page.deleted.append(DeletedRecord(id: approval.id))
            return
        }
        let record = try approval.record(form: form.values)
        page.records.append(SourceRecord(id: approval.id, version: nil, json: record))
        if approval.outcome == nil {
            page.anomalies.append(
                Anomaly(id: approval.id, reason: "the status '\(approval.status)' is not documented: no outcome"))
        }
        for name in form.repeated {
            page.anomalies.append(Anomaly(id: approval.id, reason: "the form has '\(name)' twice; the first counts"))
        }
    }

    /// Open ones for good; others for `recheck` behind their end, and while a window will list them again.
    private func watch(_ approval: FeishuApproval, isNew: Bool, _ walk: inout FeishuApprovalWalk) {
        if approval.isOpen { return walk.watch(approval.id, until: nil) }
        let until = (approval.finished ?? approval.started).advanced(bySeconds: Int(recheck.components.seconds))
        let nextWindow = isNew ? walk.until.advanced(bySeconds: -Int(overlap.components.seconds)) : walk.from
        if until > walk.until || approval.started >= nextWindow {
            walk.watch(approval.id, until: until)
        } else {
            walk.forget(approval.id)
        }
    }

    /// What cannot be read may be readable tomorrow.
    private func reject(
        _ id: String, _ reason: String, _ raw: JSON, _ walk: inout FeishuApprovalWalk, _ page: inout Page
    ) {
        page.rejected.append(RejectedRecord(id: id, reason: reason, raw: raw.bytes))
        let known = walk.watched.first { $0.id == id }?.until
        let until = known ?? walk.until.advanced(bySeconds: max(86_400, Int(recheck.components.seconds)))
        if until > walk.until { walk.watch(id, until: until) } else { walk.forget(id) }
    }
}

extension Range where Bound == Instant {
    /// Whether a moment lies beyond an edge by no more than two seconds. What lies further off was listed by another time
    /// than its own.
    fileprivate func isBeside(_ moment: Instant) -> Bool {
        !contains(moment) && lowerBound.advanced(bySeconds: -2) <= moment && moment <= upperBound.advanced(bySeconds: 2)
    }
}
