import ERPConnectors
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated YonBIP, the connector's settings for it, and what must be known of its documents in the end.
enum YonyouScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://gateway.example/iuap-api-gateway"), "token_url": .text("https://open.example"),
        "lookup_url": .text("https://directory.example"), "app_key": .text(YonyouEmulator.appKey),
        "app_secret": .secret(Secret(YonyouEmulator.appSecret)), "page_size": .text("4"),
        "budget_path": .text(YonyouEmulator.budgets), "timesheet_path": .text(YonyouEmulator.timesheets),
    ]

    /// A moment of 2026-07-01, so many minutes after midnight UTC.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func context(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant
    ) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: "Asia/Shanghai", utcOffset: { _ in 28_800 },
            hmacSHA256: { HMACSHA256.code(for: $0, key: $1) }, log: { _ in })
    }

    static func connector(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant, _ changes: [String: SettingInput] = [:]
    ) throws -> YonyouConnector {
        let settings = try Settings(settings.merging(changes) { $1 }, against: YonyouConnector.description.settings)
        return try YonyouConnector(settings: settings, context: context(transport, now: now))
    }

    /// A run to its end, with a connector of its own.
    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<YonyouEmulator>,
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        let connector = try connector(service, now: service.now, changes)
        try await ledger.run(connector) { service.wait(seconds: $0) }
    }

    static func server() -> YonyouEmulator {
        var server = YonyouEmulator()
        for path in YonyouEmulator.paths { server.lists[path] = YonyouEmulator.List() }
        server.lists[YonyouEmulator.staff]?.success = "00000"
        return server
    }

    /// Orders, claims and the rest, ten minutes apart; one document of each list is broken.
    static func full() -> YonyouEmulator {
        var server = server()
        for id in 1...7 { server.putOrder(id, lines: id % 4, at: minute(id * 10)) }
        server.change(YonyouEmulator.orders, 5) { $0.cells["oriMoney"] = ["broken": true] }
        for id in 11...16 { server.putClaim(id, at: minute(id * 10)) }
        server.change(YonyouEmulator.claims, 13) { $0.cells["nsummny"] = [] }
        for id in 21...26 { server.putHours(id, at: minute(id * 10)) }
        server.change(YonyouEmulator.timesheets, 23) { $0.cells["hours"] = [:] }
        for id in 31...35 { server.putBudget(id, at: minute(id * 10)) }
        server.change(YonyouEmulator.budgets, 33) { $0.cells["budgetMoney"] = [1] }
        for id in 41...46 { server.putEmployee(id, at: minute(id * 10)) }
        server.change(YonyouEmulator.staff, 44) { $0.cells["name"] = [:] }
        return server
    }

    /// What is known of each order: status, buyer, and the numbers and quantities of its lines.
    static func facts(_ server: YonyouEmulator) -> [String: [JSON]] {
        let rows = Dictionary(grouping: server.lists[YonyouEmulator.orders]?.rows ?? [], by: \.id)
        return rows.mapValues { rows in
            let lines = rows.filter { $0.cells["lineno"]?.isNull == false }
                .sorted { ($0.cells["lineno"]?.int ?? 0) < ($1.cells["lineno"]?.int ?? 0) }
                .map { JSON.array([.text($0.cells["lineno"]?.scalarText), $0.cells["subQty"] ?? .null]) }
            let first = rows.first?.cells ?? [:]
            return [first["status"] ?? .null, first["operator"] ?? .null, .array(lines)]
        }
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            let lines = (record.json["entries"]?.array ?? []).map { entry in
                JSON.array([entry["id"] ?? "missing", entry["quantity"] ?? "missing"])
            }
            return [record.json["status"] ?? "missing", record.json["purchaser"] ?? "missing", .array(lines)]
        }
    }

    /// The ledger holds exactly the emulator's orders, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<YonyouEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}

// MARK: - What people do

extension YonyouEmulator {
    static let orders = "/yonbip/scm/purchaseorder/list"
    static let claims = "/yonbip/znbz/rbsm/api/bill/expensebill/list"
    static let staff = "/yonbip/digitalModel/staff/list"
    static let budgets = "/yonbip/own/budget/list"
    static let timesheets = "/yonbip/own/timesheet/list"
    static let paths = [orders, claims, staff, budgets, timesheets]

    mutating func change(_ path: String, _ id: Int, _ change: (inout Row) -> Void) {
        for place in (lists[path]?.rows ?? []).indices where lists[path]?.rows[place].id == String(id) {
            guard var row = lists[path]?.rows[place] else { continue }
            change(&row)
            lists[path]?.rows[place] = row
        }
    }

    /// Puts an order in the place of one with the same number; its lines are a row each, and one without lines has a row too.
    mutating func putOrder(_ id: Int, lines: Int, at moment: Instant) {
        delete(Self.orders, id)
        let header: [String: JSON] = [
            "code": .string("CGDD\(id)"), "status": 1, "vouchdate": "2026-07-01 00:00:00",
            "operator": .string("staff-\(id % 5)"), "oriMoney": .number("1200.50"), "exchRate": 1,
            "creator": "somebody", "vendor_name": .string("供应商 \(id)"),
        ]
        let rows = (1...max(lines, 1)).map { line in
            Row(
                id: String(id), changed: moment,
                cells: header.merging(lines == 0 ? ["lineno": .null] : Self.line(line)) { $1 })
        }
        lists[Self.orders]?.rows += rows
    }

    private static func line(_ number: Int) -> [String: JSON] {
        [
            "lineno": .int(number * 10), "product_cCode": .string("M\(number)"), "subQty": .int(number + 1),
            "purchaseOrders_totalInSubqty": .number("0.0000"), "oriUnitPrice": .number("10.25"),
            "planArrivalDate": "2026-07-20 00:00:00", "purchaseOrders_inWHStatus": 2,
            "purchaseOrders_materialClassName": "办公用品",
        ]
    }

    mutating func approve(_ id: Int, status: Int, at moment: Instant) {
        change(Self.orders, id) {
            $0.cells["status"] = .int(status)
            $0.changed = moment
        }
    }

    /// Changes what is ordered in one line of an order, whose row alone moves.
    mutating func changeLine(_ id: Int, _ line: Int, at moment: Instant) {
        change(Self.orders, id) { row in
            guard row.cells["lineno"] == .int(line) else { return }
            row.cells["subQty"] = .int(line + 77)
            row.changed = moment
        }
    }

    mutating func delete(_ path: String, _ id: Int) { lists[path]?.rows.removeAll { $0.id == String(id) } }

    mutating func putClaim(_ id: Int, at moment: Instant) {
        let isApproved = id % 2 == 0
        lists[Self.claims]?.rows.append(
            Row(
                id: String(id), changed: moment,
                cells: [
                    "code": .string("BX-\(id)"), "status": isApproved ? 1 : 3, "vouchdate": "2026-07-02 00:00:00",
                    "creator": "emp01", "auditor": .string(isApproved ? "emp09" : ""),
                    "createTime": "2026-07-02 09:00:00",
                    "auditTime": isApproved ? "2026-07-03 10:30:00" : .null, "nsummny": .number("120.50"),
                    "vreason": "见客户",
                ]))
    }

    mutating func putHours(_ id: Int, at moment: Instant) {
        lists[Self.timesheets]?.rows.append(
            Row(
                id: String(id), changed: moment,
                cells: [
                    "status": 1, "vouchdate": "2026-07-06 00:00:00", "staff": "staff-4", "hours": .number("3.5"),
                    "project_code": .string("P\(id)"),
                ]))
    }

    mutating func putBudget(_ id: Int, at moment: Instant) {
        lists[Self.budgets]?.rows.append(
            Row(
                id: String(id), changed: moment,
                cells: [
                    "status": 1, "vouchdate": "2026-07-01 00:00:00", "dept_code": "SUP",
                    "account_code": .string("660\(id)"), "budgetMoney": .number("18000.00"),
                    "actualMoney": .number("17115.45"),
                ]))
    }

    mutating func putEmployee(_ id: Int, at moment: Instant) {
        lists[Self.staff]?.rows.append(
            Row(
                id: String(id), changed: moment,
                cells: [
                    "code": .string("E0\(id)"), "name": .string("员工 \(id)"), "email": .string("e\(id)@company.example"),
                    "mobile": "13900000000", "cert_no": "110101", "user_id": .string("user-\(id)"), "dept_name": "采购部",
                    "enable": 1, "dr": 0,
                ]))
    }
}
