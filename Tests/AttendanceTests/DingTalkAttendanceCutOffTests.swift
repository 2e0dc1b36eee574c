import AttendanceConnectors
import DingTalkTesting
import PlumblineKit
import PlumblineTesting
import Testing

/// When a day is over and to which day a punch belongs, to the second, in zones with and without summer time.
@Suite struct DingTalkAttendanceCutOffTests {
    typealias Scene = DingTalkAttendanceScene

    /// Runs a second before a moment, on it, a second later and a day later tell of each day once, and of no day that is
    /// not over.
    @Test(arguments: CutOff.all)
    func `each day is told once, when it is over by the zone's clocks`(cutOff: CutOff) async throws {
        var dingTalk = DingTalkEmulator.company()
        dingTalk.secondsAhead = try Scene.secondsAhead(cutOff.zone)
        let since = dingTalk.shown(cutOff.moment.advanced(bySeconds: -3 * 86_400)).prefix(10)
        let service = EmulatedService(dingTalk, at: cutOff.moment.advanced(bySeconds: -1), pace: 0)
        let settings: [String: SettingInput] = [
            "since": .text(String(since)), "recheck": .text("0s"), "page_size": .text("50"),
        ]
        var ledger = StreamLedger("attendance_days")
        var told: [String] = []
        for wait in [0, 1, 1, 86_400] {
            service.wait(seconds: wait)
            try await ledger.run(try Scene.connector(service, settings, zone: cutOff.zone)) {
                service.wait(seconds: $0)
            }
            told += ledger.lastRun.filter { $0.hasPrefix("li/") }.map { String($0.dropFirst(3)) }
            let today = dingTalk.shown(service.now()).prefix(10)
            #expect(told.allSatisfy { $0 < today }, "today is not over")
            let yesterday = dingTalk.moment(today + " 00:00:00").map {
                dingTalk.shown($0.advanced(bySeconds: -3600)).prefix(10)
            }
            #expect(told.last.map { Substring($0) } == yesterday)
        }
        #expect(told == Array(Set(told)).sorted() && told.first == String(since), "none lost, none doubled")
        #expect(service.system.faults == [])
    }

    /// Work at the very edges of a day: the first second, the last, and the first of the next.
    @Test(arguments: CutOff.all)
    func `a day of work keeps its punches, wherever the clocks stand`(cutOff: CutOff) async throws {
        var dingTalk = DingTalkEmulator.company()
        dingTalk.secondsAhead = try Scene.secondsAhead(cutOff.zone)
        let day = String(dingTalk.shown(cutOff.moment).prefix(10))
        let midnight = try #require(dingTalk.moment(day + " 00:00:00"))
        for (number, seconds) in [(1, 0), (2, 86_399), (3, 86_400)] {
            dingTalk.punches[number] = .init(
                id: number, user: "li", workDate: midnight, isOn: number == 1,
                at: midnight.advanced(bySeconds: seconds))
        }
        let service = EmulatedService(dingTalk, at: midnight.advanced(bySeconds: 4 * 86_400))
        var ledger = StreamLedger("attendance_days")
        let settings: [String: SettingInput] = ["since": .text(day), "page_size": .text("50")]
        try await ledger.run(try Scene.connector(service, settings, zone: cutOff.zone)) { service.wait(seconds: $0) }
        let record = try #require(ledger.records["li/\(day)"]).json
        #expect(record["first_in_at"] == .time(midnight))
        #expect(
            record["last_out_at"] == .time(midnight.advanced(bySeconds: 86_400)), "behind midnight, still its day's")
        #expect(ledger.records.filter { $0.key.hasPrefix("li/") && $0.value.json["first_in_at"] != .null }.count == 1)
        #expect(service.system.faults == [])
    }
}
