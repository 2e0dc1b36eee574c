import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// What lies a second before a moment, on it and a second behind it.
@Suite struct RoundupCutOffTests {
    typealias Scene = RoundupScene

    /// The zones of our user at the tracker, in hours ahead of UTC: filters are read in them.
    static let hoursAhead = [-11, 0, 14]

    @Test(arguments: CutOff.all, hoursAhead)
    func `since takes its own second and leaves out the one before`(cutOff: CutOff, ahead: Int) async throws {
        var roundup = RoundupEmulator()
        roundup.secondsAhead = ahead * 3600
        for (id, seconds) in [(1, -1), (2, 0), (3, 1)] {
            roundup.create(id, at: cutOff.moment.advanced(bySeconds: -86_400))
            roundup.write(on: id, by: 3, at: cutOff.moment.advanced(bySeconds: seconds))
        }
        let service = EmulatedService(roundup)
        let page = try await Scene.connector(service, ["since": .text(cutOff.written)], in: cutOff.zone)
            .page(of: "tickets", after: nil)
        #expect(page.records.map(\.id) == ["2", "3"] && service.system.faults == [])
    }

    /// A run ends with a change at the moment. Behind it come changes of the same second, of the second before (written
    /// late) and of the second after.
    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `what comes at the edge of a run comes with the next`(cutOff: CutOff, overlap: String) async throws {
        let moment = cutOff.moment
        var roundup = RoundupEmulator()
        roundup.create(7, at: moment.advanced(bySeconds: -86_400))
        roundup.write(on: 7, by: 3, at: moment)
        let service = EmulatedService(roundup, at: moment.advanced(bySeconds: 60))
        var ledger = StreamLedger("tickets")
        func run() async throws {
            let connector = try Scene.connector(service, ["overlap": .text(overlap)], in: cutOff.zone)
            try await ledger.run(connector) { service.wait(seconds: $0) }
        }
        try await run()
        service.edit { roundup in
            roundup.write(on: 7, by: 4, at: moment)
            roundup.create(8, at: moment)
            roundup.create(9, at: moment.advanced(bySeconds: 1))
            if overlap != "0s" { roundup.create(10, at: moment.advanced(bySeconds: -1)) }
        }
        try await run()
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        Scene.expectExact(ledger, service)
        #expect(ledger.records["7"]?.json["reply_count"] == 2, "the change within the same second")
    }

    /// An issue changes again within the very second in which it was read, and the run goes on for longer than the overlap.
    @Test(arguments: CutOff.all, 1...6)
    func `a change in the second of its reading is not lost behind a long run`(
        cutOff: CutOff, request: Int
    ) async throws {
        let moment = cutOff.moment
        var roundup = RoundupEmulator()
        for id in 3...7 { roundup.create(id, at: moment) }
        let service = EmulatedService(roundup, at: moment, pace: 0)
        var ledger = StreamLedger("tickets")
        service.meanwhile { roundup, number, _ in
            guard number == request else { return }
            roundup.write(on: 3, by: 4, at: moment)
            for id in [6, 7] { roundup.write(on: id, by: 3, at: moment.advanced(bySeconds: id * 600)) }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    /// The run dies, and what follows is later than the overlap looks back: what changed in the second of the first listing
    /// has to come all the same.
    @Test(arguments: CutOff.all, 1...8)
    func `a run that dies and is taken up much later loses nothing`(cutOff: CutOff, request: Int) async throws {
        let moment = cutOff.moment
        var roundup = RoundupEmulator()
        for id in 3...9 { roundup.create(id, at: moment) }
        let service = EmulatedService(roundup, at: moment, pace: 0)
        var ledger = StreamLedger("tickets")
        service.fail(request: request, with: .html)
        try? await Scene.run(&ledger, service)
        service.edit { roundup in
            roundup.write(on: 3, by: 4, at: moment)
            roundup.create(2, at: moment.advanced(bySeconds: -1))
            for id in [8, 9] { roundup.write(on: id, by: 3, at: moment.advanced(bySeconds: id * 600)) }
        }
        service.wait(seconds: 7200)
        try await Scene.run(&ledger, service)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }
}
