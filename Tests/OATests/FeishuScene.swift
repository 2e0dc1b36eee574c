import FeishuTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated Feishu, the connector's settings for it, and what must be known of it in the end.
enum FeishuScene {
    typealias Service = EmulatedService<FeishuEmulator>

    static let settings: [String: SettingInput] = [
        "base_url": .text("https://open.feishu.example"), "app_id": .text("cli_plumb"),
        "app_secret": .secret(Secret("secret-of-the-app-01")), "since": .text("2026-10-01"), "page_size": .text("3"),
        "approvals": .list(["A-LEAVE", "A-BUY"]), "recheck": .text("0s"), "overlap": .text("0s"),
        "root_unit": .text("准绳"), "form_fields": .list(["金额", "物品"]),
    ]

    /// A moment of October 2026, so many hours after it began.
    static func hour(_ hour: Int) -> Instant {
        FixedClock("2026-10-01T00:00:00Z").moment.advanced(bySeconds: hour * 3600)
    }

    /// Four departments and six people; nobody tells what the sixth is called by.
    static func office() -> FeishuEmulator {
        var feishu = FeishuEmulator()
        for department in [
            FeishuEmulator.Department("od-1", "客户服务部", leader: "u2"),
            .init("od-2", "网络/VPN", parent: "od-1"), .init("od-3", "财务部", leader: "u2"), .init("od-4", "空部门"),
        ] { feishu.departments[department.id] = department }
        for (id, name, departments) in [
            ("u1", "张伟", ["od-2"]), ("u2", "李娜", ["od-1"]), ("u3", "王芳", ["od-1", "od-3"]), ("u4", "赵敏", ["0"]),
            ("u5", "钱强", ["od-3"]), ("u6", "无名", ["od-3"]),
        ] { feishu.users[id] = .init(id, name, in: departments) }
        feishu.users["u1"]?.manager = "u2"
        feishu.users["u1"]?.number = "P001"
        feishu.users["u1"]?.email = "zhang.wei@plumbline.example"
        feishu.users["u1"]?.mobile = "+8610000000001"
        feishu.users["u1"]?.title = "工程师"
        feishu.users["u1"]?.joined = FixedClock("2026-06-30T16:00:00Z").moment
        feishu.users["u5"]?.isResigned = true
        feishu.users["u6"]?.lacks = "user_id"
        feishu.definitions = ["A-LEAVE", "A-BUY"]
        return feishu
    }

    /// Seven approvals, a day apart: 3 is broken, 5 is open, 7 is of the other definition.
    static func seven() -> FeishuEmulator {
        var feishu = office()
        for number in 1...7 {
            let start = hour(number * 24 + 3)
            feishu.instances["i\(number)"] = .init("i\(number)", at: start) { instance in
                if number == 7 { (instance.definition, instance.name) = ("A-BUY", "采购") }
                if number == 3 { instance.lacks = "start_time" }
                guard number != 5 else {
                    instance.tasks = [.init("u2", "PENDING", started: start)]
                    return
                }
                (instance.status, instance.ended) = ("APPROVED", start.advanced(bySeconds: 3600))
                instance.tasks = [
                    .init("u2", "APPROVED", started: start, ended: start.advanced(bySeconds: 3600))
                ]
            }
        }
        return feishu
    }

    static func context(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant, zone: String = "Asia/Shanghai",
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: { _ in 28_800 }, log: log)
    }

    static func connector(
        _ service: Service, _ changes: [String: SettingInput] = [:]
    ) throws -> FeishuOAConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: FeishuOAConnector.description.settings)
        return try FeishuOAConnector(settings: settings, context: context(service, now: service.now))
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: Service, _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, changes)) { service.wait(seconds: $0) }
    }

    /// Status and end of each approval that can be read and is not deleted.
    static func facts(_ feishu: FeishuEmulator) -> [String: [JSON]] {
        let readable = feishu.instances.values.filter { $0.lacks == nil && $0.status != "DELETED" }
        return Dictionary(
            uniqueKeysWithValues: readable.map {
                ($0.code, [.string($0.status), .time($0.ended), .bool($0.isReverted)])
            })
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            let isReverted = record.json["status"] == "APPROVED" && record.json["outcome"] == "withdrawn"
            return [record.json["status"] ?? .null, record.json["finished_at"] ?? .null, .bool(isReverted)]
        }
    }

    static func expectExact(
        _ ledger: StreamLedger, _ service: Service, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}

extension FeishuEmulator {
    /// Somebody decides.
    mutating func decide(_ code: String, _ status: String, at moment: Instant) {
        if instances[code]?.status == "DELETED" { return }
        instances[code]?.status = status
        instances[code]?.ended = moment
        instances[code]?.tasks = [.init("u2", status, started: moment, ended: moment)]
    }
}
