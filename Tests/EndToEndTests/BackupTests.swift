import Foundation
import PlumblineKit
import Synchronization
import Testing

/// Backups of a workspace at work, and what kills leave of them. `PLUMBLINE_KILL_SEED` repeats the moments.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct BackupTests {
    private static let rows = 2_000

    /// Each import gives every row another number of points: one whole import is in a backup, or none.
    @Test func `backups while another process writes are each one state, and give the same values`() async throws {
        let (company, place) = (try await ImportCompany(), try TemporaryFolder())
        let imports = try (0..<6).map { points in
            try ImportFile.write(rows: 0..<Self.rows, points: 10 * points, as: "csv", in: place)
        }
        _ = try await company.bring(imports[0])
        let writing = ImportLoop(company.program, imports)
        var files: [String] = []
        while !writing.isOver || files.count < 6 {
            files.append("\(place.url.path)/\(files.count).backup")
            #expect(try await company.program.json("backup", files[files.count - 1])["intact"] == true)
        }
        #expect(try await writing.failures() == [])
        var states: Set<String> = []
        for (number, file) in files.enumerated() {
            let restored = try await company.restore(file, to: place.url.appending(path: "\(number)"))
            states.insert(try await state(of: restored))
        }
        print("\(files.count) backups during imports hold \(states.count) states: \(states.sorted())")
        #expect(states.isSubset(of: ["0", "10", "20", "30", "40", "50"]) && states.count > 1)
    }

    /// How many points the rows of a restored workspace have in common; its values must follow from them.
    private func state(of restored: Plumbline) async throws -> String {
        let database = try Database(restored.workspace.appending(path: "plumbline.sqlite"))
        let points = try database.rows(
            "SELECT DISTINCT CAST(points AS INTEGER) - CAST(substr(_external_id, -1) AS INTEGER) FROM evidence_key_event"
        )
        #expect(points.count == 1)
        #expect(try database.rows("SELECT COUNT(*) FROM evidence_key_event") == [["\(Self.rows)"]])
        // What was imported and not yet computed is computed by the next command.
        _ = try await restored.json("pull")
        let rebuilt = try await restored.json("rebuild")
        #expect(rebuilt["changed"] == 0 && rebuilt["unchanged"]?.int ?? 0 > 100)
        #expect(try await restored.json("verify")["intact"] == true)
        return points.first?.first ?? ""
    }

    @Test func `a backup that is killed at 25 random moments leaves a whole file or none`() async throws {
        let (company, place) = (try await ImportCompany(), try TemporaryFolder())
        _ = try await company.bring(try ImportFile.write(rows: 0..<Self.rows, points: 1, as: "csv", in: place))
        var moments = KillReport()
        let duration = try await ContinuousClock().measure { _ = try await company.program.json("backup") }
        for _ in 0..<25 { try await moments.kill(company.program, ["backup"], within: duration) }
        // On a machine that has become faster since, most have ended before.
        for _ in 0..<100 where moments.kills <= 5 {
            try await moments.kill(company.program, ["backup"], within: duration / 3)
        }
        print("backups \(moments)")
        #expect(moments.kills > 5)
        _ = try await company.program.json("backup")
        let backups = try await company.program.json("backups").array ?? []
        let names = try company.names().filter { $0.hasSuffix(".backup") }
        #expect(names.count >= backups.count && backups.allSatisfy { $0["there"] == true })
        #expect(try company.names().filter { $0.hasSuffix(".part") || $0.hasPrefix(".backup") } == [])
        for (number, name) in names.enumerated() {
            let file = company.program.workspace.appending(path: name).path
            let restored = try await company.restore(file, to: place.url.appending(path: "restored-\(number)"))
            #expect(try await restored.json("verify")["intact"] == true)
        }
    }

    @Test func `a restore that is killed at 25 random moments leaves a whole workspace or none`() async throws {
        let (company, place) = (try await ImportCompany(), try TemporaryFolder())
        _ = try await company.bring(try ImportFile.write(rows: 0..<Self.rows, points: 1, as: "csv", in: place))
        let file = place.url.appending(path: "company.backup").path
        _ = try await company.program.json("backup", file)
        let folder = place.url.appending(path: "restored")
        let duration = try await ContinuousClock().measure { _ = try await company.restore(file, to: folder) }
        var (moments, whole) = (KillReport(), 0)
        for _ in 0..<25 {
            try? FileManager.default.removeItem(at: folder)
            try await moments.kill(company.program, ["restore", file, "--to", folder.path], within: duration)
            guard FileManager.default.fileExists(atPath: folder.path) else { continue }
            whole += 1
            #expect(try await Plumbline(workspace: folder).json("verify")["intact"] == true)
        }
        print("restores \(moments); \(whole) were whole")
        #expect(moments.kills > 5)
        try? FileManager.default.removeItem(at: folder)
        _ = try await company.restore(file, to: folder)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.url.path).filter { $0.hasPrefix(".") } == [])
    }

    @Test func `a changed backup is refused, and nothing is left where it was to go`() async throws {
        let (company, place) = (try await ImportCompany(), try TemporaryFolder())
        let file = place.url.appending(path: "company.backup")
        _ = try await company.program.json("backup", file.path)
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: file)
        let folder = place.url.appending(path: "restored").path
        let refused = try await company.program.run("restore", file.path, "--to", folder)
        #expect(refused.status == 1 && refused.errors.contains("it was changed or cut short"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.url.path) == ["company.backup"])
    }
}

extension ImportCompany {
    /// A workspace made of a backup of this one.
    func restore(_ file: String, to folder: URL) async throws -> Plumbline {
        let restored = try await program.json("restore", file, "--to", folder.path)
        #expect(restored["intact"] == true && restored["missing"] == [])
        return Plumbline(workspace: folder)
    }

    /// The names of all files in the workspace.
    func names() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: program.workspace.path) }
}

extension KillReport {
    /// Runs a command and kills it after a random moment up to `limit`; counts it where that came in time.
    mutating func kill(_ program: Plumbline, _ arguments: [String], within limit: Duration) async throws {
        let moment = random(upTo: limit)
        let running = try program.start(arguments)
        try await Task.sleep(for: moment)
        running.kill()
        if try await running.finish(timeout: .seconds(20)).wasKilled { note(moment) }
    }
}

/// Imports that follow one another in the background.
final class ImportLoop: Sendable {
    private let task: Task<[String], any Error>
    private let ended = Mutex(false)

    init(_ program: Plumbline, _ files: [URL]) {
        let (stream, end) = AsyncStream.makeStream(of: Void.self)
        task = Task {
            defer { end.finish() }
            var failures: [String] = []
            for file in files {
                let finished = try await program.run("import", file.path, "--connection", "imported")
                if finished.status != 0 { failures.append(finished.errors) }
            }
            return failures
        }
        Task { [self] in
            for await _ in stream {}
            ended.withLock { $0 = true }
        }
    }

    var isOver: Bool { ended.withLock { $0 } }

    /// What went wrong, once all are done.
    func failures() async throws -> [String] { try await task.value }
}
