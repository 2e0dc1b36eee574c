import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import WeComTesting

@Suite struct WeComTests {
    typealias Scene = WeComScene
    private let fixtures = Fixtures("wecom", in: .module)

    private func suite(
        _ stream: String, _ records: Set<String>, rejected: Set<String> = []
    ) -> ConformanceSuite<WeComOAConnector> {
        ConformanceSuite(
            WeComOAConnector.self, settings: Scene.settings, stream: stream, records: records, rejected: rejected
        ) {
            let service = EmulatedService(Scene.seven())
            return Scene.context(service, now: service.now)
        }
    }

    @Test func `approvals conform`() async throws {
        try await suite(
            "approvals", Set([1, 2, 3, 5, 7].map(Scene.number)), rejected: [Scene.number(4)]
        ).run()
    }

    @Test func `people conform`() async throws {
        try await suite("people", ["chenjing", "lina", "liuyang", "sunli", "wangfang", "zhangwei"]).run()
    }

    // MARK: One approval

    private func recorded(_ changes: [String: SettingInput] = [:]) async throws -> Page {
        let transport = CannedTransport([
            "GET /cgi-bin/gettoken": .json(#"{"errcode":0,"errmsg":"ok","access_token":"t-1","expires_in":7200}"#),
            "POST /cgi-bin/oa/getapprovalinfo": .json(
                #"{"errcode":0,"errmsg":"ok","sp_no_list":["202610120003"]}"#),
            "POST /cgi-bin/oa/getapprovaldetail": try .file("approval-detail.json", of: fixtures),
        ])
        let settings = try Settings(
            Scene.settings.merging(["since": "2026-10-10"].mapValues(SettingInput.text)) { $1 }.merging(changes) { $1 },
            against: WeComOAConnector.description.settings)
        let connector = try WeComOAConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock("2026-10-15T00:00:00Z").now))
        return try await connector.page(of: "approvals", after: nil)
    }

    @Test func `an approval has its steps, who decided, and its form by titles`() async throws {
        let page = try await recorded()
        let approval = try #require(page.records.first).json
        #expect(
            approval == [
                "id": "202610120003", "template": "3TkaH5KFbrG9heEQWLJjhgpFwmqAFB4dLEnapaB7aaa", "kind": "采购申请",
                "outcome": "approved", "is_revoked": false, "is_paid": false, "requester": "chenjing",
                "requester_department": "3", "requested_at": "2026-10-12T02:00:00Z", "decided_by": "wangfang",
                "decided_at": "2026-10-13T02:00:00Z", "finished_at": "2026-10-13T02:00:00Z", "waiting_for": [],
                "steps": [
                    ["step": 1, "approver": "zhangwei", "outcome": "approved", "at": "2026-10-12T03:00:00Z"],
                    ["step": 1, "approver": "lina", "outcome": "pending", "at": .null],
                    ["step": 2, "approver": "wangfang", "outcome": "approved", "at": "2026-10-13T02:00:00Z"],
                ],
                "form": [
                    "采购类别": "办公用品", "总金额": .number("4450.50"), "期望交付": "2026-10-25",
                    "开标时间": "2026-10-25T02:00:00Z", "经办人": ["liuyang"], "明细": [["数量": 3], ["数量": .null]],
                ],
            ])
        #expect(page.anomalies == [] && page.rejected == [])
    }

    @Test func `of a form only the controls that are named are read, by title or id`() async throws {
        let page = try await recorded(["form_fields": .list(["采购类别", "item-2"])])
        #expect(page.records.first?.json["form"] == ["采购类别": "办公用品", "总金额": .number("4450.50")])
        let texts = try await recorded(["form_fields": .list(["明细", "品名", "总金额"])])
        #expect(
            texts.records.first?.json["form"] == [
                "明细": [["品名": "白板"], ["品名": "转椅"]], "总金额": .number("4450.50"), "总金额 (item-8)": "含税",
            ])
    }

    /// A company's own form of a sick leave need not have the control Vacation.
    @Test func `free text is read where form_fields names it alone, whatever the form is of`() async throws {
        let span: JSON = ["type": "day", "new_begin": 1_782_835_200, "new_end": 1_782_921_600, "new_duration": 86_400]
        let contents = [
            WeComEmulator.control("Attendance", "时段", ["attendance": ["date_range": span]]),
            WeComEmulator.control("DateRange", "病假", ["date_range": span]),
            WeComEmulator.control("Textarea", "事由", ["text": "CANARY"]),
            WeComEmulator.control("Text", "诊断", ["text": "CANARY"]),
        ]
        let page = try await form(contents)
        #expect(page.records.first?.json["form"]?.object?.members.map(\.key) == ["时段", "病假"])
        #expect(page.records.first?.json.text.contains("CANARY") == false)
        let named = try await form(contents, ["form_fields": .list(["病假", "诊断"])])
        #expect(named.records.first?.json["form"]?["诊断"] == "CANARY")
    }

    // MARK: Forms

    private func form(_ contents: [JSON], _ settings: [String: SettingInput] = [:]) async throws -> Page {
        var weCom = Scene.weCom()
        Scene.submit(1, at: Scene.minute(0), &weCom)
        weCom.approvals[Scene.number(1)]?.contents = contents
        let page = try await Scene.connector(EmulatedService(weCom), settings).page(of: "approvals", after: nil)
        #expect(page.records.count == 1)
        return page
    }

    @Test func `an unknown control is null and told once, never guessed`() async throws {
        var weCom = Scene.weCom()
        for number in 1...2 {
            Scene.submit(number, at: Scene.minute(number), &weCom)
            weCom.approvals[Scene.number(number)]?.contents = [
                WeComEmulator.control("Hologram", "演示", ["hologram": "x"])
            ]
        }
        let page = try await Scene.connector(EmulatedService(weCom)).page(of: "approvals", after: nil)
        #expect(page.records.map { $0.json["form"] } == [["演示": .null], ["演示": .null]])
        #expect(page.anomalies.map(\.id) == [Scene.number(1)])
        #expect(page.anomalies.first?.reason.contains("'Hologram'") == true)
    }

    @Test func `a leave has its kind and span, and none of its texts`() async throws {
        let span: JSON = ["type": "hour", "new_begin": 1_782_867_600, "new_end": 1_782_896_400, "new_duration": 28_800]
        let leave: JSON = [
            "vacation": [
                "selector": WeComEmulator.selection("病假")["selector"] ?? .null, "attendance": ["date_range": span],
            ]
        ]
        let page = try await form(
            [
                WeComEmulator.control("Vacation", "请假", leave),
                WeComEmulator.control("Textarea", "事由", ["text": "CANARY"]),
                WeComEmulator.control("Text", "备注", ["text": "CANARY"]),
            ], ["form_fields": .list(["请假", "事由", "备注"])])
        #expect(
            page.records.first?.json["form"] == [
                "请假": ["from": "2026-07-01T01:00:00Z", "to": "2026-07-01T09:00:00Z", "seconds": 28_800, "kind": "病假"],
                "事由": .null, "备注": .null,
            ])
    }

    @Test func `what was not filled in is null, and several choices are a list`() async throws {
        let contents = [
            WeComEmulator.control("Money", "金额", ["new_money": ""]), WeComEmulator.control("Text", "说明", ["text": ""]),
            WeComEmulator.control("Date", "日期", ["date": ["type": "day", "s_timestamp": "0"]]),
            WeComEmulator.control("Selector", "类别", ["selector": ["type": "single", "options": []]]),
            WeComEmulator.control("Selector", "楼层", WeComEmulator.selection("三层", "五层", isMulti: true)),
            WeComEmulator.control("Number", "数量", ["new_number": "many"]),
            WeComEmulator.control(
                "Contact", "部门", ["members": [], "departments": [["openapi_id": "2", "name": "客户支持部"]]]),
            WeComEmulator.control("DateRange", "时段", .null), WeComEmulator.control("Location", "地点", ["location": "x"]),
        ]
        let page = try await form(
            contents, ["form_fields": .list(["金额", "说明", "日期", "类别", "楼层", "数量", "部门", "时段", "地点"])])
        #expect(
            page.records.first?.json["form"] == [
                "金额": .null, "说明": .null, "日期": .null, "类别": .null, "楼层": ["三层", "五层"], "数量": .null,
                "部门": ["客户支持部"], "时段": .null,
            ])
    }

    // MARK: Outcomes

    @Test(arguments: [
        (1, "pending", false), (4, "withdrawn", false), (6, "withdrawn", true), (2, "approved", true),
        (10, "approved", true),
    ])
    func `each status has its outcome, and a decision only where somebody decided`(
        status: Int, outcome: String, isDecided: Bool
    ) async throws {
        var weCom = Scene.weCom()
        Scene.submit(1, at: Scene.minute(0), &weCom)
        weCom.decide(Scene.number(1), at: Scene.minute(5))
        if isDecided { weCom.decide(Scene.number(1), at: Scene.minute(9)) }
        weCom.approvals[Scene.number(1)]?.status = status
        let page = try await Scene.connector(EmulatedService(weCom)).page(of: "approvals", after: nil)
        let approval = try #require(page.records.first).json
        #expect(approval["outcome"] == .string(outcome) && approval["is_revoked"] == .bool(status == 6))
        #expect(approval["decided_by"] == (isDecided ? "wangfang" : .null))
        #expect(approval["decided_at"] == .time(isDecided ? Scene.minute(9) : nil))
        #expect(approval["waiting_for"] == (status == 1 ? ["wangfang"] : []))
        #expect((approval["finished_at"] == .null) == (status == 6 || !isDecided))
    }

    @Test func `a status that is not known rejects the approval, and shows neither form nor remarks`() async throws {
        var weCom = Scene.weCom()
        Scene.submit(1, at: Scene.minute(0), &weCom)
        weCom.approvals[Scene.number(1)]?.status = 11
        let page = try await Scene.connector(EmulatedService(weCom)).page(of: "approvals", after: nil)
        #expect(page.records == [] && page.rejected.map(\.id) == [Scene.number(1)])
        #expect(page.rejected.first?.reason.contains("'11' is not one of 1, 2, 3, 4, 6, 7, 10") == true)
        let raw = page.rejected.map { String(decoding: $0.raw, as: UTF8.self) }.joined()
        #expect(raw.contains(Scene.number(1)) && !raw.contains(WeComEmulator.canary) && !raw.contains("new_money"))
    }

    // MARK: Settings

    @Test func `a since that is no day is a mistake in the settings`() throws {
        #expect(throws: ConnectorError.self) {
            try Scene.connector(EmulatedService(Scene.weCom()), ["since": .text("yesterday")])
        }
    }

    @Test func `the check tells what the app sees, and what it is not told`() async throws {
        var weCom = Scene.seven()
        let full = try await Scene.connector(EmulatedService(weCom, at: Scene.minute(600))).check()
        #expect(full.source == "WeCom")
        #expect(full.remarks == ["4 departments", "6 people", "3 or more approvals of the last day"])
        (weCom.grantsPersonalFields, weCom.namesDepartments, weCom.mayReadApprovals) = (false, false, false)
        let remarks = try await Scene.connector(EmulatedService(weCom)).check().remarks
        #expect(remarks.count == 5 && remarks[2].hasPrefix("departments have no names"))
        #expect(remarks[3].hasSuffix("null: name, email, mobile, position, main_department, direct_leader, status"))
        #expect(remarks[4].hasPrefix("approvals cannot be read: oa/getapprovalinfo: the app may not do this"))
    }
}
