import AttendanceConnectors
import FeishuTesting
import PlumblineKit
import PlumblineTesting
import Testing

/// Which days a run tells of, and which punches belong to them, while people and punches come and go.
@Suite struct FeishuAttendanceCutOffTests {
    typealias Scene = FeishuAttendanceScene

    /// The day that clocks of a zone show, as days since 1970.
    private func day(_ moment: Instant, _ zone: String) throws -> Int {
        let micros = moment.advanced(bySeconds: try Scene.secondsAhead(zone)(moment)).microseconds
        return Int(micros / 86_400_000_000)
    }

    private func text(_ day: Int) -> String {
        String(Instant(microseconds: Int64(day) * 86_400_000_000).rfc3339.prefix(10))
    }

    /// Three people without results, who punch a second before a moment, on it, and a second behind it.
    @Test(arguments: CutOff.all)
    func `days end and punches belong by the zone's clocks, to the second, none lost and none doubled`(
        cutOff: CutOff
    ) async throws {
        var feishu = Scene.office()
        feishu.work = []
        feishu.users["u3"]?.joined = nil
        for (number, seconds) in [(1, -1), (2, 0), (3, 1)] {
            feishu.flows.append(.init("f\(number)", "u\(number)", at: cutOff.moment.advanced(bySeconds: seconds)))
        }
        let service = EmulatedService(feishu, at: cutOff.moment)
        let today = try day(cutOff.moment, cutOff.zone)
        let settings: [String: SettingInput] = ["since": .text(text(today - 3)), "day_starts_at": .text("0s")]
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service, settings, zone: cutOff.zone)
        #expect(ledger.lastRun.count == 9 && Set(ledger.lastRun).count == 9, "three days, and not today")
        service.wait(seconds: 2 * 86_400 + 3600)
        try await Scene.run(&ledger, service, settings, zone: cutOff.zone)
        let after = try day(service.now(), cutOff.zone)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        let days = (today - 3..<after).flatMap { day in ["u1", "u2", "u3"].map { "\($0)/\(text(day))" } }
        #expect(Set(ledger.records.keys) == Set(days))
        for (number, seconds) in [(1, -1), (2, 0), (3, 1)] {
            let moment = cutOff.moment.advanced(bySeconds: seconds)
            let found = ledger.records.filter {
                $0.key.hasPrefix("u\(number)/") && $0.value.json["first_in_at"] != .null
            }
            #expect(found.keys.sorted() == ["u\(number)/\(text(try day(moment, cutOff.zone)))"])
            #expect(found.values.first?.json["first_in_at"] == .time(moment))
        }
        #expect(service.system.faults == [])
    }

    @Test func `a day is told once it is over, to the second`() async throws {
        let midnight = Scene.at(15, "00:00:00")
        let service = EmulatedService(Scene.office(), at: midnight.advanced(bySeconds: -1))
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        #expect(!ledger.records.keys.contains("u1/2026-10-14") && ledger.records.keys.contains("u1/2026-10-13"))
        try await Scene.run(&ledger, service)
        #expect(ledger.records.keys.contains("u1/2026-10-14"))
        #expect(ledger.lastRun.sorted() == (1...3).flatMap { n in (13...14).map { "u\(n)/2026-10-\($0)" } })
    }

    @Test func `the last punch of a day may come the next morning, with a result or without one`() async throws {
        var feishu = Scene.office()
        feishu.work = []
        let night = Scene.Part((Scene.at(12, "22:00:00"), Scene.at(13, "06:00:00")))
            .punched(Scene.at(12, "21:50:00"), Scene.at(13, "06:05:00"))
        feishu.work.append(.init("u1", 20_261_012, [night]))
        feishu.flows = [
            .init("a", "u1", at: Scene.at(13, "06:20:00")), .init("b", "u2", at: Scene.at(12, "20:00:00")),
            .init("c", "u2", at: Scene.at(13, "03:59:59")), .init("d", "u2", at: Scene.at(13, "04:00:00")),
        ]
        let days = try await Scene.days(feishu)
        #expect(days["u1/2026-10-12"]?["last_out_at"] == "2026-10-12T22:20:00Z", "beyond the result's own")
        #expect(days["u1/2026-10-12"]?["worked_seconds"] == 29_700 && days["u1/2026-10-13"]?["first_in_at"] == .null)
        #expect(days["u2/2026-10-12"]?["last_out_at"] == "2026-10-12T19:59:59Z")
        #expect(days["u2/2026-10-13"]?["first_in_at"] == "2026-10-12T20:00:00Z")
        #expect(days["u2/2026-10-13"]?["last_out_at"] == .null)
    }

    @Test(arguments: [("1d", false), ("3d", true)])
    func `a correction is seen as long as its day is read again`(recheck: String, isSeen: Bool) async throws {
        let service = EmulatedService(Scene.office())
        var ledger = StreamLedger("attendance_days")
        let settings: [String: SettingInput] = ["recheck": .text(recheck)]
        try await Scene.run(&ledger, service, settings)
        service.edit { feishu in
            feishu.work[0].parts[0].results = ("Late", "Normal")
            feishu.absences = [.init("u1", 20_261_012, "2026-10-12 09:00:00", "2026-10-12 10:00:00", "年假")]
        }
        try await Scene.run(&ledger, service, settings)
        #expect((ledger.records["u1/2026-10-12"]?.json["leave_seconds"] == 3600) == isSeen)
    }

    @Test func `who is entered late has days from joining on, also those that are not read again`() async throws {
        let service = EmulatedService(Scene.office())
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        service.edit { feishu in
            feishu.users["u0"] = .init("u0", "新人", in: ["od-1"])
            feishu.users["u0"]?.joined = Scene.at(12, "00:00:00")
        }
        try await Scene.run(&ledger, service)
        let mine = ledger.records.keys.filter { $0.hasPrefix("u0/") }.sorted()
        #expect(mine == (12...14).map { "u0/2026-10-\($0)" })
    }

    @Test func `who has left keeps the days, gets those that still have results, and is forgotten`() async throws {
        var feishu = Scene.office()
        feishu.work.append(
            .init("u1", 20_261_015, [Scene.shift(15).punched(Scene.at(15, "09:00:00"), nil, ("Normal", "Lack"))]))
        let service = EmulatedService(feishu)
        var ledger = StreamLedger("attendance_days")
        let settings: [String: SettingInput] = ["recheck": .text("2d")]
        try await Scene.run(&ledger, service, settings)
        service.wait(seconds: 3 * 86_400)
        // Left on the 15th: resigned, and in no department any more.
        service.edit { feishu in
            feishu.users["u1"]?.isResigned = true
            feishu.users["u1"]?.departments = []
        }
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.records.keys.filter { $0.hasPrefix("u1/") }.sorted() == (11...15).map { "u1/2026-10-\($0)" })
        #expect(ledger.records["u1/2026-10-15"]?.json["leave_seconds"] == .null, "it cannot be asked for any more")
        #expect(ledger.records["u1/2026-10-14"]?.json["leave_seconds"] == 0, "what was read before is left as it was")
        #expect(ledger.cursor?.text.contains("\"u1\"") == false && service.system.faults == [])
    }

    @Test func `who has gone altogether is told, without days`() async throws {
        let service = EmulatedService(Scene.office())
        var ledger = StreamLedger("attendance_days")
        try await Scene.run(&ledger, service)
        service.wait(seconds: 86_400)
        service.edit { $0.users["u1"] = nil }
        try await Scene.run(&ledger, service)
        #expect(ledger.anomalies.map(\.id) == ["user u1"] && !ledger.records.keys.contains("u1/2026-10-15"))
    }

    // MARK: Paging

    private func large() -> FeishuEmulator {
        var feishu = Scene.office()
        for number in 100..<230 { feishu.users["u\(number)"] = .init("u\(number)", "某", in: ["od-1"]) }
        return feishu
    }

    @Test(arguments: 1...12)
    func `a run that dies goes on where it stood, a broken server only takes time`(request: Int) async throws {
        let service = EmulatedService(large())
        var whole = StreamLedger("attendance_days")
        try await Scene.run(&whole, service)
        let other = EmulatedService(large())
        var ledger = StreamLedger("attendance_days")
        other.fail(request: request, with: .html)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, other) }
        other.fail(request: 1, with: .broken)
        try await Scene.run(&ledger, other)
        #expect(ledger.records == whole.records && other.system.faults == [])
        #expect(ledger.records.count == 530)
    }

    @Test(arguments: 0..<8)
    func `people and punches that come and go at every request are known in the end`(seed: Int) async throws {
        let service = EmulatedService(large())
        var ledger = StreamLedger("attendance_days")
        service.meanwhile { feishu, number, now in
            let id = "u\((number * 37 + seed * 11) % 130 + 100)"
            switch (number + seed) % 4 {
            // Only behind the directory's walks, which want two that agree.
            case 0 where number > 14: feishu.users["v\(number)"] = .init("v\(number)", "新人", in: ["od-1"])
            case 1 where number > 14: feishu.users[id] = nil
            case 2: feishu.flows.append(.init("x\(number)", id, at: Scene.at(13, "09:00:00")))
            default: feishu.flows.removeAll { $0.user == id }
            }
        }
        let settings: [String: SettingInput] = ["recheck": .text("4d")]
        try await Scene.run(&ledger, service, settings)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, settings)
        let system = service.system
        for user in system.users.values where user.id != "u3" {
            let days = ledger.records.filter { $0.key.hasPrefix(user.id + "/") }
            #expect(days.count == 4, "\(user.id)")
            let punched = system.flows.contains { $0.user == user.id && $0.at == Scene.at(13, "09:00:00") }
            if user.id.count > 2 {
                #expect((days["\(user.id)/2026-10-13"]?.json["first_in_at"] != .null) == punched, "\(user.id)")
            }
        }
        #expect(system.faults == [])
    }
}
