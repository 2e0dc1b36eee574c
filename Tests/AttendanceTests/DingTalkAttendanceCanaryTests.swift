import AttendanceConnectors
import DingTalkTesting
import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing

/// Positions, devices, photos, remarks and reasons stand in every answer; none is seen anywhere.
@Suite struct DingTalkAttendanceCanaryTests {
    typealias Scene = DingTalkAttendanceScene

    private static let canary = "Canary-7731"

    private func emulator() throws -> DingTalkEmulator {
        var dingTalk = Scene.weeks()
        dingTalk.canary = Self.canary
        let (from, to) = (dingTalk.moment("2026-10-08 00:00:00"), dingTalk.moment("2026-10-08 23:59:59"))
        dingTalk.leaves = [.init("li", from: try #require(from), to: try #require(to), percent: 800, code: "annual")]
        let number = try #require(dingTalk.punches.keys.max())
        dingTalk.punches[number]?.lacks = "checkType"
        return dingTalk
    }

    @Test(arguments: ["attendance_days", "people"])
    func `what is not needed stands in no record, reject, remark or line`(stream: String) async throws {
        let lines = Mutex<[String]>([])
        let service = EmulatedService(try emulator(), at: Scene.start)
        let connector = try DingTalkAttendanceConnector(
            settings: Settings(Scene.settings, against: DingTalkAttendanceConnector.description.settings),
            context: DingTalkConnection.context(
                service, now: service.now, log: { line in lines.withLock { $0.append(line) } }))
        var seen: [String] = []
        for try await page in connector.pages(of: stream) {
            seen += page.records.map { "\($0.id) \($0.json.text)" } + [page.cursor?.text ?? ""]
            seen += page.rejected.map { "\($0.id) \($0.reason) \(String(decoding: $0.raw, as: UTF8.self))" }
            seen += page.anomalies.map { "\($0.id) \($0.reason)" }
        }
        #expect(stream == "people" || seen.contains { $0.hasPrefix("punch ") }, "something was rejected")
        for text in seen + lines.withLock({ $0 }) { #expect(!text.contains(Self.canary), "\(text)") }
    }

    @Test(arguments: 1...30)
    func `errors hold none of it`(request: Int) async throws {
        for answer in [
            CannedAnswer.cutOff, .json(#"{"errcode":40035,"errmsg":"legacy-token-1 is wrong"}"#), .json("[1]"),
        ] {
            let service = EmulatedService(try emulator(), at: Scene.start)
            service.fail(request: request, with: answer)
            do {
                for try await _ in try Scene.connector(service).pages(of: "attendance_days") {}
            } catch {
                #expect(!"\(error)".contains(Self.canary))
                if request > 1 { #expect(!"\(error)".contains("legacy-token-1")) }
            }
        }
    }
}
