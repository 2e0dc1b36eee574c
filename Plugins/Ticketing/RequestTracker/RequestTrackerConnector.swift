public import PlumblineKit

/// Request Tracker 5 over REST 2.0: tickets, each folded from its history, and users.
///
/// - Shape: at most `page_size` tickets in a page, ascending by number, each once in a run; merged tickets come in
///   addition, with `merged_into_id`, together with the ticket that took them in.
/// - Unit: all times UTC; `first_reply_at` is the first `Correspond` by an agent who is not a requester.
/// - Rights: our user needs SeeQueue, ShowTicket and SeeCustomField in the queues, SeeGroup when `agents_group` is used,
///   and nothing that writes.
/// - Leaves out: deleted tickets, which the server hides from every search (a sweep finds that they are gone), texts of
///   replies, attachments, internal comments.
/// - Source: `RT/REST2.pm` and its resources, `RT/Tickets.pm`, `RT/Date.pm` (RT 5.0).
public struct RequestTrackerConnector: Connector {
    /// `ticketing.request-tracker`.
    public static let description = ConnectorDescription(
        id: "ticketing.request-tracker", family: .ticketing,
        name: LocalizedText(zh: "Request Tracker 工单系统", en: "Request Tracker"), apiVersion: "REST 2.0 (RT 5)",
        documentation: "https://docs.bestpractical.com/rt/latest/RT/REST2.html",
        settings: RequestTrackerSettings.all,
        streams: [
            StreamDescription(
                name: "tickets",
                help: LocalizedText(zh: "工单，含历史汇总", en: "Tickets with their history folded in"),
                recordType: "ticket", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: TicketRecord.fields),
            StreamDescription(
                name: "users", help: LocalizedText(zh: "用户，用于匹配账号", en: "Users, for matching accounts"),
                deletions: [.fullList, .neverKnown], isIncremental: false, fields: RequestTrackerUserList.fields),
        ])

    static let agentsGroupKey = RequestTrackerSettings.agentsGroup.field.key

    let settings: Settings
    let client: RequestTrackerClient
    let users: RequestTrackerUsers
    let since: Instant?
    private let roster: AgentRoster

    /// Refuses settings that name no agent, or a `since` that is no time.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        since = try TicketingSettings.start(settings)
        client = RequestTrackerClient(
            baseURL: settings[RequestTrackerSettings.baseURL], token: settings[RequestTrackerSettings.token],
            transport: context.transport, pageSize: settings[RequestTrackerSettings.pageSize])
        users = RequestTrackerUsers(client: client)
        let listed = Set(settings[TicketingSettings.agents])
        let group = settings[RequestTrackerSettings.agentsGroup]
        guard group != nil || !listed.isEmpty else {
            throw .settings(field: "agents", reason: "say who is an agent: give agents, agents_group or both")
        }
        roster = AgentRoster(listed: listed) { [users] () async throws(ConnectorError) in
            guard let group else { return [] }
            return try await users.members(of: group)
        }
    }

    /// Asks for version, agents, queues and the number of tickets.
    public func check() async throws(ConnectorError) -> CheckReport {
        let version = try await client.json(["rt"])["Version"]?.string
        let agents = try await roster.agents()
        let queues = try await client.items(["queues", "all"], [("fields", "Name")], perPage: 100)
        for queue in settings[RequestTrackerSettings.queues] { try await checkQueue(queue) }
        let tickets = try await client.tickets(filter(), perPage: 1)
        let visible =
            queues.total.map(String.init) ?? (queues.items.count < 100 ? "\(queues.items.count)" : "100 or more")
        var remarks = ["\(agents.count) agents", "\(visible) queues"]
        if settings[RequestTrackerSettings.agentsGroup] != nil {
            remarks.append(TicketingSettings.remark(onAgentsOf: RequestTrackerSettings.agentsGroup))
        }
        remarks.append(
            tickets.total.map { "\($0) tickets" }
                ?? "the server tells no total: it filters by right after the search, so completeness is not checked")
        return CheckReport(source: version.map { "Request Tracker \($0)" }, remarks: remarks)
    }

    /// The next tickets that changed, or the next users.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case "tickets": return try await ticketPage(after: cursor)
        case "users": return try await RequestTrackerUserList(client: client, settings: settings).page(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }

    private func checkQueue(_ name: String) async throws(ConnectorError) {
        do throws(ConnectorError) {
            let response = try await client.get(["queue", name])
            if response.isSuccess { return }
            guard response.status == 404 else { throw RequestTrackerClient.failure(response) }
        } catch {
            guard case .refused(status: 403, _) = error else { throw error }
        }
        throw .settings(field: "queues", reason: "there is no queue '\(name)' that our user may see")
    }
}

// MARK: - Tickets

extension RequestTrackerConnector {
    private func ticketPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard var walk = try await walk(after: cursor) else { return Page(cursor: cursor, hasMore: false) }
        let answer = try await client.tickets(
            filter(from: walk.from, behind: walk.id), fields: RequestTrackerTicket.columns, behind: walk.id,
            upTo: walk.last)
        var (tickets, rejected) = read(answer.items)
        try walk.pass(answer.items)
        let hasMore = answer.total.map { $0 > answer.items.count } ?? !answer.items.isEmpty
        tickets.removeAll { ticket in walk.from.map { ticket.updated < $0 } ?? false }
        var histories = try await histories(of: tickets)
        let merged = try await mergedTickets(into: tickets, histories)
        rejected += merged.rejected
        histories.merge(try await self.histories(of: merged.tickets)) { first, _ in first }
        tickets += merged.tickets
        return try await page(
            of: tickets, histories, rejected, cursor: hasMore ? walk.cursor : walk.endCursor, hasMore: hasMore)
    }

    /// The walk that `cursor` is in, or a new one; nil where there is no ticket at all.
    private func walk(after cursor: Cursor?) async throws(ConnectorError) -> RequestTrackerWalk? {
        let state = try cursor.map { (cursor) throws(ConnectorError) in try RequestTrackerWalk.State(cursor) }
        if case .inside(let walk) = state { return walk }
        guard let newest = try await client.lastChange(filter()) else { return nil }
        var from = since
        if case .ended(let last) = state {
            let back = last.advanced(bySeconds: -Int(settings[TicketingSettings.overlap].components.seconds))
            from = max(back, since ?? back)
        }
        let last = newest.tellsTotals ? nil : try await client.lastShown(filter(from: from))
        return RequestTrackerWalk(from: from, until: newest.at, last: last)
    }

    /// The query for all tickets behind a number, or for those that changed since a moment.
    func filter(from moment: Instant? = nil, behind id: Int = 0) -> String {
        var terms = ["id > \(id)"] + inQueues
        if let moment { terms.append("LastUpdated >= \(RequestTrackerClient.quoted(notAfter: moment))") }
        return terms.joined(separator: " AND ")
    }

    /// The condition on queues; none where all are read.
    var inQueues: [String] {
        let queues = settings[RequestTrackerSettings.queues].map { "Queue = \(RequestTrackerClient.quoted($0))" }
        return queues.isEmpty ? [] : ["(\(queues.joined(separator: " OR ")))"]
    }

    private func histories(
        of tickets: [RequestTrackerTicket]
    ) async throws(ConnectorError) -> [Int: [RequestTrackerTransaction]] {
        try await client.histories(
            of: tickets.map(\.id), withCustomFields: settings[RequestTrackerSettings.satisfactionField] != nil)
    }

    private func read(_ items: [JSON]) -> (tickets: [RequestTrackerTicket], rejected: [RejectedRecord]) {
        var tickets: [RequestTrackerTicket] = []
        var rejected: [RejectedRecord] = []
        for item in items {
            do throws(JSONShapeError) {
                tickets.append(try RequestTrackerTicket(item))
            } catch {
                let id = item["id"]?.scalarText ?? "without id"
                rejected.append(RejectedRecord(id: id, reason: error.reason, raw: item.bytes))
            }
        }
        return (tickets, rejected)
    }

    /// Tickets that were merged into these. Merging does not touch their update time, so the walk itself never meets
    /// them again.
    private func mergedTickets(
        into tickets: [RequestTrackerTicket], _ histories: [Int: [RequestTrackerTransaction]]
    ) async throws(ConnectorError) -> (tickets: [RequestTrackerTicket], rejected: [RejectedRecord]) {
        let targets = tickets.map(\.id).filter { histories[$0]?.contains(where: \.isMerge) ?? false }
        var tickets: [RequestTrackerTicket] = []
        var rejected: [RejectedRecord] = []
        for target in targets {
            var last = 0
            while true {
                let terms = ["EffectiveId = \(target)", "id != \(target)", "id > \(last)"] + inQueues
                let answer = try await client.tickets(
                    terms.joined(separator: " AND "), fields: RequestTrackerTicket.columns)
                let found = read(answer.items)
                tickets += found.tickets
                rejected += found.rejected
                guard let next = found.tickets.last?.id else { break }
                guard next > last else { throw .unexpected(reason: "the tickets merged into \(target) repeat") }
                last = next
            }
        }
        return (tickets, rejected)
    }

    private func page(
        of tickets: [RequestTrackerTicket], _ histories: [Int: [RequestTrackerTransaction]],
        _ rejected: [RejectedRecord], cursor: Cursor, hasMore: Bool
    ) async throws(ConnectorError) -> Page {
        let fold = RequestTrackerFold(
            meanings: RequestTrackerSettings.meanings(settings), agents: try await roster.agents(),
            spamQueues: Set(settings[RequestTrackerSettings.spamQueues]),
            satisfactionField: settings[RequestTrackerSettings.satisfactionField])
        var page = Page(rejected: rejected, cursor: cursor, hasMore: hasMore)
        for ticket in tickets {
            guard let history = histories[ticket.id] else {
                page.rejected.append(
                    RejectedRecord(
                        id: String(ticket.id), reason: "its history is not visible to our user (right ShowTicket)",
                        raw: ticket.json.bytes))
                continue
            }
            let record = fold.record(ticket, history: history, logins: try await logins(in: history))
            page.anomalies += record.anomalies
            // Of an entry that is always asked for: a version must not go back when a setting changes.
            let last = history.last { RequestTrackerTransaction.types.contains($0.type) }
            let version = last.map { SourceVersion(String($0.id)) }
            page.records.append(SourceRecord(id: record.id, version: version, json: record.json))
        }
        return page
    }

    private func logins(in history: [RequestTrackerTransaction]) async throws(ConnectorError) -> [Int: String?] {
        var logins: [Int: String?] = [:]
        for change in history where change.isOwnerChange {
            for number in [Int(change.old), Int(change.new)].compactMap(\.self) where logins[number] == nil {
                logins.updateValue(try await users.login(number), forKey: number)
            }
        }
        return logins
    }
}
