import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

/// What is written into the outbox, and that it is written together with what it tells of.
@Suite struct OutboxContractTests {
    @Test(arguments: TestedStore.allCases)
    func `without a sink that wants it, nothing is written`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "50")])
        store.subscribe(.sinks(("a", [.gateHeld], true)))
        try await store.publish([value("e1", "51")])
        try await store.noteConnectionFailure("helpdesk", reason: "no")
        #expect(try harness.rows("SELECT * FROM outbox_events").isEmpty)
        #expect(try harness.rows("SELECT * FROM failing_streams").isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `a changed value is told with what it was and what it is`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        store.subscribe(.sinks(("a", [.valuesPublished], true), ("b", [.valuesPublished, .gateHeld], true)))
        try await store.publish([value("e1", "50")])
        var third = value("e1", "0.33")
        third.exact = Rational(numerator: "1", denominator: "3")
        try await store.publish([third])
        let deliveries = try await store.deliveries(DeliveryFilter(), limit: 10)
        #expect(deliveries.map(\.sink) == ["a", "b", "a", "b"] && deliveries.map(\.event.id) == [2, 2, 1, 1])
        #expect(deliveries.allSatisfy { $0.state == .waiting && $0.attempts == 0 && $0.next == $0.event.occurred })
        #expect(deliveries[0].event.key != deliveries[2].event.key)
        #expect(deliveries[0].event.key.wholeMatch(of: /evt_[0-9a-f]{32}/) != nil)
        let told = try await store.told(2)
        #expect(told["cause"] == "pull" && told["part"] == 1 && told["parts"] == 1)
        #expect(
            told["values"] == [
                [
                    "decimal": "0.33", "exact": "1/3", "indicator": "resolution_rate", "period": "2026-07",
                    "previous": ["decimal": "50", "exact": "50", "revision": 1, "status": "complete"], "revision": 2,
                    "status": "complete", "subject": ["id": "e1", "kind": "employee"],
                ]
            ])
    }

    @Test(arguments: TestedStore.allCases)
    func `a large publication is told in parts`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        store.subscribe(.sinks(("a", [.valuesPublished], true)))
        try await store.publish((1...1001).map { value("e\($0)", "1") })
        var counts: [Int?] = []
        for event in try await store.deliveries(DeliveryFilter(), limit: 10).map(\.event.id).sorted() {
            let told = try await store.told(event)
            #expect(told["part"]?.int == counts.count + 1 && told["parts"]?.int == 3)
            counts.append(told["values"]?.array?.count)
        }
        #expect(counts == [500, 500, 1])
    }

    @Test(arguments: TestedStore.allCases)
    func `who is not told of people gets no event about people alone`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        store.subscribe(.sinks(("a", [.valuesPublished], true), ("b", [.valuesPublished], false)))
        try await store.publish([value("e1", "50")])
        #expect(try await store.deliveries(DeliveryFilter(), limit: 10).map(\.sink) == ["a"])
        try await store.publish([value("e1", "51"), unitValue("Plumb", "3")])
        #expect(try await store.deliveries(DeliveryFilter(event: 2), limit: 10).map(\.sink) == ["a", "b"])
    }

    @Test(arguments: TestedStore.allCases)
    func `the numbers of an anonymous indicator stay here`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        var subscriptions = OutboxSubscriptions.sinks(("a", [.valuesPublished, .correctionProposed], true))
        subscriptions.indicatorsWithNumbers = ["csat"]
        store.subscribe(subscriptions)
        try await store.publish([value("e1", "41.5")])
        try await store.publish([value("e1", "42.5"), value("e1", "7", indicator: "csat")])
        _ = try await store.setPeriod("2026-07", to: .locked, actor: "u1", reason: nil)
        try await store.publish([value("e1", "43.5")])
        let written = try harness.rows("SELECT payload FROM outbox_events").joined().joined()
        for number in ["41.5", "42.5", "43.5", "83/2", "85/2", "87/2"] { #expect(!written.contains(number)) }
        #expect(written.contains(#""decimal":"7""#) && written.contains("resolution_rate"))
    }

    @Test(arguments: TestedStore.allCases)
    func `a publication and its events happen together or not at all`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        store.subscribe(.sinks(("a", Set(OutboxEventKind.allCases), true)))
        for table in ["audit", "indicator_values", "outbox_events", "deliveries"] {
            try harness.failWrites(to: table)
            let before = try harness.dump()
            await #expect(throws: StoreError.self, "\(table)") { try await store.publish([value("e1", "50")]) }
            #expect(try harness.dump() == before, "\(table)")
            try harness.allowWrites(to: table)
        }
        try await store.publish([value("e1", "50")])
        #expect(try harness.rows("SELECT kind FROM outbox_events") == [["values.published"]])
    }

    @Test(arguments: TestedStore.allCases)
    func `a locked value that would be another is proposed once`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        store.subscribe(.sinks(("a", [.correctionProposed], true)))
        try await store.publish([value("e1", "50")])
        _ = try await store.setPeriod("2026-07", to: .locked, actor: "u1", reason: nil)
        try await store.publish([value("e1", "55")])
        try await store.publish([value("e1", "55")])
        #expect(try await store.deliveries(DeliveryFilter(), limit: 10).map(\.event.kind) == [.correctionProposed])
        let proposal = try #require(try await store.told(1)["values"]?.array?.first)
        #expect(proposal["current"]?["decimal"] == "50" && proposal["proposed"]?["decimal"] == "55")
        #expect(proposal["finding"] == 1)
    }

    @Test(arguments: TestedStore.allCases)
    func `a rebuild tells what it changed`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "50"), value("e2", "60")])
        store.subscribe(.sinks(("a", [.valuesPublished], true)))
        try await store.beginRebuild()
        try await store.addToRebuild([value("e1", "51"), value("e2", "60")])
        _ = try await store.finishRebuild(actor: "u1", versions: [:], moment: nil, clearing: [])
        let told = try await store.told(1)
        #expect(told["cause"] == "rebuild" && told["values"]?.array?.compactMap { $0["subject"]?["id"] } == ["e1"])
    }

    // MARK: Connections

    @Test(arguments: TestedStore.allCases)
    func `a connection that fails is told once, until it works again`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        store.subscribe(.sinks(("a", [.connectionFailed, .connectionRecovered], true)))
        try await store.pulled("tickets", .failed)
        try await store.pulled("tickets", .failed)
        try await store.noteConnectionFailure("helpdesk", reason: "the secret is absent")
        try await store.pulled("users", .failed)
        try await store.pulled("tickets", .succeeded)
        #expect(try harness.rows("SELECT kind FROM outbox_events") == [["connection.failed"]])
        try await store.pulled("users", .succeeded)
        try await store.pulled("users", .succeeded)
        try await store.pulled("users", .failed)
        #expect(
            try harness.rows("SELECT kind FROM outbox_events") == [
                ["connection.failed"], ["connection.recovered"], ["connection.failed"],
            ])
        let failure = try await store.told(1)
        #expect(failure["reason"] == "why" && failure["stream"] == "tickets")
        #expect(try await store.told(2)["failing_since"]?.string != nil)
    }

    @Test(arguments: TestedStore.allCases)
    func `a run that read no source says nothing of its connection`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        store.subscribe(.sinks(("a", [.connectionFailed, .connectionRecovered], true)))
        let run = try await store.begin()
        _ = try await store.finishRun(run, as: .failed, message: "preview of import", sourceCount: nil)
        #expect(try harness.rows("SELECT kind FROM outbox_events").isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `the end of a run and its event happen together or not at all`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        store.subscribe(.sinks(("a", [.connectionFailed], true)))
        let run = try await store.begin()
        try harness.failWrites(to: "outbox_events")
        await #expect(throws: StoreError.self) {
            try await store.finishRun(run, as: .failed, message: "why", sourceCount: nil, isPull: true)
        }
        #expect(try await store.run(run).state == .running)
    }

    // MARK: The gate

    @Test(arguments: TestedStore.allCases)
    func `what the gate holds is told, and again only for another reason`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        store.subscribe(.sinks(("a", [.gateHeld], true)))
        try await store.pull([mapped("1", "a")])
        for rules in [["volume"], ["volume"], ["volume", "surge"]] {
            let run = try await store.gatedRun([mapped("1", "\(rules)\(Int.random(in: 0...1_000_000))")])
            let findings = rules.map { GateFinding(rule: $0, found: "9", expected: "1") }
            _ = try await store.judge(
                run, GateVerdict(mode: .incremental, findings: findings, accounts: (0, 0)))
        }
        #expect(try harness.rows("SELECT kind FROM outbox_events") == [["gate.held"], ["gate.held"]])
        let told = try await store.told(2)
        #expect(told["connection"] == "helpdesk" && told["stream"] == "tickets" && told["hold"] == 1)
        #expect(told["findings"]?.array?.compactMap { $0["rule"] } == ["volume", "surge"])
    }

    @Test(arguments: TestedStore.allCases)
    func `what passes the gate is not told`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        store.subscribe(.sinks(("a", Set(OutboxEventKind.allCases), true)))
        let run = try await store.gatedRun([mapped("1", "a")])
        _ = try await store.judge(run, GateVerdict(mode: .incremental, findings: [], accounts: (0, 0)))
        #expect(try harness.rows("SELECT kind FROM outbox_events").isEmpty)
    }
}

extension OutboxSubscriptions {
    static func sinks(_ sinks: (String, Set<OutboxEventKind>, Bool)...) -> OutboxSubscriptions {
        var subscriptions = OutboxSubscriptions()
        subscriptions.sinks = sinks.map { .init(sink: $0.0, kinds: $0.1, toldOfPeople: $0.2) }
        subscriptions.indicatorsWithNumbers = ["csat", "resolution_rate"]
        return subscriptions
    }
}

func unitValue(_ unit: String, _ number: String) -> ComputedValue {
    var value = value("", number)
    value.key.subject = Subject(kind: .orgUnit, id: unit)
    return value
}

extension ReviewStore {
    /// What an event tells.
    func told(_ event: OutboxEventID) async throws -> JSON {
        try JSON.parse(Array(try await payload(of: event).utf8))
    }

    /// A run of a stream of `helpdesk` that read its source.
    func pulled(_ stream: String, _ state: RunState) async throws {
        let run = try await begin(stream)
        _ = try await finishRun(run, as: state, message: "why", sourceCount: nil, isPull: true)
    }
}
