import AttendanceConnectors
import FeishuTesting
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated Feishu with attendance, and the connector's settings for it.
enum FeishuAttendanceScene {
    typealias Service = EmulatedService<FeishuEmulator>
    typealias Part = FeishuEmulator.Part

    static let settings: [String: SettingInput] = [
        "base_url": .text("https://open.feishu.example"), "app_id": .text("cli_plumb"),
        "app_secret": .secret(Secret("secret-of-the-app-01")), "since": .text("2026-10-11"), "page_size": .text("50"),
        "recheck": .text("1d"),
    ]

    /// The moment at which clocks in Shanghai show this on a day of October 2026.
    static func at(_ day: Int, _ time: String) -> Instant {
        FixedClock("2026-10-\(day < 10 ? "0" : "")\(day)T\(time)Z").moment.advanced(bySeconds: -28_800)
    }

    /// From 09:00 to 18:00.
    static func shift(_ day: Int, _ change: (inout Part) -> Void = { _ in }) -> Part {
        Part((at(day, "09:00:00"), at(day, "18:00:00")), change)
    }

    static func digits(_ day: Int) -> Int { 20_261_000 + day }

    /// Three people, of whom one joined on the 13th; days from Sunday the 11th to Wednesday the 14th.
    static func office() -> FeishuEmulator {
        var feishu = FeishuEmulator()
        feishu.departments["od-1"] = .init("od-1", "客户服务部")
        for (number, name) in ["张伟", "李娜", "王芳"].enumerated() {
            let id = "u\(number + 1)"
            feishu.users[id] = .init(id, name, in: ["od-1"])
            feishu.users[id]?.number = "P00\(number + 1)"
        }
        feishu.users["u3"]?.joined = at(13, "00:00:00")
        for user in ["u1", "u2", "u3"] {
            for day in 12...14 {
                let part = shift(day).punched(at(day, "08:58:00"), at(day, "18:03:00"))
                feishu.work.append(.init(user, digits(day), [part]))
            }
        }
        return feishu
    }

    /// Sees to it that punches of results are flows as well.
    static func settle(_ feishu: inout FeishuEmulator) {
        for work in feishu.work {
            for punch in work.parts.flatMap({ [$0.punches.0, $0.punches.1].compactMap(\.self) })
            where !feishu.flows.contains(where: { $0.user == work.user && $0.at == punch }) {
                feishu.flows.append(.init("f\(feishu.flows.count + 1)", work.user, at: punch))
            }
        }
    }

    static func secondsAhead(_ zone: String) throws -> @Sendable (Instant) -> Int {
        let rules = try #require(TimeZone(identifier: zone))
        return { rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000))) }
    }

    static func context(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant, zone: String = "Asia/Shanghai",
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: try secondsAhead(zone), log: log)
    }

    static func connector(
        _ service: Service, _ changes: [String: SettingInput] = [:], zone: String = "Asia/Shanghai"
    ) throws -> FeishuAttendanceConnector {
        let settings = try Settings(
            settings.merging(changes) { $1 }, against: FeishuAttendanceConnector.description.settings)
        return try FeishuAttendanceConnector(
            settings: settings, context: context(service, now: service.now, zone: zone))
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: Service, _ changes: [String: SettingInput] = [:],
        zone: String = "Asia/Shanghai"
    ) async throws {
        try await ledger.run(try connector(service, changes, zone: zone)) { service.wait(seconds: $0) }
    }

    /// The records of a run over an office as it is on Thursday the 15th at 08:00 in Shanghai.
    static func days(
        _ feishu: FeishuEmulator, _ changes: [String: SettingInput] = [:]
    ) async throws -> [String: JSON] {
        var feishu = feishu
        settle(&feishu)
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("attendance_days")
        try await run(&ledger, service, changes)
        #expect(service.system.faults == [])
        return ledger.records.mapValues(\.json)
    }
}
