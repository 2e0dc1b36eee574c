import Expressions
import ReviewStore
import Testing

/// Which of two states of a record is the newer one.
@Suite struct RecordVersionTests {
    private static func own(_ text: String, _ kind: String = "rev", _ arrival: InboxID? = nil) -> RecordVersion {
        RecordVersion(own: text, kind: kind, arrival: arrival)
    }

    private static func arrival(_ number: InboxID) -> RecordVersion { RecordVersion(own: nil, arrival: number) }

    @Test(arguments: [
        (own("2"), own("10"), true), (own("10"), own("2"), false),
        (own("2", "rev", 9), own("10", "rev", 3), true), (own("10", "rev", 3), own("2", "rev", 9), false),
        (arrival(2), arrival(10), true), (arrival(10), arrival(2), false), (arrival(2), arrival(2), false),
        (own("3", "rev", 8), own("3", "rev", 9), true), (own("3", "rev", 9), own("3", "rev", 8), false),
        (own("3"), own("3"), false),
    ])
    func `versions of one kind compare, equal ones by the order of arrival`(
        version: RecordVersion, stored: RecordVersion, isOlder: Bool
    ) {
        #expect(version.isOlder(than: stored) == isOlder)
    }

    @Test(arguments: [
        (own("2", "rev", 9), arrival(3), false), (own("2", "rev", 3), arrival(9), true),
        (arrival(9), own("100", "rev", 3), false), (arrival(3), own("1", "rev", 9), true),
        (own("2", "rev", 9), own("100", "seq", 3), false), (own("100", "seq", 3), own("2", "rev", 9), true),
    ])
    func `versions of different kinds never compare, the order of arrival does`(
        version: RecordVersion, stored: RecordVersion, isOlder: Bool
    ) {
        #expect(version.isOlder(than: stored) == isOlder)
    }

    @Test func `what was read and what was sent compare by own versions, else the later counts`() {
        #expect(!Self.arrival(1).isOlder(than: Self.own("9")))
        #expect(!Self.own("9").isOlder(than: Self.arrival(1)))
        #expect(Self.own("8").isOlder(than: Self.own("9", "rev", 1)))
    }

    @Test func `a deletion stays against other states of the same version, but not against itself`() {
        let deletion = Self.own("3", "rev", 5)
        #expect(Self.own("3", "rev", 9).isOlder(than: deletion, thatIsDeleted: true))
        #expect(Self.own("3", "rev", 2).isOlder(than: deletion, thatIsDeleted: true))
        #expect(!deletion.isOlder(than: deletion, thatIsDeleted: true))
        #expect(!Self.own("4", "rev", 2).isOlder(than: deletion, thatIsDeleted: true))
        #expect(!Self.own("3").isOlder(than: Self.own("3"), thatIsDeleted: true), "read again, it is there again")
        #expect(!Self.arrival(9).isOlder(than: Self.arrival(5), thatIsDeleted: true))
    }

    @Test(
        arguments: TestedStore.allCases,
        [
            own("7", ""), own("@7", ""), own("@ x y", ""), own("", ""), own("2026-07-01 10:00", ""), arrival(17),
            own("9", "", 17), own("a b  c", "ticket.rev", 17), own("@", "a b", 17), own("7", "x"),
        ])
    func `a version reads back as it was stored`(kind: TestedStore, version: RecordVersion) async throws {
        let store = try await kind.harness().prepared()
        let record = MappedRecord(externalID: "1", version: version, record: sample("1"))
        try await store.pull([record])
        #expect(try await store.evidence(of: "sample", at: key("1"))?.version == version)
    }

    @Test(arguments: TestedStore.allCases)
    func `an event without an own version leaves what is known of it`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        func told(_ name: String, _ version: RecordVersion) async throws -> PageOutcome {
            var record = mapped("1", name)
            record.version = version
            return try await store.pull([record])
        }
        _ = try await told("a", Self.own("9", "rev", 1))
        _ = try await told("b", Self.arrival(2))
        #expect(try await store.evidence(of: "sample", at: key("1"))?.version == Self.own("9", "rev", 2))
        #expect(try await told("c", Self.own("8", "rev", 3)).older == 1)
        let other = try await told("d", Self.own("1", "seq", 4))
        #expect(other.updated == 1 && other.ofOtherKind == 1 && other.anomalies.count == 1, "it is told")
        #expect(try await store.names() == ["1": "d"])
    }
}

/// Deletions of records that are not stored.
@Suite struct TombstoneContractTests {
    private func told(_ name: String, _ rev: String, _ arrival: InboxID) -> PageEvent {
        var record = mapped("1", name)
        record.version = RecordVersion(own: rev, kind: "rev", arrival: arrival)
        return .record(record)
    }

    private func deleted(_ rev: String, _ arrival: InboxID) -> PageEvent {
        .deleted(externalID: "1", version: RecordVersion(own: rev, kind: "rev", arrival: arrival))
    }

    @Test(arguments: TestedStore.allCases)
    func `what is older than its deletion does not come, what is newer does`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull(events: [deleted("5", 1)])
        let late = try await store.pull(events: [told("a", "4", 2)])
        #expect(late.older == 1 && late.inserted == 0 && late.anomalies.count == 1)
        #expect(try await store.names(states: Set(EvidenceState.allCases)).isEmpty)
        let reject = Reject(
            externalID: "1", version: RecordVersion(own: "3", kind: "rev", arrival: 3), reason: "x", input: [1])
        #expect(try await store.pull(events: [.rejected(reject)]).rejected == 0)
        try await store.pull(events: [deleted("2", 4)])
        #expect(try await store.pull(events: [told("b", "4", 5)]).older == 1, "an older deletion takes nothing back")
        #expect(try await store.pull(events: [told("c", "6", 6)]).inserted == 1)
    }

    @Test(arguments: TestedStore.allCases)
    func `a deletion is forgotten in the end, and not before`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.pull(events: [deleted("5", 1)])
        let moment = harness.clock.now()
        #expect(try await store.deleteTombstones(before: moment - .seconds(3_600), isPreview: false) == 0)
        #expect(try await store.deleteTombstones(before: moment, isPreview: true) == 1)
        #expect(try await store.pull(events: [told("a", "4", 2)]).older == 1, "a preview forgets nothing")
        #expect(try await store.deleteTombstones(before: moment, isPreview: false) == 1)
        #expect(try await store.pull(events: [told("a", "4", 3)]).inserted == 1)
    }

    @Test(arguments: TestedStore.allCases)
    func `a run that is taken back takes its deletions along`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let run = try await store.beginRun(connection: "helpdesk", stream: "tickets", isGated: true).id
        _ = try await store.commit(
            PageCommit(run: run, recordType: "sample", mappingVersion: "m1", events: [deleted("5", 1)]))
        try await store.end(run)
        let held = GateVerdict(
            mode: .pushed, findings: [GateFinding(rule: "volume", found: "9", expected: "1")], accounts: (0, 0))
        let hold = try #require(try await store.judge(run, held).first)
        try await store.decide(hold.id, .discard, actor: "hr", reason: "nonsense")
        #expect(try await store.pull(events: [told("a", "4", 2)]).inserted == 1)
    }

    @Test(arguments: TestedStore.allCases)
    func `a deleted record that expires leaves its deletion, and no id of it`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        var record = mapped("ticket-4711", "a")
        record.version = RecordVersion(own: "1", kind: "rev", arrival: 1)
        let deletion = RecordVersion(own: "5", kind: "rev", arrival: 2)
        try await store.pull(events: [.record(record), .deleted(externalID: "ticket-4711", version: deletion)])
        let stored = try #require(try await store.evidence(of: "sample", at: key("ticket-4711")))
        let expiring = ExpiringRecord(key: stored.key, contentHash: stored.contentHash)
        #expect(try await store.expire([expiring], of: "sample", before: nil, actor: "u1") == 1)
        #expect(
            try harness.rows("SELECT * FROM tombstones").allSatisfy { row in !row.contains { $0.contains("4711") } })
        var late = mapped("ticket-4711", "b")
        late.version = RecordVersion(own: "4", kind: "rev", arrival: 3)
        #expect(try await store.pull([late]).older == 1)
    }
}
