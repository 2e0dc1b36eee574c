internal import Foundation
public import OpenSSLCrypto
public import ReviewStore

/// Makes a workspace of a backup, in a folder of its own: all of it, checked, or nothing.
public struct WorkspaceRestore {
    private let file: String
    private let secret: SymmetricKey
    private let copier: any DatabaseCopier

    /// Restores the backup `file` of the workspace whose own key is `secret`.
    public init(_ file: String, secret: SymmetricKey, copier: any DatabaseCopier) {
        (self.file, self.secret, self.copier) = (file, secret, copier)
    }

    /// Unpacks the backup into `folder`, which must be empty or absent, and puts the workspace's key there.
    ///
    /// Everything is unpacked and checked under another name beside the folder, `.NAME.restoring`: the files' bytes as the
    /// disk gives them back, the database's pages and references, its rows, its audit chain. Then it gets the name at once.
    public func run(
        into folder: String, progress: @escaping BackupProgress.Report = { _ in }
    ) async throws(BackupError) -> BackupManifest {
        let target = URL(filePath: folder).standardizedFileURL
        try Self.requireEmpty(target.path)
        let name = target.lastPathComponent
        let draft = target.deletingLastPathComponent().appending(path: ".\(name).restoring")
        Folder.discard(draft.path)
        do throws(BackupError) {
            try Folder.make(draft.path)
            let manifest = try unpack(into: draft, progress)
            try await check(manifest, in: draft, progress)
            try putKey(into: draft)
            try Folder.rename(draft.path, to: target.path)
            return manifest
        } catch {
            Folder.discard(draft.path)
            throw error
        }
    }

    private static func requireEmpty(_ folder: String) throws(BackupError) {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        do {
            if try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty { return }
        } catch {
            throw .disk(path: folder, reason: error.localizedDescription)
        }
        throw .notEmpty(folder: folder)
    }

    private func unpack(
        into folder: URL, _ progress: @escaping BackupProgress.Report
    ) throws(BackupError) -> BackupManifest {
        var counter = StepCounter(.restoring, of: nil, progress)
        var names: Set<String> = []
        var bytes = 0
        let reader = try BackupReader(file, key: WorkspaceBackup.key(of: secret))
        let manifest = try reader.readAll { file, blocks throws(BackupError) in
            names.insert(file.path)
            bytes += try unpack(file, blocks, into: folder) { counter.add($0) }
        }.manifest
        let expected = manifest.files + (manifest.database == nil ? 0 : 1)
        guard names.count == expected, bytes == manifest.bytes,
            names.contains(Workspace.databaseFile) == (manifest.database != nil)
        else { throw damaged("it holds \(names.count) files, but says \(expected)") }
        return manifest
    }

    /// Writes a file and reads it again; gives its length.
    private func unpack(
        _ file: ArchivedFile, _ blocks: BackupReader.Blocks, into folder: URL, _ progress: (Int) -> Void
    ) throws(BackupError) -> Int {
        let place = folder.appending(path: file.path)
        try Folder.make(place.deletingLastPathComponent().path)
        let output = try PlainFile(making: place.path)
        let hasher = FileHasher()
        var size = 0
        try blocks.read { block throws(BackupError) in
            try output.write(block)
            hasher.update(block)
            size += block.count
            progress(block.count)
        }
        try output.set(
            FileAttributes(size: size, mode: file.mode, seconds: file.seconds, nanoseconds: file.nanoseconds))
        try output.close()
        guard try Self.digest(place.path) == hasher.finish() else {
            throw .disk(path: place.path, reason: "the disk gives other bytes than were written")
        }
        return size
    }

    private static func digest(_ path: String) throws(BackupError) -> String {
        let (file, hasher) = (try PlainFile(reading: path), FileHasher())
        while true {
            let block = try file.read(ArchiveWriter.blockByteCount)
            if block.isEmpty { return hasher.finish() }
            hasher.update(block)
        }
    }

    private func check(
        _ manifest: BackupManifest, in folder: URL, _ progress: BackupProgress.Report
    ) async throws(BackupError) {
        guard let database = manifest.database else { return }
        progress(BackupProgress(step: .verifying, done: 0, total: nil))
        let path = folder.appending(path: Workspace.databaseFile).path
        let (contents, report): (DatabaseContents, AuditReport)
        do throws(StoreError) {
            contents = try copier.inspect(path)
            report = try await copier.audit(path, keys: StoreKeys(secret: secret))
        } catch {
            throw .store(error)
        }
        guard contents.schema == database.schema, contents.rows == database.rows else {
            throw damaged("its database has other rows than it says")
        }
        guard report.entries == database.entries, report.problems.map(\.description) == database.problems else {
            throw damaged("its audit chain is another one than it says")
        }
    }

    private func putKey(into folder: URL) throws(BackupError) {
        let secrets = folder.appending(path: BackupContents.secrets)
        try Folder.make(secrets.path)
        let file = try PlainFile(making: folder.appending(path: WorkspaceMaker.keyFile).path)
        try file.write(Array("\(secret.revealHex())\n".utf8))
        try file.close()
    }

    private func damaged(_ reason: String) -> BackupError { .damaged(path: file, reason: reason) }
}
