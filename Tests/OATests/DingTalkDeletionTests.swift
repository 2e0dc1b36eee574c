import DingTalkTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Which answers say that an approval is gone.
@Suite struct DingTalkDeletionTests {
    typealias Scene = DingTalkScene

    private func known(_ dingTalk: DingTalkEmulator) async throws -> (StreamLedger, Scene.Service) {
        let service = EmulatedService(dingTalk, at: Scene.start)
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        return (ledger, service)
    }

    @Test(arguments: ["/v1.0/workflow/processInstances", "/v1.0/workflow/processes/instanceIds/query"])
    func `a call that DingTalk no longer serves deletes nothing`(path: String) async throws {
        var (ledger, service) = try await known(Scene.seven())
        let before = ledger.records
        service.edit { $0.retired = [path] }
        for _ in 1...2 {
            await #expect {
                try await Scene.run(&ledger, service)
            } throws: {
                "\($0)".contains("InvalidAction.NotFound")
            }
        }
        #expect(ledger.records == before && before.count == 6)
        service.edit { $0.retired = [] }
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test func `a code that is not known deletes nothing, and the error says where to name it`() async throws {
        var dingTalk = Scene.seven()
        dingTalk.goneCode = "bizObjectNotExist"
        var (ledger, service) = try await known(dingTalk)
        service.edit { $0.instances["p5"] = nil }
        await #expect {
            try await Scene.run(&ledger, service)
        } throws: {
            let text = "\($0)"
            return text.contains("bizObjectNotExist") && text.contains("p5") && text.contains("gone_codes")
        }
        #expect(ledger.records["p5"] != nil)
        try await Scene.run(&ledger, service, ["gone_codes": .list(["BizObjectNotExist"])])
        #expect(ledger.records["p5"] == nil)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: ["InvalidAction.NotFound", "invalidaction.notexist"])
    func `a code for a call that is not there cannot be named as one for an approval`(code: String) async throws {
        let error = await Scene.failure {
            _ = try Scene.connector(EmulatedService(.company()), ["gone_codes": .list([code])])
        }
        guard case .settings("gone_codes", let reason) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.contains(code) && reason.contains("leave it out"))
    }
}
