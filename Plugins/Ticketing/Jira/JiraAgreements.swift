import PlumblineKit

/// When a request was to be answered and solved, by the SLAs of Jira Service Management; as they stand when they are
/// asked for.
struct JiraAgreements {
    let client: JiraClient
    let firstReply: String
    let resolve: String

    static let fields = [
        SourceField(
            "first_reply_due", "time?",
            LocalizedText(zh: "首次响应 SLA 的到期时间", en: "When the first response is due by the SLA")),
        SourceField(
            "first_reply_breached", "bool?",
            LocalizedText(zh: "首次响应 SLA 是否违约", en: "Whether the first response broke the SLA")),
        SourceField(
            "resolve_due", "time?",
            LocalizedText(
                zh: "解决 SLA 的到期时间；计时暂停时为空", en: "When the solution is due by the SLA; null while its clock is paused")),
        SourceField(
            "resolve_breached", "bool?", LocalizedText(zh: "解决 SLA 是否违约", en: "Whether the solution broke the SLA")),
    ]

    init(client: JiraClient, settings: Settings) {
        self.client = client
        firstReply = settings[JiraSettings.firstReplySLA]
        resolve = settings[JiraSettings.resolveSLA]
    }

    /// Nothing for an issue that is no request.
    func members(of issue: String) async throws(ConnectorError) -> [(String, JSON)] {
        let agreements = try await client.agreements(of: issue) ?? []
        let answer = agreements.first { $0["name"]?.string == firstReply }.flatMap(Self.first)
        let solution = agreements.first { $0["name"]?.string == resolve }.flatMap(Self.last)
        return Self.members("first_reply", answer) + Self.members("resolve", solution)
    }

    /// What there is of it where nothing is read.
    static let none = members("first_reply", nil) + members("resolve", nil)

    private static func members(_ name: String, _ cycle: JSON?) -> [(String, JSON)] {
        [
            ("\(name)_due", .time(moment(cycle?["breachTime"]))),
            ("\(name)_breached", cycle?["breached"]?.bool.map(JSON.bool) ?? .null),
        ]
    }

    /// A first response is given once: the first cycle counts, whatever was begun anew.
    private static func first(_ agreement: JSON) -> JSON? {
        completed(agreement).first ?? ongoing(agreement)
    }

    /// A request that was reopened is to be solved again: the cycle that runs counts, else the last one.
    private static func last(_ agreement: JSON) -> JSON? {
        ongoing(agreement) ?? completed(agreement).last
    }

    private static func ongoing(_ agreement: JSON) -> JSON? {
        agreement["ongoingCycle"].flatMap { $0.object == nil ? nil : $0 }
    }

    private static func completed(_ agreement: JSON) -> [JSON] {
        (agreement["completedCycles"]?.array ?? []).sorted { (start($0) ?? .max) < (start($1) ?? .max) }
    }

    private static func start(_ cycle: JSON) -> Int64? { moment(cycle["startTime"])?.microseconds }

    private static func moment(_ date: JSON?) -> Instant? {
        date?["epochMillis"]?.int.map { Instant(microseconds: Int64($0) * 1000) }
    }
}
