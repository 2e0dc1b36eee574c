import DingTalkTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What an approval's record says.
@Suite struct DingTalkApprovalTests {
    typealias Scene = DingTalkScene
    private let fixtures = Fixtures("dingtalk", in: .module)

    @Test func `approvals conform`() async throws {
        try await ConformanceSuite(
            DingTalkConnector.self, settings: Scene.settings, stream: "approvals",
            records: ["p1", "p2", "p3", "p5", "p6", "p7"], rejected: ["p4"]
        ) {
            let service = EmulatedService(Scene.seven())
            return DingTalkConnection.context(service, now: service.now)
        }.run()
    }

    // MARK: One approval, worked out by hand

    private func approval(_ changes: [String: SettingInput] = [:]) async throws -> JSON {
        let transport = CannedTransport([
            "POST /v1.0/oauth2/accessToken": try .file("token.json", of: fixtures),
            "POST /v1.0/workflow/processes/instanceIds/query": .inTurn([
                try .file("instance-ids.json", of: fixtures), .json(#"{"success":true,"result":{"list":[]}}"#),
            ]),
            "GET /v1.0/workflow/processInstances?processInstanceId=inst-0001": try .file(
                "instance-0001.json", of: fixtures),
        ])
        let settings: [String: SettingInput] = [
            "processes": .map(["purchase": "PROC-1"]), "since": .text("2026-10-01"),
            "form_fields": .list(["采购金额", "类别", "缺省"]),
        ].merging(changes) { $1 }
        let connector = try DingTalkConnector(
            settings: Settings(
                Scene.settings.merging(settings) { $1 }, against: DingTalkConnector.description.settings),
            context: DingTalkConnection.context(transport, now: Scene.start.asClock))
        let page = try await connector.page(of: "approvals", after: nil)
        #expect(page.rejected == [])
        return try #require(page.records.first).json
    }

    /// Asked for at 9:30 in Shanghai, commented at 9:50, passed by P010 at 11:00 and by P001 at 15:00.
    @Test func `an approval tells who asked, who decided and when`() async throws {
        let approval = try await approval()
        #expect(
            approval["id"] == "inst-0001" && approval["template"] == "purchase"
                && approval["number"] == "202610120930000001")
        #expect(approval["requester"] == "P003" && approval["unit"] == "客户支持部" && approval["outcome"] == "approved")
        #expect(approval["created_at"] == "2026-10-12T01:30:00Z" && approval["decided_at"] == "2026-10-12T07:00:00Z")
        #expect(approval["decided_by"] == "P001" && approval["waiting_for"] == [])
        #expect(approval["first_action_at"] == "2026-10-12T01:50:00Z")
        #expect(
            approval["steps"] == [
                [
                    "approver": "P010", "result": "agree", "status": "completed", "started_at": "2026-10-12T01:30:00Z",
                    "finished_at": "2026-10-12T03:00:00Z",
                ],
                [
                    "approver": "P001", "result": "agree", "status": "completed", "started_at": "2026-10-12T03:00:00Z",
                    "finished_at": "2026-10-12T07:00:00Z",
                ],
            ])
        #expect(approval["operations"]?.array?.count == 4)
        #expect(
            approval["operations"]?.array?.last
                == ["by": "P001", "at": "2026-10-12T07:00:00Z", "type": "EXECUTE_TASK_NORMAL", "result": "agree"])
    }

    @Test func `only the listed fields of the form are read`() async throws {
        #expect(try await approval()["form"] == ["采购金额": "1250.00", "类别": "办公用品", "缺省": .null])
        #expect(try await approval(["form_fields": .list([])])["form"] == [:])
    }

    @Test func `times without an offset may be UTC`() async throws {
        #expect(try await approval(["written_times": .text("utc")])["created_at"] == "2026-10-12T09:30:00Z")
    }

    @Test(arguments: [
        ("2026-10-12 09:30:00", "2026-10-12T01:30:00Z"), ("2026-10-12T09:30Z", "2026-10-12T01:30:00Z"),
        ("2026-10-12T09:30:15Z", "2026-10-12T01:30:15Z"), ("2026-10-12T09:30:00+09:00", "2026-10-12T00:30:00Z"),
    ])
    func `times are read in each of their forms`(written: String, meant: String) async throws {
        let text = try fixtures.text("instance-0001.json").replacing("2026-10-12 09:30:00", with: written)
        let approval = try await approval(from: text)
        #expect(approval.record?["created_at"]?.string == meant)
    }

    private func approval(
        from text: String, _ changes: [String: SettingInput] = [:]
    ) async throws -> (record: JSON?, reason: String?) {
        let transport = CannedTransport([
            "POST /v1.0/oauth2/accessToken": try .file("token.json", of: fixtures),
            "POST /v1.0/workflow/processes/instanceIds/query": try .file("instance-ids.json", of: fixtures),
            "GET /v1.0/workflow/processInstances": .json(text),
        ])
        let settings: [String: SettingInput] = [
            "processes": .map(["purchase": "PROC-1"]), "since": .text("2026-10-01"),
        ].merging(changes) { $1 }
        let connector = try DingTalkConnector(
            settings: Settings(
                Scene.settings.merging(settings) { $1 }, against: DingTalkConnector.description.settings),
            context: DingTalkConnection.context(transport, now: Scene.start.asClock))
        let page = try await connector.page(of: "approvals", after: nil)
        return (page.records.first?.json, page.rejected.first?.reason)
    }

    @Test func `a status that is not known rejects the approval and says what to do`() async throws {
        let text = try fixtures.text("instance-0001.json").replacing(
            #""status": "COMPLETED", "result": "agree", "title""#, with: #""status": "HALTED", "title""#)
        let unknown = try await approval(from: text)
        #expect(
            unknown.record == nil
                && unknown.reason?.contains("'HALTED' is not known; name it under open_statuses") == true)
        let named = try await approval(from: text, ["withdrawn_statuses": .list(["HALTED"])])
        #expect(named.record?["outcome"] == "withdrawn" && named.record?["decided_by"] == .null)
        #expect(named.record?["decided_at"] == .null && named.record?["finished_at"] == "2026-10-12T07:00:00Z")
    }

    /// Whether a step that is NEW waits already is not confirmed.
    @Test(arguments: [([], "RUNNING"), (["RUNNING", "NEW"], "NEW")])
    func `whose turn it is, is told by the statuses that the settings name`(
        statuses: [String], told: String
    ) async throws {
        var dingTalk = DingTalkEmulator.company()
        for (number, status) in ["RUNNING", "NEW", "PAUSED"].enumerated() {
            dingTalk.ask("p\(number)", of: "PROC-1", by: "li", approver: status, at: Scene.days(-3))
            dingTalk.instances["p\(number)"]?.status = "NEW"
            dingTalk.instances["p\(number)"]?.tasks[0].status = status
        }
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, statuses.isEmpty ? [:] : ["waiting_statuses": .list(statuses)])
        let waiting = ledger.records.values.flatMap { $0.json["waiting_for"]?.array?.compactMap(\.string) ?? [] }
        #expect(waiting.sorted() == (statuses.isEmpty ? ["RUNNING"] : ["NEW", "RUNNING"]) && waiting.contains(told))
        #expect(ledger.records.values.allSatisfy { $0.json["outcome"] == "pending" })
    }

    @Test func `an operation without an account is nobody's first action`() async throws {
        var dingTalk = DingTalkEmulator.company()
        dingTalk.ask("p1", of: "PROC-1", by: "li", approver: "zhang", at: Scene.days(-3))
        var unsigned = try #require(dingTalk.instances["p1"]?.operations.first)
        (unsigned.by, unsigned.at) = (nil, Scene.days(-2))
        dingTalk.instances["p1"]?.operations.append(unsigned)
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["p1"]?.json["first_action_at"] == .null)
        #expect(ledger.records["p1"]?.json["operations"]?.array?.map { $0["by"] } == ["li", .null])
        service.edit { $0.decide("p1", "agree", at: Scene.days(-1)) }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["p1"]?.json["first_action_at"] == .time(Scene.days(-1)))
    }

    @Test func `a refusal is decided by who refused, whoever agreed before`() async throws {
        var dingTalk = DingTalkEmulator.company()
        dingTalk.ask("p1", of: "PROC-1", by: "li", approver: "zhang", at: Scene.days(-3))
        dingTalk.decide("p1", "agree", at: Scene.days(-2), next: "boss")
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(
            ledger.records["p1"]?.json["waiting_for"] == ["boss"] && ledger.records["p1"]?.json["decided_by"] == .null)
        service.edit { $0.decide("p1", "refuse", at: Scene.days(-1)) }
        try await Scene.run(&ledger, service)
        #expect(
            ledger.records["p1"]?.json["decided_by"] == "boss" && ledger.records["p1"]?.json["outcome"] == "rejected")
        #expect(ledger.records["p1"]?.json["waiting_for"] == [])
    }
}

extension Instant {
    /// A clock that stands at this moment.
    fileprivate var asClock: @Sendable () -> Instant { { self } }
}
