import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import WeComTesting

/// Reading approvals that change, over windows and pages.
@Suite struct WeComApprovalTests {
    typealias Scene = WeComScene

    private func months(_ count: Int, _ template: (Int) -> String = { _ in "T-buy" }) -> WeComEmulator {
        var weCom = Scene.weCom()
        for number in 1...count {
            Scene.submit(number, template(number), at: Scene.minute(number * 1440 * 5 + 1), &weCom)
        }
        return weCom
    }

    @Test func `months are read in windows that WeCom allows`() async throws {
        let service = EmulatedService(months(20))
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.count == 20, "none doubled")
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: [1, 2, 3])
    func `a short or an empty page is not the end`(shown: Int) async throws {
        var weCom = months(20)
        weCom.shortPages = shown
        let service = EmulatedService(weCom)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.count == 20)
        Scene.expectExact(ledger, service)
    }

    @Test func `pages that overlap give each approval once`() async throws {
        var weCom = months(20)
        weCom.repeatsNumbers = true
        let service = EmulatedService(weCom)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.count == 20)
        Scene.expectExact(ledger, service)
    }

    @Test func `a list that does not move on is an error`() async throws {
        let transport = CannedTransport([
            "GET /cgi-bin/gettoken": .json(#"{"errcode":0,"access_token":"t","expires_in":7200}"#),
            "POST *": .json(#"{"errcode":0,"sp_no_list":[],"new_next_cursor":"same"}"#),
        ])
        let settings = try Settings(Scene.settings, against: WeComOAConnector.description.settings)
        let connector = try WeComOAConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock().now))
        await #expect {
            for try await _ in connector.pages(of: "approvals") {}
        } throws: { "\($0)".contains("promises more and does not move on") }
    }

    @Test func `only approvals of the named templates are read`() async throws {
        let service = EmulatedService(months(12) { ["T-buy", "T-seal", "T-leave"][$0 % 3] })
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["templates": .list(["T-buy", "T-seal"])])
        let templates = Set(ledger.records.values.compactMap { $0.json["template"]?.string })
        #expect(templates == ["T-buy", "T-seal"] && ledger.lastRun.count == 8)
        #expect(service.requests.filter { $0.path.hasSuffix("getapprovaldetail") }.count == 8, "others cost nothing")
        #expect(service.system.faults == [])
    }

    // MARK: Changes

    @Test func `a pending approval is read again until it ends, however old it is, and ended ones are not`()
        async throws
    {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        let number = Scene.number(7)
        for _ in 0..<2 {
            service.wait(seconds: 40 * 86_400)
            let now = service.now()
            service.edit { $0.decide(number, at: now) }
            try await Scene.run(&ledger, service)
            #expect(ledger.lastRun == [number])
            Scene.expectExact(ledger, service)
        }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [])
    }

    @Test func `a pending approval that is deleted goes`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.records[Scene.number(7)] != nil)
        service.edit { $0.approvals[Scene.number(7)]?.status = 7 }
        try await Scene.run(&ledger, service)
        #expect(ledger.records[Scene.number(7)] == nil)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: [6, 7, 10])
    func `a young approval that changes after it passed is read again, an older one is not`(status: Int) async throws {
        let start = Scene.minute(0).advanced(bySeconds: 3 * 86_400)
        let service = EmulatedService(Scene.seven(), at: start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["recheck": .text("7d")])
        service.edit { $0.approvals[Scene.number(1)]?.status = status }
        try await Scene.run(&ledger, service, ["recheck": .text("7d")])
        Scene.expectExact(ledger, service, "\(status)")
        service.wait(seconds: 8 * 86_400)
        try await Scene.run(&ledger, service, ["recheck": .text("7d")])
        service.edit { $0.approvals[Scene.number(2)]?.status = 6 }
        try await Scene.run(&ledger, service, ["recheck": .text("7d")])
        #expect(ledger.records[Scene.number(2)]?.json["outcome"] == "approved")
    }

    @Test func `of too many pending approvals the oldest are given up, and that is told`() async throws {
        let service = EmulatedService(months(6))
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["open_limit": .text("4")])
        #expect(ledger.anomalies.map(\.id) == ["open approvals"])
        #expect(ledger.anomalies.first?.reason.hasPrefix("2 of the oldest pending approvals") == true)
        try await Scene.run(&ledger, service, ["open_limit": .text("4")])
        #expect(ledger.lastRun == (3...6).map(Scene.number))
    }

    @Test func `a number whose detail cannot be read is told, and asked for once more`() async throws {
        let service = EmulatedService(Scene.seven())
        service.edit { $0.refusals["oa/getapprovaldetail"] = 301_025 }
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.records.isEmpty && ledger.rejected.count == 7)
        service.edit { $0.refusals = [:] }
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    /// Refused, or with a status that is not known: both for a while alone.
    @Test(arguments: [true, false])
    func `a pending approval whose detail fails is followed on, however old it is`(isRefused: Bool) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        let number = Scene.number(7)
        service.wait(seconds: 40 * 86_400)
        for _ in 0..<3 {
            service.edit { weCom in
                if isRefused {
                    weCom.refusals["oa/getapprovaldetail"] = 301_025
                } else {
                    weCom.approvals[number]?.status = 11
                }
            }
            try await Scene.run(&ledger, service)
            #expect(ledger.rejected.contains(number))
            service.wait(seconds: 86_400)
        }
        let now = service.now()
        service.edit { weCom in
            weCom.refusals = [:]
            weCom.approvals[number]?.status = 1
            weCom.decide(number, 3, at: now)
        }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [number])
        Scene.expectExact(ledger, service)
    }

    @Test func `a pending approval that nobody can read any more is given up after a week, and that is told`()
        async throws
    {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        service.edit { $0.approvals[Scene.number(7)] = nil }
        let asked = { service.requests.filter { $0.path.hasSuffix("getapprovaldetail") }.count }
        var calls: [Int] = []
        for _ in 0..<9 {
            service.wait(seconds: 86_400)
            let before = asked()
            try await Scene.run(&ledger, service)
            calls.append(asked() - before)
        }
        // The fourth is broken from the beginning, so it is given up a day before the seventh.
        #expect(calls == [2, 2, 2, 2, 2, 2, 2, 1, 0])
        #expect(ledger.anomalies.map(\.id) == [Scene.number(4), Scene.number(7)])
        #expect(ledger.anomalies.allSatisfy { $0.reason.contains("could not be read for 7 days") })
    }

    @Test(arguments: [-5 * 86_400, -10, -3, 3, 5 * 86_400])
    func `an approval that is listed by another time than its own is read`(seconds: Int) async throws {
        var weCom = months(3)
        let applied = try #require(weCom.approvals[Scene.number(1)]?.applied)
        weCom.approvals[Scene.number(1)]?.listed = applied.advanced(bySeconds: seconds)
        Scene.submit(9, at: Scene.minute(0).advanced(bySeconds: -86_400), &weCom)
        weCom.approvals[Scene.number(9)]?.listed = Scene.minute(60)
        let service = EmulatedService(weCom)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.sorted() == [1, 2, 3, 9].map(Scene.number), "none lost, none doubled")
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 0..<8)
    func `approvals that are submitted, decided and deleted meanwhile are known in the end`(seed: Int) async throws {
        var weCom = Scene.weCom()
        for number in 1...20 { Scene.submit(number, at: Scene.minute(number * 1440), &weCom) }
        let service = EmulatedService(weCom)
        service.meanwhile { weCom, number, now in
            guard number <= 60 else { return }
            let some = Scene.number((number * 7 + seed) % 20 + 1)
            switch (number + seed) % 4 {
            case 0: weCom.decide(some, at: now)
            case 1: Scene.submit(100 + number, at: now, &weCom)
            case 2: weCom.decide(some, 3, at: now)
            default: if weCom.approvals[some]?.status == 1 { weCom.approvals[some]?.status = 7 }
            }
        }
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        for _ in 0..<2 {
            service.wait(seconds: 60)
            try await Scene.run(&ledger, service)
        }
        Scene.expectExact(ledger, service, "seed \(seed)")
    }
}
