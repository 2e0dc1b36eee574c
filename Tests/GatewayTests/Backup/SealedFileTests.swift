import Foundation
import OpenSSLCrypto
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// The sealed file itself: what becomes of one that was changed.
@Suite struct SealedFileTests {
    private let place: TestFolder
    private let secret: SymmetricKey
    private let content: [UInt8]
    private let sealed: [UInt8]

    init() throws {
        place = try TestFolder()
        secret = try .random()
        content = (0..<(2 * SealedHeader.chunkByteCount + 1000)).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let writer = try SealedFileWriter(place.path("whole"), key: secret)
        for start in stride(from: 0, to: content.count, by: 300_007) {
            try writer.write(Array(content[start..<min(start + 300_007, content.count)]))
        }
        try writer.finish()
        sealed = [UInt8](try Data(contentsOf: place.url.appending(path: "whole")))
    }

    private var chunk: Int { SealedHeader.chunkByteCount + ChunkCipher.overhead }
    private var header: Int { sealed.count - 2 * chunk - 1000 - ChunkCipher.overhead }

    private func read(_ bytes: [UInt8]) throws -> [UInt8] {
        try Data(bytes).write(to: place.url.appending(path: "changed"))
        let reader = try SealedFileReader(place.path("changed"), key: secret)
        let content = try reader.read(content.count)
        _ = try reader.finish()
        return content
    }

    @Test func `what was written is read, and nothing is held that is longer than a chunk`() throws {
        #expect(try read(sealed) == content)
        #expect(header > 100 && header < 300)
    }

    @Test func `a change of any byte of the header, and of any kind of place behind it, is found`() throws {
        let places = Array(0..<header) + (0...2).flatMap { [header + $0 * chunk, header + $0 * chunk + 500] }
        for place in places + [sealed.count - 1, header + chunk - 1, header + 2 * chunk - 16] {
            var changed = sealed
            changed[place] ^= 1
            #expect(throws: BackupError.self, "byte \(place)") { try read(changed) }
        }
    }

    @Test func `a file that was cut anywhere is found, between chunks too`() throws {
        let cuts = [0, 5, 30, header - 1, header, header + 10, header + chunk, header + 2 * chunk, sealed.count - 1]
        for cut in cuts {
            #expect(throws: BackupError.self, "cut at \(cut)") { try read(Array(sealed[..<cut])) }
        }
    }

    @Test func `a file that was lengthened, or whose chunks were moved, is found`() throws {
        let (first, second) = (sealed[header..<(header + chunk)], sealed[(header + chunk)..<(header + 2 * chunk)])
        let (begin, last) = (sealed[..<header], sealed[(header + 2 * chunk)...])
        let orders = [
            [begin, first, second, last, [0]], [begin, first, second, last, first], [begin, second, first, last],
            [begin, first, last], [begin, first, first, second, last],
        ]
        for order in orders { #expect(throws: BackupError.self) { try read(Array(order.joined())) } }
    }

    @Test func `another form of backups is named as such`() throws {
        try Data("plumbline backup 2\nsomething else".utf8).write(to: place.url.appending(path: "newer"))
        let path = place.path("newer")
        #expect(throws: BackupError.newerForm(path: path)) { try SealedFileReader(path, key: secret) }
    }

    @Test(arguments: ["../evil", "/etc/evil", "a/../../evil", "secrets/token", "", "a//b", "./a", "a/\u{0}b"])
    func `a name that leads out of the folder, or into its secrets, is refused`(name: String) async throws {
        let file = place.path("hostile.backup")
        let writer = try SealedFileWriter(file, key: WorkspaceBackup.key(of: secret))
        let archive = ArchiveWriter(writer)
        try Data("evil".utf8).write(to: place.url.appending(path: "source"))
        _ = try archive.add(PlainFile(reading: place.path("source")), as: name) { _ in }
        var manifest = BackupManifest(made: TestClock("2026-10-15T00:00:00Z").now())
        (manifest.files, manifest.bytes) = (1, 4)
        try archive.finish(manifest)
        let before = try place.names()
        await #expect(throws: BackupError.self) {
            try await WorkspaceRestore(file, secret: secret, copier: SQLiteCopier()).run(into: place.path("restored"))
        }
        #expect(try place.names() == before)
    }

    @Test func `a backup that holds less than it says is refused`() async throws {
        let file = place.path("less.backup")
        let archive = ArchiveWriter(try SealedFileWriter(file, key: WorkspaceBackup.key(of: secret)))
        var manifest = BackupManifest(made: TestClock("2026-10-15T00:00:00Z").now())
        manifest.files = 1
        try archive.finish(manifest)
        await #expect(throws: BackupError.damaged(path: file, reason: "it holds 0 files, but says 1")) {
            try await WorkspaceRestore(file, secret: secret, copier: SQLiteCopier()).run(into: place.path("restored"))
        }
        #expect(!FileManager.default.fileExists(atPath: place.path("restored")))
    }
}

extension TestFolder {
    func path(_ name: String) -> String { url.appending(path: name).path }
}
