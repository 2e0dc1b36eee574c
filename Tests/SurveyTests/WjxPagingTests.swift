import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// Reading a wjx that changes, refuses and breaks meanwhile, and what lies at the edges of what is read.
@Suite struct WjxPagingTests {
    typealias Scene = WjxScene

    private static let eachTime: [String: SettingInput] = ["reread_every": .text("0s"), "reread_for": .text("3660d")]

    @Test func `a run asks for what is new, and once a day for what may have been edited`() async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(20_000))
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        service.edit { $0.edit(2, "1$5") }
        service.edit { $0.put(8, "1$1", at: Scene.minute(20_001)) }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [Scene.id(101_812_480_008) + "/1"], "an edit has no new number")
        service.wait(seconds: 86_400)
        service.edit { $0.put(9, "1$2", at: Scene.minute(20_002)) }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.contains(Scene.id(101_812_480_009) + "/1"), "new, and not read again with the others")
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        Scene.expectExact(ledger, service)
    }

    @Test func `what was submitted longer ago than is read again stays as it was`() async throws {
        let start = Scene.minute(8 * 1440)
        let service = EmulatedService(Scene.two(), at: start, pace: 0)
        var ledger = StreamLedger("answers")
        let settings: [String: SettingInput] = ["reread_every": .text("0s"), "reread_for": .text("2d")]
        try await Scene.run(&ledger, service, settings)
        service.edit { wjx in for index in [3, 6, 7] { wjx.edit(index, "1$1") } }
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.lastRun == [6, 7].map { Scene.id(101_812_480_000 + $0) + "/1" }, "the edge itself is read")
    }

    /// However finely the server looks at `begin_time`.
    @Test(arguments: CutOff.all, [1, 60_000])
    func `since takes its own second and leaves out the one before`(cutOff: CutOff, grain: Int) async throws {
        var wjx = WjxEmulator()
        wjx.grain = grain
        wjx.surveys["5657754"] = WjxEmulator.Survey(questions: WjxEmulator.questions)
        for (index, seconds) in [(1, -1), (2, 0), (3, 1)] {
            wjx.put(index, "1$1", at: cutOff.moment.advanced(bySeconds: seconds))
        }
        let service = EmulatedService(wjx)
        var ledger = StreamLedger("answers")
        let settings: [String: SettingInput] = ["since": .text(cutOff.written), "surveys": .list(["5657754"])]
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        #expect(ledger.lastRun == [2, 3].map { Scene.id(101_812_480_000 + $0) + "/1" })
        #expect(service.system.faults == [])
    }

    /// A run ends with an answer at the moment; others come with times at, before and behind it, and none is lost.
    @Test(arguments: CutOff.all)
    func `what comes at the edge of a run comes with the next, in its month`(cutOff: CutOff) async throws {
        var wjx = WjxEmulator()
        wjx.surveys["5657754"] = WjxEmulator.Survey(questions: WjxEmulator.questions)
        wjx.put(1, "1$1", at: cutOff.moment)
        let service = EmulatedService(wjx, at: cutOff.moment.advanced(bySeconds: 60))
        var ledger = StreamLedger("answers")
        let settings: [String: SettingInput] = ["surveys": .list(["5657754"])]
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        service.edit { wjx in
            for (index, seconds) in [(2, 0), (3, -1), (4, 1)] {
                wjx.put(index, "1$1", at: cutOff.moment.advanced(bySeconds: seconds))
            }
        }
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        #expect(ledger.lastRun == [2, 3, 4].map { Scene.id(101_812_480_000 + $0) + "/1" }, "none lost, none doubled")
        Scene.expectExact(ledger, service)
        let month = ledger.records[Scene.id(101_812_480_001) + "/1"]?.json["month"]?.string
        #expect(month == String(cutOff.written.prefix(7)))
    }

    @Test(arguments: 1...12)
    func `a proxy's limit and a broken server only take time`(request: Int) async throws {
        for answer in [CannedAnswer.rateLimited, .broken] {
            let service = EmulatedService(Scene.two())
            var ledger = StreamLedger("answers")
            service.fail(request: request, with: answer)
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    /// A run and its sweep ask 14 times.
    @Test(arguments: 1...14)
    func `a run that dies goes on where it stood, whatever has become of the key`(request: Int) async throws {
        for answer in [CannedAnswer.html, .json(#"{"result":false,"errormsg":"ApiKey 无效"}"#)] {
            let service = EmulatedService(Scene.two())
            var ledger = StreamLedger("answers")
            service.fail(request: request, with: answer)
            await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    /// At every request an answer is edited, comes, goes or is marked invalid.
    @Test(arguments: 0..<10)
    func `answers that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(20_000))
        var ledger = StreamLedger("answers")
        service.meanwhile { wjx, number, now in
            if number > 40 { return }
            switch (number + seed) % 4 {
            case 0: wjx.edit((number * 3 + seed) % 7 + 1, "1$\(number % 5 + 1)")
            case 1: wjx.put(100 + number, "1$3", at: now)
            case 2: wjx.delete((number * 5 + seed) % 7 + 1)
            default: wjx.surveys["5657755"]?.answers[number % 4 + 1]?.isValid.toggle()
            }
        }
        try await Scene.run(&ledger, service, Self.eachTime)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, Self.eachTime)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    @Test func `an option that is no longer ticked is gone after the sweep`() async throws {
        var wjx = Scene.two()
        wjx.put(9, "2$1|3", at: Scene.minute(9))
        let service = EmulatedService(wjx)
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service, Self.eachTime)
        let id = Scene.id(101_812_480_009)
        #expect(ledger.records["\(id)/2_1"] != nil && ledger.records["\(id)/2_3"] != nil)
        service.edit { $0.edit(9, "2$3") }
        try await Scene.run(&ledger, service, Self.eachTime)
        #expect(ledger.records["\(id)/2_1"] == nil && ledger.records["\(id)/2_3"] != nil)
    }

    @Test(arguments: 1...14)
    func `a limit that wjx tells only takes time`(request: Int) async throws {
        let service = EmulatedService(Scene.two())
        var ledger = StreamLedger("answers")
        service.fail(request: request, with: .json(#"{"result":false,"errormsg":"请求过于频繁，请稍后再试"}"#))
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: Surveys that end

    @Test func `a survey that is dropped from the settings stops the run before its records are swept away`()
        async throws
    {
        let service = EmulatedService(Scene.two())
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        let reason =
            "survey 5657755 was read before, and without it its records would be taken for deleted: name it here or "
            + "under closed_surveys"
        let dropped: [String: SettingInput] = ["surveys": .list(["5657754"])]
        await #expect(throws: ConnectorError.settings(field: "surveys", reason: reason)) {
            try await Scene.run(&ledger, service, dropped)
        }
        Scene.expectExact(ledger, service)
    }

    @Test func `of a closed survey nothing new is read, and its records stay as far as wjx has them`() async throws {
        let service = EmulatedService(Scene.two())
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        service.edit { wjx in
            wjx.put(5, "1$2", at: Scene.minute(5), in: "5657755")
            wjx.put(8, "1$1", at: Scene.minute(8))
            wjx.delete(1, in: "5657755")
        }
        let closed: [String: SettingInput] = ["surveys": .list(["5657754"]), "closed_surveys": .list(["5657755"])]
        try await Scene.run(&ledger, service, closed)
        #expect(ledger.lastRun == [Scene.id(101_812_480_008) + "/1"])
        let kept = (2...4).map { Scene.id(101_812_480_000 + $0, of: "5657755") + "/1" }
        let rest = [1, 2, 3, 4, 6, 7, 8].map { Scene.id(101_812_480_000 + $0) + "/1" }
        #expect(Set(ledger.records.keys) == Set(kept + rest))
    }

    @Test func `answers that repeat are an error, not a page`() async throws {
        let item = #"{"index":3,"jid":7,"submittime":"2026-07-01 08:00:00","submitdata":"1$1"}"#
        let transport = CannedTransport(always: .json(#"{"result":true,"data":{"answers":[\#(item),\#(item)]}}"#))
        let connector = try WjxConnector(
            settings: Settings(Scene.settings, against: WjxConnector.description.settings),
            context: Scene.context(transport))
        await #expect(
            throws: ConnectorError.unexpected(
                reason: "answers of survey 5657754 repeat, are not in order or lack 'index'")
        ) { try await connector.page(of: "answers", after: nil) }
    }
}
