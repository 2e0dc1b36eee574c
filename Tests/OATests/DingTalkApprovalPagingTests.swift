import DingTalkServer
import DingTalkTesting
import PlumblineKit
import PlumblineTesting
import Testing

@testable import OAConnectors

/// Reading approvals that change, come and go meanwhile.
@Suite struct DingTalkApprovalPagingTests {
    typealias Scene = DingTalkScene

    private func many(_ count: Int) -> DingTalkEmulator {
        var dingTalk = DingTalkEmulator.company()
        for number in 1...count {
            dingTalk.ask(
                "p\(100 + number)", of: number.isMultiple(of: 3) ? "PROC-2" : "PROC-1", by: "li", approver: "zhang",
                at: Scene.start.advanced(bySeconds: -number * 3600))
        }
        return dingTalk
    }

    @Test(arguments: 0..<12)
    func `approvals that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        let service = EmulatedService(many(70), at: Scene.start)
        service.meanwhile { dingTalk, number, now in
            if number > 60 { return }
            let other = "p\(101 + (number * 7 + seed) % 70)"
            switch (number + seed) % 6 {
            case 0: dingTalk.decide(other, "agree", at: now)
            case 1: dingTalk.ask("new\(number)", of: "PROC-1", by: "sun", approver: "zhao", at: now)
            case 2: dingTalk.instances[other] = nil
            case 3: dingTalk.decide(other, "refuse", at: now)
            case 4: dingTalk.withdraw(other, at: now)
            default: dingTalk.decide(other, "agree", at: now, next: "boss")
            }
        }
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none twice in a run")
        service.meanwhile(nil)
        service.wait(seconds: 3600)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// Newest first: a deletion moves every older one to the place before it.
    @Test(arguments: 1...12)
    func `a list that shifts while it is read loses nothing`(request: Int) async throws {
        let service = EmulatedService(many(70), at: Scene.start)
        service.meanwhile { dingTalk, number, _ in if number == request { dingTalk.instances["p101"] = nil } }
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["since": .text("2026-10-12")])
        // What was deleted after it was read is noticed by the next run, which does not list the others again.
        try await Scene.run(&ledger, service, ["since": .text("2026-10-12")])
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...12)
    func `a run that dies goes on where it stood, a broken server only takes time`(request: Int) async throws {
        let service = EmulatedService(Scene.seven(), at: Scene.start)
        var ledger = StreamLedger("approvals")
        service.fail(request: request, with: .cutOff)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.fail(request: 1, with: .broken)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: Following

    @Test func `an open approval is read again until it ends, and then while it may be taken back`() async throws {
        var dingTalk = DingTalkEmulator.company()
        dingTalk.ask("old", of: "PROC-1", by: "li", approver: "zhang", at: Scene.days(-200))
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        for day in 1...3 {
            service.wait(seconds: 86_400)
            try await Scene.run(&ledger, service)
            #expect(ledger.lastRun == ["old"], "day \(day)")
        }
        service.edit { $0.decide("old", "agree", at: Scene.days(3)) }
        service.wait(seconds: 3 * 86_400)
        try await Scene.run(&ledger, service)
        #expect(ledger.records["old"]?.json["outcome"] == "approved")
        service.edit { $0.withdraw("old", at: Scene.days(6)) }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["old"]?.json["outcome"] == "withdrawn")
        service.wait(seconds: 20 * 86_400)
        try await Scene.run(&ledger, service)
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [], "what ended long ago is left alone")
        Scene.expectExact(ledger, service)
    }

    @Test func `an open approval that is deleted goes`() async throws {
        let service = EmulatedService(Scene.seven(), at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["p5"] != nil)
        service.edit { $0.instances["p5"] = nil }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["p5"] == nil)
        Scene.expectExact(ledger, service)
    }

    @Test func `who has more open than can be followed is told of each`() async throws {
        let service = EmulatedService(many(12), at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["max_followed": .text("10")])
        #expect(ledger.records.count == 12 && ledger.anomalies.count == 2)
        #expect(ledger.anomalies.allSatisfy { $0.reason.contains("raise max_followed") })
    }

    /// Six of twelve have ended, the first to be read or the last; seven are followed.
    @Test(arguments: [1...6, 7...12])
    func `open approvals are followed before those that have ended, and of these the newest`(
        ended: ClosedRange<Int>
    ) async throws {
        var dingTalk = many(12)
        for number in ended {
            dingTalk.decide("p\(100 + number)", "agree", at: Scene.start.advanced(bySeconds: -number * 60))
        }
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["max_followed": .text("7")])
        #expect(ledger.anomalies == [])
        service.wait(seconds: 86_400)
        service.edit { dingTalk in
            for number in 1...12 where !ended.contains(number) {
                dingTalk.decide("p\(100 + number)", "refuse", at: Scene.days(1))
            }
            dingTalk.withdraw("p\(100 + ended.lowerBound)", at: Scene.days(1))
        }
        try await Scene.run(&ledger, service, ["max_followed": .text("7")])
        #expect(ledger.lastRun.count == 7)
        Scene.expectExact(ledger, service)
    }

    // MARK: Standing still

    /// The windows of a run that stood still lie further back than the system lists.
    @Test(arguments: [3, 9, 14, 20], [2, 14, 45, 400])
    func `a first run that stood still for long goes on with what is still listed`(
        request: Int, days: Int
    ) async throws {
        let lines = Lines()
        let service = EmulatedService(Scene.seven(), at: Scene.start)
        var ledger = StreamLedger("approvals")
        service.fail(request: request, with: .cutOff)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.wait(seconds: days * 86_400)
        try await ledger.run(try Scene.connector(service, log: { lines.add($0) })) { service.wait(seconds: $0) }
        if days < 150 { Scene.expectExact(ledger, service) }
        if days == 400 { #expect(lines.all.contains { $0.contains("no longer listed") }) }
        service.edit { $0.ask("new", of: "PROC-2", by: "sun", approver: "zhao", at: Scene.days(days - 1)) }
        service.wait(seconds: 86_400)
        try await Scene.run(&ledger, service)
        #expect(ledger.records["new"]?.json["outcome"] == "pending" && service.system.faults == [])
    }

    @Test func `a process that is named later is read from the beginning`() async throws {
        let service = EmulatedService(Scene.seven(), at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["processes": .map(["purchase": "PROC-1"])])
        #expect(ledger.records.keys.sorted() == ["p1", "p3", "p5", "p7"])
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test func `approvals of more than a year ago are not asked for, and the log says so`() async throws {
        let lines = Lines()
        let service = EmulatedService(Scene.seven(), at: Scene.start)
        var ledger = StreamLedger("approvals")
        let connector = try Scene.connector(service, ["since": .text("2024-01-01")], log: { lines.add($0) })
        try await ledger.run(connector) { service.wait(seconds: $0) }
        #expect(lines.all.contains { $0.contains("no longer listed by DingTalk") })
        Scene.expectExact(ledger, service)
    }

    // MARK: Lists

    @Test func `lists are asked for in parts as short as the settings say`() async throws {
        var dingTalk = many(30)
        (dingTalk.mostListedInstances, dingTalk.mostListedPeople) = (5, 2)
        let service = EmulatedService(dingTalk, at: Scene.start)
        let shorter: [String: SettingInput] = ["listed_approvals": .text("5"), "listed_people": .text("2")]
        var (ledger, people) = (StreamLedger("approvals"), StreamLedger("people"))
        try await Scene.run(&ledger, service, shorter)
        try await Scene.run(&people, service, shorter)
        #expect(people.records.count == 7)
        Scene.expectExact(ledger, service)
        #expect(try await Scene.connector(service, shorter).check().remarks.first == "7 people")
        #expect(service.system.faults == [])
    }

    @Test func `a window of more instances than the system lists is cut`() async throws {
        var dingTalk = DingTalkEmulator.company()
        for number in 1...100 {
            dingTalk.ask(
                "p\(number)", of: "PROC-1", by: "li", approver: "zhang", at: Scene.start.advanced(bySeconds: -number))
        }
        let service = EmulatedService(dingTalk, at: Scene.start)
        let settings = try Settings(Scene.settings, against: DingTalkConnector.description.settings)
        let client = DingTalkClient(
            settings: settings, apiURL: "https://api.dingtalk.example",
            context: DingTalkConnection.context(service, now: service.now))
        let ids = try await client.instanceIDs(
            of: "PROC-1", from: Scene.days(-1), through: Scene.start, most: 40)
        #expect(ids == nil, "it is told that there are more")
        let part = try await client.instanceIDs(
            of: "PROC-1", from: Scene.start.advanced(bySeconds: -30), through: Scene.start, most: 40)
        #expect(part?.count == 30)
    }

    @Test func `windows are cut until each is listed, and none is lost or doubled`() async throws {
        let service = EmulatedService(many(100), at: Scene.start)
        let settings = try Settings(
            Scene.settings.merging(["page_size": .text("7")]) { $1 }, against: DingTalkConnector.description.settings)
        let context = DingTalkConnection.context(service, now: service.now)
        let client = DingTalkClient(settings: settings, apiURL: "https://api.dingtalk.example", context: context)
        let approvals = try DingTalkApprovals(client: client, settings: settings, context: context, mostListed: 30)
        var (cursor, ids, hasMore) = (Cursor?.none, [String](), true)
        while hasMore {
            let page = try await approvals.page(after: cursor)
            ids += page.records.map(\.id)
            (cursor, hasMore) = (page.cursor, page.hasMore)
        }
        #expect(ids.count == 100 && Set(ids).count == 100 && service.system.faults == [])
    }

    @Test func `a list that does not move on is an error`() async throws {
        let transport = CannedTransport([
            "POST /v1.0/oauth2/accessToken": .json(#"{"accessToken":"t-123456","expireIn":7200}"#),
            "POST /v1.0/workflow/processes/instanceIds/query": .json(
                #"{"success":true,"result":{"list":[],"nextToken":"0"}}"#),
        ])
        let connector = try DingTalkConnector(
            settings: Settings(Scene.settings, against: DingTalkConnector.description.settings),
            context: DingTalkConnection.context(transport, now: FixedClock().now))
        await #expect { _ = try await connector.page(of: "approvals", after: nil) } throws: {
            "\($0)".contains("has more and does not move on")
        }
    }
}
