import AttendanceConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing
import TrytonTesting

/// Which days a run tells of and which punches belong to them, to the second, in zones with and without summer time.
@Suite struct TrytonAttendanceCutOffTests {
    private static let zones = ["Asia/Shanghai", "UTC", "Europe/Berlin"]
    private let made = FixedClock("2026-10-20T00:00:00Z").moment

    /// The moment at which clocks of a zone show this, the first of two.
    private func moment(_ local: String, _ zone: String) throws -> Instant {
        let shown = try #require(Instant(rfc3339: local + "Z"))
        let offset = try secondsAhead(zone)
        return [7200, 3600, 0, 28_800].map { shown.advanced(bySeconds: -$0) }
            .filter { $0.advanced(bySeconds: offset($0)) == shown }.min() ?? shown
    }

    private func secondsAhead(_ zone: String) throws -> @Sendable (Instant) -> Int {
        let rules = try #require(TimeZone(identifier: zone))
        return { rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000))) }
    }

    private func server(_ people: [String] = ["E001"]) -> EmulatedTryton {
        let server = EmulatedTryton()
        for (place, code) in people.enumerated() {
            server.put(
                "company.employee", place + 1, made: made.advanced(bySeconds: -86_400 * 30),
                ["party.": ["code": .string(code)], "start_date": EmulatedTryton.day("2026-01-01"), "end_date": .null])
        }
        return server
    }

    private func punch(
        _ server: EmulatedTryton, _ id: Int, _ type: String, at: Instant, employee: Int = 1, made: Instant? = nil,
        changed: Instant? = nil
    ) {
        server.put(
            "attendance.line", id, made: made ?? self.made, changed: changed,
            ["employee": .int(employee), "at": EmulatedTryton.time(at), "type": .string(type)])
    }

    private func connector(
        _ server: EmulatedTryton, zone: String = "UTC", now: Instant, _ changes: [String: SettingInput] = [:]
    ) throws -> TrytonAttendanceConnector {
        let settings: [String: SettingInput] = [
            "base_url": .text("https://tryton.example"), "database": .text("plumb"), "username": .text("gateway"),
            "password": .secret(Secret("hunter22")), "page_size": .text("2"), "overlap": .text("0s"),
            "since": .text("2026-10-24"), "recheck": .text("0s"),
        ]
        let context = ConnectorContext(
            transport: server, files: NoFiles(), now: { now }, zone: zone, utcOffset: try secondsAhead(zone),
            log: { _ in })
        return try TrytonAttendanceConnector(
            settings: Settings(
                settings.merging(changes) { $1 }, against: TrytonAttendanceConnector.description.settings),
            context: context)
    }

    private func run(
        _ connector: TrytonAttendanceConnector, after cursor: Cursor? = nil, between: (Int) -> Void = { _ in }
    ) async throws -> (days: [(id: String, json: JSON)], end: Cursor?) {
        var (days, cursor, pages) = ([(id: String, json: JSON)](), cursor, 0)
        while true {
            let page = try await connector.page(of: "attendance_days", after: cursor)
            days += page.records.map { ($0.id, $0.json) }
            cursor = page.cursor ?? cursor
            guard page.hasMore else { return (days, cursor) }
            pages += 1
            between(pages)
        }
    }

    /// 25 October 2026 has 25 hours in Berlin.
    @Test(arguments: zones)
    func `a punch belongs to the day that the zone's clocks show, to the second`(_ zone: String) async throws {
        let server = server()
        punch(server, 1, "in", at: try moment("2026-10-24T23:59:59", zone))
        punch(server, 2, "in", at: try moment("2026-10-25T00:00:00", zone))
        punch(server, 3, "in", at: try moment("2026-10-25T23:59:59", zone))
        punch(server, 4, "in", at: try moment("2026-10-26T00:00:00", zone))
        let days = try await run(connector(server, zone: zone, now: moment("2026-10-27T12:00:00", zone))).days
        #expect(days.map(\.id) == ["E001/2026-10-24", "E001/2026-10-25", "E001/2026-10-26"])
        #expect(days.map { $0.json["punches"]?.array?.count } == [1, 2, 1])
    }

    @Test(arguments: zones)
    func `a day is told once it is over by the zone's clocks, to the second`(_ zone: String) async throws {
        let server = server()
        punch(server, 1, "in", at: try moment("2026-10-24T09:00:00", zone))
        let midnight = try moment("2026-10-26T00:00:00", zone)
        let before = try await run(connector(server, zone: zone, now: midnight.advanced(bySeconds: -1)))
        #expect(before.days.map(\.id) == ["E001/2026-10-24"])
        let after = try await run(connector(server, zone: zone, now: midnight), after: before.end)
        #expect(after.days.map(\.id).contains("E001/2026-10-25"))
        #expect(after.days.first { $0.id == "E001/2026-10-25" }?.json["punches"] == [])
    }

    @Test(arguments: zones)
    func `a clock-out behind midnight belongs to the day of its clock-in, as long as a shift may last`(
        _ zone: String
    ) async throws {
        let server = server(["E001", "E002"])
        let start = try moment("2026-10-24T09:00:00", zone)
        punch(server, 1, "in", at: start)
        punch(server, 2, "out", at: start.advanced(bySeconds: 20 * 3600))
        punch(server, 3, "in", at: start, employee: 2)
        punch(server, 4, "out", at: start.advanced(bySeconds: 20 * 3600 + 1), employee: 2)
        let days = try await run(connector(server, zone: zone, now: moment("2026-10-27T12:00:00", zone))).days
        let found = Dictionary(uniqueKeysWithValues: days.map { ($0.id, $0.json) })
        #expect(found["E001/2026-10-24"]?["worked_seconds"] == 72_000)
        #expect(found["E001/2026-10-25"]?["punches"] == [])
        #expect(found["E002/2026-10-24"]?["missing_punch"] == true)
        #expect(found["E002/2026-10-24"]?["last_out_at"] == .null)
        #expect(found["E002/2026-10-25"]?["missing_punch"] == true)
    }

    @Test(arguments: zones)
    func `a punch that changed at the cut has its day read again, one a microsecond before has not`(
        _ zone: String
    ) async throws {
        let cut = made.advanced(bySeconds: 86_400 * 8)
        let server = server()
        let hour = { (day: Int) in try self.moment("2026-10-\(day)T09:00:00", zone) }
        punch(server, 1, "in", at: try hour(24), changed: Instant(microseconds: cut.microseconds - 1))
        punch(server, 2, "in", at: try hour(27), changed: cut)
        let through = try #require(Instant(rfc3339: "2026-10-28T00:00:00Z")).microseconds / 86_400_000_000
        let end = Cursor(["until": .time(cut), "through": .int(Int(through))])
        let days = try await run(
            connector(server, zone: zone, now: moment("2026-10-29T12:00:00", zone)), after: end
        ).days
        #expect(
            days.map(\.id) == ["E001/2026-10-26", "E001/2026-10-27"], "and the day before, whose clock-out it may be")
    }

    @Test(arguments: zones)
    func `what changes while a run reads is neither lost nor doubled`(_ zone: String) async throws {
        let server = server(["E001", "E002"])
        let hour = { (day: Int) in try self.moment("2026-10-\(day)T09:00:00", zone) }
        for day in 24...27 { punch(server, day, "in", at: try hour(day)) }
        let connector = try connector(server, zone: zone, now: moment("2026-10-28T12:00:00", zone))
        let (late, early) = (try hour(27), try hour(24))
        let first = try await run(connector) { page in
            guard page == 1 else { return }
            punch(server, 50, "in", at: early, employee: 2, made: made.advanced(bySeconds: 10))
            punch(server, 51, "in", at: late, employee: 2, made: made.advanced(bySeconds: 11))
        }
        #expect(first.days.count == 8 && Set(first.days.map(\.id)).count == 8)
        let known = Dictionary(uniqueKeysWithValues: first.days.map { ($0.id, $0.json) })
        #expect(known["E002/2026-10-24"]?["punches"] == [], "it was read before the punch")
        #expect(known["E002/2026-10-27"]?["punches"]?.array?.count == 1)
        let second = try await run(connector, after: first.end)
        let found = Dictionary(uniqueKeysWithValues: second.days.map { ($0.id, $0.json) })
        #expect(found.count == second.days.count)
        #expect(found["E002/2026-10-24"]?["punches"]?.array?.count == 1)
    }

    @Test func `a punch that was deleted vanishes while its day is read again`() async throws {
        let server = server()
        punch(server, 1, "in", at: try moment("2026-10-24T09:00:00", "UTC"))
        let now = try moment("2026-10-26T12:00:00", "UTC")
        let first = try await run(connector(server, now: now))
        server.remove("attendance.line", 1)
        let again = try await run(connector(server, now: now, ["recheck": .text("2d")]), after: first.end)
        #expect(again.days.map { $0.json["punches"] } == [[], []])
    }

    @Test func `who is entered late has days from the start of the employment on`() async throws {
        let server = server()
        punch(server, 1, "in", at: try moment("2026-10-24T09:00:00", "UTC"))
        let now = try moment("2026-10-27T12:00:00", "UTC")
        let first = try await run(connector(server, now: now))
        server.put(
            "company.employee", 2, made: made.advanced(bySeconds: 60),
            ["party.": ["code": "E002"], "start_date": EmulatedTryton.day("2026-10-25"), "end_date": .null])
        let ids = try await run(connector(server, now: now), after: first.end).days.map(\.id)
        #expect(ids.contains("E002/2026-10-25") && !ids.contains("E002/2026-10-24"))
    }

    @Test func `who left and came back is one person, and has no days between`() async throws {
        let server = server()
        server.put(
            "company.employee", 1, made: made,
            [
                "party.": ["code": "E001"], "start_date": EmulatedTryton.day("2026-01-01"),
                "end_date": EmulatedTryton.day("2026-10-24"),
            ])
        server.put(
            "company.employee", 2, made: made,
            ["party.": ["code": "E001"], "start_date": EmulatedTryton.day("2026-10-26"), "end_date": .null])
        punch(server, 1, "in", at: try moment("2026-10-26T09:00:00", "UTC"), employee: 2)
        let days = try await run(connector(server, now: moment("2026-10-27T12:00:00", "UTC"))).days
        #expect(days.map(\.id) == ["E001/2026-10-24", "E001/2026-10-26"])
    }

    @Test func `a punch of a day without employment is told, and leaves the sweep alone`() async throws {
        let server = server()
        server.put(
            "company.employee", 1, made: made,
            [
                "party.": ["code": "E001"], "start_date": EmulatedTryton.day("2026-10-25"),
                "end_date": EmulatedTryton.day("2026-10-25"),
            ])
        punch(server, 1, "in", at: try moment("2026-10-24T09:00:00", "UTC"))
        let connector = try connector(server, now: moment("2026-10-27T12:00:00", "UTC"), ["page_size": .text("9")])
        let page = try await connector.page(of: "attendance_days", after: nil)
        #expect(page.records.map(\.id) == ["E001/2026-10-25"])
        #expect(page.anomalies.map(\.id) == ["E001/2026-10-24"])
        let searches = server.searches
        #expect(try await connector.identifiers(of: "attendance_days", after: nil).identifiers == ["E001/2026-10-25"])
        #expect(server.searches == searches, "the sweep reads no punches")
    }

    @Test func `an employee without a code is rejected once in a run`() async throws {
        let server = server()
        server.put(
            "company.employee", 2, made: made, ["party.": ["code": .null], "start_date": .null, "end_date": .null])
        punch(server, 1, "in", at: try moment("2026-10-24T09:00:00", "UTC"))
        let connector = try connector(server, now: moment("2026-10-27T12:00:00", "UTC"))
        var rejected: [String] = []
        for try await page in connector.pages(of: "attendance_days") { rejected += page.rejected.map(\.id) }
        #expect(rejected == ["employee 2"])
    }

    @Test func `lunch and a forgotten clock-out are told as they were`() async throws {
        let server = server()
        for (id, (type, time)) in [
            ("in", "08:30"), ("out", "12:00"), ("in", "13:00"), ("out", "18:00"), ("in", "19:00"),
        ]
        .enumerated() {
            punch(server, id + 1, type, at: try moment("2026-10-24T\(time):00", "UTC"))
        }
        let day = try #require(try await run(connector(server, now: moment("2026-10-25T12:00:00", "UTC"))).days.first)
            .json
        #expect(day["worked_seconds"] == .int(Int(8.5 * 3600)))
        #expect(day["first_in_at"] == "2026-10-24T08:30:00Z" && day["last_out_at"] == .null)
        #expect(day["missing_punch"] == true && day["punches"]?.array?.count == 5)
    }
}
