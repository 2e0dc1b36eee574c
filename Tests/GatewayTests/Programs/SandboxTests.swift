import Foundation
import PlumblineKit
import Testing

@testable import Gateway

/// What a program sees, and how its output and its end are told.
@Suite(.timeLimit(.minutes(2))) struct SandboxTests: SandboxSuite {
    // MARK: What it sees

    @Test func `its environment is what it is given, and three variables`() async throws {
        setenv("PLUMBLINE_TEST_HOST_SECRET", "hush", 1)
        let names = try await texts("env", SandboxScene(), ["TOKEN": "a b=c"]).map { String($0.prefix { $0 != "=" }) }
        #expect(Set(names).subtracting(["PWD", "_", "SHLVL", "OLDPWD"]) == ["HOME", "PATH", "TMPDIR", "TOKEN"])
        #expect(try await texts(#"echo "$TOKEN""#, SandboxScene(), ["TOKEN": "a b=c"]) == ["a b=c"])
    }

    @Test func `its folder is new, private and gone with it`() async throws {
        let scene = SandboxScene()
        var order = order("pwd; ls; cat note; stat -c %a . note; touch more; mkdir deep; touch deep/er")
        order.files = ["note": Array("hello\n".utf8)]
        let program = try await scene.programs.start(order)
        var lines: [String] = []
        while let more = try await program.lines() { lines += more.map { String(decoding: $0.bytes, as: UTF8.self) } }
        _ = try await program.end()
        #expect(Array(lines.dropFirst()) == ["note", "hello", "700", "600"])
        #expect(!FileManager.default.fileExists(atPath: try #require(lines.first)))
    }

    @Test func `it has no input and inherits no file`() async throws {
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        #expect(try await texts("cat; echo end") == ["end"])
        #expect(try await texts("ls /proc/self/fd | tr '\\n' ' '") == ["0 1 2 3 "], "3 is ls's own")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `it is another user without any right, and sees no one else`()
        async throws
    {
        #expect(
            try await texts("id -u; id -G; grep -E 'CapEff|NoNewPrivs' /proc/self/status") == [
                "65534", "65534", "CapEff:\t0000000000000000", "NoNewPrivs:\t1",
            ])
        let seen = try await texts("ls /proc | grep -c '^[0-9]'")
        #expect(seen.compactMap { Int($0) }.allSatisfy { $0 < 8 }, "saw \(seen) processes")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root")) func `the workspace is not there for it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "secrets"), withIntermediateDirectories: true)
        try Data("hush".utf8).write(to: folder.appending(path: "secrets/token"))
        try Data("db".utf8).write(to: folder.appending(path: "plumbline.sqlite"))
        let script = "echo in:; ls -A \(folder.path); cat \(folder.path)/secrets/token 2>/dev/null; echo end"
        #expect(try await texts(script, SandboxScene(workspace: folder.path)) == ["in:", "end"])
        try Data("#!/bin/sh\ncat \(folder.path)/plumbline.sqlite; ls \(folder.path)/secrets; echo ran\n".utf8)
            .write(to: folder.appending(path: "tap"))
        chmod(folder.appending(path: "tap").path, 0o755)
        let scene = SandboxScene(workspace: folder.path)
        let program = try await scene.programs.start(ProgramOrder(command: ["./tap"]))
        #expect(try await program.lines()?.map { String(decoding: $0.bytes, as: UTF8.self) } == ["ran"])
        await scene.programs.close()
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a program in the workspace is still kept apart where a folder of it is a link`() async throws {
        let folder = try ScratchFolder()
        let (workspace, disk) = (try folder.folder("workspace", mode: 0o755), try folder.folder("disk", mode: 0o755))
        try Data("hush".utf8).write(to: URL(filePath: "\(disk)/people.csv"))
        try FileManager.default.createSymbolicLink(atPath: "\(workspace)/data", withDestinationPath: disk)
        try Data("#!/bin/sh\ncat data/* \(workspace)/data/* \(disk)/*; ls /proc | grep -c '^[0-9]'\n".utf8)
            .write(to: URL(filePath: "\(workspace)/tap"))
        chmod("\(workspace)/tap", 0o755)
        let scene = SandboxScene {
            $0.namespaces = .required
        } workspace: {
            workspace
        }
        let program = try await scene.programs.start(ProgramOrder(command: ["./tap"]))
        var lines: [String] = []
        while let more = try await program.lines() { lines += more.map { String(decoding: $0.bytes, as: UTF8.self) } }
        #expect(lines.count == 1 && lines.compactMap { Int($0) }.allSatisfy { $0 < 8 }, "\(lines)")
        await scene.programs.close()
    }

    // MARK: How it ends

    @Test(arguments: [
        ("exit 0", ProgramEnd.Cause.exited(0)), ("exit 3", .exited(3)), ("kill -9 $$", .signal(9)),
        ("kill -11 $$", .signal(11)),
    ])
    func `its end is told exactly`(script: String, cause: ProgramEnd.Cause) async throws {
        for namespaces in [SandboxOptions.Namespaces.auto, .off] {
            #expect(try await run(script, SandboxScene { $0.namespaces = namespaces }).end.cause == cause)
        }
    }

    @Test func `a program that is not there, or may not run, is a mistake in the command`() async throws {
        for command in ["no-such-program", "/no/such/program", "/etc/passwd", ""] {
            let error = await #expect(throws: ConnectorError.self) {
                try await SandboxScene().programs.start(ProgramOrder(command: [command]))
            }
            guard case .settings("command", _)? = error else {
                Issue.record("expected a mistake in the command '\(command)', got \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `all bytes arrive, and a last line without an end is known as such`() async throws {
        let (lines, _) = try await run(#"printf 'a\n\377\000b\nlast'"#)
        #expect(lines.map { Array($0.bytes) } == [[0x61], [0xFF, 0, 0x62], Array("last".utf8)])
        #expect(lines.map(\.isClosed) == [true, true, false])
    }

    @Test func `a line that is too long is cut and the next one whole`() async throws {
        let (lines, _) = try await run(
            "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo next", SandboxScene { $0.maxLineBytes = 1 << 20 })
        #expect(lines.map(\.isCut) == [true, false] && lines.map(\.bytes.count) == [4096, 4])
    }

    @Test func `what it says beside is kept to its end, without secrets, however much it is`() async throws {
        let scene = SandboxScene()
        let (lines, end) = try await run(
            "echo 'WARN hush-hush' >&2; yes noise | head -c 6000000 >&2; echo out; echo 'hush-hush' >&2; exit 1", scene)
        #expect(lines.count == 1 && end.diagnostics.last == "***" && end.diagnostics.count <= 40)
        #expect(scene.lines == ["WARN ***"])
        #expect(end.description.contains("exit code 1") && end.description.contains("***"))
    }

    private func shown(_ line: String, secret: String) throws -> String {
        var tail = DiagnosticTail(redaction: Redaction(secrets: [secret])) { _ in }
        tail.feed(Array("\(line)\n".utf8))
        return try #require(tail.finish().first)
    }

    @Test func `no part of a secret stands where a long line is cut`() async throws {
        for length in 980...1010 {
            let line = String(repeating: "x", count: length) + "hush-hush" + String(repeating: "y", count: 9000)
            let shown = try shown(line, secret: "hush-hush")
            #expect(!shown.contains("h") && shown.count == 1000)
        }
    }

    @Test(arguments: [41, 3500], [1, 7])
    func `nor where the cut goes through the secret, which may stand there many times`(
        length: Int, period: Int
    ) async throws {
        var open: [String] = []
        let secret = String((0..<length).map { "ABCDEFGHIJKLMNOPQRSTUVWZ密"[$0 * $0 / period % 25] })
        for offset in [0, 1] + Array(stride(from: length == 41 ? 4052 : 5, to: 4100, by: length == 41 ? 3 : 451)) {
            let line = String(repeating: "x", count: offset) + secret
            for line in [line, line + String(repeating: secret, count: 200)] {
                let shown = try shown(line, secret: secret)
                if !shown.allSatisfy({ "x*".contains($0) }) { open.append("\(shown) at \(offset)") }
            }
        }
        #expect(open.isEmpty)
    }
}

extension String {
    fileprivate subscript(place: Int) -> Character { self[index(startIndex, offsetBy: place)] }
}
