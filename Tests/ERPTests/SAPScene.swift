import ERPConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated S/4HANA, the connector's settings for it in either version, and what must be known in the end.
enum SAPScene {
    static let versions = SAPVersion.allCases

    private static let sets = [
        ("purchase", "A_PurchaseOrder"), ("budget", "Budgets"), ("timesheet", "Timesheets"), ("approval", "Approvals"),
        ("employee", "User"),
    ]

    static func settings(_ version: SAPVersion) -> [String: SettingInput] {
        var settings: [String: SettingInput] = [
            "base_url": .text(SAPEmulator.host), "username": .text("PLUMBLINE"), "client": .text("100"),
            "password": .secret(Secret("hunter22")), "language": .text("EN"),
            "budget_keys": .list(["FiscalYear", "FiscalPeriod", "CostCenter", "CostElement"]),
        ]
        for (name, set) in sets {
            settings["\(name)_service"] = .text(service(version))
            settings["\(name)_set"] = .text(set)
            settings["\(name)_protocol"] = .text(version == .v2 ? "v2" : "v4")
        }
        return settings
    }

    static func service(_ version: SAPVersion) -> String {
        version == .v2 ? SAPEmulator.v2 + "TEST_SRV" : SAPEmulator.v4 + "sap/test/srvd_a2x/sap/test/0001"
    }

    static let oauth: [String: SettingInput] = [
        "access": .text("client_credentials"), "token_url": .text(SAPEmulator.host + "/oauth/token"),
        "client_id": .text("app"), "client_secret": .secret(Secret("s3cr3t-word")),
    ]

    /// Changes of orders by the day alone.
    static let byDay: [String: SettingInput] = [
        "purchase_change": .map(["field": "LastChangeDate", "type": "date"])
    ]

    /// A moment of 2026-07-01, so many minutes after midnight UTC.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func offset(in zone: String) -> @Sendable (Instant) -> Int {
        let rules = TimeZone(identifier: zone)
        return { moment in
            rules?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.microseconds / 1_000_000))) ?? 0
        }
    }

    static func context(
        _ transport: any Transport, zone: String = "Asia/Shanghai", now: @escaping @Sendable () -> Instant
    ) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: offset(in: zone), log: { _ in })
    }

    static func connector(
        _ transport: any Transport, _ version: SAPVersion, zone: String = "Asia/Shanghai",
        now: @escaping @Sendable () -> Instant, _ changes: [String: SettingInput] = [:]
    ) throws -> SAPConnector {
        let input = settings(version).merging(changes) { $1 }
        let settings = try Settings(input, against: SAPConnector.description.settings)
        return try SAPConnector(settings: settings, context: context(transport, zone: zone, now: now))
    }

    /// A run to its end, with a connector of its own.
    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<SAPEmulator>, _ version: SAPVersion,
        zone: String = "Asia/Shanghai", _ changes: [String: SettingInput] = [:]
    ) async throws {
        let connector = try connector(service, version, zone: zone, now: service.now, changes)
        try await ledger.run(connector) { service.wait(seconds: $0) }
    }

    static func server(zone: String = "Asia/Shanghai") -> SAPEmulator {
        var server = SAPEmulator()
        server.sets = [
            "A_PurchaseOrder": SAPEmulator.EntitySet(keys: ["PurchaseOrder"]),
            "Budgets": SAPEmulator.EntitySet(keys: ["FiscalYear", "FiscalPeriod", "CostCenter", "CostElement"]),
            "Timesheets": SAPEmulator.EntitySet(keys: ["TimeSheetRecord"]),
            "Approvals": SAPEmulator.EntitySet(keys: ["ApprovalID"]),
            "User": SAPEmulator.EntitySet(keys: ["userId"]),
        ]
        return server
    }

    static func orders(_ count: Int) -> SAPEmulator {
        var server = server()
        for id in 1...count { server.putOrder(id, lines: id % 4, at: minute(id / 3)) }
        return server
    }

    /// Orders and the rest, ten minutes apart; one entity of each set is broken.
    static func full() -> SAPEmulator {
        var server = server()
        for id in 1...7 { server.putOrder(id, lines: id % 4, at: minute(id * 10)) }
        server.set("A_PurchaseOrder", 5, "PurchaseOrderDate", .raw(["broken": true]))
        for id in 11...16 { server.putApproval(id, at: minute(id * 10)) }
        server.set("Approvals", 13, "CreationDateTime", .raw("soon"))
        for id in 21...25 { server.putTimesheet(id, at: minute(id * 10)) }
        server.set("Timesheets", 23, "RecordedHours", .raw("eight"))
        for id in 31...35 { server.putBudget(id) }
        server.set("Budgets", 33, "BudgetAmount", .raw([1]))
        for id in 41...46 { server.putUser(id) }
        server.set("User", 44, "hireDate", .raw(true))
        return server
    }

    /// What is known of each order: company, and the numbers and quantities of its items.
    static func facts(_ server: SAPEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for row in server.sets["A_PurchaseOrder"]?.rows ?? [] {
            guard case .text(let id)? = row["PurchaseOrder"], case .items(let items)? = row["to_PurchaseOrderItem"]
            else { continue }
            let quantities = items.map { item in
                JSON.array([item["PurchaseOrderItem"]?.json(.v4) ?? .null, item["OrderQuantity"]?.json(.v4) ?? .null])
            }
            facts[id] = [row["CompanyCode"]?.json(.v4) ?? .null, .array(quantities)]
        }
        return facts
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            let items = (record.json["items"]?.array ?? []).map { item in
                JSON.array([item["id"] ?? "missing", item["quantity"] ?? "missing"])
            }
            return [record.json["company"] ?? "missing", .array(items)]
        }
    }

    /// The ledger holds exactly the emulator's orders, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<SAPEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}

// MARK: - What people do

extension SAPEmulator {
    mutating func put(_ set: String, _ row: [String: SAPValue]) {
        guard let keys = sets[set]?.keys else { return }
        sets[set]?.rows.removeAll { old in keys.allSatisfy { old[$0] == row[$0] } }
        sets[set]?.rows.append(row)
    }

    mutating func set(_ set: String, _ id: Int, _ field: String, _ value: SAPValue) {
        guard let place = sets[set]?.rows.firstIndex(where: { $0["Number"] == .long(id) }) else { return }
        sets[set]?.rows[place][field] = value
    }

    mutating func delete(_ id: Int) { sets["A_PurchaseOrder"]?.rows.removeAll { $0["Number"] == .long(id) } }

    mutating func putOrder(_ id: Int, lines: Int, at moment: Instant, zone: String = "Asia/Shanghai") {
        let items = (0..<lines).map { Self.line(10 * ($0 + 1), quantity: $0 + 1) }
        put(
            "A_PurchaseOrder",
            [
                "Number": .long(id), "PurchaseOrder": .text(String(id)), "PurchaseOrderType": "NB",
                "CompanyCode": .text(id % 2 == 0 ? "1010" : "O'Neil"), "PurchasingGroup": .text("G0\(id % 5)"),
                "CreatedByUser": "CB0001", "PurchaseOrderDate": .day("2026-07-01"), "DocumentCurrency": "CNY",
                "ReleaseIsNotCompleted": .flag(false), "PurchasingDocumentDeletionCode": "",
                "to_PurchaseOrderItem": .items(items), "LastChangeDateTime": .moment(moment),
                "LastChangeDate": Self.day(of: moment, zone), "LastChangeLocal": Self.local(moment, zone),
            ])
    }

    private static func line(_ id: Int, quantity: Int) -> [String: SAPValue] {
        [
            "PurchaseOrderItem": .text(String(id)), "Material": .text("M\(id)"), "MaterialGroup": "L001",
            "OrderQuantity": .decimal(String(quantity)), "PurchaseOrderQuantityUnit": "EA",
            "NetPriceAmount": .decimal("10.25"), "NetAmount": .decimal("\(10 * quantity).50"),
            "IsCompletelyDelivered": .flag(false), "PurchasingDocumentDeletionCode": "",
        ]
    }

    private static func day(of moment: Instant, _ zone: String) -> SAPValue {
        .day(LocalDay(of: moment, secondsAhead: SAPScene.offset(in: zone)(moment)).text)
    }

    private static func local(_ moment: Instant, _ zone: String) -> SAPValue {
        .local(moment.advanced(bySeconds: SAPScene.offset(in: zone)(moment)))
    }

    /// Changes an order: another company, and a change of its quantities.
    mutating func change(_ id: Int, company: String, at moment: Instant, zone: String = "Asia/Shanghai") {
        set("A_PurchaseOrder", id, "CompanyCode", .text(company))
        touch(id, at: moment, zone)
    }

    mutating func setLines(_ id: Int, _ lines: Int, at moment: Instant) {
        let items = (0..<lines).map { Self.line(10 * ($0 + 1), quantity: $0 + 7) }
        set("A_PurchaseOrder", id, "to_PurchaseOrderItem", .items(items))
        touch(id, at: moment, "Asia/Shanghai")
    }

    /// Gives an item, counted from 0, a code of deletion.
    mutating func mark(_ id: Int, item: Int, _ code: String) {
        let row = sets["A_PurchaseOrder"]?.rows.first { $0["Number"] == .long(id) }
        guard case .items(var items)? = row?["to_PurchaseOrderItem"] else { return }
        items[item]["PurchasingDocumentDeletionCode"] = .text(code)
        set("A_PurchaseOrder", id, "to_PurchaseOrderItem", .items(items))
    }

    private mutating func touch(_ id: Int, at moment: Instant, _ zone: String) {
        set("A_PurchaseOrder", id, "LastChangeDateTime", .moment(moment))
        set("A_PurchaseOrder", id, "LastChangeDate", Self.day(of: moment, zone))
        set("A_PurchaseOrder", id, "LastChangeLocal", Self.local(moment, zone))
    }

    mutating func putApproval(_ id: Int, at moment: Instant) {
        let isDecided = id % 2 == 0
        put(
            "Approvals",
            [
                "Number": .long(id), "ApprovalID": .text(String(id)), "ApprovalType": "purchase",
                "RequestedByUser": "E003", "ApprovedByUser": isDecided ? "E001" : .null,
                "CreationDateTime": .moment(moment), "ApprovalStatus": isDecided ? "APPROVED" : "WAITING",
                "DecisionDateTime": isDecided ? .moment(moment.advanced(bySeconds: 3600)) : .null,
                "LastChangeDateTime": .moment(moment),
            ])
    }

    mutating func putTimesheet(_ id: Int, at moment: Instant) {
        put(
            "Timesheets",
            [
                "Number": .long(id), "TimeSheetRecord": .text(String(id)), "PersonWorkAgreementExternalID": "E004",
                "TimeSheetDate": .day("2026-07-06"), "RecordedHours": .decimal("3.50"), "WBSElement": "P2",
                "TimeSheetStatus": "30", "LastChangeDateTime": .moment(moment), "Span": .time(12_600),
            ])
    }

    mutating func putBudget(_ id: Int) {
        put(
            "Budgets",
            [
                "Number": .long(id), "FiscalYear": "2026", "FiscalPeriod": "007",
                "CostCenter": .text("CC\(id)"), "CostElement": "660200", "BudgetAmount": .decimal("18000.00"),
                "ActualAmount": .decimal("17115.45"), "Currency": "CNY",
            ])
    }

    mutating func putUser(_ id: Int) {
        put(
            "User",
            [
                "Number": .long(id), "userId": .text("u\(id)"), "empId": .text("E0\(id)"),
                "defaultFullName": .text("员工 \(id)"), "email": .text("e\(id)@plumb.example"), "department": "Support",
                "title": "Agent", "manager": id == 41 ? .null : .entity(["userId": "u41"]),
                "hireDate": .day("2024-03-01"),
                "status": "t",
            ])
    }
}

extension SAPValue: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .text(value) }
}
