import ERPConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing
import TrytonTesting

/// Which records a run reads, to the microsecond, whatever the zone and whatever changes meanwhile.
@Suite struct TrytonCutOffTests {
    private static let zones = ["Asia/Shanghai", "UTC", "Europe/Berlin"]
    private let cut = FixedClock("2026-10-24T22:00:00Z").moment

    private func connector(
        _ server: EmulatedTryton, zone: String = "UTC", _ changes: [String: SettingInput] = [:]
    ) throws -> TrytonConnector {
        let settings: [String: SettingInput] = [
            "base_url": .text("https://tryton.example"), "database": .text("plumb"), "username": .text("gateway"),
            "password": .secret(Secret("hunter22")), "page_size": .text("2"), "overlap": .text("0s"),
        ]
        let rules = TimeZone(identifier: zone)
        let context = ConnectorContext(
            transport: server, files: NoFiles(), now: FixedClock().now, zone: zone,
            utcOffset: {
                rules?.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000))) ?? 0
            },
            log: { _ in })
        return try TrytonConnector(
            settings: Settings(settings.merging(changes) { $1 }, against: TrytonConnector.description.settings),
            context: context)
    }

    private func put(_ server: EmulatedTryton, _ id: Int, made: Instant, changed: Instant? = nil, work: String = "W01")
    {
        server.put(
            "timesheet.line", id, made: made, changed: changed,
            [
                "employee.": ["party.": ["code": "E001"]], "date": EmulatedTryton.day("2026-10-25"),
                "duration": ["__class__": "timedelta", "seconds": 3600], "work.": ["rec_name": .string(work)],
            ])
    }

    /// The records of a run and where it ended.
    private func run(
        _ connector: TrytonConnector, _ stream: String = "timesheet_entries", after cursor: Cursor? = nil,
        between: (Int) -> Void = { _ in }
    ) async throws -> (records: [SourceRecord], end: Cursor?) {
        var (records, cursor, pages) = ([SourceRecord](), cursor, 0)
        while true {
            let page = try await connector.page(of: stream, after: cursor)
            records += page.records
            cursor = page.cursor ?? cursor
            guard page.hasMore else { return (records, cursor) }
            pages += 1
            between(pages)
        }
    }

    @Test(arguments: zones)
    func `what changed at the moment of the cut is read again, what changed a microsecond before is not`(
        _ zone: String
    ) async throws {
        let server = EmulatedTryton()
        let before = Instant(microseconds: cut.microseconds - 1)
        let after = Instant(microseconds: cut.microseconds + 1)
        put(server, 1, made: before)
        put(server, 2, made: before.advanced(bySeconds: -60), changed: before)
        put(server, 3, made: cut)
        put(server, 4, made: before, changed: cut)
        put(server, 5, made: after)
        let end = Cursor(["until": .time(cut)])
        let next = try await run(connector(server, zone: zone), after: end)
        #expect(next.records.map(\.id) == ["3", "4", "5"])
        #expect(try next.end?.state() == ["until": .time(after)])
        let late = try await run(connector(server, zone: zone, ["overlap": .text("1s")]), after: end)
        #expect(late.records.map(\.id) == ["1", "2", "3", "4", "5"], "the overlap looks back a second")
    }

    @Test(arguments: zones)
    func `what changes while a run reads is neither lost nor doubled`(_ zone: String) async throws {
        let server = EmulatedTryton()
        for id in 1...5 { put(server, id, made: cut.advanced(bySeconds: id)) }
        let connector = try connector(server, zone: zone)
        let first = try await run(connector) { page in
            guard page == 1 else { return }
            put(server, 1, made: cut.advanced(bySeconds: 1), changed: cut.advanced(bySeconds: 10), work: "W02")
            put(server, 5, made: cut.advanced(bySeconds: 5), changed: cut.advanced(bySeconds: 11), work: "W02")
            put(server, 6, made: cut.advanced(bySeconds: 12))
        }
        #expect(first.records.map(\.id) == ["1", "2", "3", "4", "5", "6"])
        #expect(first.records.map { $0.json["work"] } == ["W01", "W01", "W01", "W01", "W02", "W01"])
        let second = try await run(connector, after: first.end)
        #expect(second.records.map(\.id) == ["1", "5", "6"], "the newest change before the run was that of 5")
        #expect(second.records.first?.json["work"] == "W02")
        let third = try await run(connector, after: second.end)
        #expect(third.records.map(\.id) == ["6"], "at the edge, read again")
    }

    @Test func `a record deleted while a run reads takes no other with it`() async throws {
        let server = EmulatedTryton()
        for id in 1...6 { put(server, id, made: cut) }
        let first = try await run(connector(server)) { page in
            if page == 1 { server.remove("timesheet.line", 1) }
        }
        #expect(first.records.map(\.id) == ["1", "2", "3", "4", "5", "6"])
    }

    @Test func `a run that was stopped goes on behind its last page with the same cut`() async throws {
        let server = EmulatedTryton()
        for id in 1...5 { put(server, id, made: cut) }
        let page = try await connector(server).page(of: "timesheet_entries", after: nil)
        put(server, 2, made: cut, changed: cut.advanced(bySeconds: 5), work: "W02")
        let rest = try await run(connector(server), after: page.cursor)
        #expect(rest.records.map(\.id) == ["3", "4", "5"])
        let next = try await run(connector(server), after: rest.end)
        #expect(next.records.map(\.id).contains("2"))
    }

    @Test func `an order is read again when one of its moves changes`() async throws {
        let server = EmulatedTryton(
            links: [
                "purchase.purchase.lines": "purchase.line", "purchase.purchase.moves": "stock.move",
                "purchase.line.moves": "stock.move",
            ])
        for id in 1...3 { putOrder(server, id, received: nil, changed: nil) }
        let connector = try connector(server)
        let first = try await run(connector, "purchases")
        #expect(first.records.allSatisfy { $0.json["received_on"] == .null })
        putOrder(server, 2, received: "2026-10-25", changed: cut.advanced(bySeconds: 1))
        let second = try await run(connector, "purchases", after: Cursor(["until": .time(cut.advanced(bySeconds: 1))]))
        #expect(second.records.map(\.id) == ["2"])
        #expect(second.records.first?.json["received_on"] == "2026-10-25")
    }

    private func putOrder(_ server: EmulatedTryton, _ id: Int, received: String?, changed: Instant?) {
        server.put(
            "purchase.purchase", id, made: cut,
            [
                "state": "processing", "shipment_state": received == nil ? "waiting" : "received",
                "lines": [.int(id)], "moves": [.int(id)],
                "untaxed_amount": ["__class__": "Decimal", "decimal": "12.50"],
            ])
        server.put("purchase.line", id, made: cut, ["type": "line", "moves": [.int(id)], "analytic_accounts": []])
        server.put(
            "stock.move", id, made: cut, changed: changed,
            [
                "state": received == nil ? "draft" : "done",
                "effective_date": received.map(EmulatedTryton.day) ?? .null,
            ])
    }
}
