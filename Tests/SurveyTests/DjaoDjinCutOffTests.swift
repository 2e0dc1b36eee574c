import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Synchronization
import Testing

/// Which responses a run reads, and to which month they belong, whatever the zone and whatever changes meanwhile.
@Suite struct DjaoDjinCutOffTests {
    private static let zones = ["Asia/Shanghai", "UTC", "Europe/Berlin"]
    private let cut = FixedClock("2026-08-15T12:00:00Z").moment

    private func run(
        _ connector: DjaoDjinConnector, after cursor: Cursor? = nil, between: (Int) -> Void = { _ in }
    ) async throws -> (records: [SourceRecord], end: Cursor?) {
        var (records, cursor, pages) = ([SourceRecord](), cursor, 0)
        while true {
            let page = try await connector.page(of: "answers", after: cursor)
            records += page.records
            cursor = page.cursor ?? cursor
            guard page.hasMore else { return (records, cursor) }
            pages += 1
            between(pages)
        }
    }

    private func ids(_ slugs: String...) -> [String] {
        slugs.map { DjaoDjinSurroundings.id($0, of: "s") + "/overall" }
    }

    @Test(arguments: [
        ("Asia/Shanghai", "2026-08-31T15:59:59Z", "2026-08"), ("Asia/Shanghai", "2026-08-31T16:00:00Z", "2026-09"),
        ("UTC", "2026-08-31T23:59:59Z", "2026-08"), ("UTC", "2026-09-01T00:00:00Z", "2026-09"),
        ("Europe/Berlin", "2026-08-31T21:59:59Z", "2026-08"), ("Europe/Berlin", "2026-08-31T22:00:00Z", "2026-09"),
        ("Europe/Berlin", "2026-10-31T22:59:59Z", "2026-10"), ("Europe/Berlin", "2026-10-31T23:00:00Z", "2026-11"),
    ])
    func `a response belongs to the month that the zone's clocks show, to the second`(
        _ zone: String, _ begun: String, _ month: String
    ) async throws {
        let server = EmulatedSurvey()
        server.put("a", begun: FixedClock(begun).moment)
        let records = try await run(DjaoDjinSurroundings.connector(server, zone: zone)).records
        #expect(records.map { $0.json["month"] } == [.string(month)])
        let (text, hour) = (records.first?.json.text ?? "", String(begun.prefix(13)))
        #expect(!text.contains(hour), "no finer time is told")
    }

    @Test(arguments: zones)
    func `since is a midnight of the zone, to the second`(_ zone: String) async throws {
        let server = EmulatedSurvey()
        let offset = ["Asia/Shanghai": 28_800, "UTC": 0, "Europe/Berlin": 7200][zone] ?? 0
        let midnight = FixedClock("2026-08-01T00:00:00Z").moment.advanced(bySeconds: -offset)
        server.put("before", begun: midnight.advanced(bySeconds: -1))
        server.put("at", begun: midnight)
        let connector = try DjaoDjinSurroundings.connector(server, zone: zone, ["since": .text("2026-08-01")])
        #expect(try await run(connector).records.map(\.id) == ids("at"))
    }

    @Test(arguments: zones)
    func `what was begun at the cut is read again, what was begun a microsecond before is not`(
        _ zone: String
    ) async throws {
        let server = EmulatedSurvey()
        server.put("before", begun: Instant(microseconds: cut.microseconds - 1))
        server.put("at", begun: cut)
        server.put("after", begun: Instant(microseconds: cut.microseconds + 1))
        let end = Cursor(["until": .time(cut), "waiting": []])
        let connector = try DjaoDjinSurroundings.connector(server, zone: zone, ["overlap": .text("0s")])
        #expect(try await run(connector, after: end).records.map(\.id) == ids("at", "after"))
        let late = try DjaoDjinSurroundings.connector(server, zone: zone, ["overlap": .text("1s")])
        #expect(try await run(late, after: end).records.map(\.id) == ids("before", "at", "after"))
    }

    @Test(arguments: zones)
    func `a response handed in while a run reads is read by the next run, once`(_ zone: String) async throws {
        let server = EmulatedSurvey()
        for (place, slug) in ["a", "b", "c", "d"].enumerated() {
            server.put(slug, begun: cut.advanced(bySeconds: place), isHandedIn: slug != "a" && slug != "d")
        }
        let connector = try DjaoDjinSurroundings.connector(
            server, zone: zone, ["page_size": .text("1"), "overlap": .text("0s")])
        let first = try await run(connector) { page in
            guard page == 1 else { return }
            server.put("a", begun: cut)
            server.put("d", begun: cut.advanced(bySeconds: 3))
            server.put("e", begun: cut.advanced(bySeconds: 4))
        }
        #expect(first.records.map(\.id) == ids("b", "c"), "what was open when it began is the next run's")
        let second = try await run(connector, after: first.end)
        #expect(second.records.map(\.id) == ids("a", "d", "e"))
        let third = try await run(connector, after: second.end)
        #expect(third.records.map(\.id) == ids("e"), "the newest stands at the cut")
    }

    @Test func `a response handed in weeks after it was begun is read, as long as it is waited for`() async throws {
        let server = EmulatedSurvey()
        server.put("early", begun: cut.advanced(bySeconds: -86_400 * 9), isHandedIn: false)
        server.put("late", begun: cut.advanced(bySeconds: -86_400 * 11), isHandedIn: false)
        server.put("done", begun: cut)
        let changes: [String: SettingInput] = ["open_for": .text("10d"), "overlap": .text("0s")]
        let first = try await run(DjaoDjinSurroundings.connector(server, changes))
        server.put("early", begun: cut.advanced(bySeconds: -86_400 * 9))
        server.put("late", begun: cut.advanced(bySeconds: -86_400 * 11))
        let second = try await run(DjaoDjinSurroundings.connector(server, changes), after: first.end)
        #expect(second.records.map(\.id) == ids("early", "done"))
    }

    @Test func `a list that shifts while it is read is read again, so that nothing is passed over`() async throws {
        let isFirst = Mutex(true)
        let server = EmulatedSurvey { server in
            let first = isFirst.withLock { value -> Bool in
                defer { value = false }
                return value
            }
            if first { server.remove("a") }
        }
        for (place, slug) in ["a", "b", "c", "d", "e"].enumerated() {
            server.put(slug, begun: cut.advanced(bySeconds: place))
        }
        #expect(try await run(DjaoDjinSurroundings.connector(server)).records.map(\.id) == ids("b", "c", "d", "e"))
    }

    @Test func `a list that never holds still is unavailable, not cut short`() async throws {
        let count = Mutex(0)
        let server = EmulatedSurvey { server in
            let number = count.withLock { value -> Int in
                value += 1
                return value
            }
            server.put("new-\(number)", begun: FixedClock("2026-01-01T00:00:00Z").moment.advanced(bySeconds: number))
        }
        for place in 1...5 { server.put("a\(place)", begun: cut.advanced(bySeconds: place)) }
        let connector = try DjaoDjinSurroundings.connector(server)
        await #expect(
            throws: ConnectorError.unavailable(
                reason: "the list of responses changes whenever it is read", retryAfter: nil)
        ) { try await connector.page(of: "answers", after: nil) }
    }

    @Test func `each response costs one call, once`() async throws {
        let server = EmulatedSurvey()
        for place in 1...7 { server.put("r\(place)", begun: cut.advanced(bySeconds: place), isHandedIn: place != 4) }
        _ = try await run(DjaoDjinSurroundings.connector(server, ["page_size": .text("2")]))
        #expect(server.answered == ["r1", "r2", "r3", "r5", "r6", "r7"])
        #expect(server.lists == 1, "the list is read once in a run")
    }
}
