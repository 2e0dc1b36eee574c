import PlumblineTesting
import Testing

@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: SharedFolder.isExpected, "needs the shared folder's real server"),
    .realServer(.roundup))
struct RoundupServerTests {
    /// Roundup tells no former owners, so that nobody can know how many tickets were reassigned.
    @Test(arguments: ["UTC", "Asia/Shanghai"])
    func `every subject, month and measure agrees with what the seed says, and reassigned is no_data`(
        zone: String
    ) async throws {
        try await ServerMeasures(server: try #require(RealServer.current), zone: zone, unknown: ["reassigned"]).check()
    }

    @Test func `a second pull changes nothing`() async throws {
        try await expectNothingChanges(in: try #require(RealServer.current).workspace(zone: "UTC"))
    }
}
