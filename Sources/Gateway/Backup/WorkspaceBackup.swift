public import Expressions
internal import Foundation
public import OpenSSLCrypto
public import ReviewStore

/// Makes a backup of a workspace while others work in it: one sealed file with the database and the workspace's files.
///
/// Keys and secrets are not in it: whoever finds the file can read nothing, and whoever keeps `secrets/plumbline.key`
/// elsewhere can restore it. The workspace's YAML need not be right, nor the database's schema be the present one.
public struct WorkspaceBackup {
    private let folder: URL
    private let secret: SymmetricKey
    private let copier: any DatabaseCopier
    private let now: @Sendable () -> Timestamp

    /// Backups of the workspace at `folder`, sealed with a key that comes out of its own key, `secret`.
    public init(
        of folder: String, secret: SymmetricKey, copier: any DatabaseCopier, now: @escaping @Sendable () -> Timestamp
    ) {
        self.folder = URL(filePath: folder).standardizedFileURL
        (self.secret, self.copier, self.now) = (secret, copier, now)
    }

    /// What was written.
    public struct Report: Sendable {
        /// The file, as the list of backups has it.
        public let entry: BackupList.Entry
        /// What it holds.
        public let manifest: BackupManifest
    }

    /// The key that seals backups of the workspace whose own key is `secret`.
    static func key(of secret: SymmetricKey) -> SymmetricKey { secret.derived(for: "plumbline backup") }

    /// Writes a backup to `file`, by default to one in the folder `backups` whose name tells the time, reads it again as
    /// a whole, and adds it to the list. A file of that name is there only once all of that is done.
    public func make(
        _ file: String?, progress: @escaping BackupProgress.Report = { _ in }
    ) async throws(BackupError) -> Report {
        let lock = try FolderLock(folder.path)
        defer { withExtendedLifetime(lock) {} }
        let made = now()
        let target = try target(file, made)
        defer { Folder.discard(draft.path) }
        defer { Folder.discard(part(of: target)) }
        Folder.discard(part(of: target))
        let manifest = try await write(part(of: target), made, progress)
        let (digest, bytes) = try check(part(of: target), manifest, progress)
        try Folder.rename(part(of: target), to: target)
        let entry = BackupList.Entry(
            made: made, file: target, bytes: bytes, digest: digest, isIntact: manifest.manifest.isIntact)
        try BackupList(workspace: folder.path).add(entry)
        return Report(entry: entry, manifest: manifest.manifest)
    }

    private var draft: URL { folder.appending(path: BackupContents.draft) }
    private var copyPath: String { draft.appending(path: Workspace.databaseFile).path }
    private func part(of target: String) -> String { target + ".part" }

    private func target(_ file: String?, _ made: Timestamp) throws(BackupError) -> String {
        if file == nil { try prepareBackups() }
        let name = "plumbline-\(made.rfc3339.filter { !":-.".contains($0) })"
        let target =
            file.map { URL(filePath: $0) } ?? folder.appending(path: "\(BackupContents.backups)/\(name).backup")
        let path = target.standardizedFileURL.path
        if FileManager.default.fileExists(atPath: path) { throw .fileExists(path: path) }
        return path
    }

    /// Makes the folder of backups; what a killed backup left in it goes.
    private func prepareBackups() throws(BackupError) {
        let backups = folder.appending(path: BackupContents.backups).path
        try Folder.make(backups)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: backups)) ?? []
        for name in names where name.hasSuffix(".backup.part") { Folder.discard("\(backups)/\(name)") }
    }

    // MARK: Writing

    /// A manifest, with the hash of each file's bytes by its name.
    private typealias Written = (manifest: BackupManifest, digests: [String: String])

    private func write(
        _ path: String, _ made: Timestamp, _ progress: @escaping BackupProgress.Report
    ) async throws(BackupError) -> Written {
        var manifest = BackupManifest(made: made)
        let hasDatabase = try copyDatabase(&manifest, progress)
        let contents = try BackupContents(of: folder.path)
        (manifest.files, manifest.leftOut) = (contents.files.count, contents.leftOut)
        let output = try SealedFileWriter(path, key: Self.key(of: secret))
        let archive = ArchiveWriter(output)
        let copyBytes = hasDatabase ? try PlainFile(reading: copyPath).attributes().size : 0
        var counter = StepCounter(.sealing, of: contents.bytes + copyBytes, progress)
        var digests: [String: String] = [:]
        var sources = contents.files.map { (name: $0, path: folder.appending(path: $0).path) }
        if hasDatabase { sources.append((Workspace.databaseFile, copyPath)) }
        for source in sources {
            digests[source.name] = try archive.add(PlainFile(reading: source.path), as: source.name) {
                manifest.bytes += $0
                counter.add($0)
            }
        }
        // The copy is in the archive as it is; checking the chain brings its schema up to date.
        if hasDatabase { try await audit(&manifest, progress) }
        try archive.finish(manifest)
        return (manifest, digests)
    }

    private func copyDatabase(
        _ manifest: inout BackupManifest, _ progress: BackupProgress.Report
    ) throws(BackupError) -> Bool {
        let database = folder.appending(path: Workspace.databaseFile).path
        guard FileManager.default.fileExists(atPath: database) else { return false }
        progress(BackupProgress(step: .copying, done: 0, total: nil))
        Folder.discard(draft.path)
        try Folder.make(draft.path)
        do throws(StoreError) {
            try copier.copy(database, to: copyPath)
            let contents = try copier.inspect(copyPath)
            manifest.database = .init(schema: contents.schema, rows: contents.rows)
        } catch {
            throw .store(error)
        }
        return true
    }

    private func audit(
        _ manifest: inout BackupManifest, _ progress: BackupProgress.Report
    ) async throws(BackupError) {
        progress(BackupProgress(step: .verifying, done: 0, total: nil))
        let report: AuditReport
        do throws(StoreError) {
            report = try await copier.audit(copyPath, keys: StoreKeys(secret: secret))
        } catch {
            throw .store(error)
        }
        manifest.database?.entries = report.entries
        manifest.database?.problems = report.problems.map(\.description)
    }

    // MARK: Reading again

    /// Reads the file from the disk and compares everything with what was to be written; gives its hash and length.
    private func check(
        _ path: String, _ written: Written, _ progress: @escaping BackupProgress.Report
    ) throws(BackupError) -> (digest: String, bytes: Int) {
        var counter = StepCounter(.checking, of: written.manifest.bytes, progress)
        var found: [String: String] = [:]
        let read = try BackupReader(path, key: Self.key(of: secret)).readAll { file, blocks throws(BackupError) in
            let hasher = FileHasher()
            try blocks.read { block in
                hasher.update(block)
                counter.add(block.count)
            }
            found[file.path] = hasher.finish()
        }
        guard found == written.digests, read.manifest == written.manifest else {
            throw .damaged(path: path, reason: "the disk gives other bytes than were written")
        }
        return (read.digest, try PlainFile(reading: path).attributes().size)
    }
}

/// Holds a folder for as long as it lives; the system lets go of it when the process ends, however it ends.
private final class FolderLock {
    private let descriptor: Int32

    init(_ folder: String) throws(BackupError) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .disk(path: folder, reason: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .underWay(folder: folder) }
    }

    /// Unlocks as well, for a program that is being started has a copy of the descriptor for a moment.
    deinit {
        guard descriptor >= 0 else { return }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
