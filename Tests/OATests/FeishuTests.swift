import FeishuTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing

@Suite struct FeishuTests {
    typealias Scene = FeishuScene
    private let fixtures = Fixtures("feishu", in: .module)

    private func suite(
        _ stream: String, _ records: Set<String>, rejected: Set<String> = []
    ) -> ConformanceSuite<FeishuOAConnector> {
        ConformanceSuite(
            FeishuOAConnector.self, settings: Scene.settings, stream: stream, records: records, rejected: rejected
        ) {
            let service = EmulatedService(FeishuKeyResultTests.withObjectives(Scene.seven()))
            return Scene.context(service, now: service.now)
        }
    }

    @Test func `approvals conform`() async throws {
        try await suite("approvals", ["i1", "i2", "i4", "i5", "i6", "i7"], rejected: ["i3"]).run()
    }

    @Test func `people conform`() async throws {
        try await suite("people", ["u1", "u2", "u3", "u4", "u5"], rejected: ["user ou_u6"]).run()
    }

    @Test func `key results conform`() async throws {
        try await suite(
            "key_results",
            ["701/1791417600000/40/0", "702/-/0/0", "703/1791417600000/100/70", "704/1791417600000/-/30"],
            rejected: ["key result of objective 953"]
        ).run()
    }

    // MARK: One approval

    private func approval(_ changes: [String: SettingInput] = [:]) async throws -> JSON {
        let token = CannedAnswer.json(#"{"code":0,"tenant_access_token":"t-1","expire":7200}"#)
        let transport = CannedTransport([
            "POST /open-apis/auth/v3/tenant_access_token/internal": token,
            "GET /open-apis/approval/v4/instances": .inTurn([
                .json(#"{"code":0,"data":{"instance_code_list":["81D31358"],"has_more":false}}"#),
                .json(#"{"code":0,"data":{"instance_code_list":[],"has_more":false}}"#),
            ]),
            "GET /open-apis/approval/v4/instances/81D31358?locale=zh-CN": try .file("instance.json", of: fixtures),
        ])
        let input = Scene.settings.merging(["approvals": .text("A-BUY"), "since": .text("2026-10-08")]) { $1 }
        let settings = try Settings(
            input.merging(changes) { $1 }, against: FeishuOAConnector.description.settings)
        let connector = try FeishuOAConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock("2026-10-10T00:00:00Z").now))
        return try #require(try await connector.page(of: "approvals", after: nil).records.first).json
    }

    /// Asked on 8 October at 08:00 UTC; the last of two approvals came on the 9th at 09:00.
    @Test func `an approval has its steps, who decided last, and the chosen fields of its form`() async throws {
        let approval = try await approval(["form_fields": .list(["金额", "物品", "明细", "数量", "照片"])])
        let step = { (approver: String, name: String, status: String, type: String, from: String, to: String) -> JSON in
            [
                "approver": .string(approver), "name": .string(name), "status": .string(status), "type": .string(type),
                "started_at": .string(from), "ended_at": .string(to),
            ]
        }
        let times = ["2026-10-08T08:00:00Z", "2026-10-08T09:00:00Z", "2026-10-09T09:00:00Z"]
        #expect(
            approval == [
                "id": "81D31358-93AF-92D6-7425-01A5D67C4E71", "template": "A-BUY", "kind": "采购申请",
                "number": "202610080001", "requester": "u1", "requested_at": .string(times[0]), "outcome": "approved",
                "status": "APPROVED", "decided_by": "u4", "decided_at": .string(times[2]),
                "finished_at": .string(times[2]), "waiting_for": [],
                "steps": [
                    step("u2", "主管", "APPROVED", "AND", times[0], times[1]),
                    step("u4", "财务", "APPROVED", "OR", times[1], times[2]),
                    step("u3", "财务", "DONE", "OR", times[1], times[2]),
                ],
                "form": ["物品": "显示器", "金额": .number("4450.50"), "明细": [["物品": "A", "数量": 2]]],
            ])
    }

    @Test func `people may be called by open ids, and fields by ids`() async throws {
        let approval = try await approval(["user_id_type": .text("open_id"), "form_fields": .list(["w2"])])
        #expect(approval["requester"] == "ou_u1" && approval["decided_by"] == "ou_u4")
        #expect(approval["form"] == ["w2": .number("4450.50")])
    }

    @Test(
        arguments: [
            ("APPROVED", false, "approved"), ("APPROVED", true, "withdrawn"), ("REJECTED", false, "rejected"),
            ("CANCELED", false, "withdrawn"), ("REVERTED", false, "withdrawn"), ("OVERTIME_CLOSE", false, "withdrawn"),
            ("OVERTIME_RECOVER", false, "pending"), ("PENDING", false, "pending"), ("NEW_ONE", false, nil),
        ] as [(String, Bool, String?)])
    func `each status has its outcome, an unknown one none`(
        status: String, isReverted: Bool, outcome: String?
    ) async throws {
        var feishu = Scene.office()
        feishu.instances["i1"] = .init("i1", at: Scene.hour(3)) { ($0.status, $0.isReverted) = (status, isReverted) }
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, EmulatedService(feishu))
        #expect(ledger.records["i1"]?.json["outcome"] == .text(outcome))
        #expect(ledger.anomalies.map(\.id) == (outcome == nil ? ["i1"] : []))
    }

    // MARK: Settings and check

    @Test func `a since that is no time is a mistake in the settings, and so are no approvals`() async throws {
        #expect(throws: ConnectorError.self) {
            try Scene.connector(EmulatedService(Scene.office()), ["since": .text("yesterday")])
        }
        let connector = try Scene.connector(EmulatedService(Scene.office()), ["approvals": .list([])])
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "approvals", after: nil)
        }
        guard case .settings("approvals", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test func `the check tells what can be read, and which scopes are missing`() async throws {
        var feishu = Scene.seven()
        feishu.missingScopes = ["/open-apis/okr": "okr:okr:readonly"]
        feishu.definitions = ["A-LEAVE"]
        let remarks = try await Scene.connector(EmulatedService(feishu)).check().remarks
        #expect(
            remarks.count == 4 && remarks[0] == "4 departments" && remarks[1] == "approval A-LEAVE: 0 since yesterday")
        #expect(remarks[2].hasPrefix("approval A-BUY cannot be read: ") && remarks[2].contains("code 1390002"))
        #expect(remarks[3].contains("the app lacks okr:okr:readonly"))
    }

    // MARK: What is never kept

    @Test(arguments: ["approvals", "people", "key_results"])
    func `nothing that was not asked for is in records, rejects, remarks, errors or logs`(stream: String) async throws {
        var feishu = FeishuKeyResultTests.withObjectives(Scene.seven())
        let secret: JSON = ["name": "病情", "id": "w9", "type": "textarea", "value": .string(FeishuEmulator.canary)]
        for code in feishu.instances.keys { feishu.instances[code]?.form = [secret] }
        let service = EmulatedService(feishu)
        let lines = Mutex<[String]>([])
        let connector = try FeishuOAConnector(
            settings: Settings(Scene.settings, against: FeishuOAConnector.description.settings),
            context: Scene.context(service, now: service.now) { line in lines.withLock { $0.append(line) } })
        var said: [String] = []
        for try await page in connector.pages(of: stream) {
            said += page.records.map { $0.id + $0.json.text } + page.anomalies.map { $0.id + $0.reason }
            said += page.rejected.map { $0.id + $0.reason + String(decoding: $0.raw, as: UTF8.self) }
            said.append(page.cursor?.text ?? "")
        }
        #expect(said.count > 4)
        for number in 1...30 {
            service.meanwhile(nil)
            service.fail(request: number, with: .text("{\"data\":\"\(FeishuEmulator.canary)", status: 200))
            do {
                for try await _ in try Scene.connector(service).pages(of: stream) {}
            } catch { said.append("\(error)") }
        }
        said += lines.withLock(\.self)
        #expect(said.filter { $0.contains(FeishuEmulator.canary) } == [])
    }
}
