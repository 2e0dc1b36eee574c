import PlumblineKit
import TrytonServer

/// The stream `purchases`: orders, each with its lines, the departments that pay, and what was received.
struct TrytonPurchases: TrytonReading {
    let stream: TrytonStream
    private let client: TrytonClient
    private let overlap: Duration
    private let hasAnalyticAccounts: Bool

    static let description = StreamDescription(
        name: "purchases", help: LocalizedText(zh: "采购订单，含明细和到货", en: "Purchase orders with lines and receipts"),
        recordType: "purchase", deletions: [.fullList, .neverKnown], isIncremental: true,
        fields: [
            SourceField("id", "string", LocalizedText(zh: "编号", en: "Number")),
            SourceField("number", "string?", LocalizedText(zh: "订单号", en: "The order's number")),
            SourceField("reference", "string?", LocalizedText(zh: "供应商单号", en: "The supplier's reference")),
            SourceField(
                "state", "string",
                LocalizedText(zh: "状态", en: "draft, quotation, confirmed, processing, done or cancelled")),
            SourceField(
                "shipment_state", "string?",
                LocalizedText(zh: "到货状态", en: "none, waiting, partially shipped, received or exception")),
            SourceField("ordered_on", "date?", LocalizedText(zh: "下单日期", en: "Day of the order")),
            SourceField("promised_on", "date?", LocalizedText(zh: "承诺到货日期", en: "Day for which delivery was promised")),
            SourceField(
                "received_on", "date?",
                LocalizedText(zh: "全部到货的日期；未到齐为空", en: "Day on which the last of it came; null until then")),
            SourceField(
                "first_received_on", "date?", LocalizedText(zh: "首次到货日期", en: "Day on which the first of it came")),
            SourceField("amount", "number", LocalizedText(zh: "未税金额", en: "Amount without taxes")),
            SourceField("lines", "int", LocalizedText(zh: "明细行数", en: "How many lines it has")),
            SourceField(
                "departments", "list<string>",
                LocalizedText(zh: "分析科目编码，按明细顺序", en: "Codes of the analytic accounts, in the order of lines")),
            SourceField("quoted_by", "string?", LocalizedText(zh: "报价人编码", en: "Code of who quoted it")),
            SourceField("confirmed_by", "string?", LocalizedText(zh: "确认人编码", en: "Code of who confirmed it")),
        ])

    init(client: TrytonClient, settings: Settings, since: JSON?) {
        self.client = client
        overlap = settings[TrytonSettings.overlap]
        hasAnalyticAccounts = settings[TrytonConnector.analyticAccounts]
        stream = TrytonStream(
            "purchase.purchase",
            fields: [
                "number", "reference", "state", "shipment_state", "purchase_date", "delivery_date", "untaxed_amount",
                "quoted_by.party.code", "confirmed_by.party.code", "lines", "moves",
            ],
            domain: since.map { [["OR", ["purchase_date", ">=", $0], ["purchase_date", "=", .null]]] } ?? [],
            parts: [("lines.", "purchase.line"), ("lines.moves.", "stock.move")], client: client,
            pageSize: settings[TrytonSettings.pageSize])
    }

    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let rows = try await stream.changed(after: cursor, overlap: overlap)
        let lines = try await lines(of: rows.rows)
        let moves = try await client.rows(
            of: "stock.move", numbered: rows.rows.flatMap { Self.numbers($0["moves"]) },
            fields: ["state", "effective_date"])
        let departments = try await departments(of: lines)
        return rows.page { (row, id) throws(JSONShapeError) in
            let receipt = TrytonReceipt(row, moves: Self.numbers(row["moves"]).compactMap { moves[$0] })
            let own = Self.numbers(row["lines"]).compactMap { lines[$0] }
            return try Self.record(row, id: id, lines: own, departments: departments, receipt: receipt)
        }
    }

    private static func record(
        _ row: JSON, id: String, lines: [JSON], departments: [Int: String], receipt: TrytonReceipt
    ) throws(JSONShapeError) -> JSON {
        guard let amount = row["untaxed_amount"]?.trytonAmount else {
            throw JSONShapeError(reason: "has no amount 'untaxed_amount'")
        }
        let paying = lines.flatMap { numbers($0["analytic_accounts"]) }.compactMap { departments[$0] }
        let distinct = paying.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return [
            "id": .string(id),
            "number": .text(row.linkedText("number")),
            "reference": .text(row.linkedText("reference")),
            "state": .string(try row.requiredText("state")),
            "shipment_state": .text(row.linkedText("shipment_state")),
            "ordered_on": .text(row["purchase_date"]?.trytonDay),
            "promised_on": .text(row["delivery_date"]?.trytonDay),
            "received_on": .text(receipt.last),
            "first_received_on": .text(receipt.first),
            "amount": amount.json,
            "lines": .int(lines.count { $0["type"] == "line" }),
            "departments": .array(distinct.map(JSON.string)),
            "quoted_by": .text(row.linkedText("quoted_by.party.code")),
            "confirmed_by": .text(row.linkedText("confirmed_by.party.code")),
        ]
    }

    private func lines(of orders: [JSON]) async throws(ConnectorError) -> [Int: JSON] {
        let fields = ["type"] + (hasAnalyticAccounts ? ["analytic_accounts"] : [])
        return try await client.rows(
            of: "purchase.line", numbered: orders.flatMap { Self.numbers($0["lines"]) }, fields: fields)
    }

    /// The codes of analytic accounts by the numbers of the entries that lines have.
    private func departments(of lines: [Int: JSON]) async throws(ConnectorError) -> [Int: String] {
        let entries = try await client.rows(
            of: "analytic.account.entry", numbered: lines.values.flatMap { Self.numbers($0["analytic_accounts"]) },
            fields: ["account.code"])
        return entries.compactMapValues { $0.linkedText("account.code") }
    }

    private static func numbers(_ list: JSON?) -> [Int] { (list?.array ?? []).compactMap(\.int) }
}

/// When what an order ordered came.
struct TrytonReceipt {
    let first: String?
    /// Nil until everything came.
    let last: String?

    init(_ order: JSON, moves: [JSON]) {
        let open = moves.filter { $0["state"] != "cancelled" }
        let days = open.filter { $0["state"] == "done" }.compactMap { $0["effective_date"]?.trytonDay }
        first = days.min()
        last = order["shipment_state"] == "received" && days.count == open.count ? days.max() : nil
    }
}
