import ERPConnectors
import PlumblineKit
import Testing

@Suite struct ERPFamilyTests {
    @Test func `the list is in alphabetical order and its ids differ`() {
        let ids = ERPFamily.connectors.map { $0.description.id }
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
        #expect(ERPFamily.connectors.allSatisfy { $0.description.family == .erp })
    }
}
