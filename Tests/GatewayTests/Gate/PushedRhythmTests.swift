import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What is unusual in what a system sends: a silence, a day with far more or less than usual, a day with many rejects.
@Suite struct PushedRhythmTests {
    private let calendar: WorkCalendar

    init() async throws {
        calendar = try await TestWorkspace().host().workspace.calendar
    }

    /// 2026-07-06 is a Monday.
    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    /// From 9 to 17 o'clock of each working day of some, so many events in an hour.
    private func hours(_ days: ClosedRange<Int>, events: Int = 10, used: Int = 0, rejected: Int = 0) -> [PushedHour] {
        days.flatMap { number -> [PushedHour] in
            let day = Day(sinceEpoch: 20_640 + Int64(number))
            guard calendar.isWorkday(day) else { return [] }
            return (9..<17).map { hour in
                PushedHour(
                    connection: "hooks", start: calendar.zone.instant(day, second: Int64(hour) * 3_600),
                    events: events, used: used, rejected: rejected)
            }
        }
    }

    private func rules(
        _ hours: [PushedHour], at now: String, _ thresholds: GateThresholds = GateThresholds()
    ) throws -> [String] {
        PushedRhythm("hooks", hours, thresholds, calendar, now: try moment(now)).findings.map(\.rule)
    }

    @Test func `nights and weekends are no silence, two working days are`() throws {
        // Monday the 6th to Friday the 17th.
        let known = hours(0...11)
        #expect(try rules(known, at: "2026-07-20T09:00:00+08:00") == [])
        #expect(try rules(known, at: "2026-07-20T12:00:00+08:00") == [])
        #expect(try rules(known, at: "2026-07-21T17:00:00+08:00") == ["silence"])
    }

    @Test func `one failure does not hide the next, a slow rhythm is none`() throws {
        let broken = hours(0...4) + hours(14...18)
        #expect(try rules(broken, at: "2026-07-29T17:00:00+08:00").contains("silence"))
        let weekly = [0, 7, 14, 21].flatMap { hours($0...$0).prefix(1) }
        #expect(try rules(weekly, at: "2026-08-05T12:00:00+08:00") == [])
        #expect(try rules(weekly, at: "2026-08-19T12:00:00+08:00") == ["silence"])
    }

    @Test func `what was never usual is missed by nobody`() throws {
        #expect(try rules([], at: "2026-07-29T17:00:00+08:00") == [])
        #expect(try rules(hours(0...1), at: "2026-09-29T17:00:00+08:00") == [])
    }

    @Test func `a day with far more or far less than working days have is told`() throws {
        let (before, night) = (hours(0...15), "2026-07-23T03:00:00+08:00")
        #expect(try rules(before + hours(16...16, events: 11), at: night) == [])
        #expect(try rules(before + hours(16...16, events: 2), at: night) == ["pushed_volume"])
        #expect(try rules(before + hours(16...16, events: 30), at: night) == ["pushed_volume"])
        #expect(try rules(before, at: "2026-07-19T03:00:00+08:00") == [], "days off are compared with days off")
    }

    @Test func `a few days are no usual volume`() throws {
        #expect(try rules(hours(0...2) + hours(3...3, events: 90), at: "2026-07-10T03:00:00+08:00") == [])
    }

    @Test func `many rejects in small runs add up over a day`() throws {
        let before = hours(0...11, used: 10, rejected: 0)
        let today = hours(14...14, used: 10, rejected: 4)
        #expect(try rules(before + today, at: "2026-07-20T18:00:00+08:00") == ["pushed_rejects"])
        #expect(try rules(before + hours(14...14, used: 10), at: "2026-07-20T18:00:00+08:00") == [])
        #expect(try rules(before + today.prefix(1), at: "2026-07-20T10:00:00+08:00") == [], "too few prove nothing")
    }

    @Test func `thresholds move what is told, off silences a rule`() throws {
        var thresholds = GateThresholds()
        thresholds.volumeChange = nil
        #expect(try rules(hours(0...11), at: "2026-07-21T17:00:00+08:00", thresholds) == ["silence"])
        thresholds.silenceHours = 40
        #expect(try rules(hours(0...11), at: "2026-07-21T17:00:00+08:00", thresholds) == [])
        thresholds.silenceHours = nil
        #expect(try rules(hours(0...11), at: "2026-12-21T17:00:00+08:00", thresholds) == [])
        let company = try TestWorkspace()
        try company.edit("plumbline.yaml", "zone:", "gate: {silence_hours: never}\nzone:")
        #expect(try company.problems().first?.contains("'silence_hours' must be a number above 0, or off") == true)
    }
}

/// How what is unusual reaches people.
@Suite struct RhythmWatchTests {
    typealias Hooked = HookedWorkspace

    /// A company that was sent an event on each of some working days, and to which nothing comes then.
    private func silent() async throws -> Hooked {
        let hooked = try await HookedWorkspace([
            "sinks/journal.yaml":
                "{sink: journal, kind: file, events: [connection.failed, connection.recovered], people: ids}"
        ])
        for day in 12...15 {
            hooked.company.clock.set("2026-10-\(day)T02:00:00Z")
            try await hooked.send("m\(day)", Hooked.deed("\(day)"))
            _ = try await hooked.host.drainInbox()
        }
        hooked.company.clock.set("2026-10-20T02:00:00Z")
        return hooked
    }

    private func told(_ hooked: Hooked) async throws -> [String] {
        try await hooked.host.store.deliveries(DeliveryFilter(), limit: 9).reversed().map(\.event.kind.rawValue)
    }

    @Test func `a silence is an alarm and a notice, once, until an event comes`() async throws {
        let hooked = try await silent()
        let worker = InboxWorker(CurrentHost(hooked.host), hooked.reception, board: WorkerBoard(), pause: .zero) { _ in
        }
        var isOwed = false
        for minute in 0...2 {
            hooked.company.clock.set("2026-10-20T02:\(minute)5:00Z")
            _ = await worker.work(&isOwed)
        }
        let alarm = try #require(try await hooked.host.store.alarms().first)
        #expect(alarm.kind == .unusual && alarm.count == 1 && alarm.detail == "silence 2026-10-15T02:00:00Z")
        #expect(try await told(hooked) == ["connection.failed"])
        try await RhythmWatch().look(hooked.host)
        #expect(try await hooked.host.store.alarms().map(\.count) == [1], "nor again after a restart")
        try await hooked.send("back", Hooked.deed("back"))
        _ = await worker.work(&isOwed)
        #expect(try await told(hooked) == ["connection.failed", "connection.recovered"])
        #expect(try await hooked.host.shown("deed_count", "E01") == "5", "nothing is held")
    }

    @Test func `the status tells a silence, and when something came last`() async throws {
        let hooked = try await silent()
        let status = try #require(try await hooked.host.status().connections.first { $0.name == "hooks" })
        #expect(status.unusual == ["silence"] && status.lastEvent?.rfc3339 == "2026-10-15T02:00:00Z")
        let other = try #require(try await hooked.host.status().connections.first { $0.name == "metrics" })
        #expect(other.unusual.isEmpty && other.lastEvent == nil)
    }

    @Test func `a repeat is no sign of life, what was used is counted`() async throws {
        let hooked = try await silent()
        try await hooked.send("m12", Hooked.deed("12"))
        try await hooked.send("bad", Hooked.deed("bad", points: #""many""#))
        _ = try await hooked.host.drainInbox()
        let hours = try await hooked.host.store.pushedHours()
        #expect(hours.map(\.events) == [1, 1, 1, 1, 1])
        #expect(hours.map(\.used) == [1, 1, 1, 1, 1] && hours.map(\.rejected) == [0, 0, 0, 0, 1])
    }
}
