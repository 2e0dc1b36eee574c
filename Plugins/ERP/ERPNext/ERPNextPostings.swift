import PlumblineKit
import TrytonServer

/// Gives lines of budgets their days, and what was posted to their accounts in these days.
///
/// ERPNext keeps no sum with a budget. Entries of the ledger are asked for a month and some accounts at a time, each
/// month in one answer: names of entries change in the background, so that pages of them could lose or double some.
struct ERPNextPostings {
    let client: ERPNextClient
    let settings: Settings

    static let doctype = Setting<String>.text(
        "ledger_doctype", default: "GL Entry",
        LocalizedText(zh: "总账分录：DocType 名称", en: "Entries of the ledger: name of the DocType"))
    static let fields = Setting<[String: String]>.map(
        "ledger_fields",
        default: [
            "account": "account", "cost_center": "cost_center", "project": "project", "company": "company",
            "date": "posting_date", "debit": "debit", "credit": "credit", "voucher": "voucher_type",
            "cancelled": "is_cancelled",
        ],
        LocalizedText(
            zh: "总账分录：成员对应的字段名；没有 is_cancelled 的旧版本把 cancelled 写空",
            en: "Entries of the ledger: members by names of fields; old versions have no is_cancelled: leave it empty"))
    static let excluded = Setting<[String]>.list(
        "ledger_excluded", default: ["Period Closing Voucher"],
        LocalizedText(
            zh: "不计入实际金额的凭证类型：年末结转会把损益类科目清零",
            en: "Types of vouchers that are not counted: closing a year takes what was spent out of its accounts"))
    static let costCenters = Setting<String>.text(
        "cost_center_doctype", default: "Cost Center",
        LocalizedText(zh: "成本中心：DocType 名称", en: "Cost centers: name of the DocType"))

    static let all: [SettingField] = [doctype.field, fields.field, excluded.field, costCenters.field]

    /// Adds the lines with `start`, `end`, `period` and `actual`; what has no days or amounts that cannot be added is
    /// rejected.
    func complete(_ records: [SourceRecord], into page: inout Page) async throws(ConnectorError) {
        let lines = records.map(ERPNextBudgetLine.init)
        let tree = try await ERPNextTree(client: client, doctype: settings[Self.costCenters], for: lines)
        let entries = try await entries(for: lines)
        for line in lines {
            do throws(JSONShapeError) {
                page.records.append(try line.completed(entries: entries[line.account ?? ""] ?? [], tree: tree))
            } catch {
                page.rejected.append(
                    RejectedRecord(id: line.record.id, reason: error.reason, raw: line.record.json.bytes))
            }
        }
    }

    /// Entries by their accounts.
    private func entries(for lines: [ERPNextBudgetLine]) async throws(ConnectorError) -> [String: [ERPNextEntry]] {
        let accounts = Set(lines.compactMap(\.account)).sorted()
        guard let first = lines.compactMap(\.start).min(), let last = lines.compactMap(\.end).max() else { return [:] }
        let members = try ERPNextForm.members(Self.fields, settings)
        var entries: [String: [ERPNextEntry]] = [:]
        for start in stride(from: 0, to: accounts.count, by: 20) {
            let batch = Array(accounts[start..<min(start + 20, accounts.count)])
            for month in ERPNextMonths.of(first, last) {
                for entry in try await self.entries(batch, in: month, members) {
                    entries[entry.account, default: []].append(entry)
                }
            }
        }
        return entries
    }

    private func entries(
        _ accounts: [String], in month: ClosedRange<String>, _ members: [(member: String, field: String)]
    ) async throws(ConnectorError) -> [ERPNextEntry] {
        let names = Dictionary(members.map { ($0.member, $0.field) }) { first, _ in first }
        guard let account = names["account"], let date = names["date"] else {
            throw .settings(field: Self.fields.field.key, reason: "say the fields account and date")
        }
        var filters: [JSON] = [
            [.string(account), "in", .array(accounts.map(JSON.string))],
            [.string(date), ">=", .string(month.lowerBound)], [.string(date), "<=", .string(month.upperBound)],
        ]
        if let cancelled = names["cancelled"] { filters.append([.string(cancelled), "=", 0]) }
        let excluded = Set(settings[Self.excluded])
        var entries: [ERPNextEntry] = []
        for row in try await client.list(.all(settings[Self.doctype], fields: members.map(\.field), where: filters)) {
            do throws(JSONShapeError) {
                let entry = try ERPNextEntry(.object(JSONObject(members.read(from: row))))
                if !excluded.contains(entry.voucher ?? "") { entries.append(entry) }
            } catch {
                throw .unexpected(
                    reason: "\(settings[Self.doctype]) \(row["name"]?.scalarText ?? "?"): \(error.reason)")
            }
        }
        return entries
    }
}

/// An entry of the ledger.
struct ERPNextEntry {
    let account: String
    let company: String?
    let costCenter: String?
    let project: String?
    let date: String
    let voucher: String?
    let amount: Amount

    /// Debit minus credit, both of which must be there.
    init(_ json: JSON) throws(JSONShapeError) {
        account = try json.string(at: "account")
        date = try json.string(at: "date")
        company = json["company"]?.string
        costCenter = json["cost_center"]?.string
        project = json["project"]?.string
        voucher = json["voucher"]?.string
        guard let debit = Amount(try json.text(at: "debit")), let credit = Amount(try json.text(at: "credit")),
            let amount = debit.adding(credit.negated)
        else { throw JSONShapeError(reason: "debit and credit are no amounts") }
        self.amount = amount
    }
}

/// The months between two days.
enum ERPNextMonths {
    /// First and last day of each, the first from `first` on, the last until `last`.
    static func of(_ first: String, _ last: String) -> [ClosedRange<String>] {
        var months: [ClosedRange<String>] = []
        var next = LocalDay(first)
        while let start = next, start.text <= last, months.count < 1200 {
            let month = start.text.prefix(7)
            var end = start
            while end.advanced(by: 1).text.prefix(7) == month, end.text < last { end = end.advanced(by: 1) }
            months.append(start.text...end.text)
            next = end.advanced(by: 1)
        }
        return months
    }
}
