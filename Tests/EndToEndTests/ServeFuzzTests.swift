import Foundation
import PlumblineTesting
import Testing

/// The running program under requests as nobody should send them.
@Suite(.timeLimit(.minutes(5))) struct ServeFuzzTests {
    /// What the process may hold in RAM at its fullest, in KiB.
    private static let memory = 220_000

    @Test func `whatever comes, the server stays up and small, and its log holds nothing of it`() async throws {
        let served = try await ServedFolder()
        let client = RawClient(port: served.port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 10..<14 as Range<UInt64> {
                group.addTask {
                    var fuzz = HTTPFuzz(path: seed % 2 == 0 ? "/hooks/nobody" : "/metrics", seed: seed)
                    for _ in 0..<800 { _ = try await client.exchange(fuzz.next(), endsSending: true) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await served.get("/readyz").status == 200)
        #expect(try served.process.peakMemory() < Self.memory)
        let finished = try await served.stop()
        #expect(finished.status == 0 && !finished.wasKilled)
        #expect(!(finished.errors + finished.output).contains(HTTPFuzz.secret))
    }
}
