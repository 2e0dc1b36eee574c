import AttendanceConnectors
import PlumblineKit
import Testing

@Suite struct AttendanceFamilyTests {
    @Test func `the list is in alphabetical order and its ids differ`() {
        let ids = AttendanceFamily.connectors.map { $0.description.id }
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
        #expect(AttendanceFamily.connectors.allSatisfy { $0.description.family == .attendance })
    }
}
