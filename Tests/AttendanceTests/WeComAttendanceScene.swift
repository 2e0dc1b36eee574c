import AttendanceConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing
import WeComTesting

/// An emulated WeCom with check-ins, and the connector's settings for it.
enum WeComAttendanceScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://qyapi.weixin.example"), "corp_id": .text(WeComEmulator.corpID),
        "secret": .secret(Secret(WeComEmulator.secret)), "since": .text("2026-10-05"), "days_per_call": .text("3"),
        "users_per_call": .text("2"), "recheck": .text("0s"),
    ]

    /// Days since 1970 of a day such as `2026-10-05`.
    static func day(_ text: String) -> Int {
        Int((Instant(rfc3339: text + "T00:00:00Z")?.microseconds ?? 0) / 86_400_000_000)
    }

    static func text(_ day: Int) -> String {
        String(Instant(microseconds: Int64(day) * 86_400_000_000).rfc3339.prefix(10))
    }

    static func secondsAhead(_ zone: String) throws -> @Sendable (Instant) -> Int {
        let rules = try #require(TimeZone(identifier: zone))
        return { rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000))) }
    }

    /// Three people with a report of each day from `first` on, and punches at 09:00 and 18:00.
    static func weCom(
        days count: Int = 10, from first: String = "2026-10-05", zone: String = "Asia/Shanghai"
    ) throws -> WeComEmulator {
        var weCom = WeComEmulator()
        weCom.secondsAhead = try secondsAhead(zone)
        weCom.departments = [1: .init("准绳科技", in: 0)]
        for (userid, name) in [("ZhangWei", "张伟"), ("ChenJing", "陈静"), ("LiNa", "李娜")] {
            weCom.put(.init(userid, name, in: [1]))
            for day in 0..<count { work(userid.lowercased(), Self.day(first) + day, &weCom) }
        }
        return weCom
    }

    /// A day report, with punches so many seconds behind midnight.
    static func work(
        _ account: String, _ day: Int, _ weCom: inout WeComEmulator, from start: Int = 32_400, to end: Int = 64_800
    ) {
        weCom.days[.init(account, day)] = .init()
        let midnight = weCom.midnight(day)
        for (type, second) in [("上班打卡", start), ("下班打卡", end)] {
            weCom.punches.append(
                .init(
                    account, type, at: midnight.advanced(bySeconds: second),
                    planned: midnight.advanced(bySeconds: type == "上班打卡" ? 32_400 : 64_800)))
        }
    }

    static func connector(
        _ service: EmulatedService<WeComEmulator>, zone: String = "Asia/Shanghai",
        _ changes: [String: SettingInput] = [:], log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> WeComAttendanceConnector {
        try WeComAttendanceConnector(
            settings: Settings(
                settings.merging(changes) { $1 }, against: WeComAttendanceConnector.description.settings),
            context: context(service, now: service.now, zone: zone, log: log))
    }

    static func context(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant, zone: String = "Asia/Shanghai",
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: try secondsAhead(zone), log: log)
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<WeComEmulator>, zone: String = "Asia/Shanghai",
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, zone: zone, changes)) { service.wait(seconds: $0) }
    }

    /// What is known of each day that is over: whether it is a working day, what was worked, how late.
    static func facts(_ service: EmulatedService<WeComEmulator>) -> [String: [JSON]] {
        let weCom = service.system
        let today = weCom.day(of: service.now())
        var facts: [String: [JSON]] = [:]
        for (key, day) in weCom.days where key.day < today {
            let late = day.exceptions.filter { $0.kind == 1 }.compactMap(\.seconds).reduce(0, +)
            facts["\(key.account)/\(text(key.day))"] = [.bool(day.dayType == 0), .int(day.worked), .int(late)]
        }
        return facts
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            ["is_workday", "worked_seconds", "late_seconds"].map { record.json[$0] ?? "missing" }
        }
    }

    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<WeComEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
