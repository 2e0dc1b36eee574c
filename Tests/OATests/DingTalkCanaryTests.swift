import DingTalkTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Texts that nobody is to read stand in every member that is not needed; none of them is seen anywhere.
@Suite struct DingTalkCanaryTests {
    typealias Scene = DingTalkScene
    static let canary = "Canary-7731"

    private func emulator() -> DingTalkEmulator {
        var dingTalk = Scene.seven()
        dingTalk.canary = Self.canary
        for id in dingTalk.instances.keys {
            dingTalk.instances[id]?.form += [("请假事由", Self.canary), ("附件", Self.canary)]
        }
        dingTalk.users[3].lacks = "userid"
        return dingTalk
    }

    @Test(arguments: ["people", "approvals"])
    func `what is not needed stands in no record, reject, remark, line or error`(stream: String) async throws {
        let lines = Lines()
        let service = EmulatedService(emulator())
        let connector = try Scene.connector(service, ["since": .text("2024-01-01")], log: { lines.add($0) })
        var seen: [String] = []
        for try await page in connector.pages(of: stream) {
            seen += page.records.map { "\($0.id) \($0.json.text)" }
            seen += page.rejected.map { "\($0.id) \($0.reason) \(String(decoding: $0.raw, as: UTF8.self))" }
            seen += page.anomalies.map { "\($0.id) \($0.reason)" }
            seen += [page.cursor?.text ?? ""]
        }
        #expect(
            seen.count > 6 && seen.contains { $0.contains("without id") || $0.contains("p4") }, "something was rejected"
        )
        for text in seen + lines.all { #expect(!text.contains(Self.canary), "\(text)") }
    }

    @Test func `errors hold none of it either, nor secrets`() async throws {
        for stream in ["people", "approvals"] {
            for request in 1...8 {
                let service = EmulatedService(emulator())
                let secrets = ["ding-app-secret", "legacy-token-1", "new-token-1"]
                let echo = secrets.joined(separator: " and ")
                service.fail(
                    request: request,
                    with: .json(
                        #"{"errcode":40035,"errmsg":"\#(echo)","code":"x","message":"\#(echo)"}"#,
                        status: stream == "people" ? 200 : 400))
                let error = await Scene.failure {
                    for try await _ in try Scene.connector(service).pages(of: stream) {}
                }
                let text = "\(try #require(error))"
                #expect(!text.contains("ding-app-secret"), "\(text)")
                // A token that was never given cannot be known.
                if request > 1 { #expect(!text.contains(stream == "people" ? secrets[1] : secrets[2]), "\(text)") }
            }
        }
    }
}
