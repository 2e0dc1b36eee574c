import Foundation
import PlumblineKit
import Testing

@testable import Gateway

/// Programs as bad as they come, against the real system: none goes on, and none leaves anything behind.
@Suite(.timeLimit(.minutes(2))) struct SandboxLimitTests: SandboxSuite {
    private func expectStopped(
        _ script: String, _ change: (inout SandboxOptions) -> Void, _ fits: (ConnectorError) -> Bool
    ) async {
        let mark = mark()
        do {
            _ = try await run(script, SandboxScene(change), ["MARK": mark])
            Issue.record("'\(script)' was not stopped")
        } catch {
            #expect(fits(error), "'\(script)' was stopped with \(error)")
        }
        #expect(processes(with: mark).isEmpty, "'\(script)' left processes behind")
    }

    @Test(arguments: [
        "sleep 1000", "echo one; while true; do sleep 1000; done", "trap '' TERM; while true; do sleep 1; done",
    ])
    func `a program that hangs is ended`(script: String) async {
        await expectStopped(script) {
            $0.timeOut = .seconds(1)
        } _: {
            if case .unavailable(let reason, _) = $0 { reason.contains("time_out") } else { false }
        }
        await expectStopped(script) {
            $0.silence = .seconds(1)
        } _: {
            if case .unavailable(let reason, _) = $0 { reason.contains("silence") } else { false }
        }
    }

    @Test func `what the host takes for itself is not the program's time`() async throws {
        let scene = SandboxScene { $0.timeOut = .milliseconds(1500) }
        let program = try await scene.programs.start(order("echo one; echo two"))
        _ = try await program.lines()
        try await Task.sleep(for: .milliseconds(1700))
        while try await program.lines() != nil {}
        #expect(try await program.end().isSuccess)
    }

    @Test func `a flood is ended at the limit of bytes, or of lines`() async {
        await expectStopped("yes") {
            $0.maxOutputBytes = 5_000_000
        } _: {
            if case .unexpected(let reason) = $0 { reason.contains("max_output_bytes") } else { false }
        }
        await expectStopped("yes") {
            $0.maxLines = 1000
        } _: {
            if case .unexpected(let reason) = $0 { reason.contains("max_lines") } else { false }
        }
    }

    @Test(arguments: [SandboxOptions.Namespaces.auto, .off])
    func `what it leaves behind does not hold us up and is ended`(namespaces: SandboxOptions.Namespaces) async throws {
        for left in [
            "sleep 1000 &", "setsid sleep 1000 &", "(setsid sh -c 'trap \"\" TERM HUP; sleep 1000; :' &) &",
            "sleep 1000 1>&- &",
        ] {
            let mark = mark()
            let scene = SandboxScene { $0.namespaces = namespaces }
            let (lines, end) = try await run("\(left) echo done", scene, ["MARK": mark])
            #expect(lines.count == 1 && end.isSuccess)
            #expect(processes(with: mark).isEmpty, "'\(left)' is still there")
        }
    }

    /// As a user of their own where that can be: the system counts all processes of a user, and other tests have theirs.
    @Test func `memory and processes have an end`() async throws {
        for namespaces in [SandboxOptions.Namespaces.auto, .off] {
            let scene = SandboxScene {
                $0.user = geteuid() == 0 ? "games" : nil
                $0.memoryMiB = 200
                $0.processes = 120
                $0.namespaces = namespaces
            }
            let hungry = try await run("python3 -c 'b = bytearray(400 << 20)'", scene).end
            #expect(hungry.cause == .exited(1) && hungry.diagnostics.contains { $0.contains("MemoryError") })
            let mark = mark()
            let lines = try await texts("python3 -c \"$BOMB\"", scene, ["MARK": mark, "BOMB": Self.bomb])
            let count = try #require(lines.first.flatMap { Int($0) })
            #expect(count < 120 || geteuid() != 0)
            #expect(processes(with: mark).isEmpty, "the bomb's children are still there")
        }
    }

    /// Makes children until it may not, or a thousand.
    private static let bomb = """
        import os, time
        n = 0
        while n < 1000:
          try:
            if os.fork() == 0: time.sleep(1000)
          except OSError: break
          n += 1
        print(n)
        """

    @Test func `nothing is read ahead: who writes waits for who reads`() async throws {
        let scene = SandboxScene()
        let program = try await scene.programs.start(order("yes | head -c 50000000; echo; echo written >&2; exit 4"))
        var size = 0
        for _ in 0..<3 { size += try await program.lines()?.reduce(0) { $0 + $1.bytes.count } ?? 0 }
        #expect(size > 0 && size < 1 << 20)
        await program.stop()
        #expect(!scene.lines.contains("written"))
    }

    // MARK: When we end

    @Test func `a task that is cancelled ends its program`() async throws {
        let (scene, mark) = (SandboxScene(), mark())
        let task = Task {
            do throws(ConnectorError) {
                let program = try await scene.programs.start(order("echo one; sleep 1000", ["MARK": mark]))
                _ = try await program.lines()
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await program.lines()
                return ConnectorError?.none
            } catch {
                return error
            }
        }
        #expect(await task.value == .cancelled)
        #expect(processes(with: mark).isEmpty)
    }

    @Test func `a connection that is closed ends its programs and starts none any more`() async throws {
        let (scene, mark) = (SandboxScene(), mark())
        let programs = [
            try await scene.programs.start(order("sleep 1000", ["MARK": mark])),
            try await scene.programs.start(order("trap '' TERM; echo; sleep 1000; sleep 1000", ["MARK": mark])),
        ]
        let waiting = Task { await failure { () throws(ConnectorError) in try await programs[0].lines() } }
        await scene.programs.close()
        #expect(await waiting.value == .cancelled && processes(with: mark).isEmpty)
        let late = await failure { () throws(ConnectorError) in try await scene.programs.start(order("true")) }
        #expect(late == .cancelled)
        await programs[1].stop()
    }

    private func failure<T>(_ work: () async throws(ConnectorError) -> T) async -> ConnectorError? {
        do throws(ConnectorError) {
            _ = try await work()
            return nil
        } catch {
            return error
        }
    }

    @Test func `many programs at once keep their output apart`() async throws {
        let results = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let lines = try await texts("for i in 1 2 3 4 5 6 7 8 9; do echo \(number)-$i; done")
                    return lines == (1...9).map { "\(number)-\($0)" }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.allSatisfy { $0 } && results.count == 20)
    }

    @Test func `check says what holds here`() async throws {
        let scene = SandboxScene()
        #expect(await scene.programs.isolation().contains { $0.contains("not started") })
        _ = try await run("true", scene)
        let lines = await scene.programs.isolation()
        #expect(lines.last?.contains("1024 MiB") == true && lines.last?.contains("nor what it writes to disks") == true)
        let off = SandboxScene { $0.namespaces = .off }
        _ = try await run("true", off)
        let told = await off.programs.isolation()
        #expect(told[1].contains("no namespaces") && told[2].contains("sees other processes"))
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `check says what is not hidden, and what is not limited`() async throws {
        let outside = SandboxScene()
        _ = try await run("true", outside)
        #expect(await outside.programs.isolation()[2].hasSuffix("and not the workspace"))

        let folder = try ScratchFolder()
        try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: "\(folder.path)/tap"))
        chmod("\(folder.path)/tap", 0o755)
        let inside = SandboxScene {
            $0.user = "root"
        } workspace: {
            folder.path
        }
        await (try await inside.programs.start(ProgramOrder(command: ["./tap"]))).stop()
        let lines = await inside.programs.isolation()
        #expect(lines[2].contains("in which it lies") && lines[3].contains("processes are not limited"))
    }
}
