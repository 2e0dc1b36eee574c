import PlumblineKit
import TrytonServer

/// A line of a budget: an account, an amount, days.
struct ERPNextBudgetLine {
    let record: SourceRecord
    let account: String?
    /// First and last day: the line's own, or those of its fiscal year.
    let start: String?
    let end: String?

    init(_ record: SourceRecord) {
        self.record = record
        account = record.json["account"]?.string
        let year = record.json["year"]
        start = record.json["start"]?.string ?? year?["start"]?.string
        end = record.json["end"]?.string ?? year?["end"]?.string
    }

    /// The record with its days, its period and what was spent; null there where the budget is for something else than
    /// cost centers and projects.
    func completed(entries: [ERPNextEntry], tree: ERPNextTree) throws(JSONShapeError) -> SourceRecord {
        guard account != nil else { throw JSONShapeError(reason: "the line has no account") }
        guard let start, let end, LocalDay(start) != nil, LocalDay(end) != nil, start <= end else {
            throw JSONShapeError(reason: "neither the line nor its fiscal year tells its days")
        }
        guard var members = record.json.object else { return record }
        members["year"] = nil
        members["start"] = .string(start)
        members["end"] = .string(end)
        members["period"] = .text(PeriodName.of(start, end))
        members["actual"] = try sum(of: entries, from: start, through: end, tree)?.json ?? .null
        return SourceRecord(id: record.id, version: nil, json: .object(members))
    }

    /// Nil where it cannot be said which entries belong to the line.
    private func sum(
        of entries: [ERPNextEntry], from start: String, through end: String, _ tree: ERPNextTree
    ) throws(JSONShapeError) -> Amount? {
        let (against, company) = (record.json["against"]?.string, record.json["company"]?.string)
        let belongs: (ERPNextEntry) -> Bool
        switch (against, record.json["cost_center"]?.string, record.json["project"]?.string) {
        case ("Cost Center", let center?, _):
            guard let centers = tree.inside(center) else { return nil }
            belongs = { $0.costCenter.map(centers.contains) ?? false }
        case ("Project", _, let project?): belongs = { $0.project == project }
        default: return nil
        }
        var sum = Amount.zero
        for entry in entries where start <= entry.date && entry.date <= end && belongs(entry) {
            guard company == nil || entry.company == company else { continue }
            guard let next = sum.adding(entry.amount) else {
                throw JSONShapeError(reason: "what was posted is too much")
            }
            sum = next
        }
        return sum
    }
}

/// The tree of cost centers: what is spent in one counts for those above it, as ERPNext itself counts.
struct ERPNextTree {
    private var nodes: [String: (left: Int, right: Int)] = [:]

    /// Asks for no cost center where no line needs one.
    init(client: ERPNextClient, doctype: String, for lines: [ERPNextBudgetLine]) async throws(ConnectorError) {
        guard lines.contains(where: { $0.record.json["cost_center"]?.string != nil }) else { return }
        for row in try await client.list(.all(doctype, fields: ["lft", "rgt"], where: [])) {
            guard let name = row["name"]?.scalarText, let left = row["lft"]?.int, let right = row["rgt"]?.int else {
                throw .unexpected(reason: "\(doctype): one has no name, or no whole numbers lft and rgt")
            }
            nodes[name] = (left, right)
        }
    }

    /// A cost center and all beneath it; nil for one that we do not see.
    func inside(_ name: String) -> Set<String>? {
        guard let top = nodes[name] else { return nil }
        return Set(nodes.filter { top.left <= $0.value.left && $0.value.right <= top.right }.keys)
    }
}
