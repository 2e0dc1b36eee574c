import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: SharedFolder.isExpected, "needs the shared folder's real server"),
    .realServer(.requestTracker))
struct RequestTrackerServerTests {
    @Test(arguments: ["UTC", "Asia/Shanghai"])
    func `every subject, month and measure agrees with what the seed says`(zone: String) async throws {
        try await ServerMeasures(server: try #require(RealServer.current), zone: zone, unknown: []).check()
    }

    @Test func `a second pull changes nothing`() async throws {
        try await expectNothingChanges(in: try #require(RealServer.current).workspace(zone: "UTC"))
    }

    @Test func `a pull that is killed at 20 random moments ends like an undisturbed one`() async throws {
        let server = try #require(RealServer.current)
        let undisturbed = try await PulledState(of: try await server.workspace(zone: "UTC"))
        var report = KillReport()
        while report.kills < 20 {
            let workspace = try await server.newWorkspace(zone: "UTC")
            try await report.killPulls(of: workspace.program, within: .seconds(4), most: 20)
            _ = try await workspace.program.json("pull")
            let state = try await PulledState(of: workspace)
            #expect(state == undisturbed, "\(report)")
            #expect(try await workspace.program.json("verify")["intact"] == true, "\(report)")
        }
        print(report)
    }
}
