import FeishuTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct FeishuKeyResultTests {
    typealias Scene = FeishuScene

    /// The fourth quarter, and the third, which is over. Four readings; one key result lacks its id, one OKR is hidden.
    static func withObjectives(_ feishu: FeishuEmulator) -> FeishuEmulator {
        var feishu = feishu
        let (october, january) = (Scene.hour(0), Scene.hour(0).advanced(bySeconds: 92 * 86_400))
        feishu.periods = [
            .init("1", from: october.advanced(bySeconds: -92 * 86_400), to: Scene.hour(-24)),
            .init("2", from: october, to: january), .init("3", from: january, to: january.advanced(bySeconds: 86_400)),
        ]
        let moment = FixedClock("2026-10-08T00:00:00Z").moment
        var scored = FeishuEmulator.Result("703", percent: 100, at: Scene.hour(30))
        (scored.score, scored.scoreAt) = (70, moment)
        var unsaid = FeishuEmulator.Result("704", percent: nil, at: nil)
        (unsaid.score, unsaid.scoreAt) = (30, moment)
        var broken = FeishuEmulator.Result("705", percent: 1, at: nil)
        broken.lacks = "id"
        var secret = FeishuEmulator.OKR("54", of: "u2", in: "2", [])
        secret.permission = 0
        feishu.okrs = [
            .init("51", of: "u1", in: "2", [.init("701", percent: 40, at: moment), .init("702", percent: 0, at: nil)]),
            .init("52", of: "u2", in: "2", [scored, unsaid]), .init("53", of: "u3", in: "2", [broken]), secret,
            .init("55", of: "u1", in: "1", [.init("799", percent: 90, at: nil)]),
        ]
        return feishu
    }

    @Test func `a reading has its key result, weights, period and what the objective is aligned to`() async throws {
        var ledger = StreamLedger("key_results")
        let service = EmulatedService(Self.withObjectives(Scene.office()))
        try await Scene.run(&ledger, service)
        #expect(
            ledger.records["701/1791417600000/40/0"]?.json == [
                "id": "701/1791417600000/40/0", "key_result": "701", "objective": "951", "okr": "51", "owner": "u1",
                "period": "2", "period_name": "周期2", "period_start": "2026-10-01T00:00:00Z",
                "period_end": "2027-01-01T00:00:00Z", "objective_weight": 60, "weight": .number("33.5"), "percent": 40,
                "score": 0, "updated_at": "2026-10-08T00:00:00Z", "read_on": "2026-10-15",
                "aligned_to": [["objective": "900", "owner": "boss"]], "confirm_status": 4,
            ])
        #expect(ledger.records["702/-/0/0"]?.json["updated_at"] == .null)
        #expect(ledger.anomalies.map(\.id) == ["OKR 54"] && service.system.faults == [])
    }

    @Test func `a hundred people's objectives a minute are kept by waiting`() async throws {
        var feishu = Self.withObjectives(Scene.office())
        for number in 100..<250 {
            feishu.users["u\(number)"] = .init("u\(number)", "某", in: ["od-1"])
            let result = FeishuEmulator.Result("9\(number)", percent: 1, at: nil)
            feishu.okrs.append(.init("\(number)", of: "u\(number)", in: "2", [result]))
        }
        let service = EmulatedService(feishu, pace: 0)
        var (ledger, waited) = (StreamLedger("key_results"), [Int]())
        try await ledger.run(try Scene.connector(service, ["page_size": .text("50")])) {
            waited.append($0)
            service.wait(seconds: $0)
        }
        #expect(waited == [60] && ledger.records.keys.filter { $0.hasPrefix("9") }.count == 150)
        #expect(service.system.faults == [])
    }

    @Test func `a reading keeps its id while nothing changed, and a change is another reading`() async throws {
        let service = EmulatedService(Self.withObjectives(Scene.office()))
        var ledger = StreamLedger("key_results")
        try await Scene.run(&ledger, service)
        let first = Set(ledger.records.keys)
        service.wait(seconds: 86_400)
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.records.keys) == first)
        let now = service.now()
        service.edit { ($0.okrs[0].results[0].percent, $0.okrs[0].results[0].percentAt) = (60, now) }
        try await Scene.run(&ledger, service)
        let added = Set(ledger.records.keys).subtracting(first)
        #expect(added == ["701/\(now.microseconds / 1000)/60/0"] && first.isSubset(of: ledger.records.keys))
        #expect(ledger.records[added.first ?? ""]?.json["updated_at"] == .time(now))
    }

    @Test func `a period that is over is read as of its last day`() async throws {
        var ledger = StreamLedger("key_results")
        try await Scene.run(
            &ledger, EmulatedService(Self.withObjectives(Scene.office())), ["since": .text("2026-09-01")])
        #expect(ledger.records["799/-/90/0"]?.json["read_on"] == "2026-09-30", "the last second of it, in the zone")
    }

    @Test func `more objectives than fit an answer come all, whatever shifts meanwhile`() async throws {
        var feishu = Self.withObjectives(Scene.office())
        for number in 100..<135 {
            feishu.okrs.append(.init("\(number)", of: "u4", in: "2", [.init("\(number)", percent: 1, at: nil)]))
        }
        for request in 12...30 {
            let service = EmulatedService(feishu)
            service.meanwhile { feishu, number, _ in
                if number == request { feishu.okrs.removeAll { $0.id == "100" || $0.id == "101" } }
            }
            var ledger = StreamLedger("key_results")
            try await Scene.run(&ledger, service)
            #expect(Set((102..<135).map { "\($0)/-/1/0" }).isSubset(of: ledger.records.keys), "request \(request)")
            #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        }
    }

    @Test func `somebody whose objectives cannot be asked for is rejected, the others come`() async throws {
        let service = EmulatedService(Self.withObjectives(Scene.office()))
        var ledger = StreamLedger("key_results")
        let connector = try Scene.connector(service)
        _ = try await connector.page(of: "people", after: nil)
        service.edit { $0.users["u1"] = nil }
        try await ledger.run(connector) { service.wait(seconds: $0) }
        #expect(ledger.rejected.contains("objectives of u1") && ledger.records["703/1791417600000/100/70"] != nil)
    }
}
