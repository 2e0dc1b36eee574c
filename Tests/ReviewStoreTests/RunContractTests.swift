import Indicators
import ReviewStore
import Testing

@Suite struct RunContractTests {
    @Test(arguments: TestedStore.allCases)
    func `a run counts what its pages did`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let run = try await store.begin()
        for page in [[mapped("1", "a"), mapped("2", "b")], [mapped("1", "c"), mapped("2", "b")]] {
            _ = try await store.commit(
                PageCommit(
                    run: run, recordType: "sample", mappingVersion: "m1", records: page,
                    rejects: [Reject(externalID: "9", reason: "empty", input: [])], anomalies: ["odd"]))
        }
        let ended = try await store.finishRun(run, as: .succeeded, message: "fine", sourceCount: 3)
        #expect((ended.state, ended.message, ended.sourceCount) == (.succeeded, "fine", 3))
        #expect((ended.connection, ended.stream) == ("helpdesk", "tickets"))
        #expect(try #require(ended.finished) > ended.started)
        let counters = ended.counters
        #expect((counters.pages, counters.inserted, counters.updated, counters.unchanged) == (2, 2, 1, 1))
        #expect((counters.rejected, counters.read) == (2, 6))
        #expect(
            try await store.anomalies(of: run) == [
                "odd", "odd", "1: came twice in this run with different contents, the later counts",
            ])
        #expect(try await store.runs(connection: "helpdesk", limit: 5) == [ended])
        #expect(try await store.runs(connection: "other", limit: 5).isEmpty)
        #expect(try await store.run(run) == ended)
    }

    @Test(arguments: TestedStore.allCases)
    func `two runs never hold one stream, in one store or two`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let other = try await harness.prepared()
        let run = try await store.begin()
        let inUse = StoreError.streamInUse(connection: "helpdesk", stream: "tickets")
        await #expect(throws: inUse) { try await store.begin() }
        await #expect(throws: inUse) { try await other.begin() }
        #expect(inUse.remedy == .retryLater)
        let elsewhere = try await other.begin("users")
        try await store.end(run)
        let next = try await other.begin()
        try await other.end(next)
        try await other.end(elsewhere)
    }

    @Test(arguments: TestedStore.allCases)
    func `a run left behind is marked as interrupted by the next one`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        var left: RunID = 0
        do {
            let store = try await harness.prepared()
            left = try await store.begin()
            _ = try await store.commit(
                PageCommit(
                    run: left, recordType: "sample", mappingVersion: "m1", records: [mapped("1", "a")], cursor: "1"))
        }
        let store = try await harness.prepared()
        #expect(try await store.run(left).state == .running)
        let next = try await store.begin()
        let interrupted = try await store.run(left)
        #expect(interrupted.state == .interrupted)
        #expect(interrupted.counters.inserted == 1)
        #expect(try await store.cursor(connection: "helpdesk", stream: "tickets") == "1")
        try await store.end(next)
    }

    @Test(arguments: TestedStore.allCases)
    func `only the store that began a run commits to it, and not after its end`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let other = try await harness.prepared()
        let run = try await store.begin()
        let page = PageCommit(run: run, recordType: "sample", mappingVersion: "m1")
        let refusal = StoreError.refused(reason: "run \(run) has ended, or was begun by another process")
        await #expect(throws: refusal) { try await other.commit(page) }
        try await store.end(run)
        await #expect(throws: refusal) { try await store.commit(page) }
        await #expect(throws: refusal) { try await store.end(run) }
        await #expect(throws: StoreError.notFound("run 99")) { try await store.run(99) }
    }

    @Test(arguments: TestedStore.allCases)
    func `a sweep marks what it did not see, and brings back what it sees again`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull(
            [mapped("1", "a"), mapped("2", "b"), mapped("3", "c"), mapped("4", "d")], deletions: ["4"])
        let run = try await store.begin()
        try await store.beginSweep(of: run, recordType: "sample")
        try await store.sweep(run, saw: ["1", "4"])
        try await store.sweep(run, saw: ["1", "unknown"])
        let first = try await store.finishSweep(of: run)
        #expect((first.seen, first.gone, first.returned) == (3, 2, 0))
        #expect(try await store.names() == ["1": "a"])
        #expect(try await store.names(states: [.gone]) == ["2": "b", "3": "c"])
        #expect(try await store.names(states: [.deleted]) == ["4": "d"])

        try await store.beginSweep(of: run, recordType: "sample")
        try await store.sweep(run, saw: ["1", "2"])
        let second = try await store.finishSweep(of: run)
        #expect((second.gone, second.returned) == (0, 1))
        #expect(try await store.names() == ["1": "a", "2": "b"])
        try await store.end(run)
        #expect(try await store.run(run).counters.gone == 2)
    }

    @Test(arguments: TestedStore.allCases)
    func `a sweep that was not finished is forgotten by the next`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        try await store.pull([mapped("1", "a"), mapped("2", "b")])
        let first = try await store.begin()
        try await store.beginSweep(of: first, recordType: "sample")
        try await store.sweep(first, saw: ["1"])
        try await store.end(first)
        let second = try await store.begin()
        await #expect(throws: StoreError.self) { try await store.sweep(second, saw: ["2"]) }
        try await store.beginSweep(of: second, recordType: "sample")
        try await store.sweep(second, saw: ["2"])
        #expect(try await store.finishSweep(of: second).gone == 1)
        #expect(try await store.names() == ["2": "b"])
        try await store.end(second)
    }
}
