import ERPConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated Odoo, the connector's settings for it over either interface, and what must be known of its orders in the end.
enum OdooScene {
    /// Both interfaces, which all tests of reading go over.
    static let protocols = ["json-2", "json-rpc"]

    static func settings(_ wire: String, _ changes: [String: SettingInput] = [:]) -> [String: SettingInput] {
        let settings: [String: SettingInput] = [
            "base_url": .text("https://odoo.example"), "protocol": .text(wire), "database": .text("company"),
            "username": .text("gateway"), "api_key": .secret(Secret(OdooEmulator.key)), "page_size": .text("3"),
            "training_models": .list(["event.event"]),
        ]
        return settings.merging(changes) { $1 }
    }

    /// A moment of 2026-07-01, so many minutes after midnight UTC, and 437 milliseconds.
    static func minute(_ minute: Int) -> Instant {
        let midnight = FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
        return Instant(microseconds: midnight.microseconds + 437_000)
    }

    /// So many years of 365 days before.
    static func yearsAgo(_ years: Int) -> Instant { minute(-years * 365 * 1440) }

    static func context(
        _ transport: any Transport, zone: String = "Asia/Shanghai", now: @escaping @Sendable () -> Instant
    ) -> ConnectorContext {
        let rules = TimeZone(identifier: zone)
        return ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone,
            utcOffset: { moment in
                rules?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.microseconds / 1_000_000))) ?? 0
            }, log: { _ in })
    }

    static func connector(
        _ transport: any Transport, _ wire: String, zone: String = "Asia/Shanghai",
        now: @escaping @Sendable () -> Instant, _ changes: [String: SettingInput] = [:]
    ) throws -> OdooConnector {
        let settings = try Settings(settings(wire, changes), against: OdooConnector.description.settings)
        return try OdooConnector(settings: settings, context: context(transport, zone: zone, now: now))
    }

    /// A run to its end, with a connector of its own.
    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<OdooEmulator>, _ wire: String,
        zone: String = "Asia/Shanghai", _ changes: [String: SettingInput] = [:]
    ) async throws {
        let connector = try connector(service, wire, zone: zone, now: service.now, changes)
        try await ledger.run(connector) { service.wait(seconds: $0) }
    }

    /// All records of a stream, by identifier.
    static func records(
        _ stream: String, of server: OdooEmulator, _ wire: String = "json-2", _ changes: [String: SettingInput] = [:]
    ) async throws -> [String: JSON] {
        let service = EmulatedService(server)
        var ledger = StreamLedger(stream)
        try await run(&ledger, service, wire, changes)
        #expect(service.system.faults == [])
        return ledger.records.mapValues(\.json)
    }

    /// What is known of each order: state, buyer, its lines and its receipts.
    static func facts(_ server: OdooEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for (id, row) in server.models["purchase.order"]?.rows ?? [:] {
            func rows(_ model: String, _ link: String, _ field: String) -> JSON {
                let ids = (row.values[link]?.array ?? []).compactMap(\.int)
                return .array(ids.map { [.int($0), server.models[model]?.rows[$0]?.values[field] ?? "gone"] })
            }
            let buyer = row.values["user_id"]?.int.map { JSON.string(account(of: $0, in: server)) } ?? .null
            facts[String(id)] = [
                row.values["state"] ?? .null, buyer, rows("purchase.order.line", "order_line", "qty_received"),
                rows("stock.picking", "picking_ids", "state"),
            ]
        }
        return facts
    }

    /// The number of the one employee who has a user; of the one who is there, where others have left.
    private static func account(of user: Int, in server: OdooEmulator) -> String {
        let all = (server.models["hr.employee"]?.rows ?? [:]).filter { $0.value.values["user_id"] == .int(user) }
        let active = all.filter { $0.value.values["active"] == true }
        let one = active.isEmpty ? all : active
        return one.count == 1 ? one.keys.map(String.init).joined() : "user/\(user)"
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            func list(_ member: String, _ field: String) -> JSON {
                .array(
                    (record.json[member]?.array ?? []).map { part in
                        [.int(Int(part["id"]?.string ?? "") ?? 0), part[field] ?? "missing"]
                    })
            }
            return [
                record.json["state"] ?? "missing", record.json["buyer"] ?? "missing", list("lines", "received"),
                list("receipts", "state"),
            ]
        }
    }

    /// The ledger holds exactly the emulator's orders, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<OdooEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}

// MARK: - What people do

extension OdooEmulator {
    mutating func put(
        _ model: String, _ id: Int, at moment: Instant, _ values: [String: JSON], made: Instant? = nil
    ) {
        let created = models[model]?.rows[id]?.created ?? made ?? moment
        models[model]?.rows[id] = Row(values: values, created: created, written: moment)
    }

    mutating func change(_ model: String, _ id: Int, at moment: Instant, _ values: [String: JSON]) {
        guard var row = models[model]?.rows[id] else { return }
        row.values.merge(values) { $1 }
        row.written = moment
        models[model]?.rows[id] = row
    }

    mutating func delete(_ model: String, _ id: Int) { models[model]?.rows[id] = nil }

    /// An order with so many lines and a receipt.
    mutating func putOrder(_ id: Int, lines: Int, at moment: Instant) {
        let numbers = (0..<lines).map { id * 100 + $0 }
        for number in numbers {
            put(
                "purchase.order.line", number, at: moment,
                [
                    "product_id": 51, "product_qty": .number("20.0"), "qty_received": .number("0.0"),
                    "price_unit": .number("150.0"), "date_planned": "2026-07-20 04:00:00", "display_type": false,
                ])
        }
        put("stock.picking", id * 10, at: moment, ["state": "assigned", "date_done": false, "location_dest_id": 8])
        put(
            "purchase.order", id, at: moment,
            [
                "name": .string("P0000\(id)"), "state": "purchase", "user_id": .int(101 + id % 3), "company_id": 1,
                "amount_untaxed": .number("3000.5"), "currency_id": 6, "date_approve": "2026-07-01 01:30:00",
                "date_planned": "2026-07-20 04:00:00", "receipt_status": "pending",
                "order_line": .array(numbers.map(JSON.int)), "picking_ids": [.int(id * 10)],
            ])
    }

    /// Goods come: lines and receipt change, the order does not.
    mutating func receive(_ id: Int, quantity: String, state: String, at moment: Instant) {
        let lines = models["purchase.order"]?.rows[id]?.values["order_line"]?.array?.compactMap(\.int) ?? []
        for line in lines {
            change("purchase.order.line", line, at: moment, ["qty_received": .number(quantity)])
        }
        let done = state == "done" ? JSON.string(moment.odooText(fraction: false)) : false
        change("stock.picking", id * 10, at: moment, ["state": .string(state), "date_done": done])
    }

    /// Some of what came goes back; the order has this transfer beside its receipt.
    mutating func sendBack(_ id: Int, at moment: Instant) {
        put(
            "stock.picking", id * 10 + 1, at: moment,
            ["state": "done", "date_done": .string(moment.odooText(fraction: false)), "location_dest_id": 4])
        change("purchase.order", id, at: moment, ["picking_ids": [.int(id * 10), .int(id * 10 + 1)]])
    }

    mutating func removeOrder(_ id: Int) {
        for line in models["purchase.order"]?.rows[id]?.values["order_line"]?.array?.compactMap(\.int) ?? [] {
            delete("purchase.order.line", line)
        }
        delete("stock.picking", id * 10)
        delete("purchase.order", id)
    }
}
