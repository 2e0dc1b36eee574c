import OAConnectors
import PlumblineKit
import Testing

@Suite struct OAFamilyTests {
    @Test func `the list is in alphabetical order and its ids differ`() {
        let ids = OAFamily.connectors.map { $0.description.id }
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
        #expect(OAFamily.connectors.allSatisfy { $0.description.family == .oa })
    }
}
