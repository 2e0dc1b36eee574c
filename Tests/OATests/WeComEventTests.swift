import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import WeComTesting

/// Approvals as WeCom's callbacks tell them.
@Suite struct WeComEventTests {
    typealias Scene = WeComScene
    private let fixtures = Fixtures("wecom", in: .module)

    private func page(_ text: String, of stream: String = "approval_events") throws -> Page {
        try Scene.connector(EmulatedService(Scene.weCom())).page(
            of: stream, in: ReceivedCallback(body: Array(text.utf8), received: FixedClock().moment))
    }

    private func event(status: Int = 1, created: Int = 1_791_774_000, _ more: String = "") throws -> String {
        try fixtures.text("approval-event.xml")
            .replacing(
                "<SpStatus>1</SpStatus>\n    <TemplateId>", with: "<SpStatus>\(status)</SpStatus>\n    <TemplateId>"
            )
            .replacing("<CreateTime>1791774000", with: "<CreateTime>\(created)")
            .replacing("<StatuChangeEvent>", with: "\(more)<StatuChangeEvent>")
    }

    @Test func `an event tells of steps that stand beside each other, and of no form`() throws {
        let page = try page(try event())
        let record = try #require(page.records.first)
        #expect(record.id == "202610120003" && page.rejected == [] && page.deleted == [])
        #expect(
            record.json == [
                "id": "202610120003", "template": "3TkaH5KFbrG9heEQWLJjhgpFwmqAFB4dLEnapaB7aaa", "kind": "采购申请",
                "outcome": "pending", "is_revoked": false, "is_paid": false, "requester": "chenjing",
                "requester_department": "3", "requested_at": "2026-10-12T02:00:00Z", "decided_by": .null,
                "decided_at": .null, "finished_at": .null, "waiting_for": ["wangfang"],
                "steps": [
                    ["step": 1, "approver": "zhangwei", "outcome": "approved", "at": "2026-10-12T03:00:00Z"],
                    ["step": 1, "approver": "lina", "outcome": "pending", "at": .null],
                    ["step": 2, "approver": "wangfang", "outcome": "pending", "at": .null],
                ],
                "form": .null, "change": "2",
            ])
    }

    @Test func `an event says nothing to the other streams, so that no form is lost`() throws {
        for stream in ["approvals", "people"] {
            #expect(try page(try event(), of: stream) == Page(cursor: nil, hasMore: false))
        }
    }

    @Test func `events are pushed, never pulled`() async throws {
        let service = EmulatedService(Scene.seven())
        #expect(try await Scene.connector(service).page(of: "approval_events", after: nil).records == [])
        #expect(service.requests.isEmpty)
    }

    @Test func `the later second is newer, and within one the state that follows, whatever arrives first`() throws {
        let connector = try Scene.connector(EmulatedService(Scene.weCom()))
        #expect(!connector.ordersByArrival)
        let order = [(1, 0), (2, 0), (10, 0), (6, 0), (1, 1), (3, 1), (7, 1), (2, 2)]
        let versions = try order.map { status, second in
            let page = try page(try event(status: status, created: 1_791_774_000 + second))
            return try #require(page.records.first?.version ?? page.deleted.first?.version)
        }
        #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `a deleted approval is a deletion`() throws {
        let page = try page(try event(status: 7))
        #expect(page.records == [] && page.deleted.map(\.id) == ["202610120003"])
    }

    @Test func `other events and messages tell nothing`() throws {
        for text in [
            "<xml><MsgType>event</MsgType><Event>change_contact</Event></xml>", "<xml><MsgType>text</MsgType></xml>",
            "<xml><Event>sys_approval_change</Event><Event>sys_approval_change</Event></xml>",
        ] {
            #expect(try page(text) == Page(cursor: nil, hasMore: false))
        }
    }

    @Test func `an event without what an approval needs is rejected, without its remarks`() throws {
        for part in ["SpNoStr", "SpName", "ApplyTime", "CreateTime", "Applyer", "TemplateId", "ApprovalInfo"] {
            let text = try event("").replacing("<\(part)>", with: "<X>").replacing("</\(part)>", with: "</X>")
            let page = try page(text)
            #expect(page.records == [] && page.rejected.count == 1, "\(part)")
            #expect(page.rejected.allSatisfy { !$0.reason.isEmpty && !$0.raw.isEmpty })
            let raw = page.rejected.map { String(decoding: $0.raw, as: UTF8.self) }.joined()
            #expect(!raw.contains("同意") && !raw.contains("请尽快"))
        }
        #expect(try page(try event(status: 12)).rejected.first?.reason.contains("'12'") == true)
    }

    @Test func `XML that means ill is refused`() throws {
        let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><xml><Event>&b;</Event></xml>"
        let deep = String(repeating: "<a>", count: 17) + String(repeating: "</a>", count: 17)
        let wide = "<xml>" + String(repeating: "<a/>", count: 20_001) + "</xml>"
        let long = "<xml>" + String(repeating: " ", count: 1 << 20) + "</xml>"
        for text in [bomb, deep, wide, long, "{}", "", "<xml>", "<xml>&nbsp;</xml>"] {
            #expect {
                try page(text)
            } throws: { error in
                guard case .unexpected(let reason) = error as? ConnectorError else { return false }
                return reason.hasPrefix("the message cannot be read: ")
            }
        }
    }
}
