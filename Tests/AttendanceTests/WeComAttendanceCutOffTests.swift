import AttendanceConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing
import WeComTesting

/// Which days a run tells of, to the second, and what becomes of days that change.
@Suite struct WeComAttendanceCutOffTests {
    typealias Scene = WeComAttendanceScene

    // MARK: Days that are over

    @Test(arguments: CutOff.all)
    func `a day is told once it is over by the zone's clocks, to the second`(cutOff: CutOff) async throws {
        let ahead = try Scene.secondsAhead(cutOff.zone)
        let today = Int((cutOff.moment.microseconds / 1_000_000 + Int64(ahead(cutOff.moment))) / 86_400)
        let weCom = try Scene.weCom(days: 5, from: Scene.text(today - 2), zone: cutOff.zone)
        let since: [String: SettingInput] = ["since": .text(Scene.text(today - 2))]
        let midnight = weCom.midnight(today + 1)
        let service = EmulatedService(weCom, at: midnight.advanced(bySeconds: -1), pace: 0)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, zone: cutOff.zone, since)
        #expect(
            Set(ledger.records.values.compactMap { $0.json["date"]?.string }) == [
                Scene.text(today - 2), Scene.text(today - 1),
            ])
        Scene.expectExact(ledger, service)
        service.wait(seconds: 1)
        try await Scene.run(&ledger, service, zone: cutOff.zone, since)
        #expect(ledger.lastRun == ["chenjing", "lina", "zhangwei"].map { "\($0)/\(Scene.text(today))" })
        Scene.expectExact(ledger, service)
        try await Scene.run(&ledger, service, zone: cutOff.zone, since)
        #expect(ledger.lastRun == [], "none doubled")
    }

    @Test func `each day of each person comes once, in calls of as many days and people as are allowed`() async throws {
        let service = EmulatedService(try Scene.weCom())
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.count == 30 && Set(ledger.lastRun).count == 30)
        let calls = service.requests.filter { $0.path.hasSuffix("getcheckin_daydata") }
        #expect(calls.count == 8, "four spans of days, two groups of people")
        Scene.expectExact(ledger, service)
    }

    // MARK: Shifts over midnight

    @Test(arguments: ["Asia/Shanghai", "UTC", "Europe/Berlin"])
    func `a clock-out behind midnight belongs to the day of its clock-in, also over the edge of two calls`(
        zone: String
    ) async throws {
        var weCom = try Scene.weCom(days: 8, from: "2026-10-20", zone: zone)
        weCom.punches = []
        for day in 20...26 {
            Scene.work("chenjing", Scene.day("2026-10-\(day)"), &weCom, from: 79_200, to: 86_400 + 21_600)
        }
        let service = EmulatedService(weCom, at: FixedClock("2026-10-28T12:00:00Z").moment)
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, zone: zone, ["since": .text("2026-10-20")])
        for day in 20...26 {
            let midnight = weCom.midnight(Scene.day("2026-10-\(day)"))
            let record = try #require(ledger.records["chenjing/2026-10-\(day)"]).json
            #expect(record["first_in_at"] == .time(midnight.advanced(bySeconds: 79_200)))
            #expect(record["last_out_at"] == .time(midnight.advanced(bySeconds: 86_400 + 21_600)))
            #expect(record["punches"]?.array?.count == 2)
        }
        #expect(service.system.faults == [])
    }

    @Test func `a clock-out longer behind than any shift belongs to the day that it was planned for`() async throws {
        var weCom = try Scene.weCom(days: 3)
        weCom.punches = []
        let (first, second) = (Scene.day("2026-10-05"), Scene.day("2026-10-06"))
        weCom.punches.append(.init("chenjing", "上班打卡", at: weCom.midnight(first).advanced(bySeconds: 30_000)))
        let out = weCom.midnight(second).advanced(bySeconds: 64_800)
        weCom.punches.append(.init("chenjing", "下班打卡", at: out, planned: out))
        let page = try await Scene.connector(EmulatedService(weCom)).page(of: "attendance_days", after: nil)
        let days = Dictionary(uniqueKeysWithValues: page.records.map { ($0.id, $0.json) })
        #expect(days["chenjing/2026-10-05"]?["last_out_at"] == .null)
        #expect(days["chenjing/2026-10-06"]?["last_out_at"] == .time(out))
        #expect(days["chenjing/2026-10-06"]?["first_in_at"] == .null)
    }

    /// In at 23:50 for a shift that begins at midnight.
    @Test func `a clock-in before midnight belongs to the day that it was planned for`() async throws {
        var weCom = try Scene.weCom(days: 3)
        weCom.punches = []
        let midnight = weCom.midnight(Scene.day("2026-10-06"))
        weCom.punches = [
            .init("chenjing", "上班打卡", at: midnight.advanced(bySeconds: -600), planned: midnight),
            .init("chenjing", "下班打卡", at: midnight.advanced(bySeconds: 28_800)),
        ]
        let page = try await Scene.connector(EmulatedService(weCom)).page(of: "attendance_days", after: nil)
        let days = Dictionary(uniqueKeysWithValues: page.records.map { ($0.id, $0.json) })
        #expect(days["chenjing/2026-10-06"]?["first_in_at"] == .time(midnight.advanced(bySeconds: -600)))
        #expect(days["chenjing/2026-10-06"]?["last_out_at"] == .time(midnight.advanced(bySeconds: 28_800)))
        #expect(days["chenjing/2026-10-05"]?["punches"] == [])
    }

    // MARK: Limits, tokens, broken servers

    @Test func `a hundred day reports a minute are kept by waiting`() async throws {
        var weCom = try Scene.weCom(days: 60, from: "2026-08-10")
        weCom.limits["checkin/getcheckin_daydata"] = RequestWindow(limit: 100, seconds: 60)
        let service = EmulatedService(weCom, pace: 0)
        let settings: [String: SettingInput] = [
            "since": .text("2026-08-10"), "days_per_call": .text("1"), "users_per_call": .text("1"),
        ]
        var (ledger, waited) = (StreamLedger("attendance_days"), [Int]())
        try await ledger.run(try Scene.connector(service, settings)) {
            waited.append($0)
            service.wait(seconds: $0)
        }
        #expect(waited == [60] && ledger.lastRun.count == 180)
        Scene.expectExact(ledger, service)
    }

    /// A hundred day reports a minute, which may be every call of a run.
    @Test func `the template asks no faster than WeCom allows`() async throws {
        let template = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../connectors/attendance/wecom.yaml")
        let text = try String(contentsOf: template, encoding: .utf8)
        let rate = try #require(text.firstMatch(of: /(?m)^requests_per_second: ([0-9.]+)/).flatMap { Double($0.1) })
        #expect(rate * 60 <= 100)
    }

    @Test(arguments: 1...12)
    func `a token that ends or a server that breaks within a run loses nothing`(request: Int) async throws {
        let service = EmulatedService(try Scene.weCom())
        service.meanwhile { weCom, number, _ in if number == request { weCom.withdrawTokens() } }
        service.fail(request: request + 2, with: .html)
        var ledger = StreamLedger("attendance_days")
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.meanwhile(nil)
        service.fail(request: 1, with: .broken)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: Changes

    @Test func `days that are corrected while they are young are told again`() async throws {
        let service = EmulatedService(try Scene.weCom())
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, ["recheck": .text("3d")])
        #expect(ledger.lastRun.count == 30)
        service.edit { weCom in
            for day in ["2026-10-09", "2026-10-13"] {
                weCom.days[.init("lina", Scene.day(day))]?.exceptions = [(1, 240)]
            }
        }
        try await Scene.run(&ledger, service, ["recheck": .text("3d")])
        #expect(Set(ledger.lastRun.map { String($0.suffix(10)) }) == ["2026-10-12", "2026-10-13", "2026-10-14"])
        #expect(ledger.records["lina/2026-10-13"]?.json["late_seconds"] == 240)
        #expect(ledger.records["lina/2026-10-09"]?.json["late_seconds"] == 0, "older ones are not read again")
    }

    @Test(arguments: 0..<6)
    func `days that change at every request are known in the end`(seed: Int) async throws {
        let service = EmulatedService(try Scene.weCom())
        service.meanwhile { weCom, number, _ in
            guard number <= 40 else { return }
            let key = WeComEmulator.DayKey(
                ["chenjing", "lina", "zhangwei"][number % 3], Scene.day("2026-10-05") + (number * 7 + seed) % 10)
            switch (number + seed) % 3 {
            case 0: weCom.days[key]?.exceptions = [(1, number)]
            case 1: weCom.days[key]?.worked = 28_000 + number
            default: weCom.days[key]?.dayType = 1
            }
        }
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, ["recheck": .text("20d")])
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    @Test(arguments: [true, false])
    func `who has left the directory keeps the days and gets the last ones, where WeCom still tells them`(
        tells: Bool
    ) async throws {
        let service = EmulatedService(try Scene.weCom())
        service.edit { $0.tellsOfLeavers = tells }
        var ledger = StreamLedger("attendance_days")
        let settings: [String: SettingInput] = ["recheck": .text("2d")]
        try await Scene.run(&ledger, service, settings)
        service.edit { weCom in
            weCom.users["lina"] = nil
            for account in ["chenjing", "lina", "zhangwei"] { Scene.work(account, Scene.day("2026-10-15"), &weCom) }
        }
        service.wait(seconds: 2 * 86_400)
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.lastRun.filter { $0.hasPrefix("lina/") } == (tells ? ["lina/2026-10-15"] : []))
        #expect(ledger.anomalies.map(\.id) == (tells ? [] : ["user lina"]))
        #expect(ledger.records["zhangwei/2026-10-15"] != nil, "nobody else is spoilt")
        if tells {
            #expect(ledger.records["lina/2026-10-15"]?.json["worked_seconds"] == 28_800)
            #expect(ledger.records["lina/2026-10-15"]?.json["punches"] == .null, "they are not asked for")
            Scene.expectExact(ledger, service)
        }
        service.wait(seconds: 86_400)
        try await Scene.run(&ledger, service, settings)
        #expect(!ledger.lastRun.contains { $0.hasPrefix("lina/") } && service.system.faults == [], "and is forgotten")
    }

    @Test func `who joins has days from then on, and those that are read again`() async throws {
        let service = EmulatedService(try Scene.weCom())
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        service.edit { weCom in
            weCom.put(.init("Sun", "孙丽", in: [1]))
            for day in 12...15 { Scene.work("sun", Scene.day("2026-10-\(day)"), &weCom) }
        }
        service.wait(seconds: 86_400)
        try await Scene.run(&ledger, service, ["recheck": .text("2d")])
        #expect(ledger.lastRun.filter { $0.hasPrefix("sun/") } == ["sun/2026-10-14", "sun/2026-10-15"])
    }
}
