public import PlumblineKit

/// GLPI over its REST API of the first version: tickets, each folded from its followups and solutions; ratings and users.
///
/// - Shape: at most `page_size` tickets in a page, in the order of their last change; each takes four requests. Ratings and
///   users are read as a whole. A session lasts for a page.
/// - Unit: times are read in the connection's zone, which must be the server's (or our user's); of an hour that clocks show
///   twice, the first is taken. Accounts are numbers of users; `first_reply_at` is the first public followup or solution by
///   an agent who did not ask, and each of them is a reply; ratings are 0 to `rating_max`. Numbers may come as text.
/// - Rights: a profile that sees all tickets, followups and users; results of all its entities are read.
/// - Leaves out: texts, tasks, documents, the log (so `reopened_at`, `reopen_count`, `pause_intervals` and
///   `owner_intervals` are null), tickets in the trash (a sweep finds that they are gone).
/// - Not confirmed, and behind a setting: members of groups (`agents_groups`), scales of ratings other than 5
///   (`rating_max`). Numbers of search options are asked for. Not confirmed: columns of followups (`sourceitems_id` of those
///   that came with a merged ticket among them), solutions, satisfaction and users; that a followup marks its ticket as
///   changed.
/// - Source: glpi-api 0.7.0 (`glpi_api.py`); `apirest.md` of glpi-project/glpi.
public struct GLPIConnector: Connector {
    /// `ticketing.glpi`.
    public static let description = ConnectorDescription(
        id: "ticketing.glpi", family: .ticketing, name: LocalizedText(zh: "GLPI 服务台", en: "GLPI"),
        apiVersion: "REST, apirest.php (GLPI 10)",
        documentation: "https://github.com/glpi-project/glpi/blob/main/apirest.md", settings: GLPISettings.all,
        streams: [
            StreamDescription(
                name: "tickets",
                help: LocalizedText(zh: "工单，含跟进与解决方案", en: "Tickets with their followups and solutions folded in"),
                recordType: "ticket", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: TicketRecord.fields + GLPIFold.furtherFields),
            StreamDescription(
                name: "ratings", help: LocalizedText(zh: "满意度评价", en: "Satisfaction ratings"),
                recordType: "survey_response", deletions: [.fullList, .neverKnown], isIncremental: false,
                fields: GLPILists.ratingFields),
            StreamDescription(
                name: "users", help: LocalizedText(zh: "用户，用于匹配账号", en: "Users, for matching accounts"),
                deletions: [.fullList, .neverKnown], isIncremental: false, fields: GLPILists.userFields),
        ])

    private let settings: Settings
    private let client: GLPIClient
    private let clock: GLPIClock
    private let since: Instant?
    private let roster: AgentRoster

    /// Refuses settings that name no agent, or a `since` that is no time.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        since = try TicketingSettings.start(settings)
        let client = GLPIClient(settings: settings, context: context)
        self.client = client
        clock = GLPIClock(utcOffset: context.utcOffset)
        let listed = Set(settings[GLPISettings.agents])
        let groups = settings[GLPISettings.agentsGroups]
        guard !groups.isEmpty || !listed.isEmpty else {
            throw .settings(field: "agents", reason: "say who is an agent: give agents, agents_groups or both")
        }
        roster = AgentRoster(listed: listed) { () async throws(ConnectorError) in
            try await Self.members(of: groups, client)
        }
    }

    /// Begins a session, asks for agents and the number of tickets.
    public func check() async throws(ConnectorError) -> CheckReport {
        try await inSession { () throws(ConnectorError) in
            var remarks = ["\(try await roster.agents().count) agents"]
            if !settings[GLPISettings.agentsGroups].isEmpty {
                remarks.append(TicketingSettings.remark(onAgentsOf: GLPISettings.agentsGroups))
            }
            let total = try await total()
            remarks.append(total == 0 ? "our user sees no ticket" : "\(total) tickets")
            return CheckReport(source: "GLPI", remarks: remarks)
        }
    }

    /// The next tickets that changed, all ratings, or all users.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await inSession { () throws(ConnectorError) in
            switch stream {
            case "tickets": return try await ticketPage(after: cursor)
            case "ratings": return try await lists.ratings()
            case "users": return try await lists.users()
            default: throw .unknownStream(stream, of: Self.description)
            }
        }
    }

    private var lists: GLPILists {
        GLPILists(client: client, clock: clock, ratingMax: settings[GLPISettings.ratingMax])
    }

    /// Ends the session that `ask` began, whatever came of it.
    private func inSession<Answer: Sendable>(
        _ ask: () async throws(ConnectorError) -> Answer
    ) async throws(ConnectorError) -> Answer {
        do throws(ConnectorError) {
            let answer = try await ask()
            await client.end()
            return answer
        } catch {
            await client.end()
            throw error
        }
    }

    private static func members(
        of groups: [String], _ client: GLPIClient
    ) async throws(ConnectorError) -> Set<String> {
        var users: Set<String> = []
        for group in groups {
            let members = try await client.all(["Group", group, "Group_User"]) ?? []
            guard !members.isEmpty else {
                throw .settings(
                    field: GLPISettings.agentsGroups.field.key, reason: "the group '\(group)' shows no members")
            }
            users.formUnion(members.compactMap { $0["users_id"]?.scalarText })
        }
        return users
    }
}

// MARK: - Tickets

extension GLPIConnector {
    private func ticketPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        var walk = try await walk(after: cursor)
        let changes = GLPIChanges(
            client: client, size: settings[GLPISettings.pageSize], range: settings[GLPISettings.range])
        let step = try await changes.next(walk)
        walk.pass(step.rows, clock)
        var page = try await fold(step.rows.filter(isWanted))
        page.cursor = step.hasMore ? walk.cursor : walk.endCursor
        page.hasMore = step.hasMore
        return page
    }

    /// Not before `since`, however its time is read.
    private func isWanted(_ row: GLPIRow) -> Bool {
        guard let since, let latest = clock.latest(row.changed) else { return true }
        return latest >= since
    }

    /// The walk that `cursor` is in, or a new one.
    private func walk(after cursor: Cursor?) async throws(ConnectorError) -> GLPIWalk {
        let state = try cursor.map { (cursor) throws(ConnectorError) in try GLPIWalk.State(cursor) }
        if case .inside(let walk) = state { return walk }
        let until = try await client.now()
        guard case .ended(let last) = state else {
            return GLPIWalk(from: since.map(clock.text(notAfter:)), until: until)
        }
        let back = last.advanced(bySeconds: -Int(settings[TicketingSettings.overlap].components.seconds))
        return GLPIWalk(from: clock.text(notAfter: max(back, since ?? back)), until: max(last, until))
    }

    private func fold(_ rows: [GLPIRow]) async throws(ConnectorError) -> Page {
        let fold = GLPIFold(agents: try await roster.agents())
        var page = Page(cursor: nil, hasMore: false)
        for row in rows {
            // One that has gone since it was found, or into the trash, is missed by the sweep.
            let path = ["Ticket", String(row.id)]
            guard let json = try await client.item(path), json["is_deleted"]?.glpiFlag != true,
                let people = try await client.all(path + ["Ticket_User"]),
                let followups = try await client.all(path + ["ITILFollowup"]),
                let solutions = try await client.all(path + ["ITILSolution"])
            else { continue }
            let record = page.value(of: json.only(GLPITicket.asked)) { json throws(JSONShapeError) in
                let ticket = try GLPITicket(
                    json, people: people, followups: followups, solutions: solutions, clock: clock)
                return (try fold.record(ticket), fold.further(ticket))
            }
            guard let (record, further) = record else { continue }
            page.anomalies += record.anomalies
            page.records.append(SourceRecord(id: record.id, version: nil, json: record.json(with: further)))
        }
        return page
    }
}

// MARK: - Sweep and count

extension GLPIConnector: IdentifierListing, RecordCounting {
    /// The next numbers of tickets, ascending. Of ratings and users, all.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == "tickets" else {
            let page = try await page(of: stream, after: cursor)
            return IdentifierPage(identifiers: page.records.map(\.id), cursor: nil, hasMore: false)
        }
        return try await inSession { () throws(ConnectorError) in
            try await GLPISweep(client: client, size: settings[GLPISettings.range]).page(after: cursor)
        }
    }

    /// The server's total; nil for ratings and users.
    public func count(of stream: String) async throws(ConnectorError) -> Int? {
        guard stream == "tickets", since == nil else { return nil }
        return try await inSession { () throws(ConnectorError) in try await total() }
    }

    private func total() async throws(ConnectorError) -> Int {
        try await client.search(by: "Ticket.id", changedAfter: nil, offset: 0, size: 2)?.total ?? 0
    }
}
