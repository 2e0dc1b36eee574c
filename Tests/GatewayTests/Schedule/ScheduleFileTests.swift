import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What a connection's file says of its schedule, and what is shown of it.
@Suite struct ScheduleFileTests {
    private static func company(_ schedule: String) throws -> TestWorkspace {
        let company = try TestWorkspace()
        try company.edit("connectors/diary.yaml", "streams:\n  deeds", "\(schedule)\nstreams:\n  deeds")
        return company
    }

    @Test(arguments: [
        (
            "schedule: \"*/15 * * *\"",
            [
                "5:12: expected five fields (minute, hour, day, month, weekday, such as */15 * * * *), got 4: '*/15 * * *'"
            ]
        ),
        ("schedule: \"0 25 * * *\"", ["5:14: hour: expected 0 to 23 or *, got '25'"]),
        ("schedule: 0 0 31 4 *", ["5:15: no day has the day of the month '31' in the month '4': it would never come"]),
        (
            "schedule: [1]",
            ["5:11: a schedule must be a map with the keys cron, zone, jitter, catch_up, days, not a list"]
        ),
        ("schedule: {zone: UTC}", ["5:11: a schedule needs 'cron'"]),
        (
            "schedule: {cron: \"0 x * * *\", zone: Mars, jitter: soon, catch_up: twice, days: some, at: 1}",
            [
                "5:21: hour: expected 0 to 23 or *, got 'x'",
                "5:37: 'Mars' is no time zone; expected such as Asia/Shanghai",
                "5:51: 'jitter' must be a duration such as 30s or 5m, at most 1d, not 'soon'",
                "5:67: 'catch_up' must be one of once, skip, not 'twice'",
                "5:80: 'days' must be one of all, working, not 'some'",
                "5:86: unknown key 'at'; known: cron, zone, jitter, catch_up, days",
            ]
        ),
        (
            "schedule: {cron: \"0 8 1 1 *\", days: working}",
            []
        ),
    ])
    func `mistakes are told at their place`(schedule: String, problems: [String]) throws {
        let company = try Self.company(schedule)
        #expect(try company.problems() == problems.map { "connectors/diary.yaml:\($0)" })
    }

    @Test func `a schedule of days on which nobody ever works is a mistake`() throws {
        let company = try Self.company("schedule: {cron: \"0 8 * * SUN\", days: working}")
        #expect(try company.problems() == [], "there are Sundays on which people make up for a holiday")
        try company.write(
            "calendar.yaml", "weekdays: [1, 2]\nhours: [[\"09:00\", \"18:00\"]]\ntime_zone: Asia/Shanghai\n")
        try company.edit("plumbline.yaml", "zone:", "calendar: calendar.yaml\nzone:")
        #expect(
            try company.problems() == [
                "connectors/diary.yaml:5:18: none of these days is a working day of the calendar 'calendar.yaml': it would "
                    + "never come"
            ])
    }

    @Test func `a plain line goes by the connection's clock, and a map says the rest`() throws {
        let plain = try Self.company("zone: Europe/Berlin\nschedule: \"0 3 * * *\"").read("diary")
        #expect(plain.zone.identifier == "Europe/Berlin" && plain.jitter == nil && plain.catchUp == .once)
        let full = try Self.company(
            "schedule: {cron: \"0 3 * * *\", zone: UTC, jitter: 5m, catch_up: skip, days: working}"
        ).read("diary")
        #expect(full.zone == .utc && full.jitter == .seconds(300) && full.catchUp == .skip && full.workingDays != nil)
        #expect(plain != full)
    }

    @Test func `working days are those of the company's calendar`() throws {
        let schedule = try Self.company("schedule: {cron: \"0 8 * * *\", days: working}").read("diary")
        var time = try #require(Timestamp(rfc3339: "2026-09-29T12:00:00Z"))
        var days: [String] = []
        for _ in 0..<5 {
            time = try #require(schedule.next(after: time))
            days.append(String(time.rfc3339.prefix(10)))
        }
        #expect(days == ["2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12"])
    }

    @Test func `the next pull of each connection is shown, with what was missed`() async throws {
        let company = try Self.company("schedule: {cron: \"0 * * * *\", jitter: 0s}")
        try company.write(
            "connectors/other.yaml",
            try #require(TestWorkspace.files["connectors/diary.yaml"]).replacing("diary", with: "other"))
        #expect(try await shown(company) == ["diary never - 01:00:00 -", "other never - - -"])
        _ = try await company.host().pull([])
        company.clock.set("2026-10-15T00:30:00Z")
        #expect(try await shown(company) == ["diary 00:00:00 succeeded 01:00:00 -", "other 00:00:00 succeeded - -"])
        company.clock.set("2026-10-15T05:30:00Z")
        #expect(try await shown(company).first == "diary 00:00:00 succeeded 06:00:00 01:00:00")
        try company.edit("connectors/diary.yaml", "jitter: 0s", "jitter: 0s, catch_up: skip")
        try company.script([["fail": "away"]])
        _ = try await company.host().pull([])
        company.clock.set("2026-10-15T07:30:00Z")
        #expect(try await shown(company).first == "diary 05:30:00 failed 08:00:00 -")
    }

    private func shown(_ company: TestWorkspace) async throws -> [String] {
        try await company.host().scheduledConnections().map { one in
            let times = [one.next, one.missed].map { $0.map { String($0.rfc3339.dropFirst(11).dropLast()) } ?? "-" }
            let last = one.lastStarted.map { String($0.rfc3339.dropFirst(11).dropLast()) } ?? "never"
            return ([one.connection, last, one.lastState?.rawValue ?? "-"] + times).joined(separator: " ")
        }
    }

    @Test(arguments: [("03:30", "30 3 * * *"), (nil, "0 3 * * *")])
    func `retention has its hour`(written: String?, cron: String) async throws {
        let company = try TestWorkspace()
        if let written { try company.edit("plumbline.yaml", "zone:", "retention: {at: \"\(written)\"}\nzone:") }
        #expect(try await company.host().schedules[.retention]?.cron.text == cron)
    }

    @Test(arguments: ["3:30", "24:00", "03:60", "night", "+3:00"]) func `an hour that is none is refused`(
        written: String
    ) throws {
        let company = try TestWorkspace()
        try company.edit("plumbline.yaml", "zone:", "retention: {at: \"\(written)\"}\nzone:")
        #expect(
            try company.problems() == [
                "plumbline.yaml:2:17: 'at' must be a time of the day such as 03:00, not '\(written)'"
            ])
    }
}

extension TestWorkspace {
    /// The schedule of a connection as its file says it.
    fileprivate func read(_ name: String) throws -> PullSchedule {
        try #require(try Workspace.read(path, registry: Self.registry).connection(name).schedule)
    }
}
