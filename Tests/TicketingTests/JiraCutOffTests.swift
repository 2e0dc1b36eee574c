import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// What lies a second before a moment, on it and a second behind it.
@Suite struct JiraCutOffTests {
    typealias Scene = JiraScene

    /// How dates are written, and how Jira reads an hour that clocks show twice.
    enum Form: String, CaseIterable, Sendable {
        case relative, local, localReadLate

        var settings: [String: SettingInput] { ["dates": .text(self == .relative ? "relative" : "local")] }
    }

    private func around(_ cutOff: CutOff, _ form: Form) -> JiraEmulator {
        var jira = Scene.jira()
        jira.zone = cutOff.zone
        jira.readsRepeatedHourLate = form == .localReadLate
        for (id, seconds) in [(1, -1), (2, 0), (3, 1)] {
            jira.create(id, at: cutOff.moment.advanced(bySeconds: -86_400))
            jira.comment(on: id, by: "agent-1", at: cutOff.moment.advanced(bySeconds: seconds))
        }
        return jira
    }

    @Test(arguments: CutOff.all, Form.allCases)
    func `since takes its own second and leaves out the one before`(cutOff: CutOff, form: Form) async throws {
        let service = EmulatedService(around(cutOff, form), at: cutOff.moment.advanced(bySeconds: 7200))
        let settings = form.settings.merging(["since": .text(cutOff.written)]) { $1 }
        let page = try await Scene.connector(service, settings, in: cutOff.zone).page(of: "tickets", after: nil)
        #expect(page.records.map(\.id) == ["2", "3"] && service.system.faults == [])
    }

    /// Minutes ago need no zone: the connection's may be any.
    @Test(arguments: CutOff.all)
    func `a user in another zone changes nothing`(cutOff: CutOff) async throws {
        var jira = around(cutOff, .relative)
        jira.zone = "America/Los_Angeles"
        let service = EmulatedService(jira, at: cutOff.moment.advanced(bySeconds: 7200))
        let page = try await Scene.connector(service, ["since": .text(cutOff.written)], in: cutOff.zone)
            .page(of: "tickets", after: nil)
        #expect(page.records.map(\.id) == ["2", "3"])
    }

    @Test func `dates in the zone of another user are refused before anything is read`() async throws {
        var jira = Scene.seven()
        jira.zone = "Europe/Berlin"
        await #expect {
            _ = try await Scene.connector(EmulatedService(jira), ["dates": .text("local")]).page(
                of: "tickets", after: nil)
        } throws: {
            guard case ConnectorError.settings("dates", let reason) = $0 else { return false }
            return reason.contains("Europe/Berlin") && reason.contains("Asia/Shanghai")
        }
    }

    /// Behind a run come changes on the moment, before it (written late) and after it, which the index learns of later.
    @Test(arguments: CutOff.all, Form.allCases)
    func `what comes at the edge of a run comes with the next`(cutOff: CutOff, form: Form) async throws {
        let moment = cutOff.moment
        var jira = around(cutOff, form)
        jira.lag = 120
        let service = EmulatedService(jira, at: moment.advanced(bySeconds: 60))
        var ledger = StreamLedger("tickets")
        func run() async throws {
            try await ledger.run(Scene.connector(service, form.settings, in: cutOff.zone)) { service.wait(seconds: $0) }
            #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        }
        try await run()
        let now = service.now()
        service.edit { jira in
            jira.comment(on: 2, by: "agent-2", at: moment, written: now)
            jira.create(8, at: moment, written: now)
            jira.create(9, at: moment.advanced(bySeconds: 1), written: now)
            jira.create(10, at: moment.advanced(bySeconds: -1), written: now)
        }
        service.wait(seconds: 240)
        try await run()
        #expect(ledger.records["2"]?.json["reply_count"] == 2)
        Scene.expectExact(ledger, service)
    }

    /// Queries know minutes: issues of one minute are told apart by what was read.
    @Test(arguments: CutOff.all, Form.allCases)
    func `pages that end within a minute go on within it`(cutOff: CutOff, form: Form) async throws {
        for sortsBySeconds in [false, true] { try await readsWithinMinute(cutOff, form, sortsBySeconds) }
    }

    private func readsWithinMinute(_ cutOff: CutOff, _ form: Form, _ sortsBySeconds: Bool) async throws {
        var jira = Scene.jira()
        jira.sortsBySeconds = sortsBySeconds
        jira.zone = cutOff.zone
        jira.readsRepeatedHourLate = form == .localReadLate
        for id in 1...20 {
            let milliseconds = Int64(id / 4 * 250_000)
            jira.create(id, at: Instant(microseconds: cutOff.moment.microseconds + milliseconds))
        }
        let service = EmulatedService(jira, at: cutOff.moment.advanced(bySeconds: 7200))
        var ledger = StreamLedger("tickets")
        try await ledger.run(Scene.connector(service, form.settings, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == (1...20).map(String.init), "none lost, none doubled")
        Scene.expectExact(ledger, service)
    }

    /// Ratings come without a change of their issue, as long as the runs step back that far.
    @Test(arguments: CutOff.all)
    func `ratings of issues on the edge come as far as the runs step back`(cutOff: CutOff) async throws {
        var jira = around(cutOff, .relative)
        for id in 1...3 {
            jira.write(id, at: cutOff.moment) { $0.status = "5" }
        }
        let service = EmulatedService(jira, at: cutOff.moment.advanced(bySeconds: 300), pace: 0)
        var ledger = StreamLedger("ratings")
        let settings = Scene.serving.merging(["ratings_overlap": .text("5m")]) { $1 }
        func run() async throws {
            try await ledger.run(Scene.connector(service, settings, in: cutOff.zone)) { service.wait(seconds: $0) }
        }
        try await run()
        service.edit { jira in for id in 1...3 { jira.write(id, at: cutOff.moment) { $0.rating = 3 } } }
        try await run()
        #expect(ledger.lastRun == ["2", "3"], "what changed on the moment and after it")
    }
}
