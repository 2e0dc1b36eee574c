import Expressions
import Foundation
import GRDB
import Indicators
import OpenSSLCrypto
import Testing

@testable import ReviewStore

/// A database that is opened for reading only, and hashes that tell whether its rows are as they were.
@Suite struct ReadOnlyTests {
    private func reading(
        _ harness: SQLiteHarness, types: [RecordType] = [.sample]
    ) throws -> SQLiteReviewStore {
        try SQLiteReviewStore(
            readingOnly: harness.path, recordTypes: types, configuration: try harness.configuration())
    }

    @Test func `what is stored can be read, and nothing can be written`() async throws {
        let harness = try SQLiteHarness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "1")])
        let reader = try reading(harness)
        #expect(try await reader.decimals() == ["e1": "1"])
        await #expect(throws: StoreError.self) { try await reader.publish([value("e1", "2")]) }
        await #expect(throws: StoreError.self) { try await reader.begin() }
        #expect(try await store.decimals() == ["e1": "1"])
    }

    @Test func `a field without a column is empty, and a type without a table has no records`() async throws {
        let harness = try SQLiteHarness()
        let store = try await harness.prepared()
        try await store.pull([mapped("1", "first")])
        let before = try harness.rows("SELECT sql FROM sqlite_schema")
        let more = RecordType(
            name: "sample", fields: RecordType.sample.fields + [.init(name: "later", kind: .string, isOptional: true)])
        let other = RecordType(name: "unheard_of", fields: [.init(name: "id", kind: .string)])
        let reader = try reading(harness, types: [more, other])
        let found = try await reader.evidence(of: "sample", after: nil, limit: 9, states: [.live])
        #expect(found.map(\.record.values.last) == [.null])
        #expect(found.map(\.key.externalID) == ["1"])
        #expect(try await reader.evidence(of: "unheard_of", after: nil, limit: 9, states: [.live]).isEmpty)
        #expect(try await reader.fold([.init("sample", fields: ["later"])], into: 0) { count, _ in count += 1 } == 1)
        #expect(try harness.rows("SELECT sql FROM sqlite_schema") == before)
    }

    @Test func `another key, a newer and an older version, and no file at all are refused`() throws {
        let harness = try SQLiteHarness()
        #expect(throws: StoreError.self) { try reading(harness) }
        #expect(!FileManager.default.fileExists(atPath: harness.path))
        _ = try harness.open()
        let foreign = try harness.configuration(secret: .random())
        #expect(throws: StoreError.wrongKey(path: harness.path)) {
            try SQLiteReviewStore(readingOnly: harness.path, recordTypes: [], configuration: foreign)
        }
        try harness.execute("INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')")
        #expect(throws: StoreError.newerVersion(path: harness.path)) { try reading(harness) }
        try harness.execute("DELETE FROM grdb_migrations WHERE identifier LIKE '99%' OR identifier LIKE '8%'")
        let error = #expect(throws: StoreError.self) { try reading(harness) }
        #expect("\(try #require(error))".contains("last written by an older Plumbline"))
    }

    @Test func `a field that is declared with another kind is refused`() async throws {
        let harness = try SQLiteHarness()
        _ = try await harness.prepared()
        let changed = RecordType(name: "sample", fields: [.init(name: "name", kind: .int, isOptional: true)])
        let error = #expect(throws: StoreError.self) { try reading(harness, types: [changed]) }
        #expect("\(try #require(error))".contains("is stored as"))
    }

    @Test func `the hash of a table changes with any column of any row, and only that one's`() async throws {
        let harness = try SQLiteHarness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "1"), value("e2", "2")])
        let before = try await store.tableDigests()
        #expect(try await store.tableDigests() == before)
        #expect(before.first { $0.table == "indicator_values" }?.rows == 2)
        try harness.execute("UPDATE indicator_values SET cause = 'x' WHERE id = 2")
        let after = try await store.tableDigests()
        #expect(Set(before).symmetricDifference(after).map(\.table) == ["indicator_values", "indicator_values"])
    }

    @Test func `records are counted by the mapping that made them`() async throws {
        let harness = try SQLiteHarness()
        let store = try await harness.prepared()
        try await store.pull([mapped("1", "a"), mapped("2", "b")], mapping: "m1")
        try await store.pull([mapped("2", "c")], mapping: "m2")
        let counts = try await store.mappingCounts().sorted { $0.mappingVersion < $1.mappingVersion }
        #expect(counts.map { "\($0.mappingVersion) \($0.records) \($0.latestRun)" } == ["m1 1 1", "m2 1 2"])
    }
}
