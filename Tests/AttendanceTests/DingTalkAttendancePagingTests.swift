import AttendanceConnectors
import DingTalkTesting
import PlumblineKit
import PlumblineTesting
import Testing

/// Reading days while people come and go and the system refuses and limits.
@Suite struct DingTalkAttendancePagingTests {
    typealias Scene = DingTalkAttendanceScene

    @Test(arguments: ["3", "50"])
    func `all days of everybody are known`(pageSize: String) async throws {
        let service = EmulatedService(Scene.weeks(), at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, ["page_size": .text(pageSize)])
        #expect(ledger.lastRun.count == 77 && Set(ledger.lastRun).count == 77)
        Scene.expectExact(ledger, service)
    }

    @Test func `more planned punches than a page holds are all read`() async throws {
        var dingTalk = DingTalkEmulator.company()
        for number in 1...60 { dingTalk.hire(.init("u\(100 + number)", "N", in: [2])) }
        for user in dingTalk.users.map(\.id) {
            for day in Scene.workdays { dingTalk.work(user, on: day, in: 540, out: 1080) }
        }
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, ["page_size": .text("50")])
        Scene.expectExact(ledger, service)
    }

    // MARK: Refusals

    @Test(arguments: 1...40)
    func `a token that ends within a run loses nothing`(request: Int) async throws {
        let service = EmulatedService(Scene.weeks(), at: Scene.start)
        service.meanwhile { dingTalk, number, _ in if number == request { dingTalk.endTokens() } }
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...40)
    func `a run that dies goes on where it stood, a broken server only takes time`(request: Int) async throws {
        let service = EmulatedService(Scene.weeks(), at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        service.fail(request: request, with: .cutOff)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.fail(request: 1, with: .broken)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test func `calls that are limited only take time`() async throws {
        var dingTalk = Scene.weeks()
        dingTalk.calls = RequestWindow(limit: 24, seconds: 60)
        let service = EmulatedService(dingTalk, at: Scene.start)
        var (ledger, waited) = (StreamLedger("attendance_days"), 0)
        let connector = try Scene.connector(service)
        try await ledger.run(connector) {
            waited += $0
            service.wait(seconds: $0)
        }
        #expect(waited > 0)
        Scene.expectExact(ledger, service)
    }

    // MARK: Changes

    @Test(arguments: 0..<10)
    func `punches and people that change at every request are known in the end`(seed: Int) async throws {
        let service = EmulatedService(Scene.weeks(), at: Scene.start)
        service.meanwhile { dingTalk, number, _ in
            if number > 50 { return }
            let user = Scene.everybody[(number * 3 + seed) % 7]
            let day = Scene.workdays[(number * 5 + seed) % 9]
            switch (number + seed) % 4 {
            case 0: dingTalk.punch(user, on: day, at: 1090 + number, isOn: false)
            case 1: dingTalk.supplement(user, on: day, isOn: false, at: 1100)
            case 2: dingTalk.punch(user, on: day, at: 480 - number, isOn: true)
            default: dingTalk.work(user, on: "2026-10-11", in: 540, out: 1080)
            }
        }
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "no day twice in a run")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, ["recheck": .text("20d")])
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// Each later one moves to the place before, and the first of the next page into one that was read.
    @Test(arguments: 20...45)
    func `planned punches that go while they are listed hide no others`(request: Int) async throws {
        var dingTalk = DingTalkEmulator.company()
        for number in 1...20 { dingTalk.hire(.init("u\(100 + number)", "N", in: [2])) }
        for day in Scene.workdays {
            for user in dingTalk.users.map(\.id) { dingTalk.work(user, on: day, in: 540, out: 1080) }
        }
        let service = EmulatedService(dingTalk, at: Scene.start)
        service.meanwhile { dingTalk, number, _ in
            if number == request { dingTalk.results = dingTalk.results.filter { $0.value.user != "zhang" } }
        }
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, ["page_size": .text("50")])
        let others = ledger.records.filter { record in
            !record.key.hasPrefix("zhang/") && Scene.workdays.contains { record.key.hasSuffix($0) }
        }
        #expect(others.count == 26 * 9)
        for (id, record) in others { #expect(record.json["planned_minutes"] == 540, "\(id)") }
        #expect(service.system.faults == [])
    }

    /// The first of 45 comes or goes while pages of twenty are read; `li` has the last leave of the first page and the
    /// first of the second.
    @Test(arguments: 24...40, [false, true])
    func `leave that comes or goes while it is listed is neither doubled nor missed`(
        request: Int, comes: Bool
    ) async throws {
        var dingTalk = DingTalkEmulator.company()
        dingTalk.work("li", on: "2026-10-14", in: nil, out: nil)
        let noon = try #require(dingTalk.moment("2026-10-14 12:00:00"))
        func leave(_ user: String, _ hours: Int) -> DingTalkEmulator.Leave {
            .init(
                user, from: noon.advanced(bySeconds: hours * 3600), to: noon.advanced(bySeconds: (hours + 2) * 3600),
                percent: 200, code: "annual")
        }
        dingTalk.leaves = (0..<45).map { leave("zhao", -$0) }
        dingTalk.leaves[19...20] = [leave("li", 2), leave("li", 4)]
        let service = EmulatedService(dingTalk, at: Scene.start)
        service.meanwhile { [first = leave("zhao", 5)] dingTalk, number, _ in
            if number != request { return }
            if comes { dingTalk.leaves.insert(first, at: 0) } else { dingTalk.leaves.removeFirst() }
        }
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, ["page_size": .text("50")])
        let record = try #require(ledger.records["li/2026-10-14"]).json
        #expect(record["leave_minutes"] == 240 && record["absence_minutes"] == 300)
        #expect(service.system.faults == [])
    }

    @Test func `a list that never comes twice alike is told of as unsteady`() async throws {
        var dingTalk = DingTalkEmulator.company()
        let moment = try #require(dingTalk.moment("2026-10-06 12:00:00"))
        dingTalk.leaves = (0..<25).map { .init("boss", from: moment, to: moment, percent: $0, code: "x") }
        let service = EmulatedService(dingTalk, at: Scene.start)
        service.meanwhile { dingTalk, number, _ in
            dingTalk.leaves.append(.init("boss", from: moment, to: moment, percent: 100 + number, code: "x"))
        }
        await #expect {
            _ = try await Scene.connector(service).page(of: "attendance_days", after: nil)
        } throws: {
            guard case .unavailable(let reason, _)? = $0 as? ConnectorError else { return false }
            return reason.contains("getleavestatus")
        }
    }

    @Test func `lists of people are asked for in parts as short as the settings say`() async throws {
        var dingTalk = Scene.weeks()
        dingTalk.mostListedPeople = 2
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, ["listed_people": .text("2")])
        Scene.expectExact(ledger, service)
    }

    @Test func `a punch that is supplemented later is found while its day is read again`() async throws {
        let service = EmulatedService(Scene.weeks(), at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        service.edit { $0.supplement("sun", on: "2026-10-07", isOn: false, at: 1080) }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["sun/2026-10-07"]?.json["missing_punch"] == true, "three days are read again, no more")
        try await Scene.run(&ledger, service, ["recheck": .text("10d")])
        #expect(ledger.records["sun/2026-10-07"]?.json["missing_punch"] == false)
        Scene.expectExact(ledger, service)
    }

    // MARK: Who joins and leaves

    @Test func `who was hired later has no days before`() async throws {
        var dingTalk = Scene.weeks()
        dingTalk.users[1].hired = dingTalk.moment("2026-10-12 00:00:00")
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["li/2026-10-11"] == nil && ledger.records["li/2026-10-12"] != nil)
    }

    /// `sun` works on the 16th and is gone from the directory before the next run.
    private func leaving(servesLeavers: Bool) async throws -> (StreamLedger, Scene.Service) {
        var dingTalk = Scene.weeks()
        dingTalk.servesLeavers = servesLeavers
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        service.edit { dingTalk in
            dingTalk.work("sun", on: "2026-10-16", in: 540, out: 1085)
            dingTalk.leave("sun")
        }
        service.wait(seconds: 86_400)
        try await Scene.run(&ledger, service)
        return (ledger, service)
    }

    @Test func `who left has the last days as well`() async throws {
        var (ledger, service) = try await leaving(servesLeavers: true)
        #expect(ledger.records["sun/2026-10-16"]?.json["worked_minutes"] == 545 && ledger.anomalies == [])
        #expect(ledger.records["sun/2026-10-05"] != nil, "earlier days stay")
        for _ in 1...6 {
            service.wait(seconds: 86_400)
            try await Scene.run(&ledger, service)
        }
        #expect(!ledger.lastRun.contains { $0.hasPrefix("sun/") }, "and is forgotten then")
        #expect(ledger.cursor?.text.contains("sun") == false)
        #expect(ledger.records["sun/2026-10-18"] == nil && service.system.faults == [])
    }

    @Test func `where the system no longer answers for who left, a remark says so and the others are read`()
        async throws
    {
        let (ledger, service) = try await leaving(servesLeavers: false)
        #expect(ledger.records["sun/2026-10-16"] == nil && ledger.records["li/2026-10-16"] != nil)
        #expect(Set(ledger.anomalies.map(\.id)) == ["sun"])
        #expect(ledger.anomalies.allSatisfy { $0.reason.contains("no longer answers") } && service.system.faults == [])
    }

    @Test(arguments: [25, 30, 35])
    func `who leaves while a run lies dead is read to the last day`(request: Int) async throws {
        let service = EmulatedService(Scene.weeks(), at: Scene.start)
        var ledger = StreamLedger("attendance_days")
        service.fail(request: request, with: .cutOff)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.edit { $0.leave("zhao") }
        try await Scene.run(&ledger, service)
        let known = ledger.records.keys.filter { $0.hasPrefix("zhao/") }
        #expect(Scene.workdays.allSatisfy { known.contains("zhao/" + $0) }, "\(known.sorted())")
    }

    /// The directory was read before, so the call for a group names somebody unknown.
    @Test(arguments: 21...40)
    func `who leaves in the middle of a run keeps nobody else's days back`(request: Int) async throws {
        var dingTalk = Scene.weeks()
        dingTalk.servesLeavers = false
        let service = EmulatedService(dingTalk, at: Scene.start)
        service.meanwhile { dingTalk, number, _ in if number == request { dingTalk.leave("sun") } }
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        let known = ledger.records.keys.filter { !$0.hasPrefix("sun/") }
        #expect(known.count == 66)
    }
}
