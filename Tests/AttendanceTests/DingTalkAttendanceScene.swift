import AttendanceConnectors
import DingTalkTesting
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated DingTalk with shifts and punches, the connector's settings for it, and what must be known in the end.
enum DingTalkAttendanceScene {
    typealias Service = EmulatedService<DingTalkEmulator>

    /// Friday, nine in the morning in Shanghai.
    static let start = FixedClock("2026-10-16T01:00:00Z").moment

    static let settings = DingTalkConnection.access.merging([
        "since": .text("2026-10-05"), "page_size": .text("3"), "recheck": .text("3d"),
    ]) { $1 }

    static let everybody = ["boss", "chen", "li", "sun", "wang", "zhang", "zhao"]
    static let workdays = ["05", "06", "07", "08", "09", "12", "13", "14", "15"].map { "2026-10-\($0)" }

    static func connector(
        _ service: Service, _ changes: [String: SettingInput] = [:], zone: String = "Asia/Shanghai"
    ) throws -> DingTalkAttendanceConnector {
        try DingTalkAttendanceConnector(
            settings: Settings(
                settings.merging(changes) { $1 }, against: DingTalkAttendanceConnector.description.settings),
            context: DingTalkConnection.context(
                service, now: service.now, zone: zone, secondsAhead: try secondsAhead(zone)))
    }

    static func secondsAhead(_ zone: String) throws -> @Sendable (Instant) -> Int {
        let rules = try #require(TimeZone(identifier: zone))
        return { rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000))) }
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: Service, _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, changes)) { service.wait(seconds: $0) }
    }

    /// Everybody works every workday from nine to six; `li` is late on the 6th, `sun` forgets to clock out on the 7th.
    static func weeks() -> DingTalkEmulator {
        var dingTalk = DingTalkEmulator.company()
        for day in workdays {
            for user in everybody {
                let isLate = user == "li" && day.hasSuffix("06")
                let forgets = user == "sun" && day.hasSuffix("07")
                dingTalk.work(user, on: day, in: isLate ? 553 : 535, out: forgets ? nil : 1085)
            }
        }
        return dingTalk
    }

    /// What is known of each person and day: first in, last out, lateness, whether work was planned.
    static func facts(_ dingTalk: DingTalkEmulator, through last: String) -> [String: [JSON]] {
        var facts: [String: [JSON]] = [:]
        for day in (5...31).map({ "2026-10-" + ($0 < 10 ? "0\($0)" : "\($0)") }) where day <= last {
            for user in dingTalk.users.map(\.id) {
                let midnight = dingTalk.moment(day + " 00:00:00")
                let results = dingTalk.results.values.filter { $0.user == user && $0.workDate == midnight }
                let punches = dingTalk.punches.values.filter {
                    $0.user == user && $0.workDate == midnight && $0.isLegal && $0.lacks == nil
                }
                let signed = results.filter { $0.time != "NotSigned" }
                let ins = signed.filter(\.isOn).map(\.checked) + punches.filter(\.isOn).map(\.at)
                let outs = signed.filter { !$0.isOn }.map(\.checked) + punches.filter { !$0.isOn }.map(\.at)
                let late = signed.filter { $0.time == "Late" }.map { $0.checked.microseconds - $0.base.microseconds }
                facts["\(user)/\(day)"] = [
                    .time(ins.min()), .time(outs.max()), .int(Int(late.reduce(0, +) / 1_000_000)),
                    .bool(!results.isEmpty),
                ]
            }
        }
        return facts
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            ["first_in_at", "last_out_at", "late_seconds", "is_workday"].map { record.json[$0] ?? "missing" }
        }
    }

    static func expectExact(
        _ ledger: StreamLedger, _ service: Service, through last: String = "2026-10-15", _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system, through: last), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}
