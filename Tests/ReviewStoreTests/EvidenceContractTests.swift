import Expressions
import Indicators
import ReviewStore
import Testing

@Suite struct EvidenceContractTests {
    @Test(arguments: TestedStore.allCases)
    func `every kind of field reads back as it was written`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let from = try Value.instant("2026-07-01T01:00:00.000001Z")
        let span = Value.record(RecordValue(schema: .interval, slots: [from, .null]))
        let owned = Value.record(RecordValue(schema: .ownerInterval, slots: [.string("wei"), from, from]))
        let free = Value.record(RecordValue(schema: .ownerInterval, slots: [.null, from, .null]))
        let record = try sample(
            "1",
            [
                "name": .string("张伟 \"quoted\" \\ \u{0} 👩‍💻 e\u{301}"), "owner": .string(""), "state": .string("done"),
                "count": .int(.min), "rate": .decimal(#require(Rational(numerator: "-1", denominator: "3"))),
                "amount": .exact("12345678901234567890123.45"), "done": .bool(true),
                // The start of 1 July in Shanghai.
                "due": .instant("2026-06-30T16:00:00Z"), "created_at": from,
                "tags": .list([.string("a,b"), .string("\n\u{1}\""), .string("")]), "moments": .list([from]),
                "prices": .list([.exact("0.10"), .exact("-7")]), "pauses": .list([span]),
                "owners": .list([owned, free]),
            ])
        try await store.pull([MappedRecord(externalID: "1", sourceVersion: "7", record: record)])
        let stored = try #require(try await store.evidence(of: "sample", at: key("1")))
        #expect(stored.record.values == record.values)
        #expect(stored.sourceVersion == "7")
        #expect(stored.mappingVersion == "m1")
        #expect(stored.state == .live)
    }

    @Test(arguments: TestedStore.allCases)
    func `empty fields read back empty`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([MappedRecord(externalID: "1", record: sample("1"))])
        let stored = try #require(try await store.evidence(of: "sample", at: key("1")))
        #expect(stored.record.values == sample("1").values)
    }

    @Test(arguments: TestedStore.allCases)
    func `tables are typed so that any tool can read them`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let record = try sample(
            "1",
            [
                "state": .string("draft"), "amount": .exact("12.50"), "done": .bool(false),
                "due": .instant("2026-06-30T16:00:00Z"), "created_at": .instant("1970-01-01T00:00:02Z"),
            ])
        try await store.pull([MappedRecord(externalID: "1", record: record)])
        let row = try harness.rows(
            "SELECT _connection, _external_id, state, amount, done, due, created_at, tags, _state FROM evidence_sample")
        #expect(row == [["helpdesk", "1", "draft", "12.5", "0", "2026-07-01", "2000000", "[]", "live"]])
    }

    @Test(arguments: TestedStore.allCases)
    func `a value of another kind is refused and nothing is stored`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let run = try await store.begin()
        let before = try harness.dump()
        let wrong = MappedRecord(externalID: "2", record: sample("2", ["count": .string("many")]))
        await #expect(throws: StoreError.invalid(reason: "count is int?, but was given a value of type string")) {
            try await store.commit(
                PageCommit(run: run, recordType: "sample", mappingVersion: "m1", records: [mapped("1", "a"), wrong]))
        }
        #expect(try harness.dump() == before)
    }

    @Test(arguments: TestedStore.allCases)
    func `a page again changes nothing`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let first = try await store.pull([mapped("1", "a"), mapped("2", "b")], cursor: "10")
        #expect((first.inserted, first.updated, first.unchanged) == (2, 0, 0))
        #expect(first.changesEvidence)
        let rows = try await store.evidence(of: "sample", after: nil, limit: 10, states: [.live])
        let again = try await store.pull([mapped("1", "a"), mapped("2", "b")], cursor: "10")
        #expect((again.inserted, again.updated, again.unchanged) == (0, 0, 2))
        #expect(!again.changesEvidence)
        let rowsAgain = try await store.evidence(of: "sample", after: nil, limit: 10, states: [.live])
        #expect(rows.map(\.run) == rowsAgain.map(\.run))
        #expect(rows.map(\.contentHash) == rowsAgain.map(\.contentHash))
    }

    @Test(arguments: TestedStore.allCases)
    func `a changed record is stored in the place of the old one, and keeps the run that brought it first`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a")])
        let outcome = try await store.pull([mapped("1", "b")])
        #expect(outcome.updated == 1 && outcome.changesEvidence)
        #expect(try await store.names() == ["1": "b"])
        let row = try #require(try await store.evidence(of: "sample", at: key("1")))
        #expect(row.firstRun < row.run)
    }

    @Test(arguments: TestedStore.allCases)
    func `another mapping version maps a record anew`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a")])
        #expect(try await store.pull([mapped("1", "a")], mapping: "m2").updated == 1)
        #expect(try await store.pull([mapped("1", "a")], mapping: "m2").unchanged == 1)
    }

    @Test(
        arguments: TestedStore.allCases,
        [("9", "10"), ("10", "009"), ("-3", "-20"), ("2026-07-02", "2026-07-01"), ("99999999999999999999", "1")])
    func `an older version is not applied and comes back as an anomaly`(
        kind: TestedStore, versions: (String, String)
    ) async throws {
        // The greater of the two is the newer one; "10" against "009" and the like are compared as numbers.
        let (older, newer) = versions.0 == "9" ? versions : (versions.1, versions.0)
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "new", version: newer)])
        let outcome = try await store.pull([mapped("1", "old", version: older)])
        #expect((outcome.older, outcome.updated, outcome.changesEvidence) == (1, 0, false))
        #expect(outcome.anomalies.count == 1)
        #expect(try await store.names() == ["1": "new"])
        let runs = try await store.runs(connection: nil, limit: 1)
        let run = try #require(runs.first)
        #expect(try await store.anomalies(of: run.id) == outcome.anomalies)
        #expect(run.counters.older == 1)
    }

    @Test(arguments: TestedStore.allCases)
    func `without a version on both sides the later read wins`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a", version: "9")])
        try await store.pull([mapped("1", "b")])
        try await store.pull([mapped("1", "c", version: "1")])
        #expect(try await store.names() == ["1": "c"])
        try await store.pull([mapped("1", "d", version: "1")])
        #expect(try await store.names() == ["1": "d"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a reported deletion takes the record out, and its return brings it back`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a"), mapped("2", "b")])
        let deletion = try await store.pull(deletions: ["1", "unknown"])
        #expect(deletion.deleted == 1)
        #expect(deletion.changesEvidence)
        #expect(try await store.names() == ["2": "b"])
        #expect(try await store.names(states: [.deleted]) == ["1": "a"])
        #expect(try await store.pull(deletions: ["1"]).changesEvidence == false)
        let back = try await store.pull([mapped("1", "a")])
        #expect((back.updated, back.changesEvidence) == (1, true))
        #expect(try await store.names() == ["1": "a", "2": "b"])
    }

    @Test(arguments: TestedStore.allCases)
    func `of two things that a page says of one record the later counts`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let bad = Reject(externalID: "1", reason: "empty", input: [1])
        try await store.pull(events: [.leftOut(externalID: "1"), .record(mapped("1", "a"))])
        #expect(try await store.names() == ["1": "a"])
        try await store.pull(events: [.record(mapped("1", "b")), .leftOut(externalID: "1")])
        #expect(try await store.names().isEmpty)
        try await store.pull(events: [.rejected(bad), .record(mapped("1", "c"))])
        #expect(try await store.openCount() == 0)
        try await store.pull(events: [.record(mapped("1", "d")), .rejected(bad)])
        #expect(try await store.openCount() == 1)
        #expect(try await store.names() == ["1": "d"])
    }

    @Test(arguments: TestedStore.allCases)
    func `what is deleted or left out closes its dead letter, or a replay would bring it back`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        let events: [PageEvent] = [
            .deleted(externalID: "1"), .leftOut(externalID: "1", version: RecordVersion(own: "2")),
        ]
        for event in events {
            try await store.pull(rejects: [
                Reject(externalID: "1", version: RecordVersion(own: "1"), reason: "empty", input: [1])
            ])
            #expect(try await store.openCount() == 1)
            try await store.pull(events: [event])
            #expect(try await store.openCount() == 0)
        }
    }

    @Test(arguments: TestedStore.allCases)
    func `the newest version is remembered, whatever state brought it`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a", version: "5")])
        try await store.pull([mapped("1", "a", version: "7")])
        #expect(try await store.pull([mapped("1", "b", version: "6")]).older == 1)
        try await store.pull(events: [.leftOut(externalID: "1", version: RecordVersion(own: "6"))])
        #expect(try await store.names() == ["1": "a"], "an older state that is left out")
        try await store.pull(events: [.leftOut(externalID: "1", version: RecordVersion(own: "8"))])
        try await store.pull([mapped("1", "c", version: "7")])
        #expect(try await store.names().isEmpty, "older than the state that was left out")
        try await store.pull(rejects: [
            Reject(externalID: "1", version: RecordVersion(own: "7"), reason: "empty", input: [1])
        ])
        #expect(try await store.openCount() == 0, "older than what is stored")
        try await store.pull(rejects: [
            Reject(externalID: "1", version: RecordVersion(own: "10"), reason: "empty", input: [1])
        ])
        try await store.pull([mapped("1", "d", version: "9")])
        #expect(try await store.openCount() == 1, "of a newer state than the one that came")
    }

    @Test(arguments: TestedStore.allCases)
    func `records of the type that a stream was mapped onto before no longer count`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let other = RecordType(name: "other", fields: [RecordField(name: "id", kind: .string)])
        try await store.prepare([other])
        try await store.pull([mapped("1", "a")])
        let record = MappedRecord(externalID: "1", record: CanonicalRecord(type: other, values: [.string("1")]))
        let run = try await store.begin()
        _ = try await store.commit(
            PageCommit(run: run, recordType: "other", mappingVersion: "m2", events: [.record(record)]))
        try await store.end(run)
        #expect(try await store.names().isEmpty)
        #expect(try await store.names(states: [.gone]) == ["1": "a"])
        #expect(try await store.staleMarks().map(\.recordType) == ["other", "sample"])
    }

    @Test(arguments: TestedStore.allCases)
    func `a fold gives every live record with the fields that are wanted`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a"), mapped("2", "b"), mapped("3", "c")], deletions: ["2"])
        let all = try await store.evidence(of: "sample", after: nil, limit: 10, states: [.live])
        let folded = try await store.fold([EvidenceSelection("sample")], into: [EvidenceRecord]()) { $0.append($1) }
        #expect(folded.map(\.reference) == all.map(\.key) && folded.map(\.hash) == all.map(\.contentHash))
        #expect(folded.map(\.record.values) == all.map(\.record.values) && folded.map(\.run) == all.map(\.run))
        let names = try await store.fold([EvidenceSelection("sample", fields: ["name"])], into: [[Value]]()) {
            $0.append($1.record.values)
        }
        #expect(names.map { $0[1].text } == ["a", "c"])
        #expect(names.allSatisfy { $0[0].isNull && $0[10] == .list([]) }, "unread fields are empty")
    }

    @Test(arguments: TestedStore.allCases)
    func `batches give every record once in key order`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let ids = (0..<57).map { "\($0 * 7919 % 100)-\($0)" }
        try await store.pull(ids.map { mapped($0, "n") })
        var seen: [String] = []
        for try await batch in store.evidence(of: "sample", batchSize: 10) {
            #expect(batch.count <= 10)
            seen += batch.map(\.key.externalID)
        }
        #expect(seen == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test(arguments: TestedStore.allCases)
    func `live records are found by a text field`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a"), mapped("2", "b"), mapped("3", "a"), mapped("4", "a")])
        try await store.pull(deletions: ["4"])
        let found = try await store.evidence(of: "sample", where: "name", isOneOf: ["a", "z", "a"])
        #expect(found.map(\.key.externalID) == ["1", "3"])
        await #expect(throws: StoreError.self) { try await store.evidence(of: "sample", where: "nmae", isOneOf: ["a"]) }
        await #expect(throws: StoreError.self) {
            try await store.evidence(of: "sample", where: "count", isOneOf: ["1"])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func `records are counted by stream and state`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a"), mapped("2", "b")], deletions: ["2"])
        let counts = try await store.evidenceCounts()
        let count = try #require(counts.first)
        #expect(counts.count == 1)
        #expect((count.recordType, count.connection, count.stream) == ("sample", "helpdesk", "tickets"))
        #expect((count.live, count.gone, count.deleted) == (1, 0, 1))
    }

    @Test(arguments: TestedStore.allCases)
    func `changes mark their record type until a publication clears the mark it has read`(
        kind: TestedStore
    ) async throws {
        let store = try await kind.harness().prepared()
        #expect(try await store.staleMarks().isEmpty)
        try await store.pull([mapped("1", "a")])
        let read = try await store.staleMarks()
        #expect(read.map(\.recordType) == ["sample"])
        try await store.pull([mapped("1", "a")])
        #expect(try await store.staleMarks() == read)
        try await store.pull([mapped("1", "b")])
        _ = try await store.publish(Publication(values: [], cause: "pull", actor: "u1", clearing: read))
        let newer = try await store.staleMarks()
        #expect(newer.count == 1 && newer != read)
        _ = try await store.publish(Publication(values: [], cause: "pull", actor: "u1", clearing: newer))
        #expect(try await store.staleMarks().isEmpty)
        try await store.pull([mapped("1", "c")])
        #expect(try await store.staleMarks() != newer)
    }
}

extension ReviewStore {
    fileprivate func openCount() async throws -> Int {
        try await deadLetters(DeadLetterFilter(), after: nil, limit: 9).count
    }
}
