import DingTalkTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What DingTalk pushes.
@Suite struct DingTalkInstanceChangeTests {
    typealias Scene = DingTalkScene
    private let fixtures = Fixtures("dingtalk", in: .module)

    private func page(_ body: String, stream: String = "instance_changes") throws -> Page {
        try Scene.connector(EmulatedService(.company()))
            .page(of: stream, in: ReceivedCallback(body: Array(body.utf8), received: Scene.start))
    }

    @Test func `the end of an approval tells who asked, when and how it ended, and no more`() throws {
        let page = try page(fixtures.text("instance-change.json"))
        #expect(
            page.records == [
                SourceRecord(
                    id: "inst-0001", version: SourceVersion("1791788400000"),
                    json: [
                        "id": "inst-0001", "template": "purchase", "requester": "P003", "outcome": "approved",
                        "created_at": "2026-10-12T01:30:00Z", "finished_at": "2026-10-12T07:00:00Z",
                    ])
            ])
    }

    private static func event(_ members: String) -> String {
        #"{"EventType":"bpms_instance_change","processInstanceId":"inst-0001","processCode":"PROC-1","#
            + #""createTime":1791768600000,"staffId":"P003",\#(members)}"#
    }

    @Test(arguments: [
        (#""type":"start""#, "pending"), (#""type":"terminate""#, "withdrawn"),
        (#""type":"finish","result":"agree""#, "approved"), (#""type":"finish","result":"refuse""#, "rejected"),
    ])
    func `each kind of change has its outcome`(members: String, outcome: String) throws {
        #expect(try page(Self.event(members)).records.first?.json["outcome"]?.string == outcome)
    }

    @Test func `an end that arrives before its beginning is the newer state`() throws {
        let start = Self.event(#""type":"start""#)
        let (began, ended) = (
            try page(start).records.first?.version,
            try page(fixtures.text("instance-change.json")).records.first?.version
        )
        let (first, last) = (try #require(began), try #require(ended))
        #expect(first < last)
        #expect(try Scene.connector(EmulatedService(.company())).ordersByArrival == false)
    }

    @Test func `other processes, events and streams get nothing`() throws {
        let change = try fixtures.text("instance-change.json")
        #expect(try page(change.replacing("PROC-1", with: "PROC-9")).records == [])
        #expect(try page(change.replacing("bpms_instance_change", with: "bpms_task_change")).records == [])
        #expect(
            try page(change, stream: "approvals").records == [], "an approval needs its approver, which no push tells")
        #expect(try page(#"{"EventType":"attendance_check_record","DataList":[{"address":"x"}]}"#).records == [])
    }

    @Test func `an event that cannot be read is rejected, without its title`() throws {
        let body = try fixtures.text("instance-change.json").replacing(
            #""createTime": 1791768600000"#, with: #""createTime": "soon""#)
        let page = try page(body)
        #expect(page.records == [] && page.rejected.map(\.id) == ["inst-0001"])
        #expect(page.rejected.allSatisfy { !String(decoding: $0.raw, as: UTF8.self).contains("Canary") })
        #expect(throws: ConnectorError.self) { try self.page("no json") }
    }
}
