import PlumblineKit
import ProcessConnectors
import Testing

@Suite struct ProcessFamilyTests {
    @Test func `connectors are listed by id`() {
        let ids = ProcessFamily.connectors.map { $0.description.id }
        #expect(ids == ids.sorted() && ids == ["process.airbyte", "process.singer"])
    }

    @Test func `a stream of any name may be there, and no deletion is looked for unasked`() {
        for connector in ProcessFamily.connectors {
            let stream = connector.description.stream(named: "whatever")
            #expect(stream?.name == "whatever" && stream?.deletions.first == .neverKnown)
        }
    }
}
