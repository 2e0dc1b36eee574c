import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// What lies a second before a moment, on it and a second behind it, in times that have no zone.
@Suite struct GLPICutOffTests {
    typealias Scene = GLPIScene

    private func glpi(_ cutOff: CutOff) -> GLPIEmulator {
        var glpi = Scene.glpi()
        glpi.zone = cutOff.zone
        return glpi
    }

    /// In the hour that clocks show twice, a text may mean either moment: what may be later than `since` is taken.
    @Test(arguments: CutOff.all)
    func `since takes its own second and leaves out the one before`(cutOff: CutOff) async throws {
        var glpi = glpi(cutOff)
        for (id, seconds) in [(1, -1), (2, 0), (3, 1)] {
            glpi.create(id, at: cutOff.moment.advanced(bySeconds: -86_400))
            glpi.follow(id, by: 90, at: cutOff.moment.advanced(bySeconds: seconds))
        }
        let service = EmulatedService(glpi, at: cutOff.moment.advanced(bySeconds: 7200))
        let page = try await Scene.connector(service, ["since": .text(cutOff.written)], in: cutOff.zone)
            .page(of: "tickets", after: nil)
        let isFirstOfTwo = cutOff.written == "2026-10-25T02:30:00+02:00"
        #expect(page.records.map(\.id) == (isFirstOfTwo ? ["1", "2", "3"] : ["2", "3"]))
        #expect(service.system.faults == [])
    }

    @Test(arguments: CutOff.all)
    func `what comes at the edge of a run comes with the next`(cutOff: CutOff) async throws {
        let moment = cutOff.moment
        var glpi = glpi(cutOff)
        glpi.create(7, at: moment.advanced(bySeconds: -86_400))
        glpi.follow(7, by: 90, at: moment)
        let service = EmulatedService(glpi, at: moment.advanced(bySeconds: 60))
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service, in: cutOff.zone)
        service.edit { glpi in
            glpi.follow(7, by: 91, at: moment)
            glpi.create(8, at: moment)
            glpi.create(9, at: moment.advanced(bySeconds: 1))
            glpi.create(10, at: moment.advanced(bySeconds: -1))
        }
        try await Scene.run(&ledger, service, in: cutOff.zone)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        #expect(ledger.records["7"]?.json["reply_count"] == 2, "the change within the same second")
        Scene.expectExact(ledger, service)
    }

    /// Eight hours around the moment, a ticket every ten minutes: an hour of them is written twice.
    @Test(arguments: CutOff.all)
    func `hours that are left out or repeated lose no ticket and double none`(cutOff: CutOff) async throws {
        var glpi = glpi(cutOff)
        for id in 1...48 { glpi.create(id, at: cutOff.moment.advanced(bySeconds: (id - 24) * 600)) }
        let service = EmulatedService(glpi, at: cutOff.moment.advanced(bySeconds: 86_400))
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service, ["page_size": .text("5"), "range": .text("50")], in: cutOff.zone)
        #expect(ledger.lastRun == (1...48).map(String.init))
        Scene.expectExact(ledger, service)
    }
}
