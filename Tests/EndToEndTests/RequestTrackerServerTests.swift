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
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = SeededChance(seed: seed)
        var report = KillReport(seed: seed)
        while report.kills < 20 {
            let workspace = try await server.newWorkspace(zone: "UTC")
            // Moments from the very start to a few pages later; a pull that ends before its moment was not killed.
            while report.kills < 20,
                try await report.kill(workspace, after: .milliseconds(Int.random(in: 1...4_000, using: &chance)))
            {}
            _ = try await workspace.program.json("pull")
            let state = try await PulledState(of: workspace)
            #expect(state == undisturbed, "\(report)")
            #expect(try await workspace.program.json("verify")["intact"] == true, "\(report)")
        }
        print(report)
    }
}

/// Kills pulls and notes the moments.
struct KillReport: CustomStringConvertible {
    let seed: UInt64
    private(set) var moments: [Duration] = []

    init(seed: UInt64) { self.seed = seed }

    var kills: Int { moments.count }

    /// Whether a pull that was started now was still running, and so was killed, after `moment`.
    mutating func kill(_ workspace: ServedWorkspace, after moment: Duration) async throws -> Bool {
        let pull = try workspace.program.start(["pull"])
        try await Task.sleep(for: moment)
        pull.kill()
        let finished = try await pull.finish(timeout: .seconds(10))
        if finished.wasKilled { moments.append(moment) }
        return finished.wasKilled
    }

    var description: String {
        "killed with seed \(seed) after \(moments.map { "\($0)" }.joined(separator: ", "))"
    }
}

/// Random numbers that a seed repeats (SplitMix64).
struct SeededChance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
