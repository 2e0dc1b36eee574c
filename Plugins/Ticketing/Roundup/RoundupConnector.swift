public import PlumblineKit

/// Roundup 2 over REST: issues, each with its messages, and users.
///
/// - Shape: at most `page_size` issues in a page, ascending by `activity` and number. A run begins with one listing of
///   what changed and then reads that list in batches; what changes meanwhile is met by the next run.
/// - Unit: all times UTC; `first_reply_at` is the first message by an agent who is not the creator. Every message is
///   taken as public.
/// - Rights: our user needs "Rest Access", and to view issue, msg, status, priority and user.
/// - Leaves out: history, which REST does not show, hence owner intervals, pauses and the times of reopenings; when a
///   score was given; retired issues (a sweep finds that they are gone); texts and files.
/// - Source: `doc/rest.txt` and `roundup/rest.py` (Roundup 2.6).
public struct RoundupConnector: Connector {
    /// `ticketing.roundup`.
    public static let description = ConnectorDescription(
        id: "ticketing.roundup", family: .ticketing, name: LocalizedText(zh: "Roundup 工单系统", en: "Roundup"),
        apiVersion: "REST 1 (Roundup 2.6)", documentation: "https://www.roundup-tracker.org/docs/rest.html",
        settings: RoundupSettings.all,
        streams: [
            StreamDescription(
                name: "tickets", help: LocalizedText(zh: "工单，含消息汇总", en: "Issues with their messages folded in"),
                recordType: "ticket", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: TicketRecord.fields),
            StreamDescription(
                name: "users", help: LocalizedText(zh: "用户，用于匹配账号", en: "Users, for matching accounts"),
                deletions: [.fullList, .neverKnown], isIncremental: false, fields: RoundupUsers.fields),
        ])

    private let settings: Settings
    private let client: RoundupClient
    private let since: Instant?
    private let roster: AgentRoster
    private let changes: RoundupChanges

    /// Refuses settings that name no agent, or a `since` that is no time.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        since = try TicketingSettings.start(settings)
        let client = RoundupClient(
            baseURL: settings[RoundupSettings.baseURL], username: settings[RoundupSettings.username],
            password: settings[RoundupSettings.password], transport: context.transport)
        self.client = client
        changes = RoundupChanges(client: client)
        let listed = Set(settings[TicketingSettings.agents])
        let organisation = settings[RoundupSettings.agentsOrganisation]
        guard organisation != nil || !listed.isEmpty else {
            throw .settings(field: "agents", reason: "say who is an agent: give agents, agents_organisation or both")
        }
        roster = AgentRoster(listed: listed) { () async throws(ConnectorError) in
            guard let organisation else { return [] }
            return try await RoundupUsers(client: client).members(of: organisation)
        }
    }

    /// Asks for the agents, and whether issues have the properties that the settings name.
    public func check() async throws(ConnectorError) -> CheckReport {
        let agents = try await roster.agents()
        let issues = try await client.collection("issue", [("@page_size", "1"), ("@verbose", "0")])
        var remarks = ["\(agents.count) agents"]
        if settings[RoundupSettings.agentsOrganisation] != nil {
            remarks.append(TicketingSettings.remark(onAgentsOf: RoundupSettings.agentsOrganisation))
        }
        if let id = issues.items.first?["id"]?.scalarText.flatMap({ Int($0) }) {
            for named in RoundupSettings.namedProperties(settings) {
                try await checkProperty(named.property, of: id, setting: named.field)
            }
        } else {
            remarks.append("our user sees no issue")
        }
        return CheckReport(source: "Roundup", remarks: remarks)
    }

    /// The next issues that changed, or all users.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case "tickets": return try await ticketPage(after: cursor)
        case "users": return try await RoundupUsers(client: client).page()
        default: throw .unknownStream(stream, of: Self.description)
        }
    }

    private func checkProperty(_ name: String, of issue: Int, setting: String) async throws(ConnectorError) {
        let items: [JSON]
        do {
            items = try await client.items("issue", numbers: [issue], fields: [name])
        } catch {
            guard case .unexpected(let reason) = error else { throw error }
            throw .settings(field: setting, reason: "issues have no property '\(name)' (\(reason))")
        }
        guard items.allSatisfy({ $0[name] != nil }) else {
            throw .settings(field: setting, reason: "our user may not see the property '\(name)' of issues")
        }
    }
}

// MARK: - Tickets

extension RoundupConnector {
    private func ticketPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let mark = try cursor.map { (cursor) throws(ConnectorError) in try RoundupMark(cursor) }
        let start = mark?.steppedBack(by: settings[TicketingSettings.overlap])
        let step = try await changes.next(settings[RoundupSettings.pageSize], after: start, since: since)
        guard var last = step.marks.last else {
            return Page(rejected: step.rejected, cursor: mark?.atEnd.cursor, hasMore: false)
        }
        last.until = (mark?.isEnd == false ? mark?.until : nil) ?? step.newest
        last.isEnd = !step.hasMore
        var page = try await fold(numbers: step.marks.map(\.id))
        page.rejected += step.rejected
        page.cursor = last.cursor
        page.hasMore = step.hasMore
        return page
    }

    private func fold(numbers: [Int]) async throws(ConnectorError) -> Page {
        let properties = RoundupIssue.properties + RoundupSettings.namedProperties(settings).map(\.property)
        let fold = RoundupFold(settings: settings, agents: try await roster.agents())
        var page = Page(cursor: nil, hasMore: false)
        var issues: [RoundupIssue] = []
        for item in try await client.items("issue", numbers: numbers, fields: properties) {
            do throws(JSONShapeError) {
                issues.append(try RoundupIssue(item))
            } catch {
                let id = item["id"]?.scalarText ?? "without id"
                page.rejected.append(RejectedRecord(id: id, reason: error.reason, raw: item.bytes))
            }
        }
        let messages = try await messages(of: issues)
        for issue in issues {
            let found = issue.messages.compactMap { messages[$0] }
            let record = fold.record(issue, messages: found)
            page.anomalies += record.anomalies
            if found.count < issue.messages.count {
                let hidden = issue.messages.count - found.count
                page.anomalies.append(
                    Anomaly(id: record.id, reason: "\(hidden) of its messages are not visible to our user"))
            }
            page.records.append(
                SourceRecord(id: record.id, version: SourceVersion(issue.updated.rfc3339), json: record.json))
        }
        return page
    }

    private func messages(of issues: [RoundupIssue]) async throws(ConnectorError) -> [Int: RoundupMessage] {
        let numbers = Set(issues.flatMap(\.messages)).sorted()
        var messages: [Int: RoundupMessage] = [:]
        for item in try await client.items("msg", numbers: numbers, fields: ["author", "date"]) {
            guard let number = item["id"]?.scalarText.flatMap({ Int($0) }) else { continue }
            messages[number] = RoundupMessage(item)
        }
        return messages
    }
}

// MARK: - Sweep and count

extension RoundupConnector: IdentifierListing, RecordCounting {
    /// All numbers in one answer.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let classes = ["tickets": "issue", "users": "user"]
        guard let name = classes[stream] else { throw .unknownStream(stream, of: Self.description) }
        let list = try await client.collection(name, [("@verbose", "0"), ("@sort", "id")])
        guard list.isWhole else {
            throw .unexpected(reason: "the tracker cuts lists at its own limit, so a sweep would miss issues")
        }
        return IdentifierPage(identifiers: list.items.compactMap { $0["id"]?.scalarText }, cursor: nil, hasMore: false)
    }

    /// The length of the full list: the server's own total is wrong past the end and -1 above its limit.
    public func count(of stream: String) async throws(ConnectorError) -> Int? {
        guard stream == "tickets", since == nil else { return nil }
        let list = try await client.collection("issue", [("@verbose", "0")])
        return list.isWhole ? list.items.count : nil
    }
}
