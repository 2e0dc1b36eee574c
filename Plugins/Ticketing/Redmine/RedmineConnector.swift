public import PlumblineKit

/// Redmine 5 over REST: issues, each folded from its journals, and users.
///
/// - Shape: at most `page_size` issues in a page, ascending by `updated_on`; each issue is asked for by itself, because
///   the list holds no journals. An issue that changes while the run reads may come once more, with its new state.
/// - Unit: all times UTC; `first_reply_at` is the first public note by an agent who is not the author; accounts are
///   numbers of users.
/// - Rights: our user needs to view the issues and their public notes; an administrator's key for the stream `users`,
///   for `agents_group` and for logins in `agents`.
/// - Leaves out: deleted issues, which the server does not tell of (a sweep finds that they are gone), texts, attachments,
///   relations, time entries by themselves. `merged_into_id` and `due` are always null.
/// - Not confirmed, and behind a setting: `/users/current.json` (`identity`), numbers of user statuses
///   (`user_statuses`), whether time entries mark their issue as changed (`read_spent_hours`). Not confirmed: several
///   projects or trackers in one filter, the shapes of users and statuses.
/// - Source: `app/controllers/application_controller.rb`, `app/models/query.rb`, `app/views/issues/*.api.rsb`
///   (Redmine 5.0.4), `resources/standard.py` (python-redmine 2.5.0).
public struct RedmineConnector: Connector {
    /// `ticketing.redmine`.
    public static let description = ConnectorDescription(
        id: "ticketing.redmine", family: .ticketing, name: LocalizedText(zh: "Redmine 问题跟踪", en: "Redmine"),
        apiVersion: "REST (Redmine 5.0)", documentation: "https://www.redmine.org/projects/redmine/wiki/Rest_api",
        settings: RedmineSettings.all,
        streams: [
            StreamDescription(
                name: "tickets",
                help: LocalizedText(zh: "问题，含历史汇总", en: "Issues with their journals folded in"),
                recordType: "ticket", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: TicketRecord.fields + furtherFields),
            StreamDescription(
                name: "users", help: LocalizedText(zh: "用户，用于匹配账号", en: "Users, for matching accounts"),
                deletions: [.fullList, .neverKnown], isIncremental: false, fields: RedmineUsers.fields),
        ])

    private static let furtherFields = [
        SourceField("tracker", "string?", LocalizedText(zh: "跟踪标签", en: "Tracker")),
        SourceField("version", "string?", LocalizedText(zh: "目标版本", en: "Target version")),
        SourceField(
            "due_date", "string?", LocalizedText(zh: "计划完成日期，如 2026-07-01", en: "Due date, such as 2026-07-01")),
    ]

    private let settings: Settings
    private let client: RedmineClient
    private let identity: RedmineIdentity
    private let since: Instant?
    private let statuses: RedmineStatuses
    private let roster: AgentRoster

    /// Refuses settings that name no agent, or a `since` that is no time.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        since = try TicketingSettings.start(settings)
        let client = RedmineClient(settings: settings, transport: context.transport)
        self.client = client
        identity = RedmineIdentity(rawValue: settings[RedmineSettings.identity]) ?? .administrator
        statuses = RedmineStatuses(client: client)
        let listed = Set(settings[TicketingSettings.agents])
        let group = settings[RedmineSettings.agentsGroup]
        guard group != nil || !listed.isEmpty else {
            throw .settings(field: "agents", reason: "say who is an agent: give agents, agents_group or both")
        }
        let numbers = listed.filter { Int($0) != nil }
        let users = RedmineUsers(client: client, settings: settings)
        roster = AgentRoster(listed: numbers) { () async throws(ConnectorError) in
            let named = try await users.numbers(ofLogins: listed.subtracting(numbers))
            guard let group else { return named }
            return named.union(try await users.members(ofGroup: group))
        }
    }

    /// Asks who we are, for statuses, agents and the number of issues.
    public func check() async throws(ConnectorError) -> CheckReport {
        try await identity.prove(client)
        let statuses = try await statuses.list()
        let resolved = settings[RedmineSettings.resolvedStatuses]
        guard !Set(resolved).isDisjoint(with: statuses.names.values) else {
            throw .settings(
                field: RedmineSettings.resolvedStatuses.field.key,
                reason: "no status is called \(resolved.joined(separator: " or ")); there are: "
                    + statuses.names.values.sorted().joined(separator: ", "))
        }
        var remarks = ["\(try await roster.agents().count) agents"]
        if settings[RedmineSettings.agentsGroup] != nil {
            remarks.append(TicketingSettings.remark(onAgentsOf: RedmineSettings.agentsGroup))
        }
        let issues = try await client.list("issues", client.filters, limit: 1)
        remarks.append(issues.total == 0 ? "our user sees no issue" : "\(issues.total) issues")
        if identity == .unchecked {
            remarks.append("a wrong key would not be noticed: the server may answer it with an empty list")
        }
        return CheckReport(source: "Redmine", remarks: remarks)
    }

    /// The next issues that changed, or all users.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case "tickets":
            let page = try await ticketPage(after: cursor)
            // Last, so that a key that lost its rights meanwhile is not taken for a lack of issues.
            try await identity.prove(client)
            return page
        case "users": return try await RedmineUsers(client: client, settings: settings).page()
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}

// MARK: - Tickets

extension RedmineConnector {
    private func ticketPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard var walk = try await walk(after: cursor) else { return Page(cursor: cursor, hasMore: false) }
        let step = try await RedmineChanges(client: client).next(walk)
        walk.pass(step.rows)
        var page = try await fold(step.rows)
        page.cursor = step.hasMore ? walk.cursor : walk.endCursor
        page.hasMore = step.hasMore
        return page
    }

    /// The walk that `cursor` is in, or a new one; nil where there is no issue at all.
    private func walk(after cursor: Cursor?) async throws(ConnectorError) -> RedmineWalk? {
        let state = try cursor.map { (cursor) throws(ConnectorError) in try RedmineWalk.State(cursor) }
        if case .inside(let walk) = state { return walk }
        guard let until = try await client.lastChange() else { return nil }
        guard case .ended(let last) = state else { return RedmineWalk(from: since, until: until) }
        let back = last.advanced(bySeconds: -Int(settings[TicketingSettings.overlap].components.seconds))
        return RedmineWalk(from: max(back, since ?? back), until: max(last, until))
    }

    private func fold(_ rows: [RedmineRow]) async throws(ConnectorError) -> Page {
        let fold = RedmineFold(
            settings: settings, statuses: try await statuses.list(), agents: try await roster.agents())
        var page = Page(cursor: nil, hasMore: false)
        for row in rows {
            // One that has gone since it was listed is found by the sweep.
            guard let json = try await client.issue(row.id) else { continue }
            guard let issue = page.value(of: json, RedmineIssue.init) else { continue }
            guard let record = page.value(of: json, { _ throws(JSONShapeError) in try fold.record(issue) }) else {
                continue
            }
            page.anomalies += record.anomalies
            page.records.append(
                SourceRecord(
                    id: record.id, version: SourceVersion(issue.updated.rfc3339),
                    json: record.json(with: fold.further(issue))))
        }
        return page
    }
}

// MARK: - Sweep and count

extension RedmineConnector: IdentifierListing, RecordCounting {
    /// The next numbers, ascending. For users, all of them.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == "tickets" else {
            let page = try await page(of: stream, after: cursor)
            return IdentifierPage(identifiers: page.records.map(\.id), cursor: nil, hasMore: false)
        }
        let page = try await RedmineSweep(client: client).page(after: cursor)
        try await identity.prove(client)
        return page
    }

    /// The server's total; nil for users.
    public func count(of stream: String) async throws(ConnectorError) -> Int? {
        guard stream == "tickets", since == nil else { return nil }
        return try await client.list("issues", client.filters, limit: 1).total
    }
}
