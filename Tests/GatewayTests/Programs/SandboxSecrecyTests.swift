import Foundation
import PlumblineKit
import Testing

@testable import Gateway

/// Programs that look for what is not theirs, and that would have us delete what is not theirs.
@Suite(.timeLimit(.minutes(2))) struct SandboxSecrecyTests: SandboxSuite {
    /// A program that has a secret in its folder and goes on until it is stopped.
    private func holder(_ scene: SandboxScene, secret: String) async throws -> any RunningProgram {
        var order = order("cat note; exec sleep 1000")
        order.files = ["note": Array("\(secret)\n".utf8)]
        let program = try await scene.programs.start(order)
        _ = try await program.lines()
        return program
    }

    @Test(
        .enabled(if: geteuid() == 0, "needs root"),
        arguments: [(SandboxOptions.Namespaces.required, "nobody", 0), (.required, "root", 1), (.off, "nobody", 0)])
    func `a program does not find the folder of another one`(
        namespaces: SandboxOptions.Namespaces, user: String, folders: Int
    ) async throws {
        let theirs = SandboxScene { $0.user = user }
        let ours = SandboxScene {
            $0.user = user
            $0.namespaces = namespaces
        }
        let secret = mark()
        let other = try await holder(theirs, secret: secret)
        let temporary = FileManager.default.temporaryDirectory.path
        let script = "cat \"$TMPDIR\"/../*/note \(temporary)/*/note \(temporary)/*/*/note; ls -A \"$TMPDIR\"/.."
        let seen = try await texts(script, ours)
        #expect(!seen.contains(secret) && seen.count == folders, "it saw \(seen)")
        await other.stop()
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"), arguments: [SandboxOptions.Namespaces.auto, .off])
    func `nothing is deleted behind a link that a program puts in the place of its folder`(
        namespaces: SandboxOptions.Namespaces
    ) async throws {
        let folder = try ScratchFolder()
        let victim = try folder.folder("victim", mode: 0o700)
        for name in ["letter", "other"] { try Data("ours".utf8).write(to: URL(filePath: "\(victim)/\(name)")) }
        let moved = "/tmp/plumbline-\(mark())"
        var order = order(
            """
            echo "$TMPDIR"; mv "$TMPDIR" \(moved); ln -s \(victim) "$TMPDIR"; ln -s \(victim) deep; ln \(victim)/letter hard
            mkdir -p a/b/c; ln -s \(victim) a/b/c/d; echo done
            """)
        order.files = ["letter": Array("theirs".utf8)]
        let program = try await SandboxScene { $0.namespaces = namespaces }.programs.start(order)
        let lines = try await program.lines()?.map { String(decoding: $0.bytes, as: UTF8.self) } ?? []
        _ = try await program.lines()
        _ = try await program.end()
        #expect(try FileManager.default.contentsOfDirectory(atPath: victim).sorted() == ["letter", "other"])
        #expect(try !exists(#require(lines.first)))
        // In namespaces it can copy what is its own, as anybody can who may write to /tmp.
        try? FileManager.default.removeItem(atPath: moved)
    }

    /// Also of what is only a link.
    private func exists(_ path: String) -> Bool { (try? FileManager.default.attributesOfItem(atPath: path)) != nil }

    @Test(arguments: [SandboxOptions.Namespaces.auto, .off])
    func `a folder goes with all that is in it, however deep and whatever its rights`(
        namespaces: SandboxOptions.Namespaces
    ) async throws {
        let script = """
            echo "$TMPDIR"; mkdir shut; touch shut/in; chmod 0 shut; mkdir -p plumbline-0/plumbline-0; touch ' ' .hidden
            python3 -c "import os
            for n in range(1500): os.mkdir('d'); os.chdir('d'); open('f', 'w').close(); os.mkdir('e')
            "; echo done
            """
        let lines = try await texts(script, SandboxScene { $0.namespaces = namespaces })
        #expect(lines.count == 2 && lines.last == "done")
        #expect(try !exists(#require(lines.first)))
    }

    @Test func `what a program left whose keeper is gone too is deleted later, and what may be in use is not`()
        async throws
    {
        let scratch = try ScratchFolder()
        let folders = try ProgramFolders(in: scratch.path)
        for name in ["old", "held"] {
            let path = URL(filePath: folders.path).appending(path: name)
            try FileManager.default.createDirectory(at: path, withIntermediateDirectories: false)
            try Data("token".utf8).write(to: path.appending(path: "cache"))
        }
        let held = open("\(folders.path)/held", O_RDONLY | O_DIRECTORY)
        #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
        folders.sweep()
        #expect(exists("\(folders.path)/old"), "what was made just now may not be locked yet")
        folders.sweep(olderThan: .zero)
        #expect(!exists("\(folders.path)/old") && exists("\(folders.path)/held/cache"))
        // Before it is closed: a program that starts meanwhile may hold a copy.
        flock(held, LOCK_UN)
        close(held)
        folders.sweep(olderThan: .zero)
        #expect(!exists("\(folders.path)/held"))
        close(folders.descriptor)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a folder that others may write to, or that is a link, is not used`() throws {
        for isLink in [true, false] {
            let scratch = try ScratchFolder()
            let folders = try ProgramFolders(in: scratch.path)
            close(folders.descriptor)
            if isLink {
                try FileManager.default.removeItem(atPath: folders.path)
                symlink("/", folders.path)
            } else {
                chown(folders.path, 65_534, 65_534)
            }
            #expect(throws: ConnectorError.self) { try ProgramFolders(in: scratch.path) }
        }
    }

    // MARK: Its keeper

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a program that kills its keeper does not go on`() async throws {
        let mark = mark()
        let scene = SandboxScene {
            $0.user = "root"
            $0.namespaces = .off
        }
        let script = "sleep 0.3; (trap '' TERM HUP; sleep 1000; :) & kill -9 $PPID; while true; do sleep 1; done"
        let end = try await run(script, scene, ["MARK": mark]).end
        #expect(end.cause == .signal(9))
        for _ in 0..<100 where !processes(with: mark).isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        #expect(processes(with: mark).isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a user that has too many processes is told as such, and may pass`() async throws {
        let many = SandboxScene { $0.user = "news" }
        let other = try await many.programs.start(order("for i in 1 2 3 4 5 6; do sleep 1000 & done; echo; sleep 1000"))
        _ = try await other.lines()
        let few = SandboxScene {
            $0.user = "news"
            $0.processes = 4
        }
        let error = await #expect(throws: ConnectorError.self) { try await few.programs.start(order("true")) }
        guard case .unavailable(let reason, _)? = error else {
            Issue.record("expected a failure that may pass, got \(String(describing: error))")
            return
        }
        #expect(reason.contains("'sandbox: processes'"))
        await other.stop()
    }

    @Test func `the system takes a program before it takes the host`() async throws {
        for namespaces in [SandboxOptions.Namespaces.auto, .off] {
            let scene = SandboxScene { $0.namespaces = namespaces }
            #expect(try await texts("cat /proc/self/oom_score_adj", scene).compactMap { Int($0) }.first ?? 0 >= 500)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `shared memory as files is its own and has an end`() async throws {
        let name = "/dev/shm/plumbline-\(mark())"
        let scene = SandboxScene {
            $0.namespaces = .required
            $0.memoryMiB = 20
        }
        let lines = try await texts("head -c 50000000 /dev/zero > \(name) 2>&1 || stat -c %s \(name)", scene)
        #expect(lines.last.flatMap { Int($0) } == 20 << 20 && !exists(name), "\(lines)")
    }
}
