public import PlumblineKit

/// Zendesk Support and its help center: tickets, each folded from its audits, satisfaction ratings, articles and users.
///
/// - Shape: at most `page_size` tickets in a page, in the order in which the system counted their changes; audits are
///   asked for ticket by ticket. What changed in the minute before a request comes with a later run.
/// - Unit: all times UTC; `first_reply_at` is the first public comment by an agent who is not the requester; accounts and
///   groups are numbers.
/// - Rights: an administrator's API token, or an OAuth token with the scope `read`. Limits: 10 requests a minute for
///   exports, 200 to 2500 for the account; the transport waits as `Retry-After` says.
/// - Leaves out: texts, times of SLAs, the surveys that replace the older ratings, articles that are archived (they
///   vanish from the list), who last edited an article and how many tickets it is linked to. `merged_into_id` is always
///   null.
/// - Not confirmed, and behind a setting: with which status deleted tickets come (`deleted_status`), what `start_time` of
///   ratings looks at (`ratings_overlap`). Not confirmed: that `CommentPrivacyChange` names the comment by its event's
///   number, that votes and drafts are as the page Articles says.
/// - Source: airbyte-source-zendesk-support 4.9.1, zenpy 2.0.57; pages Incremental Exports, Ticket Audits, Ticket Audit
///   events reference, Satisfaction Ratings and Articles of developer.zendesk.com.
public struct ZendeskConnector: Connector {
    /// `ticketing.zendesk`.
    public static let description = ConnectorDescription(
        id: "ticketing.zendesk", family: .ticketing, name: LocalizedText(zh: "Zendesk 客服系统", en: "Zendesk"),
        apiVersion: "API v2", documentation: "https://developer.zendesk.com/api-reference/",
        settings: ZendeskSettings.all,
        streams: [
            StreamDescription(
                name: "tickets",
                help: LocalizedText(zh: "工单，含历史汇总", en: "Tickets with their audits folded in"),
                recordType: "ticket", deletions: [.reported, .neverKnown], isIncremental: true,
                fields: TicketRecord.fields + furtherFields),
            StreamDescription(
                name: "ratings", help: LocalizedText(zh: "满意度评价", en: "Satisfaction ratings"),
                recordType: "survey_response", deletions: [.neverKnown], isIncremental: true,
                fields: ZendeskRatings.fields),
            StreamDescription(
                name: "articles", help: LocalizedText(zh: "知识库文章", en: "Articles of the help center"),
                recordType: "kb_article", deletions: [.fullList, .neverKnown], isIncremental: false,
                fields: ZendeskArticles.fields),
            StreamDescription(
                name: "users",
                help: LocalizedText(zh: "客服与管理员，用于匹配账号", en: "Agents and administrators, for matching accounts"),
                deletions: [.neverKnown], isIncremental: true, fields: ZendeskUsers.fields),
        ])

    private static let furtherFields = [
        SourceField("tags", "list<string>", LocalizedText(zh: "标签", en: "Tags")),
        SourceField("type", "string?", LocalizedText(zh: "类型", en: "Type")),
        SourceField("channel", "string?", LocalizedText(zh: "渠道", en: "Channel")),
    ]

    private let settings: Settings
    private let client: ZendeskClient
    private let since: Instant?
    private let now: @Sendable () -> Instant
    private let roster: AgentRoster

    /// Refuses a `since` that is no time.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        since = try TicketingSettings.start(settings)
        let client = ZendeskClient(settings: settings, transport: context.transport)
        self.client = client
        now = context.now
        let listed = Set(settings[ZendeskSettings.agents])
        let groups = Set(settings[ZendeskSettings.agentsGroups])
        roster = AgentRoster(listed: listed) { () async throws(ConnectorError) in
            if groups.isEmpty, !listed.isEmpty { return [] }
            return try await Self.members(of: groups, client)
        }
    }

    /// Asks for the agents, and whether ratings and articles may be read.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks = ["\(try await roster.agents().count) agents"]
        for (name, path) in [
            ("satisfaction_ratings", ["satisfaction_ratings"]), ("articles", ["help_center", "articles"]),
        ] {
            do throws(ConnectorError) {
                _ = try await client.list(name, path, after: nil, size: 1)
            } catch {
                guard case .refused(let status, _) = error, status != 401 else { throw error }
                remarks.append("\(name) cannot be read: the plan lacks the feature or our user the right (\(status))")
            }
        }
        return CheckReport(source: "Zendesk", remarks: remarks)
    }

    /// The next tickets, ratings, articles or users.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case "tickets": return try await ticketPage(after: cursor)
        case "ratings":
            return try await ZendeskRatings(
                client: client, since: since, overlap: settings[ZendeskSettings.ratingsOverlap], now: now()
            ).page(after: cursor)
        case "articles": return try await ZendeskArticles(client: client).page(after: cursor)
        case "users": return try await userPage(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }

    /// The numbers of who is in one of `groups`; in any where none is named.
    private static func members(
        of groups: Set<String>, _ client: ZendeskClient
    ) async throws(ConnectorError) -> Set<String> {
        let memberships = try await client.all("group_memberships", ["group_memberships"])
        let members = memberships.filter { membership in
            groups.isEmpty || membership["group_id"]?.scalarText.map(groups.contains) ?? false
        }.compactMap { $0["user_id"]?.scalarText }
        guard !members.isEmpty else {
            throw .settings(
                field: ZendeskSettings.agentsGroups.field.key,
                reason: "no agent is in \(groups.isEmpty ? "any group" : groups.sorted().joined(separator: " or "))")
        }
        return Set(members)
    }
}

// MARK: - Exports

extension ZendeskConnector {
    private func ticketPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let export = try await export("tickets", from: since, after: cursor)
        var page = page(of: export, after: cursor)
        let fold = ZendeskFold(settings: settings, agents: try await roster.agents())
        for item in export.items {
            guard let ticket = page.value(of: item, ZendeskTicket.init) else { continue }
            if fold.meanings.deleted.contains(ticket.status) {
                page.deleted.append(
                    DeletedRecord(id: String(ticket.id), version: SourceVersion(String(ticket.generated))))
                continue
            }
            // One that has gone since it was exported comes again, as deleted.
            guard let audits = try await client.audits(of: ticket.id) else { continue }
            let record = page.value(of: item) { _ throws(JSONShapeError) in try fold.record(ticket, audits: audits) }
            guard let record else { continue }
            page.anomalies += record.anomalies
            page.records.append(
                SourceRecord(
                    id: record.id, version: SourceVersion(String(ticket.generated)),
                    json: record.json(with: fold.further(ticket))))
        }
        return page
    }

    private func userPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        // All of them, whatever `since` says: who has not changed for long still owns tickets.
        let export = try await export("users", from: nil, after: cursor)
        var page = page(of: export, after: cursor)
        let users = ZendeskUsers(roles: Set(settings[ZendeskSettings.userRoles]))
        page.records = export.items.compactMap { page.value(of: $0, users.record) ?? nil }
        return page
    }

    private func page(of export: ZendeskClient.Export, after cursor: Cursor?) -> Page {
        Page(cursor: export.cursor.map { Cursor(["after": .string($0)]) } ?? cursor, hasMore: !export.isAtEnd)
    }

    private func export(
        _ name: String, from since: Instant?, after cursor: Cursor?
    ) async throws(ConnectorError) -> ZendeskClient.Export {
        let start = start(since)
        guard let cursor else { return try await client.export(name, after: nil, since: start) }
        guard let after = try cursor.state()["after"]?.string else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        return try await client.export(name, after: after, since: start)
    }

    /// Whole seconds since 1970. Without `since`, a moment before there was a Zendesk; at least a minute ago.
    private func start(_ since: Instant?) -> Int64 {
        let earliest = since.map { $0.microseconds / 1_000_000 } ?? Self.beginning
        return min(earliest, now().microseconds / 1_000_000 - 60)
    }

    /// 2007-01-01T00:00:00Z.
    private static let beginning: Int64 = 1_167_609_600
}

// MARK: - Sweep

extension ZendeskConnector: IdentifierListing {
    /// The next numbers of articles. The other streams cannot be listed.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == "articles" else {
            throw .settings(field: "deletes", reason: "'\(stream)' cannot be listed; only articles can")
        }
        return try await ZendeskArticles(client: client).identifiers(after: cursor)
    }
}
