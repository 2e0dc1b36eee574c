import Expressions
import Indicators
import ReviewStore
import Testing

/// Rows that are kept as they were, while the fields of their type are put in another order.
@Suite struct KeptRowTests {
    private static let held = GateVerdict(
        mode: .incremental, findings: [GateFinding(rule: "volume", found: "9", expected: "1")], accounts: (0, 0))

    private static func type(_ fields: [String]) -> RecordType {
        RecordType(name: "thing", fields: fields.map { RecordField(name: $0, kind: .string, isOptional: $0 != "id") })
    }

    private static let before = type(["id", "size", "colour"])
    private static let after = type(["extra", "colour", "id", "size"])

    /// A run of one record that awaits judgement, or none.
    @discardableResult
    private func pull(
        _ fields: [String: String], of type: RecordType, isGated: Bool = false, in store: any ReviewStore
    ) async throws -> RunID {
        let run = try await store.beginRun(connection: "helpdesk", stream: "things", isGated: isGated).id
        let record = sample("1", type: type, fields.mapValues { .string($0) })
        _ = try await store.commit(
            PageCommit(
                run: run, recordType: "thing", mappingVersion: "m1",
                records: [MappedRecord(externalID: "1", record: record)]))
        try await store.end(run)
        return run
    }

    /// What is in effect of the one record, field by field.
    private func effect(of fields: String..., in store: any ReviewStore) async throws -> [String] {
        let rows = try await store.evidence(of: "thing", after: nil, limit: 9, states: [.live], view: .inEffect)
        let record = try #require(rows.first).record
        return fields.map { record[$0] == .null ? "-" : record[$0].text }
    }

    /// A store in which a run is held that has changed the one record.
    private func holding(_ harness: any StoreHarness) async throws -> (any ReviewStore, Hold) {
        let store = try harness.open()
        try await store.prepare([Self.before])
        try await pull(["size": "small", "colour": "red"], of: Self.before, in: store)
        let run = try await pull(["size": "large", "colour": "blue"], of: Self.before, isGated: true, in: store)
        return (store, try #require(try await store.judge(run, Self.held).first))
    }

    @Test(arguments: TestedStore.allCases)
    func `what is held is read as it was, however the fields are ordered now`(kind: TestedStore) async throws {
        let (store, _) = try await holding(kind.harness())
        try await store.prepare([Self.after])
        #expect(try await effect(of: "size", "colour", "extra", in: store) == ["small", "red", "-"])
    }

    @Test(arguments: TestedStore.allCases)
    func `what is discarded becomes what it was, however the fields are ordered now`(kind: TestedStore) async throws {
        let (store, hold) = try await holding(kind.harness())
        try await store.prepare([Self.after])
        let later = try await pull(
            ["size": "huge", "colour": "green", "extra": "x"], of: Self.after, isGated: true, in: store)
        _ = try await store.judge(later, Self.held)
        #expect(try await effect(of: "size", "colour", "extra", in: store) == ["small", "red", "-"])
        try await store.decide(hold.id, .discard, actor: "hr", reason: "wrong")
        let restored = try #require(try await store.evidence(of: "thing", at: key("1", stream: "things")))
        let before = sample("1", type: Self.after, ["size": .string("small"), "colour": .string("red")])
        #expect(restored.record.values == before.values)
    }

    @Test(arguments: TestedStore.allCases)
    func `a field that a type had and has again becomes what it was`(kind: TestedStore) async throws {
        let (store, hold) = try await holding(kind.harness())
        try await store.prepare([Self.type(["id", "size"])])
        try await store.decide(hold.id, .discard, actor: "hr", reason: "wrong")
        try await store.prepare([Self.before])
        #expect(try await effect(of: "size", "colour", in: store) == ["small", "red"])
    }

    @Test(arguments: TestedStore.allCases)
    func `what was kept before orders were is in the first one`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let (store, hold) = try await holding(harness)
        try harness.execute("UPDATE run_changes SET columns = NULL")
        try await store.prepare([Self.after])
        #expect(try await effect(of: "size", "colour", in: store) == ["small", "red"])
        try await store.decide(hold.id, .discard, actor: "hr", reason: "wrong")
        #expect(try await effect(of: "size", "colour", "extra", in: store) == ["small", "red", "-"])
    }

    @Test(arguments: TestedStore.allCases)
    func `records noted in another order of the fields make their type whole`(kind: TestedStore) async throws {
        let store = try kind.harness().open()
        try await store.prepare([Self.before])
        try await pull(["size": "small"], of: Self.before, in: store)
        _ = try await store.publish(Publication(values: [], cause: "pull", actor: "u1", clearing: store.staleMarks()))
        try await pull(["size": "large"], of: Self.before, in: store)
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        try await store.prepare([Self.after])
        #expect(try await store.staleMarks().map(\.isWhole) == [true])
        _ = try await store.publish(Publication(values: [], cause: "pull", actor: "u1", clearing: store.staleMarks()))
        try await pull(["size": "huge", "extra": "x"], of: Self.after, in: store)
        #expect(try await store.staleMarks().map(\.isWhole) == [false])
        let states = try await store.touchedStates(of: "thing").map { "\($0.record["size"].text)" }
        #expect(states == ["large", "huge"])
    }

    @Test(arguments: TestedStore.allCases, [122, 123, 172, 173, 300])
    func `a record of many fields is kept whole`(kind: TestedStore, count: Int) async throws {
        let store = try kind.harness().open()
        let type = Self.type(["id"] + (1..<count).map { "f\($0)" })
        try await store.prepare([type])
        let fields = Dictionary(uniqueKeysWithValues: (1..<count).map { ("f\($0)", "\($0)") })
        try await pull(fields, of: type, in: store)
        let run = try await pull(["f1": "x"], of: type, isGated: true, in: store)
        let hold = try #require(try await store.judge(run, Self.held).first)
        #expect(try await effect(of: "f1", "f\(count - 1)", in: store) == ["1", "\(count - 1)"])
        try await store.decide(hold.id, .discard, actor: "hr", reason: "wrong")
        let restored = try #require(try await store.evidence(of: "thing", at: key("1", stream: "things")))
        #expect(restored.record.values == sample("1", type: type, fields.mapValues { .string($0) }).values)
    }
}
