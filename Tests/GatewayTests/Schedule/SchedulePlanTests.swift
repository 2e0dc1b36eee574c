import Expressions
import Indicators
import Testing

@testable import Gateway

/// What is due when, and when to look again.
@Suite struct SchedulePlanTests {
    static let diary = ScheduledWork.pull("diary")

    private static func at(_ time: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: "2026-10-15T\(time)Z"))
    }

    private static func schedule(
        _ cron: String = "0 * * * *", catchUp: PullSchedule.CatchUp = .once
    ) throws -> PullSchedule {
        PullSchedule(try CronExpression(cron), in: .utc, jitter: .zero, catchUp: catchUp)
    }

    /// A plan with one connection, followed since midnight.
    private static func plan(
        _ cron: String = "0 * * * *", catchUp: PullSchedule.CatchUp = .once, last: String? = nil,
        cutShort: Bool = false,
        from start: String = "00:00:00"
    ) throws -> SchedulePlan {
        var plan = SchedulePlan(pullsAtOnce: 2)
        var histories: [ScheduledWork: PullHistory] = [:]
        if let last { histories[diary] = PullHistory(started: try at(last), isCutShort: cutShort) }
        plan.follow([diary: try schedule(cron, catchUp: catchUp)], histories: histories, at: try at(start))
        return plan
    }

    private static func due(_ plan: inout SchedulePlan, _ time: String) throws -> Bool {
        plan.step(at: try at(time)).start == [diary]
    }

    /// Begins and ends a pull.
    private static func pull(
        _ plan: inout SchedulePlan, _ start: String, _ end: String? = nil, _ outcome: WorkOutcome = .done
    ) throws {
        plan.begin(diary, at: try at(start))
        plan.end(diary, at: try at(end ?? start), outcome)
    }

    private static func wake(_ plan: inout SchedulePlan, _ time: String) throws -> String? {
        plan.step(at: try at(time)).wake.map { String($0.rfc3339.dropFirst(11).dropLast()) }
    }

    @Test func `a connection that was never pulled waits for its next time`() throws {
        var plan = try Self.plan()
        #expect(try !Self.due(&plan, "00:00:00") && !Self.due(&plan, "00:59:59"))
        #expect(try Self.wake(&plan, "00:30:00") == "01:00:00")
        #expect(try Self.due(&plan, "01:00:00"))
        try Self.pull(&plan, "01:00:00")
        #expect(try !Self.due(&plan, "01:00:01") && Self.wake(&plan, "01:00:01") == "02:00:00")
    }

    @Test(arguments: [("01:59:00", false), ("02:00:00", true), ("05:30:00", true)])
    func `downtime is made good by one pull, however many times have passed`(start: String, isDue: Bool) throws {
        var plan = try Self.plan(last: "01:00:05", from: start)
        #expect(try Self.due(&plan, start) == isDue)
        guard isDue else { return }
        try Self.pull(&plan, start)
        #expect(try !Self.due(&plan, start))
        #expect(try Self.wake(&plan, start) == (start == "02:00:00" ? "03:00:00" : "06:00:00"))
    }

    @Test func `a schedule that skips waits for the next time after downtime`() throws {
        var plan = try Self.plan(catchUp: .skip, last: "01:00:05", from: "05:30:00")
        #expect(try !Self.due(&plan, "05:59:59") && Self.due(&plan, "06:00:00"))
    }

    @Test(arguments: [PullSchedule.CatchUp.once, .skip])
    func `what runs is not begun again, and what it missed counts once or not at all`(catchUp: PullSchedule.CatchUp)
        throws
    {
        var plan = try Self.plan(catchUp: catchUp)
        plan.begin(Self.diary, at: try Self.at("01:00:00"))
        #expect(try !Self.due(&plan, "02:00:00") && !Self.due(&plan, "03:30:00"))
        #expect(try Self.wake(&plan, "03:30:00") == nil)
        plan.end(Self.diary, at: try Self.at("03:30:00"), .done)
        #expect(try Self.due(&plan, "03:30:00") == (catchUp == .once))
        if catchUp == .once { try Self.pull(&plan, "03:30:00") }
        #expect(try !Self.due(&plan, "03:59:59") && Self.due(&plan, "04:00:00"))
    }

    @Test func `a pull that others began counts, and tells of no failure any more`() throws {
        var plan = try Self.plan()
        plan.note(
            PullHistory(started: try Self.at("01:00:00"), isCutShort: false), of: Self.diary,
            at: try Self.at("01:00:30"))
        #expect(try !Self.due(&plan, "01:00:30") && Self.due(&plan, "02:00:00"))
        try Self.pull(&plan, "02:00:00", "02:00:10", .failedForNow(retryAfter: nil))
        #expect(try Self.due(&plan, "02:01:10"))
        plan.note(
            PullHistory(started: try Self.at("02:00:40"), isCutShort: false), of: Self.diary,
            at: try Self.at("02:01:10"))
        #expect(try !Self.due(&plan, "02:01:10") && Self.wake(&plan, "02:01:10") == "03:00:00")
    }

    @Test func `its own runs are not taken for those of others`() throws {
        var plan = try Self.plan()
        try Self.pull(&plan, "01:00:00", "02:10:00")
        plan.note(
            PullHistory(started: try Self.at("02:05:00"), isCutShort: false), of: Self.diary,
            at: try Self.at("02:10:00"))
        #expect(try Self.due(&plan, "02:10:00"), "the time at 02:00 was missed")
    }

    @Test func `a failure that may pass is tried again after 1, 2, 4 minutes, and no later than at the next time`()
        throws
    {
        var plan = try Self.plan("0,15 * * * *")
        var waits: [String] = []
        var time = "01:00:00"
        for _ in 0..<5 {
            #expect(try Self.due(&plan, time))
            try Self.pull(&plan, time, time, .failedForNow(retryAfter: nil))
            time = try #require(try Self.wake(&plan, time))
            waits.append(time)
        }
        #expect(waits == ["01:01:00", "01:03:00", "01:07:00", "01:15:00", "01:31:00"])
        try Self.pull(&plan, time)
        #expect(try Self.wake(&plan, time) == "02:00:00")
        try Self.pull(&plan, "02:00:00", "02:00:00", .failedForNow(retryAfter: nil))
        #expect(try Self.wake(&plan, "02:00:00") == "02:01:00", "success begins the count anew")
    }

    @Test func `a source that asks to be left alone is, even past its next time`() throws {
        var plan = try Self.plan()
        try Self.pull(&plan, "01:00:00", "01:00:10", .failedForNow(retryAfter: .seconds(7200)))
        #expect(try Self.wake(&plan, "01:00:10") == "03:00:10")
        #expect(try !Self.due(&plan, "03:00:09") && Self.due(&plan, "03:00:10"))
    }

    @Test func `a failure that a person has to mend waits for the next time`() throws {
        var plan = try Self.plan()
        try Self.pull(&plan, "01:00:00", "01:00:10", .failed)
        #expect(try Self.wake(&plan, "01:00:10") == "02:00:00")
    }

    @Test(arguments: [PullSchedule.CatchUp.once, .skip])
    func `a pull that was cut short before the start is tried again soon, unless the schedule skips`(
        catchUp: PullSchedule.CatchUp
    ) throws {
        var plan = try Self.plan(catchUp: catchUp, last: "01:00:00", cutShort: true, from: "01:30:00")
        #expect(try Self.wake(&plan, "01:30:00") == (catchUp == .once ? "01:31:00" : "02:00:00"))
    }

    @Test func `so many pulls run at once, those that wait longest first, and upkeep beside them one at a time`() throws
    {
        var plan = SchedulePlan(pullsAtOnce: 2)
        let names = ["a", "b", "c", "d"].map(ScheduledWork.pull)
        var schedules = Dictionary(
            uniqueKeysWithValues: zip(names, try ["30", "20", "10", "20"].map { try Self.schedule("\($0) * * * *") }))
        schedules[.publication] = try Self.schedule()
        schedules[.retention] = try Self.schedule()
        plan.follow(schedules, histories: [:], at: try Self.at("00:00:00"))
        let first = plan.step(at: try Self.at("01:05:00")).start
        #expect(first == [names[2], names[1], .publication])
        for work in first { plan.begin(work, at: try Self.at("01:05:00")) }
        #expect(plan.step(at: try Self.at("01:06:00")).start == [])
        plan.end(names[2], at: try Self.at("01:06:00"), .done)
        #expect(plan.step(at: try Self.at("01:06:00")).start == [names[3]])
        plan.end(.publication, at: try Self.at("01:06:00"), .done)
        #expect(plan.step(at: try Self.at("01:06:00")).start == [names[3], .retention])
    }

    @Test func `a changed schedule counts from now, an unchanged one stays as it was, one that is gone ends`() throws {
        var plan = try Self.plan(last: "01:00:05", from: "01:30:00")
        plan.follow([Self.diary: try Self.schedule()], histories: [:], at: try Self.at("02:30:00"))
        #expect(try Self.due(&plan, "02:30:00"))
        plan.follow([Self.diary: try Self.schedule("20 * * * *")], histories: [:], at: try Self.at("02:30:00"))
        #expect(try !Self.due(&plan, "02:30:00") && Self.wake(&plan, "02:30:00") == "03:20:00")
        plan.begin(Self.diary, at: try Self.at("03:20:00"))
        plan.follow([:], histories: [:], at: try Self.at("03:30:00"))
        #expect(plan.running == [Self.diary])
        plan.end(Self.diary, at: try Self.at("03:40:00"), .failedForNow(retryAfter: nil))
        #expect(try plan.running == [] && plan.step(at: Self.at("09:00:00")) == .init())
    }

    @Test func `what is asked for while it runs is done once more behind that`() throws {
        var plan = try Self.plan()
        plan.request(Self.diary)
        #expect(try Self.due(&plan, "00:10:00"))
        plan.begin(Self.diary, at: try Self.at("00:10:00"))
        #expect(!plan.isRequested(Self.diary))
        plan.request(Self.diary)
        #expect(try !Self.due(&plan, "00:11:00"))
        plan.end(Self.diary, at: try Self.at("00:12:00"), .done)
        #expect(try Self.due(&plan, "00:12:00"))
    }

    @Test func `a clock that was set back does not stop the schedule`() throws {
        var plan = try Self.plan()
        try Self.pull(&plan, "09:00:00")
        #expect(try Self.wake(&plan, "01:30:00") == "02:00:00")
        plan.note(
            PullHistory(started: try Self.at("09:00:00"), isCutShort: false), of: Self.diary,
            at: try Self.at("02:00:00"))
        #expect(try Self.due(&plan, "02:00:00"))
    }
}

/// How starts are spread.
@Suite struct JitterTests {
    private static func delay(_ name: String, _ cron: String, _ jitter: Duration?, at time: String) throws -> Duration {
        let schedule = PullSchedule(try CronExpression(cron), in: .utc, jitter: jitter)
        let slot = try #require(Timestamp(rfc3339: time))
        return schedule.start(of: name, at: slot) - slot
    }

    @Test(arguments: [
        ("* * * * *", Int?.none, 6), ("*/5 * * * *", nil, 30), ("0 3 * * *", nil, 60), ("0 3 * * *", 0, 0),
        ("0 3 * * *", 600, 600),
        ("*/5 * * * *", 3600, 300),
    ])
    func `a start lies within its bounds, is the same each day, and differs from others`(
        cron: String, jitter: Int?, bound: Int
    ) throws {
        let names = (1...200).map { "connection \($0)" }
        let jitter = jitter.map { Duration.seconds($0) }
        let delays = try names.map { try Self.delay($0, cron, jitter, at: "2026-10-15T03:00:00Z") }
        #expect(delays.allSatisfy { $0 >= .zero && ($0 < .seconds(bound) || bound == 0) })
        let later = try names.map { try Self.delay($0, cron, jitter, at: "2026-11-20T03:00:00Z") }
        #expect(delays == later)
        guard bound > 0 else { return }
        #expect(Set(delays).count > 150)
        let (low, high) = (delays.filter { $0 < .seconds(bound) / 2 }.count, 200)
        #expect((60...140).contains(low), "\(low) of \(high) lie in the first half")
    }
}
