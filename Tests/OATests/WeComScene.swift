import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import WeComTesting

/// An emulated WeCom, the connector's settings for it, and what must be known of it in the end.
enum WeComScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://qyapi.weixin.example"), "corp_id": .text(WeComEmulator.corpID),
        "secret": .secret(Secret(WeComEmulator.secret)), "since": .text("2026-07-01"), "page_size": .text("3"),
        "list_size": .text("4"), "recheck": .text("0s"),
    ]

    /// A moment so many minutes behind midnight of 2026-07-01 in China.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-06-30T16:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    /// Four departments and six people, of whom one left and one is in two departments.
    static func weCom() -> WeComEmulator {
        var weCom = WeComEmulator()
        weCom.departments = [
            1: .init("准绳科技", in: 0), 2: .init("客户支持部", in: 1, leaders: ["ZhangWei"]), 3: .init("研发/平台", in: 1),
            5: .init("一组", in: 2),
        ]
        var zhang = WeComEmulator.User("ZhangWei", "张伟", in: [2, 3])
        (zhang.title, zhang.email, zhang.mobile) = ("经理", "zhang.wei@plumbline.example", "13900000001")
        zhang.leads = [3]
        var chen = WeComEmulator.User("ChenJing", "陈静", in: [5])
        (chen.manager, chen.status) = ("ZHANGWEI", 4)
        var liu = WeComEmulator.User("LiuYang", "刘洋", in: [5])
        liu.status = 5
        var sun = WeComEmulator.User("SunLi", "孙丽", in: [3])
        sun.status = 2
        for user in [zhang, chen, liu, sun] { weCom.put(user) }
        weCom.put(WeComEmulator.User("WangFang", "王芳", in: [1]))
        weCom.put(WeComEmulator.User("LiNa", "李娜", in: [2]))
        return weCom
    }

    static func number(_ number: Int) -> String { String(202_607_010_000 + number) }

    /// Puts an approval of two steps that was submitted at a moment.
    static func submit(
        _ number: Int, _ template: String = "T-buy", at moment: Instant, _ weCom: inout WeComEmulator
    ) {
        weCom.put(
            .init(
                Self.number(number), template, template == "T-buy" ? "采购申请" : "用印申请", by: "ChenJing", at: moment,
                steps: [.init("ZhangWei", "LiNa"), .init("WangFang")],
                contents: [WeComEmulator.control("Money", "总金额", ["new_money": .string("\(number).50")])]))
    }

    /// Seven approvals in the first hours of July: four decided, one broken, one deleted, one pending.
    static func seven() -> WeComEmulator {
        var weCom = weCom()
        for number in 1...7 { submit(number, at: minute(number * 60), &weCom) }
        for number in 1...3 {
            weCom.decide(Self.number(number), at: minute(number * 60 + 5))
            weCom.decide(Self.number(number), at: minute(number * 60 + 20))
        }
        weCom.decide(Self.number(5), 3, at: minute(400))
        weCom.approvals[Self.number(4)]?.lacks = "applyer"
        weCom.approvals[Self.number(6)]?.status = 7
        return weCom
    }

    static func context(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant, zone: String = "Asia/Shanghai",
        utcOffset: @escaping @Sendable (Instant) -> Int = { _ in 28_800 },
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: utcOffset, log: log)
    }

    static func connector(
        _ service: EmulatedService<WeComEmulator>, _ changes: [String: SettingInput] = [:]
    ) throws -> WeComOAConnector {
        let settings = try Settings(
            Self.settings.merging(changes) { $1 }, against: WeComOAConnector.description.settings)
        return try WeComOAConnector(settings: settings, context: context(service, now: service.now))
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<WeComEmulator>,
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, changes)) { service.wait(seconds: $0) }
    }

    private static let outcomes = [
        1: "pending", 2: "approved", 3: "rejected", 4: "withdrawn", 6: "withdrawn", 10: "approved",
    ]

    /// What is known of each approval that is neither broken nor deleted: outcome, when it was decided, the money.
    static func facts(_ weCom: WeComEmulator) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for approval in weCom.approvals.values where approval.lacks == nil && approval.status != 7 {
            let acted = approval.steps.flatMap(\.approvers).filter { [2, 3].contains($0.status) }.compactMap(\.at).max()
            facts[approval.number] = [
                .text(outcomes[approval.status]), .time([1, 4].contains(approval.status) ? nil : acted),
                approval.contents.first?["value"]?["new_money"]?.string.map(JSON.number) ?? .null,
            ]
        }
        return facts
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            [
                record.json["outcome"] ?? "missing", record.json["decided_at"] ?? "missing",
                record.json["form"]?["总金额"] ?? "missing",
            ]
        }
    }

    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<WeComEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
