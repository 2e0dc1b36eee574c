import FeishuTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Approvals that come, change and go while they are read.
@Suite struct FeishuApprovalTests {
    typealias Scene = FeishuScene

    @Test func `an open approval is read again until it ends, others are not`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(
            ledger.records["i5"]?.json["waiting_for"] == ["u2"] && ledger.records["i5"]?.json["outcome"] == "pending")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == ["i5"] && ledger.rejected == ["i3"])
        let now = service.now()
        service.edit { $0.decide("i5", "REJECTED", at: now) }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["i5"]?.json["decided_by"] == "u2")
        Scene.expectExact(ledger, service)
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [])
    }

    @Test(arguments: [("2d", true), ("0s", false)])
    func `an approval that is withdrawn after all is seen while it is young`(recheck: String, isSeen: Bool) async throws
    {
        let service = EmulatedService(Scene.seven())
        let now = service.now()
        service.edit { $0.decide("i5", "APPROVED", at: now) }
        var ledger = StreamLedger("approvals")
        let settings: [String: SettingInput] = ["recheck": .text(recheck)]
        try await Scene.run(&ledger, service, settings)
        service.wait(seconds: 86_400)
        service.edit { $0.instances["i5"]?.isReverted = true }
        try await Scene.run(&ledger, service, settings)
        #expect((ledger.records["i5"]?.json["outcome"] == "withdrawn") == isSeen)
        service.wait(seconds: 2 * 86_400)
        try await Scene.run(&ledger, service, settings)
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.lastRun == [], "it is young no longer")
    }

    @Test func `a deleted approval goes`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        service.edit { $0.instances["i5"]?.status = "DELETED" }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["i5"] == nil)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: [-40, -3, 3, 40])
    func `an approval that is listed by another time than its own is read`(hours: Int) async throws {
        var feishu = Scene.seven()
        feishu.instances["i2"]?.listed = Scene.hour(2 * 24 + 3 + hours)
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.sorted() == ["i1", "i2", "i4", "i5", "i6", "i7"], "none lost, none doubled")
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: [("CANCELED", false), ("REVERTED", false), ("APPROVED", true), ("OVERTIME_CLOSE", false)])
    func `an approval that is withdrawn has an end and no decision`(status: String, isReverted: Bool) async throws {
        var feishu = Scene.office()
        feishu.instances["i1"] = .init("i1", at: Scene.hour(3)) {
            ($0.status, $0.isReverted, $0.ended) = (status, isReverted, Scene.hour(5))
            $0.tasks = [.init("u2", "APPROVED", started: Scene.hour(3), ended: Scene.hour(4))]
        }
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, EmulatedService(feishu))
        let approval = try #require(ledger.records["i1"]).json
        #expect(approval["outcome"] == "withdrawn" && approval["finished_at"] == .time(Scene.hour(5)))
        #expect(approval["decided_by"] == .null && approval["decided_at"] == .null)
    }

    @Test func `an approval that cannot be asked for is rejected, and asked for again for a day`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("approvals")
        service.meanwhile { feishu, number, _ in if number == 6 { feishu.instances["i1"] = nil } }
        try await Scene.run(&ledger, service)
        #expect(ledger.rejected == ["i1", "i3"])
        service.meanwhile(nil)
        service.edit { $0.instances["i1"] = .init("i1", at: Scene.hour(27)) { $0.status = "CANCELED" } }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["i1"]?.json["outcome"] == "withdrawn")
    }

    @Test func `beyond the limit open approvals are named, young ones go first`() async throws {
        var feishu = Scene.office()
        for number in 10..<34 {
            feishu.instances["i\(number)"] = .init("i\(number)", at: Scene.hour(number)) { instance in
                guard number % 2 == 0 else { return }
                (instance.status, instance.ended) = ("APPROVED", Scene.hour(330))
            }
        }
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("approvals")
        let settings: [String: SettingInput] = [
            "recheck": .text("30d"), "watch_limit": .text("10"), "page_size": .text("50"),
        ]
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.anomalies.map(\.id).sorted() == ["i31", "i33"], "12 are open")
        #expect(ledger.anomalies.allSatisfy { $0.reason.contains("more than 10 approvals (watch_limit)") })
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.lastRun.count == 10)
    }

    @Test func `a form with a field twice is told, one that is no list is rejected without its text`() async throws {
        var feishu = Scene.office()
        let field = { (value: JSON) -> JSON in ["id": "w1", "name": "金额", "type": "number", "value": value] }
        feishu.instances["i1"] = .init("i1", at: Scene.hour(3)) { $0.form = [field(1), field(2)] }
        feishu.instances["i2"] = .init("i2", at: Scene.hour(4)) { $0.form = .string(FeishuEmulator.canary) }
        let page = try await Scene.connector(EmulatedService(feishu)).page(of: "approvals", after: nil)
        #expect(page.records.first?.json["form"] == ["金额": 1] && page.anomalies.map(\.id) == ["i1"])
        #expect(page.rejected.map(\.id) == ["i2"])
        #expect(!String(decoding: page.rejected[0].raw, as: UTF8.self).contains(FeishuEmulator.canary))
    }

    /// The list is cut by offsets, so that what goes meanwhile shifts its pages.
    @Test(arguments: 2...14)
    func `a list that shifts between its pages loses nothing`(request: Int) async throws {
        var feishu = Scene.office()
        for number in 100..<350 {
            feishu.instances["i\(number)"] = .init("i\(number)", at: Scene.hour(3)) { $0.status = "CANCELED" }
        }
        let service = EmulatedService(feishu)
        service.meanwhile { feishu, number, _ in
            if number == request { for gone in 100..<120 { feishu.instances["i\(gone)"] = nil } }
        }
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["page_size": .text("1000")])
        #expect(Set((120..<350).map { "i\($0)" }).isSubset(of: ledger.records.keys))
        #expect(service.system.faults == [])
    }

    @Test(arguments: 0..<12)
    func `approvals that change, come and go at every request are known in the end`(seed: Int) async throws {
        var feishu = Scene.office()
        feishu.includesEnds = seed % 2 == 0
        for number in 10..<40 { feishu.instances["i\(number)"] = .init("i\(number)", at: Scene.hour(number * 8)) }
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("approvals")
        let settings: [String: SettingInput] = ["recheck": .text("1d"), "overlap": .text("1m")]
        service.meanwhile { feishu, number, now in
            if number > 120 { return }
            let code = "i\((number * 7 + seed) % 30 + 10)"
            switch (number + seed) % 5 {
            case 0: feishu.decide(code, "APPROVED", at: now)
            case 1: feishu.instances["n\(number)"] = .init("n\(number)", at: now)
            case 2: feishu.instances[code]?.status = "DELETED"
            case 3: feishu.decide("n\(number - 2)", "REJECTED", at: now)
            default: if feishu.instances[code]?.status == "APPROVED" { feishu.instances[code]?.isReverted = true }
            }
        }
        try await Scene.run(&ledger, service, settings)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        for _ in 1...3 { try await Scene.run(&ledger, service, settings) }
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, settings)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }
}
