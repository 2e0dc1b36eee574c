import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Synchronization
import Testing

@testable import Gateway

/// The scheduler at work, with a clock that a test moves and a source that follows a script.
@Suite(.timeLimit(.minutes(15))) struct SchedulerTests {
    typealias Company = TestWorkspace

    /// A company whose diary is pulled every hour, to the second.
    private static func company(_ schedule: String = "{cron: \"0 * * * *\", jitter: 0s}") async throws -> TestWorkspace
    {
        let company = try Company()
        try company.edit("connectors/diary.yaml", "streams:\n  deeds", "schedule: \(schedule)\nstreams:\n  deeds")
        _ = try await company.host().replacePeople(Company.people)
        return company
    }

    @Test func `a connection is pulled when its time has come, and its values are published`() async throws {
        let workspace = try await Self.company()
        try workspace.script([Company.page(Company.deed("1"))])
        try await ScheduledCompany(workspace).run { company in
            await company.advance(to: "2026-10-15T00:59:59Z")
            #expect(company.count("diary: begins") == 0)
            await company.advance(to: "2026-10-15T01:00:00Z")
            #expect(await company.next("diary: 1 records") == "diary: 1 records, 1 new, 0 changed, 0 gone, 0 rejected")
            await company.pulled()
            #expect(try await company.current.host.shown("deed_count", "E01") == "1")
            let published = try #require(try await company.current.host.published("deed_count", "E01"))
            #expect(published.cause == "pull" && published.run != nil)
            #expect(company.count("diary: begins") == 1)
        }
    }

    @Test func `a connection that is still read is not read twice; what it missed is made good once`() async throws {
        let workspace = try await Self.company()
        let barrier = "no overlap of \(workspace.path)"
        try workspace.script([["records": [Company.deed("1")], "barrier": .string(barrier)]])
        try await ScheduledCompany(workspace).run { company in
            await company.advance(to: "2026-10-15T01:00:00Z")
            await Barrier.named(barrier).reached()
            for hour in 2...3 { await company.advance(to: "2026-10-15T0\(hour):30:00Z") }
            #expect(Barrier.named(barrier).arrivals == 1 && company.count("diary: begins") == 1)
            Barrier.named(barrier).open()
            await company.next("diary: ended")
            await company.next("diary: begins")
            await company.pulled()
            #expect(company.count("diary: begins") == 2)
            await company.advance(to: "2026-10-15T03:59:59Z")
            #expect(company.count("diary: begins") == 2)
            await company.advance(to: "2026-10-15T04:00:00Z")
            await company.next("diary: begins")
        }
    }

    @Test(arguments: [("once", 1), ("skip", 0)])
    func `after downtime a connection is pulled once, or waits`(catchUp: String, pulls: Int) async throws {
        let workspace = try await Self.company("{cron: \"0 * * * *\", jitter: 0s, catch_up: \(catchUp)}")
        _ = try await workspace.host().pull([])
        workspace.clock.set("2026-10-15T05:30:00Z")
        try await ScheduledCompany(workspace).run { company in
            if pulls > 0 { await company.pulled() }
            #expect(company.count("diary: begins") == pulls)
            await company.advance(to: "2026-10-15T05:59:59Z")
            #expect(company.count("diary: begins") == pulls)
            await company.advance(to: "2026-10-15T06:00:00Z")
            await company.pulled()
            #expect(company.count("diary: begins") == pulls + 1)
        }
    }

    @Test func `a pull that somebody begins meanwhile counts`() async throws {
        let workspace = try await Self.company()
        try await ScheduledCompany(workspace).run { company in
            workspace.clock.set("2026-10-15T01:00:00Z")
            _ = try await company.current.host.pull([])
            await company.advance(to: "2026-10-15T01:00:01Z")
            #expect(company.count("diary: begins") == 0)
            await company.advance(to: "2026-10-15T02:00:00Z")
            await company.pulled()
        }
    }

    @Test func `a failure is one line in the log, ends nothing, and is tried again soon`() async throws {
        let workspace = try await Self.company()
        try workspace.script([["fail": "out\nof \u{1B}[2Jpaper"]])
        try await ScheduledCompany(workspace).run { company in
            await company.advance(to: "2026-10-15T01:00:00Z")
            #expect(await company.next("diary: deeds") == "diary: deeds: the source is unavailable: out of  [2Jpaper")
            await company.pulled()
            await company.advance(to: "2026-10-15T01:00:59Z")
            #expect(company.count("diary: begins") == 1)
            try workspace.script([Company.page(Company.deed("1"))])
            await company.advance(to: "2026-10-15T01:01:00Z")
            await company.pulled()
            #expect(try await company.current.host.shown("deed_count", "E01") == "1")
            await company.advance(to: "2026-10-15T01:59:59Z")
            #expect(company.count("diary: begins") == 2)
        }
    }

    @Test func `a failure that a person has to mend waits for the next time`() async throws {
        let workspace = try await Self.company()
        try workspace.write("data/script.json", "torn")
        try await ScheduledCompany(workspace).run { company in
            await company.advance(to: "2026-10-15T01:00:00Z")
            await company.pulled()
            await company.advance(to: "2026-10-15T01:59:59Z")
            #expect(company.count("diary: begins") == 1)
            await company.advance(to: "2026-10-15T02:00:00Z")
            await company.pulled()
        }
    }

    @Test func `another workspace counts from then on; a pull in flight ends with the one it began with`() async throws
    {
        let workspace = try await Self.company()
        let barrier = "reload of \(workspace.path)"
        try workspace.script([["records": [Company.deed("1", points: "2")], "barrier": .string(barrier)]])
        try await ScheduledCompany(workspace).run { company in
            await company.advance(to: "2026-10-15T01:00:00Z")
            await Barrier.named(barrier).reached()
            try workspace.edit("connectors/diary.yaml", "0 * * * *", "30 * * * *")
            try workspace.edit("connectors/diary.yaml", "points: source.points", "points: decimal(source.points) * 10")
            company.current.replace(try await workspace.host())
            company.scheduler.hostWasReplaced()
            await company.next("publication: ended")
            // Being told again publishes once more, and the pull may end beside that.
            company.scheduler.hostWasReplaced()
            await company.next("publication: begins")
            Barrier.named(barrier).open()
            await company.pulled()
            #expect(try await company.current.host.shown("deed_points", "E01") == "2.00")
            await company.advance(to: "2026-10-15T01:29:59Z")
            #expect(company.count("diary: begins") == 1)
            await company.advance(to: "2026-10-15T01:30:00Z")
            await company.pulled()
            #expect(try await company.current.host.shown("deed_points", "E01") == "20.00")
        }
    }

    @Test func `other schedules are noticed without being told`() async throws {
        let workspace = try await Self.company()
        try await ScheduledCompany(workspace).run { company in
            try workspace.edit("connectors/diary.yaml", "0 * * * *", "*/5 * * * *")
            company.current.replace(try await workspace.host())
            await company.advance(to: "2026-10-15T00:00:30Z")
            await company.next("publication: ended")
            await company.advance(to: "2026-10-15T00:05:00Z")
            await company.pulled()
        }
    }

    @Test func `a stop in the middle of a pull begins nothing, lets it end, and publishes what it brought`()
        async throws
    {
        let workspace = try await Self.company()
        let barrier = "stop of \(workspace.path)"
        try workspace.script([
            Company.page(Company.deed("1")), ["records": [Company.deed("2")], "barrier": .string(barrier)],
        ])
        let company = try await ScheduledCompany(workspace)
        try await company.run { company in
            await company.advance(to: "2026-10-15T01:00:00Z")
            await Barrier.named(barrier).reached()
            // The stop comes when this body ends; the source goes on a moment later, past the next time.
            Task { [clock = workspace.clock] in
                await company.next("stopping")
                clock.set("2026-10-15T02:30:00Z")
                Barrier.named(barrier).open()
            }
        }
        #expect(company.count("diary: begins") == 1 && company.count("diary: ended") == 1)
        #expect(company.board.workers.map(\.trouble) == ["has ended"])
        let host = try await workspace.host()
        #expect(try await host.shown("deed_count", "E01") == "2")
        #expect(try await host.pull([]).streams.map(\.run.counters.read) == [0])
    }

    @Test func `a pull that is cancelled keeps what it committed, and the next one goes on there`() async throws {
        let workspace = try await Self.company()
        let barrier = "cancellation of \(workspace.path)"
        // A page is read while the one before it is stored: at the third, the first is stored for certain.
        try workspace.script([
            Company.page(Company.deed("1")), Company.page(Company.deed("2")),
            ["records": [Company.deed("3")], "barrier": .string(barrier)],
        ])
        try await Self.cancelPull(of: workspace, at: barrier)
        try workspace.reopen()
        let host = try await workspace.host()
        let kept = try await host.evidenceStates()
        #expect([["1 live"], ["1 live", "2 live"]].contains(kept))
        Barrier.named(barrier).open()
        #expect(try await host.pull([]).streams.map(\.run.counters.inserted) == [3 - kept.count])
        #expect(try await host.evidenceStates() == ["1 live", "2 live", "3 live"])
        #expect(try await host.shown("deed_count", "E01") == "3")
    }

    /// Nothing of the scheduler is left afterwards, as where its process has ended.
    private static func cancelPull(of workspace: TestWorkspace, at barrier: String) async throws {
        let company = try await ScheduledCompany(workspace)
        let running = Task { await company.scheduler.run() }
        await company.next("publication: ended")
        await company.sleeper.hasSleeper()
        await company.advance(to: "2026-10-15T01:00:00Z")
        await Barrier.named(barrier).reached()
        running.cancel()
        await running.value
        #expect(company.board.workers.map(\.trouble) == ["has ended"])
    }

    @Test func `two pulls run at once, the third waits, and one publication serves those that ended`() async throws {
        let workspace = try await Self.company()
        let diary = try #require(Company.files["connectors/diary.yaml"])
        let barrier = "crowd of \(workspace.path)"
        try workspace.script([["records": [Company.deed("1")], "barrier": .string(barrier)]])
        for name in ["second", "third"] {
            try workspace.write(
                "connectors/\(name).yaml",
                diary.replacing("diary", with: name).replacing(
                    "streams:\n  deeds", with: "schedule: \"0 * * * *\"\nstreams:\n  deeds"))
        }
        try await ScheduledCompany(workspace).run { company in
            await company.advance(to: "2026-10-15T01:05:00Z")
            await Barrier.named(barrier).reached(2)
            await company.advance(to: "2026-10-15T01:06:00Z")
            #expect(Barrier.named(barrier).arrivals == 2)
            Barrier.named(barrier).open()
            await Barrier.named(barrier).reached(3)
        }
        #expect(try await workspace.host().shown("deed_count", "E01") == "3")
    }

    @Test func `values whose period has ended become complete at the company's midnight without any pull`() async throws
    {
        let workspace = try await Self.company()
        workspace.clock.set("2026-07-31T10:00:00Z")
        try workspace.script([Company.page(Company.deed("1"))])
        _ = try await workspace.host().pull([])
        #expect(try await workspace.host().published("deed_count", "E01")?.content.status == .partial)
        try workspace.edit("connectors/diary.yaml", "schedule: {cron: \"0 * * * *\", jitter: 0s}\n", "")
        try await ScheduledCompany(workspace).run { company in
            await company.advance(to: "2026-07-31T15:59:59Z")
            #expect(try await company.current.host.published("deed_count", "E01")?.content.status == .partial)
            await company.advance(to: "2026-07-31T16:01:00Z")
            await company.next("publication: ended")
            let value = try #require(try await company.current.host.published("deed_count", "E01"))
            #expect(value.content.status == .complete && value.cause == "schedule")
        }
    }

    @Test func `what is older than it may be kept goes at the hour of retention, every day`() async throws {
        let workspace = try await Self.company()
        try workspace.script([["rejected": [["id": "1", "reason": "torn", "raw": "x"]]]])
        _ = try await workspace.host().pull([])
        try workspace.edit("connectors/diary.yaml", "schedule: {cron: \"0 * * * *\", jitter: 0s}\n", "")
        workspace.clock.set("2026-11-13T23:00:00Z")
        try await ScheduledCompany(workspace).run { company in
            await company.advance(to: "2026-11-13T23:10:00Z")
            await company.next("retention: ended")
            #expect(company.count("retention: deleted") == 0)
            await company.advance(to: "2026-11-14T18:59:59Z")
            #expect(company.count("retention: begins") == 1)
            await company.advance(to: "2026-11-14T19:01:00Z")
            #expect(await company.next("retention: ") == "retention: begins")
            #expect(await company.next("retention: ") == "retention: deleted 1 rejects and 0 records")
        }
    }

    @Test func `it tells that it lives while nothing is due`() async throws {
        let moment = Mutex(ContinuousClock.now)
        let board = WorkerBoard(now: { moment.withLock { $0 } })
        let workspace = try await Self.company()
        try await ScheduledCompany(workspace, board: board).run { company in
            for seconds in stride(from: 30, through: 300, by: 30) {
                moment.withLock { $0 += .seconds(30) }
                await company.advance(to: "2026-10-15T00:0\(seconds / 60):\(seconds % 60 == 0 ? "00" : "30")Z")
            }
            #expect(board.workers.map(\.trouble) == [nil])
        }
    }
}
