import ERPConnectors
import Foundation
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated K3Cloud, the connector's settings for it, and what must be known of its bills in the end.
enum KingdeeScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://erp.example/k3cloud/"), "acct_id": .text("5eabc1234567"),
        "username": .text("tester"),
        "app_id": .secret(Secret(KingdeeEmulator.appID)), "app_secret": .secret(Secret(KingdeeEmulator.appSecret)),
        "page_size": .text("4"), "budget_form": .text("K_Budget"), "timesheet_form": .text("K_Timesheet"),
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
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: offset(in: zone),
            hmacSHA256: { HMACSHA256.code(for: $0, key: $1) }, log: { _ in })
    }

    static func connector(
        _ transport: any Transport, zone: String = "Asia/Shanghai", now: @escaping @Sendable () -> Instant,
        _ changes: [String: SettingInput] = [:]
    ) throws -> KingdeeConnector {
        let settings = try Settings(settings.merging(changes) { $1 }, against: KingdeeConnector.description.settings)
        return try KingdeeConnector(settings: settings, context: context(transport, zone: zone, now: now))
    }

    /// A run to its end, with a connector of its own.
    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<KingdeeEmulator>, zone: String = "Asia/Shanghai",
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        let connector = try connector(service, zone: zone, now: service.now, changes)
        try await ledger.run(connector) { service.wait(seconds: $0) }
    }

    static func server(zone: String = "Asia/Shanghai") -> KingdeeEmulator {
        var server = KingdeeEmulator()
        server.utcOffset = offset(in: zone)
        server.forms["PUR_PurchaseOrder"] = KingdeeEmulator.Form(entryKey: "FPOOrderEntry_FEntryId")
        server.forms["ER_ExpReimbursement"] = KingdeeEmulator.Form()
        server.forms["K_Budget"] = KingdeeEmulator.Form(entryKey: "FEntity_FEntryId")
        server.forms["K_Timesheet"] = KingdeeEmulator.Form(entryKey: "FEntity_FEntryId")
        server.forms["BD_Empinfo"] = KingdeeEmulator.Form()
        return server
    }

    /// Orders, claims and the rest, ten minutes apart; one bill of each form is broken.
    static func full() -> KingdeeEmulator {
        var server = server()
        for id in 1...7 { server.putOrder(id, lines: id % 4, at: minute(id * 10)) }
        server.forms["PUR_PurchaseOrder"]?.bills[5]?.header["FBillAmount"] = ["broken": true]
        for id in 11...16 { server.putClaim(id, at: minute(id * 10)) }
        server.forms["ER_ExpReimbursement"]?.bills[13]?.header["FLocExpAmountSum"] = []
        for id in 21...24 { server.putTimesheet(id, at: minute(id * 10)) }
        server.forms["K_Timesheet"]?.bills[23]?.header["FDate"] = [:]
        for id in 31...33 { server.putBudget(id, at: minute(id * 10)) }
        server.forms["K_Budget"]?.bills[33]?.entries[0].cells["FBudgetAmount"] = [1]
        for id in 41...46 { server.putEmployee(id, at: minute(id * 10)) }
        server.forms["BD_Empinfo"]?.bills[44]?.header["FName"] = [:]
        return server
    }

    /// What is known of each order: status, buyer, and the numbers and quantities of its entries.
    static func facts(_ server: KingdeeEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for (id, bill) in server.forms["PUR_PurchaseOrder"]?.bills ?? [:] {
            let entries = bill.entries.map { JSON.array([.string(String($0.id)), $0.cells["FQty"] ?? .null]) }
            facts[String(id)] = [
                bill.header["FDocumentStatus"] ?? .null, bill.header["FPurchaserId.FNumber"] ?? .null, .array(entries),
            ]
        }
        return facts
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            let entries = (record.json["entries"]?.array ?? []).map { entry in
                JSON.array([entry["id"] ?? "missing", entry["quantity"] ?? "missing"])
            }
            return [record.json["status"] ?? "missing", record.json["purchaser"] ?? "missing", .array(entries)]
        }
    }

    /// The ledger holds exactly the emulator's orders, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<KingdeeEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}

// MARK: - What people do

extension KingdeeEmulator {
    static let orders = "PUR_PurchaseOrder"

    mutating func putOrder(_ id: Int, lines: Int, at moment: Instant) {
        let header: [String: JSON] = [
            "FBillNo": .string("CGDD\(id)"), "FDocumentStatus": "C", "FDate": "2026-07-01T00:00:00",
            "FPurchaserId.FNumber": .string("E00\(id % 5)"), "FBillAmount": .number("1200.50"), "FCloseStatus": "A",
            "FCancelStatus": "A", "FPurchaseOrgId.FNumber": .string(id % 2 == 0 ? "100" : "O'Neil"),
        ]
        let entries = (0..<lines).map { line in Self.line(id * 100 + line, quantity: line + 1) }
        forms[Self.orders]?.bills[id] = Bill(header: header, entries: entries, modified: moment)
    }

    private static func line(_ id: Int, quantity: Int) -> Entry {
        Entry(
            id: id,
            cells: [
                "FMaterialId.FNumber": .string("M\(id)"), "FQty": .int(quantity), "FStockInQty": .number("0.0000"),
                "FPrice": .number("10.25"), "FDeliveryDate": "2026-07-20T00:00:00",
            ])
    }

    mutating func approve(_ id: Int, status: String, at moment: Instant) {
        forms[Self.orders]?.bills[id]?.header["FDocumentStatus"] = .string(status)
        forms[Self.orders]?.bills[id]?.modified = moment
    }

    mutating func addLine(to id: Int, _ line: Int, at moment: Instant) {
        forms[Self.orders]?.bills[id]?.entries.append(Self.line(line, quantity: line % 7 + 1))
        forms[Self.orders]?.bills[id]?.entries.sort { $0.id < $1.id }
        forms[Self.orders]?.bills[id]?.modified = moment
    }

    mutating func removeFirstLine(of id: Int, at moment: Instant) {
        guard forms[Self.orders]?.bills[id]?.entries.isEmpty == false else { return }
        forms[Self.orders]?.bills[id]?.entries.removeFirst()
        forms[Self.orders]?.bills[id]?.modified = moment
    }

    mutating func delete(_ id: Int) { forms[Self.orders]?.bills[id] = nil }

    mutating func putClaim(_ id: Int, at moment: Instant) {
        let isApproved = id % 2 == 0
        let header: [String: JSON] = [
            "FBillNo": .string("FYBX\(id)"), "FDocumentStatus": isApproved ? "C" : "B", "FDate": "2026-07-02T00:00:00",
            "FProposerID.FNumber": "E003", "FApproverId.FNumber": isApproved ? "E001" : " ",
            "FCreateDate": "2026-07-02T09:00:00.457", "FOrgID.FNumber": "100",
            "FApproveDate": isApproved ? "2026-07-03T10:30:00.12" : "0001-01-01T00:00:00",
            "FLocExpAmountSum": .number("880.00"),
        ]
        forms["ER_ExpReimbursement"]?.bills[id] = Bill(header: header, modified: moment)
    }

    mutating func putTimesheet(_ id: Int, at moment: Instant) {
        let header: [String: JSON] = [
            "FDocumentStatus": "C", "FDate": "2026-07-06T00:00:00", "FEmpId.FNumber": "E004", "FOrgId.FNumber": "100",
        ]
        let entries = (1...2).map { line in
            Entry(id: id * 100 + line, cells: ["FHours": .number("3.5"), "FProjectId.FNumber": .string("P\(line)")])
        }
        forms["K_Timesheet"]?.bills[id] = Bill(header: header, entries: entries, modified: moment)
    }

    mutating func putBudget(_ id: Int, at moment: Instant) {
        let header: [String: JSON] = [
            "FDocumentStatus": "C", "FDate": "2026-07-01T00:00:00", "FDeptId.FNumber": "SUP", "FOrgId.FNumber": "100",
        ]
        let entries = (1...2).map { line in
            Entry(
                id: id * 100 + line,
                cells: [
                    "FAccountId.FNumber": .string("660\(line)"), "FBudgetAmount": .number("18000.00"),
                    "FActualAmount": .number("17115.45"),
                ])
        }
        forms["K_Budget"]?.bills[id] = Bill(header: header, entries: entries, modified: moment)
    }

    mutating func putEmployee(_ id: Int, at moment: Instant) {
        forms["BD_Empinfo"]?.bills[id] = Bill(
            header: ["FNumber": .string("E0\(id)"), "FName": .string("员工 \(id)"), "FUseOrgId.FNumber": "100"],
            modified: moment)
    }
}
