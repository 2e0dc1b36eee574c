import Foundation
import Testing

/// What becomes of events when processes die and disks fail: a sender with its own book tells what was acknowledged.
///
/// The scenarios stand in `Tests/Faults/faults.py`, which also runs them at length.
@Suite(.serialized, .timeLimit(.minutes(20))) struct FaultTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Faults/faults.py").standardizedFileURL

    @Test(arguments: [
        ["kills", "--rounds", "33"], ["power", "--rounds", "15"], ["migration", "--rounds", "2"],
        ["backups", "--rounds", "3"], ["disk"],
    ])
    func `every acknowledged event is in the values exactly once`(scenario: [String]) async throws {
        let finished = try await RunningProcess(
            URL(filePath: "/usr/bin/python3"),
            [Self.script.path] + scenario + ["--program", Plumbline.program.path]
        ).finish(timeout: .seconds(900))
        #expect(finished.status == 0, "\(finished.output)\(finished.errors)")
    }
}
