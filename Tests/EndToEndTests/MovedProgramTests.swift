import Foundation
import PlumblineKit
import Testing

/// The program carries what it needs: no file of the build folder or the checkout is read at run time.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct MovedProgramTests {
    private static var isRoot: Bool { geteuid() == 0 }

    /// A folder that holds the program, the libraries it is linked with and nothing else, and is all that it can see.
    @Test(.enabled(if: isRoot, "only root may change a process's root folder"))
    func `alone in a folder with its libraries it lists, makes, checks and evaluates`() async throws {
        let cell = try await Cell()
        let connectors = try await cell.run("connectors", "list", "--format", "json").json()
        let ids = connectors.array?.compactMap { $0["id"]?.string } ?? []
        #expect(ids.contains("ticketing.roundup") && ids.contains("file.csv"))

        let made = try await cell.run("init", "--from", "ticketing.roundup", "--workspace", "/company")
        #expect(made.status == 0, "\(made.errors)")
        let linted = try await cell.run("lint", "--workspace", "/company", "--format", "json")
        #expect(linted.status == 0, "\(linted.output)\(linted.errors)")
        let tested = try await cell.run("test", "--workspace", "/company")
        #expect(tested.status == 0, "\(tested.output)\(tested.errors)")
        let evaluated = try await cell.run("eval", "record.a + 2", "--record", #"{"a": 40}"#)
        #expect(evaluated.output.contains("42"), "\(evaluated.errors)")
    }

    @Test(.enabled(if: isRoot, "only root may change a process's root folder"))
    func `alone in a folder with its libraries it pulls the sample company and explains a value`() async throws {
        let cell = try await Cell()
        let company = try SampleCompany()
        try FileManager.default.copyItem(at: company.url, to: cell.folder.url.appending(path: "company"))
        for command in [["people", "import"], ["pull"]] {
            let finished = try await cell.run(command + ["--workspace", "/company"])
            #expect(finished.status == 0, "\(finished.output)\(finished.errors)")
        }
        let explained = try await cell.run(
            "explain", "ts_first_reply_time_avg", "P003", "2026-09", "--workspace", "/company", "--format", "json")
        #expect(try explained.json()["published"]?["agrees"] == true)
    }

    @Test(.enabled("it was built without --static-swift-stdlib") { try await !Cell.needsSwift() })
    func `it needs no library but those of Debian`() async throws {
        for library in try await Cell.libraries() {
            #expect(library.hasPrefix("/lib/") || library.hasPrefix("/lib64/") || library.hasPrefix("/usr/lib/"))
        }
    }

    @Test func `it runs from another folder under another name`() async throws {
        let folder = try TemporaryFolder()
        let moved = folder.url.appending(path: "gateway")
        try await copyProgram(to: moved)
        let finished = try await RunningProcess(moved, ["eval", "1 + 2"]).finish(timeout: .seconds(30))
        #expect(finished.output.contains("3"), "\(finished.errors)")
    }
}

/// Copies the program with `cp`: a file that this process has written itself may still be open in a child that another
/// test is just starting, and then cannot be run.
private func copyProgram(to target: URL) async throws {
    let copied = try await RunningProcess(URL(filePath: "/bin/cp"), [Plumbline.program.path, target.path])
        .finish(timeout: .seconds(60))
    guard copied.status == 0 else { throw Plumbline.Failure(description: copied.errors) }
}

/// A root folder for one program.
private struct Cell {
    let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        try await copyProgram(to: folder.url.appending(path: "plumbline"))
        for library in try await Self.libraries() { try copy(library, to: library) }
    }

    /// The files that the dynamic linker would load, the linker itself among them.
    static func libraries() async throws -> [String] {
        let listed = try await RunningProcess(URL(filePath: "/usr/bin/ldd"), [Plumbline.program.path])
            .finish(timeout: .seconds(30))
        return listed.output.split(separator: "\n").compactMap { line in
            line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first { $0.hasPrefix("/") }.map(String.init)
        }
    }

    static func needsSwift() async throws -> Bool { try await libraries().contains { $0.contains("libswift") } }

    private func copy(_ source: String, to path: String) throws {
        let target = folder.url.appending(path: String(path.dropFirst()))
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: URL(filePath: source).resolvingSymlinksInPath(), to: target)
    }

    func run(_ arguments: String...) async throws -> Plumbline.Finished { try await run(arguments) }

    /// Swift needs `/proc` to find a program's arguments: it is mounted where only the started process sees it.
    func run(_ arguments: [String]) async throws -> Plumbline.Finished {
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "proc"), withIntermediateDirectories: true)
        let script = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" /plumbline \"$@\""
        return try await RunningProcess(
            URL(filePath: "/usr/bin/unshare"), ["--mount", "sh", "-c", script, folder.url.path] + arguments
        ).finish(timeout: .seconds(60))
    }
}
