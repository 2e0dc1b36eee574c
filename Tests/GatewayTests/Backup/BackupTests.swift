import Expressions
import Foundation
import Indicators
import OpenSSLCrypto
import ReviewStore
import Testing

@testable import Gateway

/// Backups of a workspace that has a database, and their restoring.
@Suite struct BackupTests {
    typealias Company = TestWorkspace

    let company: Company
    /// Where backups are written and restored to.
    let place: TestFolder

    init() async throws {
        company = try Company(["data/附件/说明.txt": "一些说明", "secrets/token": "hidden-token", ".hidden/note": "no"])
        place = try TestFolder()
        try company.script([Company.page(Company.deed("1"), Company.deed("2", who: "E02", points: "2.5"))])
        let host = try await company.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
    }

    var file: String { place.url.appending(path: "company.backup").path }
    var target: URL { place.url.appending(path: "restored") }

    func backUp(_ file: String? = nil) async throws -> WorkspaceBackup.Report {
        try await WorkspaceBackup(of: company.path, secret: company.key, copier: SQLiteCopier(), now: company.clock.now)
            .make(file ?? self.file)
    }

    @discardableResult
    func restore(key: SymmetricKey? = nil) async throws -> BackupManifest {
        try await WorkspaceRestore(file, secret: key ?? company.key, copier: SQLiteCopier()).run(into: target.path)
    }

    func store(in folder: URL) async throws -> SQLiteReviewStore {
        let workspace = try Workspace.read(folder.path, registry: Company.registry)
        let configuration = StoreConfiguration(
            zone: workspace.calendar.zone, keys: StoreKeys(secret: company.key), now: company.clock.now)
        return try SQLiteReviewStore(path: workspace.databasePath, configuration: configuration)
    }

    @Test func `sinks are part of a backup, what was written for them is not`() async throws {
        try company.write("sinks/a.yaml", "sink: a\nkind: file\nevents: [connection.failed]")
        try company.write("outbox/a.jsonl", "{}\n")
        let contents = try BackupContents(of: company.path)
        #expect(contents.files.contains("sinks/a.yaml") && !contents.files.contains { $0.hasPrefix("outbox") })
        #expect(contents.leftOut.contains("outbox"))
    }

    @Test func `what is restored holds the same rows, and gives the same values`() async throws {
        let report = try await backUp()
        #expect(report.manifest.isIntact && report.manifest.database?.rows["evidence_deed"] == 2)
        let manifest = try await restore()
        #expect(manifest == report.manifest)
        let (old, new) = (try await company.host().store, try await store(in: target))
        #expect(try await new.tableDigests() == old.tableDigests())
        #expect(try await new.verifyAudit().isIntact)
        let host = WorkspaceHost(
            workspace: try Workspace.read(target.path, registry: Company.registry), store: new,
            secrets: SecretStore(workspace: target.path, environment: [:]), now: company.clock.now, actor: "tester")
        try await host.prepare()
        let rebuilt = try await host.rebuild()
        #expect(rebuilt.changes.isEmpty && rebuilt.unchanged > 0)
        #expect(try await host.shown("deed_points", "E02") == "2.50")
    }

    @Test func `files come back with bytes, permissions and time`() async throws {
        let name = "data/附件/说明.txt"
        let original = company.folder.appending(path: name).path
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640, .modificationDate: Date(timeIntervalSince1970: 1_700_000_000.25)],
            ofItemAtPath: original)
        _ = try await backUp()
        try await restore()
        let restored = target.appending(path: name).path
        #expect(try String(contentsOfFile: restored, encoding: .utf8) == "一些说明")
        #expect(try PlainFile(reading: restored).attributes() == PlainFile(reading: original).attributes())
    }

    @Test func `keys, secrets, links, hidden files and backups stay out, and it says so`() async throws {
        try company.write("note.txt", "plumbline backup 1\nof before")
        let outside = place.url.appending(path: "outside.txt")
        try Data("outside".utf8).write(to: outside)
        try FileManager.default.createSymbolicLink(
            at: company.folder.appending(path: "data/link.txt"), withDestinationURL: outside)
        let manifest = try await backUp().manifest
        #expect(manifest.leftOut == ["data/link.txt", "note.txt", "secrets"])
        try await restore()
        let names = try FileManager.default.subpathsOfDirectory(atPath: target.path)
        #expect(names.contains("data/script.json") && !names.contains { $0.hasPrefix(".hidden") })
        #expect(Set(names).isDisjoint(with: manifest.leftOut.filter { $0 != "secrets" }))
        #expect(names.filter { $0.hasPrefix("secrets/") } == ["secrets/plumbline.key"], "it was given, and is needed")
    }

    @Test func `nothing of what is in it can be read without the key`() async throws {
        _ = try await backUp()
        let bytes = try Data(contentsOf: URL(filePath: file))
        for text in ["hidden-token", "一些说明", "evidence_deed", "SQLite format", "connection:", "说明.txt"] {
            #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text)")
        }
        let other = try SymmetricKey.random()
        await #expect(throws: BackupError.wrongKey(path: file)) { try await restore(key: other) }
        #expect(try place.names() == ["company.backup"])
    }

    @Test func `only a folder that is empty or absent is restored into`() async throws {
        _ = try await backUp()
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        try Data().write(to: target.appending(path: "something"))
        await #expect(throws: BackupError.notEmpty(folder: target.path)) { try await restore() }
        try FileManager.default.removeItem(at: target.appending(path: "something"))
        try await restore()
        #expect(FileManager.default.fileExists(atPath: target.appending(path: "plumbline.yaml").path))
    }

    @Test func `a file that is there is not written over`() async throws {
        try Data("mine".utf8).write(to: URL(filePath: file))
        await #expect(throws: BackupError.fileExists(path: file)) { try await backUp() }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        await #expect(throws: BackupError.noBackup(path: file)) { try await restore() }
    }

    @Test func `a damaged database gives no backup, and no half of one`() async throws {
        try company.reopen()
        // The last to close a database moves what is in its log into it.
        try company.tamper("UPDATE runs SET message = NULL")
        let handle = try FileHandle(forUpdating: company.folder.appending(path: "plumbline.sqlite"))
        for offset in stride(from: 8192, to: 300_000, by: 4096) {
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: Data(repeating: 0xFF, count: 64))
        }
        try handle.close()
        let error = await #expect(throws: BackupError.self) { try await backUp() }
        guard case .store(.damaged)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(try place.names() == [])
        #expect(!FileManager.default.fileExists(atPath: company.folder.appending(path: ".backup").path))
        #expect(try BackupList(workspace: company.path).entries() == [])
    }

    @Test func `a broken audit chain is kept as it is, and told each time`() async throws {
        try company.reopen()
        try company.tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 1")
        let report = try await backUp()
        #expect(!report.manifest.isIntact && !report.entry.isIntact)
        #expect(report.manifest.database?.problems == ["entry 1 is not as it was written"])
        #expect(try await restore().database?.problems == ["entry 1 is not as it was written"])
    }

    @Test func `the list tells of each backup, and whether it is still there`() async throws {
        let made = try await backUp()
        company.clock.set("2026-10-16T00:00:00Z")
        let second = try await WorkspaceBackup(
            of: company.path, secret: company.key, copier: SQLiteCopier(), now: company.clock.now
        ).make(nil)
        #expect(second.entry.file.hasSuffix("/backups/plumbline-20261016T000000Z.backup"))
        let list = BackupList(workspace: company.path)
        #expect(try list.entries() == [second.entry, made.entry])
        #expect(try list.entries().map(\.isThere) == [true, true])
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        #expect(made.entry.digest == Hex.encode(SHA256.digest(of: bytes)) && made.entry.bytes == bytes.count)
        try FileManager.default.removeItem(atPath: file)
        #expect(try list.entries().map(\.isThere) == [true, false])
    }

    @Test func `of old backups only those in the workspace's own folder are deleted`() async throws {
        _ = try await backUp()
        var files: [String] = []
        for day in 1...3 {
            company.clock.set("2026-11-0\(day)T00:00:00Z")
            let backup = WorkspaceBackup(
                of: company.path, secret: company.key, copier: SQLiteCopier(), now: company.clock.now)
            files.append(try await backup.make(nil).entry.file)
        }
        let list = BackupList(workspace: company.path)
        #expect(try list.deleteOld(keeping: 2) == [files[0]])
        #expect(try list.entries().map(\.isThere) == [true, true, false, true])
        #expect(try list.deleteOld(keeping: 2) == [])
    }

    @Test func `a workspace without a database is backed up too`() async throws {
        let empty = try Company()
        let backup = WorkspaceBackup(of: empty.path, secret: company.key, copier: SQLiteCopier(), now: empty.clock.now)
        #expect(try await backup.make(file).manifest.database == nil)
        #expect(try await restore().database == nil)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: target.path).sorted()
                == ["connectors", "data", "indicators", "plumbline.yaml", "secrets"])
    }

    @Test func `what secrets a restored workspace lacks is named`() async throws {
        try company.write(
            "connectors/desk.yaml",
            """
            connection: desk
            connector: ticketing.roundup
            ca_file: authority.pem
            settings: {base_url: "https://desk.example/api", username: plumbline, password: "${file:desk-password}", agents: [li]}
            streams: {}
            """)
        let workspace = try Workspace.read(company.path, registry: Company.registry)
        let secrets = SecretStore(workspace: company.path, environment: [:])
        #expect(
            workspace.missingSecrets(in: secrets) == [
                "desk, password: secret 'desk-password': there is no readable file secrets/desk-password in the workspace",
                "desk, ca_file: there is no readable file authority.pem",
            ])
        try company.write("secrets/desk-password", "x")
        try company.write("authority.pem", "x")
        #expect(workspace.missingSecrets(in: secrets) == [])
    }
}

/// A folder in a temporary place for as long as it is named.
final class TestFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Everything in it, hidden or not.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
}
