import PlumblineKit
import Testing
import TicketingConnectors

@Suite struct TicketingFamilyTests {
    @Test func `the list is in alphabetical order and its ids differ`() {
        let ids = TicketingFamily.connectors.map { $0.description.id }
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
        #expect(TicketingFamily.connectors.allSatisfy { $0.description.family == .ticketing })
    }
}
