import Expressions
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Another body under a key that came before: a person says which one counts.
@Suite struct ContradictionTests {
    typealias Hooked = HookedWorkspace

    private func contradicted() async throws -> (hooked: HookedWorkspace, bodies: [InboxBody]) {
        let hooked = try await HookedWorkspace()
        #expect(try await hooked.send("m1", Hooked.deed("d", points: "1")) == 200)
        #expect(try await hooked.send("m1", Hooked.deed("d", points: "7")) == 409)
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.shown("deed_points", "E01") == "1.00")
        return (hooked, try await hooked.host.store.inboxBodies(of: 1))
    }

    @Test func `the body that a person chooses counts, and choosing the other takes that back`() async throws {
        let (hooked, bodies) = try await contradicted()
        #expect(bodies.map(\.isChosen) == [true, false])
        let report = try await hooked.host.chooseBody(bodies[1].name, of: 1, reason: "the helpdesk says so")
        #expect(report.events == 1)
        #expect(try await hooked.host.shown("deed_points", "E01") == "7.00")
        _ = try await hooked.host.chooseBody(bodies[0].name, of: 1, reason: "it was wrong")
        #expect(try await hooked.host.shown("deed_points", "E01") == "1.00")
        let entries = try await hooked.host.store.auditEntries(after: 0, limit: 100)
        #expect(entries.filter { $0.action == "inbox.chosen" }.count == 2)
    }

    @Test func `a body that was chosen takes nothing back from later events`() async throws {
        let (hooked, bodies) = try await contradicted()
        try await hooked.send("m2", Hooked.deed("d", points: "3"))
        _ = try await hooked.host.drainInbox()
        _ = try await hooked.host.chooseBody(bodies[1].name, of: 1, reason: "a test")
        #expect(try await hooked.host.shown("deed_points", "E01") == "3.00")
    }

    @Test func `a choice wants a reason and a body that is there`() async throws {
        let (hooked, bodies) = try await contradicted()
        await #expect(throws: HostError.self) {
            try await hooked.host.chooseBody(bodies[1].name, of: 1, reason: " ")
        }
        for name in [bodies[0].name, "00000000", ""] {
            await #expect(throws: HostError.self) { try await hooked.host.chooseBody(name, of: 1, reason: "a test") }
        }
        #expect(try await hooked.host.store.inboxBodies(of: 1) == bodies)
    }
}
