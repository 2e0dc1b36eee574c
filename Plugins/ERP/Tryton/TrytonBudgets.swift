import PlumblineKit
import TrytonServer

/// The stream `budget_lines`: what an analytic account may spend in a period, and what was posted to it.
///
/// What was spent changes without the budget's knowing, so every run reads all lines. The server's own `actual_amount`
/// counts drafts too; here only what is posted counts.
struct TrytonBudgets: TrytonReading {
    let stream: TrytonStream
    private let client: TrytonClient

    static let description = StreamDescription(
        name: "budget_lines",
        help: LocalizedText(zh: "分析预算行及已过账的实际金额", en: "Lines of analytic budgets, with what was posted"),
        recordType: "budget_line", deletions: [.fullList, .neverKnown], isIncremental: false,
        fields: [
            SourceField("id", "string", LocalizedText(zh: "编号", en: "Number")),
            SourceField("budget", "string", LocalizedText(zh: "预算名称", en: "Name of the budget")),
            SourceField(
                "period", "string?",
                LocalizedText(
                    zh: "期间，如 2026-07、2026-Q3；起止日期不成期间时为空",
                    en: "The period, such as 2026-07 or 2026-Q3; null where the dates make none")),
            SourceField("start_date", "date", LocalizedText(zh: "开始日期", en: "First day")),
            SourceField("end_date", "date", LocalizedText(zh: "结束日期", en: "Last day")),
            SourceField("account", "string", LocalizedText(zh: "分析科目编码", en: "Code of the analytic account")),
            SourceField("account_name", "string?", LocalizedText(zh: "分析科目名称", en: "Name of the analytic account")),
            SourceField(
                "amount", "number?", LocalizedText(zh: "预算金额；未填为空", en: "What may be spent; null where none was given")),
            SourceField("actual", "number", LocalizedText(zh: "已过账借方减贷方", en: "Posted debit minus credit")),
        ])

    init(client: TrytonClient, settings: Settings, since: JSON?) {
        self.client = client
        stream = TrytonStream(
            "analytic_account.budget.line",
            fields: [
                "budget.name", "budget.start_date", "budget.end_date", "account.code", "account.name", "amount",
            ],
            domain: [["account.type", "=", "normal"]] + (since.map { [["budget.end_date", ">=", $0]] } ?? []),
            client: client, pageSize: settings[TrytonSettings.pageSize])
    }

    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let rows = try await stream.all(after: cursor)
        let postings = try await TrytonPostings(for: rows.rows, client: client)
        return rows.page { (row, id) throws(JSONShapeError) in try Self.record(row, id: id, postings: postings) }
    }

    private static func record(_ row: JSON, id: String, postings: TrytonPostings) throws(JSONShapeError) -> JSON {
        guard let start = row.linked("budget.start_date")?.trytonDay, let end = row.linked("budget.end_date")?.trytonDay
        else { throw JSONShapeError(reason: "the budget has no dates") }
        let account = row.linked("account.id")?.int ?? 0
        return [
            "id": .string(id),
            "budget": .string(try row.requiredText("budget.name")),
            "period": .text(PeriodName.of(start, end)),
            "start_date": .string(start),
            "end_date": .string(end),
            "account": .string(try row.requiredText("account.code")),
            "account_name": .text(row.linkedText("account.name")),
            "amount": row["amount"]?.trytonAmount?.json ?? .null,
            "actual": try postings.sum(of: account, from: start, through: end).json,
        ]
    }
}

/// What was posted to the accounts of some budget lines.
struct TrytonPostings {
    private var lines: [Int: [(day: String, amount: Amount)]] = [:]

    init(for budgetLines: [JSON], client: TrytonClient) async throws(ConnectorError) {
        let accounts = Set(budgetLines.compactMap { $0.linked("account.id")?.int }).sorted()
        let first = budgetLines.compactMap { $0.linked("budget.start_date")?.trytonDay }.min()
        let last = budgetLines.compactMap { $0.linked("budget.end_date")?.trytonDay }.max()
        guard let first, let last, !accounts.isEmpty else { return }
        let domain: [JSON] = [
            ["account", "in", .array(accounts.map(JSON.int))], ["move_line.move.state", "=", "posted"],
            ["date", ">=", .tryton(day: first)], ["date", "<=", .tryton(day: last)],
        ]
        for row in try await client.allRows(
            of: "analytic_account.line", where: domain, fields: ["account", "date", "debit", "credit"])
        {
            guard let account = row["account"]?.int, let day = row["date"]?.trytonDay,
                let debit = row["debit"]?.trytonAmount, let credit = row["credit"]?.trytonAmount,
                let amount = debit.adding(credit.negated)
            else {
                throw .unexpected(
                    reason: "analytic line \(row["id"]?.scalarText ?? "?") has no account, date or amounts")
            }
            lines[account, default: []].append((day, amount))
        }
    }

    /// Debit minus credit of an account, both days included.
    func sum(of account: Int, from first: String, through last: String) throws(JSONShapeError) -> Amount {
        var sum = Amount.zero
        for line in lines[account] ?? [] where first <= line.day && line.day <= last {
            guard let next = sum.adding(line.amount) else {
                throw JSONShapeError(reason: "what was posted is too much")
            }
            sum = next
        }
        return sum
    }
}

/// Names of review periods.
enum PeriodName {
    /// `2026-07`, `2026-Q3`, `2026-H2` or `2026` where two days are the first and last of one; else nil.
    static func of(_ start: String, _ end: String) -> String? {
        let (from, through) = (start.split(separator: "-"), end.split(separator: "-"))
        guard from.count == 3, through.count == 3, from[0] == through[0], from[2] == "01",
            let first = Int(from[1]), let last = Int(through[1]), first <= last, isLastDay(end)
        else { return nil }
        switch last - first + 1 {
        case 1: return "\(from[0])-\(from[1])"
        case 3 where last % 3 == 0: return "\(from[0])-Q\(last / 3)"
        case 6 where last % 6 == 0: return "\(from[0])-H\(last / 6)"
        case 12: return String(from[0])
        default: return nil
        }
    }

    private static func isLastDay(_ day: String) -> Bool {
        Instant(rfc3339: day + "T00:00:00Z")?.advanced(bySeconds: 86_400).rfc3339.dropFirst(8).hasPrefix("01") == true
    }
}
