public import PlumblineKit

/// Jira Cloud and Jira Service Management: issues, each folded from its history and comments, ratings and users.
///
/// - Shape: at most `page_size` issues in a page, ascending by `updated`; history, comments and SLAs are asked for issue by
///   issue. An issue that changes while the run reads may come once more, with its new state.
/// - Unit: all times UTC; accounts are `accountId`s; `first_reply_at` is the first comment by an agent who is not the
///   reporter, public in the service desk and not restricted to a role or group; ratings are 1 to 5. A status counts by
///   its category unless a setting names it. What a history does not tell to its end is null, and an anomaly.
/// - Rights: our user must see the projects; an agent's licence for SLAs and ratings, the right to browse users and groups
///   for `agents_groups` and the stream `users`. Limits: bursts for each call; the transport waits as `Retry-After` says.
/// - Leaves out: texts, attachments, links, worklogs, Data Center (whose search is another), deleted issues, of which the
///   server does not tell (a sweep finds that they are gone). `merged_into_id` and `due` are always null; SLAs are as they
///   stand when the issue is read.
/// - Not confirmed, and behind a setting: how dates in queries are read (`dates`), how far the search index lags behind
///   (`overlap`), whether a rating marks its issue as changed (`ratings_overlap`) and which field tells when it was given
///   (`satisfaction_date_field`), how late SLAs are set (`sla_overlap`), how many identifiers an answer may hold
///   (`sweep_size`), members of groups and the list of users. Not confirmed: that a status has a category, that a comment
///   marks its issue as changed, `statuscategorychangedate`, `jsdPublic` and `visibility` of comments, shapes of histories,
///   404 for what is no request or has no rating. Whether lists are in the order of seconds or of milliseconds makes no
///   difference; whether they show what the index knows or what is there makes one only where all of a page has changed since.
/// - Source: jira 3.10.5 (`jira/client.py`, `resilientsession.py`); jira.js reference (search, SLAs, comments, groups);
///   the pages on rate limiting of developer.atlassian.com.
public struct JiraConnector: Connector {
    /// `ticketing.jira`.
    public static let description = ConnectorDescription(
        id: "ticketing.jira", family: .ticketing, name: LocalizedText(zh: "Jira 与 Jira 服务管理", en: "Jira"),
        apiVersion: "Jira Cloud REST 3", documentation: "https://developer.atlassian.com/cloud/jira/platform/rest/v3/",
        settings: JiraSettings.all,
        streams: [
            StreamDescription(
                name: "tickets",
                help: LocalizedText(zh: "事务，含历史汇总", en: "Issues with their history and comments folded in"),
                recordType: "ticket", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: TicketRecord.fields + furtherFields + JiraAgreements.fields),
            StreamDescription(
                name: "ratings", help: LocalizedText(zh: "满意度评分", en: "Satisfaction ratings of requests"),
                recordType: "survey_response", deletions: [.neverKnown], isIncremental: true,
                fields: JiraRatings.fields),
            StreamDescription(
                name: "users", help: LocalizedText(zh: "用户，用于匹配账号", en: "Users, for matching accounts"),
                deletions: [.fullList, .neverKnown], isIncremental: false, fields: JiraUsers.fields),
        ])

    private static let furtherFields = [
        SourceField("key", "string", LocalizedText(zh: "事务键，如 SUP-7", en: "Key, such as SUP-7")),
        SourceField(
            "state", "string",
            LocalizedText(
                zh: "状态的含义：new、open、pending、solved 或 closed",
                en: "What the status means: new, open, pending, solved or closed")),
        SourceField(
            "status_category", "string?",
            LocalizedText(zh: "状态类别：new、indeterminate 或 done", en: "Category of the status: new, indeterminate or done")
        ),
        SourceField("issue_type", "string?", LocalizedText(zh: "事务类型", en: "Type of the issue")),
        SourceField("resolution", "string?", LocalizedText(zh: "解决结果", en: "Resolution")),
        SourceField("resolved", "time?", LocalizedText(zh: "解决结果的时间", en: "When the resolution was set")),
        SourceField("due_date", "string?", LocalizedText(zh: "到期日，如 2026-07-01", en: "Due date, such as 2026-07-01")),
        SourceField("labels", "list<string>", LocalizedText(zh: "标签", en: "Labels")),
    ]

    private let settings: Settings
    private let client: JiraClient
    private let identity: JiraIdentity
    private let dates: JiraDates
    private let since: Instant?
    private let statuses: JiraStatuses
    private let roster: AgentRoster

    /// Refuses settings that name no agent, or a `since` that is no time.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        since = try TicketingSettings.start(settings)
        let client = JiraClient(settings: settings, transport: context.transport)
        self.client = client
        dates = JiraDates(settings: settings, context: context)
        identity = JiraIdentity(client: client, dates: dates, now: context.now)
        statuses = JiraStatuses(client: client)
        let listed = Set(settings[JiraSettings.agents])
        let groups = settings[JiraSettings.agentsGroups]
        guard !groups.isEmpty || !listed.isEmpty else {
            throw .settings(field: "agents", reason: "say who is an agent: give agents, agents_groups or both")
        }
        roster = AgentRoster(listed: listed) { () async throws(ConnectorError) in
            try await Self.members(of: groups, client)
        }
    }

    /// Asks who we are, for agents, statuses and an issue, and for the SLAs of that.
    public func check() async throws(ConnectorError) -> CheckReport {
        try await identity.prove()
        var remarks = ["\(try await roster.agents().count) agents"]
        if !settings[JiraSettings.agentsGroups].isEmpty {
            remarks.append(TicketingSettings.remark(onAgentsOf: JiraSettings.agentsGroups))
        }
        remarks += try await remarksOnStatuses()
        let newest = try await client.search(
            "\(scope) ORDER BY created DESC", fields: ["created"], size: 1, after: nil
        ).items.first?["id"]?.scalarText
        guard let newest else { return CheckReport(source: "Jira", remarks: remarks + ["our user sees no issue"]) }
        if settings[JiraSettings.serviceManagement] { remarks += try await remarksOnAgreements(of: newest) }
        return CheckReport(source: "Jira", remarks: remarks)
    }

    /// The next issues that changed, ratings of those, or all users.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let page: Page
        switch stream {
        case "tickets": page = try await ticketPage(after: cursor)
        case "ratings": page = try await ratingPage(after: cursor)
        case "users": page = try await users.page()
        default: throw .unknownStream(stream, of: Self.description)
        }
        // Last, so that a token that ended meanwhile is not taken for a lack of issues.
        try await identity.prove()
        return page
    }
}

// MARK: - Tickets and ratings

extension JiraConnector {
    private var scope: String { JiraSettings.scope(settings) }

    private var users: JiraUsers { JiraUsers(client: client, types: Set(settings[JiraSettings.accountTypes])) }

    private func listing(by field: String, fields: [String], size: Int) -> JiraListing {
        JiraListing(
            client: client, identity: identity, dates: dates, scope: scope, field: field, fields: fields, size: size)
    }

    private func ticketPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let late = settings[JiraSettings.serviceManagement] ? settings[JiraSettings.slaOverlap] : .zero
        let walk = try await walk(after: cursor, back: max(settings[JiraSettings.overlap], late))
        let fields = JiraIssue.asked + settings[JiraSettings.customFields]
        return try await page(of: walk, reading: fields, fold)
    }

    private func ratingPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard settings[JiraSettings.serviceManagement] else {
            throw .settings(
                field: JiraSettings.serviceManagement.field.key,
                reason: "only requests of Jira Service Management have ratings: set it to true, or leave out ratings")
        }
        let walk = try await walk(after: cursor, back: settings[JiraSettings.ratingsOverlap])
        let dateField = settings[JiraSettings.satisfactionDateField]
        let fields = JiraRatings.asked + (dateField.map { [$0] } ?? [])
        return try await page(of: walk, reading: fields) { (rows) throws(ConnectorError) in
            // Replies are not read here, so that nobody needs to be an agent.
            let fold = JiraFold(settings: settings, statuses: try await statuses.list(), agents: [])
            return try await JiraRatings(client: client, fold: fold, dateField: dateField).page(rows)
        }
    }

    private func page(
        of start: JiraWalk, reading fields: [String], _ read: ([JiraRow]) async throws(ConnectorError) -> Page
    ) async throws(ConnectorError) -> Page {
        var walk = start
        let listing = listing(by: "updated", fields: fields, size: settings[JiraSettings.pageSize])
        let step = try await listing.next(walk, settled: settled(walk))
        walk.pass(step.rows, settled: settled(walk))
        var page = try await read(step.rows)
        page.cursor = step.hasMore ? walk.cursor : walk.endCursor
        page.hasMore = step.hasMore
        return page
    }

    /// What the index must know: rows that show a later moment may stand at an earlier one.
    private func settled(_ walk: JiraWalk) -> Instant? {
        walk.until?.advanced(bySeconds: -Int(settings[JiraSettings.overlap].components.seconds))
    }

    /// The walk that `cursor` is in, or a new one from `back` before the last one began.
    private func walk(after cursor: Cursor?, back: Duration) async throws(ConnectorError) -> JiraWalk {
        let state = try cursor.map { (cursor) throws(ConnectorError) in try JiraWalk.State(cursor) }
        if case .inside(let walk) = state { return walk }
        let until = try await identity.now()
        guard case .ended(let last) = state else { return JiraWalk(from: since, until: until) }
        let start = last.advanced(bySeconds: -Int(back.components.seconds))
        return JiraWalk(from: max(start, since ?? start), until: max(last, until))
    }

    private func fold(_ rows: [JiraRow]) async throws(ConnectorError) -> Page {
        let fold = JiraFold(settings: settings, statuses: try await statuses.list(), agents: try await roster.agents())
        var page = Page(cursor: nil, hasMore: false)
        for row in rows {
            guard let issue = page.value(of: row.json, JiraIssue.init) else { continue }
            // One that has gone since it was found is missed by the sweep.
            guard let changelog = try await client.changelog(of: issue.id),
                let comments = try await client.comments(of: issue.id)
            else { continue }
            let record = page.value(of: row.json) { _ throws(JSONShapeError) in
                try fold.record(issue, changelog: changelog, comments: comments)
            }
            guard let record else { continue }
            page.anomalies += record.anomalies
            let further = fold.further(issue) + (try await agreements(of: issue.id))
            page.records.append(
                SourceRecord(
                    id: record.id, version: SourceVersion(String(issue.updated.microseconds)),
                    json: record.json(with: further)))
        }
        return page
    }

    private func agreements(of issue: String) async throws(ConnectorError) -> [(String, JSON)] {
        guard settings[JiraSettings.serviceManagement] else { return JiraAgreements.none }
        return try await JiraAgreements(client: client, settings: settings).members(of: issue)
    }
}

// MARK: - Sweep

extension JiraConnector: IdentifierListing {
    /// The next identifiers in the order of creation. For users, all of them; ratings cannot be listed.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        switch stream {
        case "tickets":
            let page = try await sweep(after: cursor)
            try await identity.prove()
            return page
        case "users":
            let page = try await page(of: stream, after: nil)
            return IdentifierPage(identifiers: page.records.map(\.id), cursor: nil, hasMore: false)
        default: throw .settings(field: "deletes", reason: "'\(stream)' cannot be listed; tickets and users can")
        }
    }

    private func sweep(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        var walk = JiraWalk(from: nil, until: nil)
        if let cursor, case .inside(let place) = try JiraWalk.State(cursor) { walk = place }
        let size = settings[JiraSettings.sweepSize]
        let step = try await listing(by: "created", fields: ["created"], size: size).next(walk, settled: nil)
        walk.pass(step.rows, settled: nil)
        return IdentifierPage(
            identifiers: step.rows.map(\.id), cursor: step.hasMore ? walk.cursor : nil, hasMore: step.hasMore)
    }
}

// MARK: - Check

extension JiraConnector {
    private static func members(
        of groups: [String], _ client: JiraClient
    ) async throws(ConnectorError) -> Set<String> {
        var accounts: Set<String> = []
        for group in groups {
            let members = try await client.members(ofGroup: group) ?? []
            guard !members.isEmpty else {
                throw .settings(
                    field: JiraSettings.agentsGroups.field.key, reason: "the group '\(group)' shows no members")
            }
            accounts.formUnion(members.compactMap { $0["accountId"]?.string })
        }
        return accounts
    }

    /// A status that is in no workflow any more may still stand in histories, so a name that is not listed is no mistake.
    private func remarksOnStatuses() async throws(ConnectorError) -> [String] {
        let names = try await statuses.list().names
        return JiraSettings.ownStatuses(settings).compactMap { setting in
            let unknown = setting.names.filter { !names.contains($0) }
            if unknown.isEmpty { return nil }
            return "\(setting.key): no status is called \(unknown.joined(separator: " or ")) now; there are: "
                + names.sorted().joined(separator: ", ")
        }
    }

    private func remarksOnAgreements(of issue: String) async throws(ConnectorError) -> [String] {
        guard let agreements = try await client.agreements(of: issue) else {
            return ["issue \(issue), the newest, is no request of Jira Service Management: it has no SLAs"]
        }
        let names = agreements.compactMap { $0["name"]?.string }
        return [JiraSettings.firstReplySLA, JiraSettings.resolveSLA].filter { !names.contains(settings[$0]) }.map {
            "issue \(issue), the newest, has no SLA '\(settings[$0])'; it has: \(names.joined(separator: ", "))"
        }
    }
}
