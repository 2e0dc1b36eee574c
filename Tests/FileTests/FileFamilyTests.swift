import FileConnectors
import PlumblineKit
import Testing

@Suite struct FileFamilyTests {
    @Test func `the list is in alphabetical order and its ids differ`() {
        let ids = FileFamily.connectors.map { $0.description.id }
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
        #expect(FileFamily.connectors.allSatisfy { $0.description.family == .file })
    }
}
