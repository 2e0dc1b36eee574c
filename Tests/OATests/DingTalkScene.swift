import DingTalkTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated DingTalk, the connector's settings for it, and what must be known of it in the end.
enum DingTalkScene {
    typealias Service = EmulatedService<DingTalkEmulator>

    static let start = FixedClock("2026-10-15T00:00:00Z").moment

    static let settings = DingTalkConnection.access.merging([
        "api_url": .text("https://api.dingtalk.example"), "page_size": .text("2"), "root_name": .text("Plumb"),
        "processes": .map(["purchase": "PROC-1", "service": "PROC-2"]), "form_fields": .list(["金额", "类别"]),
    ]) { $1 }

    static func connector(
        _ service: Service, _ changes: [String: SettingInput] = [:],
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> DingTalkConnector {
        try DingTalkConnector(
            settings: Settings(settings.merging(changes) { $1 }, against: DingTalkConnector.description.settings),
            context: DingTalkConnection.context(service, now: service.now, log: log))
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: Service, _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, changes)) { service.wait(seconds: $0) }
    }

    static func days(_ days: Int) -> Instant { start.advanced(bySeconds: days * 86_400) }

    /// Seven approvals of two kinds: 1 to 3 decided long ago, 4 broken, 5 and 6 open, 7 taken back yesterday.
    static func seven() -> DingTalkEmulator {
        var dingTalk = DingTalkEmulator.company()
        for number in 1...7 {
            dingTalk.ask(
                "p\(number)", of: number.isMultiple(of: 2) ? "PROC-2" : "PROC-1", by: "li", approver: "zhang",
                at: days(number * 30 - 235), form: [("金额", "120.50"), ("事由", "private")])
        }
        for (number, result) in [(1, "agree"), (2, "refuse"), (3, "agree")] {
            dingTalk.decide("p\(number)", result, at: days(number * 30 - 234))
        }
        dingTalk.instances["p4"]?.lacks = "createTime"
        dingTalk.withdraw("p7", at: days(-1))
        return dingTalk
    }

    /// What is known of each approval that is not broken: outcome, times, who decided.
    static func facts(_ dingTalk: DingTalkEmulator) -> [String: [JSON]] {
        dingTalk.instances.filter { $0.value.lacks == nil }.mapValues { instance in
            let outcome =
                switch (instance.status, instance.result) {
                case ("RUNNING", _): "pending"
                case ("COMPLETED", "agree"): "approved"
                case ("COMPLETED", _): "rejected"
                default: "withdrawn"
                }
            let isDecided = instance.status == "COMPLETED"
            return [
                .string(outcome), .string(instance.created.rfc3339.prefix(19) + "Z"),
                .text(instance.finished.map { $0.rfc3339.prefix(19) + "Z" }),
                .text(isDecided ? instance.tasks.last?.by : nil),
            ]
        }
    }

    static func facts(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            ["outcome", "created_at", "finished_at", "decided_by"].map { record.json[$0] ?? "missing" }
        }
    }

    static func expectExact(
        _ ledger: StreamLedger, _ service: Service, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(facts(ledger) == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }

    static func failure(_ action: () async throws -> Void) async -> ConnectorError? {
        do {
            try await action()
            return nil
        } catch {
            return error as? ConnectorError
        }
    }
}
