import PlumblineKit
import WeComServer

/// The stream `approvals`: each with its steps and its form.
actor WeComApprovals {
    private let client: WeComClient
    private let settings: Settings
    private let since: Int64
    private let context: ConnectorContext
    /// The cursor of the page that an approval came with: lists may show one twice.
    private var emitted: [String: Cursor?] = [:]
    /// The kinds of controls that were told of.
    private var told: Set<String> = []

    init(client: WeComClient, settings: Settings, since: Instant, context: ConnectorContext) {
        (self.client, self.settings, self.context) = (client, settings, context)
        self.since = since.microseconds / 1_000_000
    }

    /// The next approvals of the windows, then those that were open before.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        var walk = try WeComApprovalWalk(
            after: cursor, since: since, recheck: settings[WeComOASettings.recheck].components.seconds,
            now: context.now())
        var page = Page(cursor: nil, hasMore: false)
        if walk.hasWindow {
            try await readWindow(&walk, cursor, into: &page)
        } else {
            for number in walk.takeOpen(settings[WeComSettings.pageSize]) {
                try await read(number, &walk, isListed: false, into: &page)
            }
        }
        page.hasMore = !walk.isAtEnd
        if !page.hasMore { forgetOldest(&walk, into: &page) }
        page.cursor = page.hasMore ? walk.cursor : walk.endCursor
        return page
    }

    /// How many approvals of the last day the app sees, at most a page.
    func remark() async throws(ConnectorError) -> String {
        let now = context.now().microseconds / 1_000_000
        let list = try await list(from: now - 86_400, to: now, template: templates.first ?? nil, place: "")
        return "\(list.numbers.count)\(list.next == nil ? "" : " or more") approvals of the last day"
    }

    private func readWindow(
        _ walk: inout WeComApprovalWalk, _ cursor: Cursor?, into page: inout Page
    ) async throws(ConnectorError) {
        let template = walk.template < templates.count ? templates[walk.template] : nil
        let list = try await list(from: walk.start - 1, to: walk.end, template: template, place: walk.place)
        var seen: Set<String> = []
        for number in list.numbers where seen.insert(number).inserted && isNew(number, at: cursor) {
            try await read(number, &walk, isListed: true, into: &page)
        }
        for id in page.records.map(\.id) { emitted[id] = .some(cursor) }
        walk.move(to: list.next, of: templates.count)
    }

    private func isNew(_ number: String, at cursor: Cursor?) -> Bool {
        guard let before = emitted[number] else { return true }
        return before == cursor
    }

    /// One walk for each template; nil for all.
    private var templates: [String?] {
        let listed = settings[WeComOASettings.templates]
        return listed.isEmpty ? [nil] : listed
    }

    private func forgetOldest(_ walk: inout WeComApprovalWalk, into page: inout Page) {
        let limit = settings[WeComOASettings.openLimit]
        let count = walk.forgetOldest(beyond: limit)
        guard count > 0 else { return }
        page.anomalies.append(
            Anomaly(
                id: "open approvals",
                reason:
                    "\(count) of the oldest pending approvals are beyond open_limit (\(limit)) and are followed no more"
            ))
    }
}

// MARK: - Calls

extension WeComApprovals {
    private func list(
        from start: Int64, to end: Int64, template: String?, place: String
    ) async throws(ConnectorError) -> (numbers: [String], next: String?) {
        var body: JSONObject = [
            "starttime": .string(String(start)), "endtime": .string(String(end)), "new_cursor": .string(place),
            "size": .int(settings[WeComSettings.pageSize]),
        ]
        if let template { body["filters"] = [["key": "template_id", "value": .string(template)]] }
        let answer = try await client.body(WeComCall("oa/getapprovalinfo", body: .object(body)))
        guard let numbers = answer["sp_no_list"]?.array else {
            throw .unexpected(reason: "the answer to oa/getapprovalinfo has no list 'sp_no_list'")
        }
        // A page may be short or empty before the end: only the cursor says whether there is more.
        let next = answer.filled("new_next_cursor")
        guard next == nil || next != place else {
            throw .unexpected(reason: "oa/getapprovalinfo promises more and does not move on")
        }
        return (numbers.compactMap(\.scalarText), next)
    }

    private func read(
        _ number: String, _ walk: inout WeComApprovalWalk, isListed: Bool, into page: inout Page
    ) async throws(ConnectorError) {
        let answer = try await client.ask(WeComCall("oa/getapprovaldetail", body: ["sp_no": .string(number)]))
        guard answer.code == 0 else {
            let reason = "its detail cannot be read: \(answer.reason)"
            return reject(number, reason, .string(number), &walk, into: &page)
        }
        guard let info = answer.body["info"], info.object != nil else {
            throw .unexpected(reason: "the answer to oa/getapprovaldetail has no object 'info'")
        }
        do throws(JSONShapeError) {
            let approval = try WeComApproval(info)
            guard approval.number == number else {
                throw JSONShapeError(reason: "the detail is that of another number")
            }
            if isListed, walk.isBeside(approval.requestedAt) { return }
            walk.note(number, isOpen: approval.status == .pending)
            take(approval, info, into: &page)
        } catch {
            reject(number, error.reason, WeComApproval.excerpt(of: info), &walk, into: &page)
        }
    }

    /// What cannot be read now may be readable later: it is asked for again for a week, or as long as `recheck`.
    private func reject(
        _ number: String, _ reason: String, _ raw: JSON, _ walk: inout WeComApprovalWalk, into page: inout Page
    ) {
        page.rejected.append(RejectedRecord(id: number, reason: reason, raw: raw.bytes))
        let patience = max(7 * 86_400, settings[WeComOASettings.recheck].components.seconds)
        guard !walk.noteFailure(number, patience: patience) else { return }
        page.anomalies.append(
            Anomaly(id: number, reason: "could not be read for \(patience / 86_400) days and is followed no more"))
    }

    private func take(_ approval: WeComApproval, _ info: JSON, into page: inout Page) {
        guard approval.status != .deleted else { return page.deleted.append(DeletedRecord(id: approval.number)) }
        let offset = context.utcOffset
        let form = WeComForm(info, wanted: Set(settings[WeComOASettings.formFields])) { moment in
            String(moment.advanced(bySeconds: offset(moment)).rfc3339.prefix(10))
        }
        for kind in form.unknown.sorted() where told.insert("\(approval.template) \(kind)").inserted {
            page.anomalies.append(
                Anomaly(
                    id: approval.number,
                    reason: "controls of the kind '\(kind)' in '\(approval.kind)' are not known: their values are null")
            )
        }
        page.records.append(
            SourceRecord(id: approval.number, version: nil, json: approval.json(form: .object(form.values))))
    }
}
