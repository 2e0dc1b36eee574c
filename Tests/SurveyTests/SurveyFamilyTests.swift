import PlumblineKit
import SurveyConnectors
import Testing

@Suite struct SurveyFamilyTests {
    @Test func `the list is in alphabetical order and its ids differ`() {
        let ids = SurveyFamily.connectors.map { $0.description.id }
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
        #expect(SurveyFamily.connectors.allSatisfy { $0.description.family == .survey })
    }
}
