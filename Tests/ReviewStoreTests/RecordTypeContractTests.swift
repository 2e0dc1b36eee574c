import Expressions
import Indicators
import ReviewStore
import Testing

@Suite struct RecordTypeContractTests {
    private static func type(_ fields: [RecordField]) -> RecordType {
        RecordType(name: "thing", fields: [RecordField(name: "id", kind: .string)] + fields)
    }

    private static func store(
        _ records: [CanonicalRecord], in store: any ReviewStore
    ) async throws -> PageOutcome {
        let run = try await store.begin("things")
        let page = PageCommit(
            run: run, recordType: "thing", mappingVersion: "m1",
            records: records.map { MappedRecord(externalID: $0["id"].text, record: $0) })
        let outcome = try await store.commit(page)
        try await store.end(run)
        return outcome
    }

    @Test(arguments: TestedStore.allCases)
    func `a new field gets a column, and a record without it keeps its hash`(kind: TestedStore) async throws {
        let store = try kind.harness().open()
        let old = Self.type([RecordField(name: "size", kind: .int)])
        try await store.prepare([old])
        _ = try await Self.store([sample("1", type: old, ["size": .int(3)])], in: store)
        let new = Self.type([
            RecordField(name: "tags", kind: .string, isList: true),
            RecordField(name: "colour", kind: .enumeration(["red"]), isOptional: true),
            RecordField(name: "size", kind: .int),
        ])
        try await store.prepare([new])
        let record = sample("1", type: new, ["size": .int(3)])
        let stored = try #require(try await store.evidence(of: "thing", at: key("1", stream: "things")))
        #expect(stored.record.values == record.values)
        #expect(try await Self.store([record], in: store).unchanged == 1)
        let coloured = sample("1", type: new, ["size": .int(3), "colour": .string("red")])
        #expect(try await Self.store([coloured], in: store).updated == 1)
    }

    @Test(arguments: TestedStore.allCases)
    func `a field that changed its kind is refused with advice, and nothing is changed`(
        kind: TestedStore
    ) async throws {
        let harness = try kind.harness()
        let store = try harness.open()
        try await store.prepare([Self.type([RecordField(name: "size", kind: .int)])])
        let before = try harness.dump()
        let changed = Self.type([
            RecordField(name: "extra", kind: .int), RecordField(name: "size", kind: .decimal),
        ])
        let error = await #expect(throws: StoreError.self) { try await store.prepare([changed]) }
        #expect(
            error == .fieldKindChanged(recordType: "thing", field: "size", stored: "int", declared: "decimal"))
        #expect("\(try #require(error))".contains("Give the changed field a new name"))
        #expect(try harness.dump() == before)
    }

    @Test(arguments: TestedStore.allCases)
    func `an enumeration may gain names and a field may become optional`(kind: TestedStore) async throws {
        let store = try kind.harness().open()
        try await store.prepare([Self.type([RecordField(name: "colour", kind: .enumeration(["red"]))])])
        let wider = RecordField(name: "colour", kind: .enumeration(["red", "blue"]), isOptional: true)
        try await store.prepare([Self.type([wider])])
    }

    @Test(arguments: TestedStore.allCases)
    func `a type that was not prepared is named in the error`(kind: TestedStore) async throws {
        let store = try kind.harness().open()
        await #expect(throws: StoreError.unknownRecordType("thing")) {
            try await store.evidence(of: "thing", at: key("1"))
        }
    }

    @Test(arguments: TestedStore.allCases, ["Size", "_size", "size\" TEXT); --", "", "größe", "1st"])
    func `a name that could not be a column is refused`(kind: TestedStore, name: String) async throws {
        let store = try kind.harness().open()
        let error = await #expect(throws: StoreError.self) {
            try await store.prepare([Self.type([RecordField(name: name, kind: .int)])])
        }
        #expect(error?.remedy == .stopStream)
    }

    @Test(arguments: TestedStore.allCases)
    func `a day is the same day in every zone`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let type = Self.type([RecordField(name: "day", kind: .date)])
        let shanghai = try harness.open()
        try await shanghai.prepare([type])
        let record = try sample("1", type: type, ["day": .instant("2026-06-30T16:00:00Z")])
        _ = try await Self.store([record], in: shanghai)
        let berlin = try harness.open(zone: "Europe/Berlin", secret: nil)
        try await berlin.prepare([type])
        let stored = try #require(try await berlin.evidence(of: "thing", at: key("1", stream: "things")))
        #expect(try stored.record["day"] == .instant("2026-06-30T22:00:00Z"))
    }
}
