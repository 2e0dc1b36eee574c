import Foundation
import PlumblineKit
import Testing

/// What the Debian package brings besides the program.
@Suite struct PackagingTests {
    private static let folder = Checkout.root.appending(path: "Packaging")

    private func units(_ kind: String) throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(kind) }
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8))
            })
    }

    @Test func `every command that a unit runs is one of the program's, with options that it has`() async throws {
        let help = try await RunningProcess(Plumbline.program, ["--help"]).finish(timeout: .seconds(20)).output
        let services = try units(".service")
        #expect(services.count == 3)
        for (name, text) in services {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
            let words = line.dropFirst("ExecStart=".count).split(separator: " ").map(String.init)
            #expect(words.first == "/usr/bin/plumbline")
            #expect(help.contains("\n  \(words[1]) "), "\(name)")
            let options = try await RunningProcess(Plumbline.program, [words[1], "--help"]).finish(
                timeout: .seconds(20))
            #expect(
                words.dropFirst(2).filter { $0.hasPrefix("--") }.allSatisfy { options.output.contains($0) }, "\(name)")
        }
    }

    @Test func `every unit runs as a user of its own that may change nothing but its folder`() throws {
        let wanted = [
            "User=plumbline", "StateDirectory=plumbline", "UMask=0077", "NoNewPrivileges=yes", "CapabilityBoundingSet=",
            "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "SystemCallFilter=@system-service",
        ]
        for (name, text) in try units(".service") {
            let lines = Set(text.split(separator: "\n").map(String.init))
            #expect(lines.isSuperset(of: wanted), "\(name)")
        }
    }

    @Test func `every timer has a service, and the script that installs starts each`() throws {
        let script = try String(contentsOf: Self.folder.appending(path: "postinst"), encoding: .utf8)
        let services = try units(".service").keys
        for timer in try units(".timer").keys {
            #expect(services.contains(timer.replacing(".timer", with: ".service")) && script.contains(timer))
        }
    }
}
