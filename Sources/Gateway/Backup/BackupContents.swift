internal import Foundation

/// Which files of a workspace belong into a backup.
///
/// Everything does but the secrets, the database (of which a copy is made), backups, what was written for sinks, hidden
/// files, and what is no plain file: a link may lead anywhere.
struct BackupContents {
    static let secrets = "secrets"
    static let backups = "backups"
    /// Where the copy of the database is while a backup is made.
    static let draft = ".backup"

    /// The files, by their names within the workspace.
    private(set) var files: [String] = []
    /// The length of all of them, in bytes.
    private(set) var bytes = 0
    /// What is left out besides hidden files and the database, by name.
    private(set) var leftOut: [String] = []
    private let folder: URL

    init(of folder: String) throws(BackupError) {
        self.folder = URL(filePath: folder)
        try add(folder: "")
        files.sort()
        leftOut.sort()
    }

    private mutating func add(folder name: String) throws(BackupError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path(name))
        } catch {
            throw .disk(path: path(name), reason: error.localizedDescription)
        }
        for child in names.sorted() where !child.hasPrefix(".") {
            try add(name.isEmpty ? child : "\(name)/\(child)")
        }
    }

    private mutating func add(_ name: String) throws(BackupError) {
        if name.hasPrefix(Workspace.databaseFile) { return }
        var status = stat()
        guard lstat(path(name), &status) == 0 else {
            throw .disk(path: path(name), reason: String(cString: strerror(errno)))
        }
        let isOurs = [Self.secrets, Self.backups, FileChannel.folderName].contains(name)
        switch status.st_mode & S_IFMT {
        case S_IFDIR where !isOurs: try add(folder: name)
        case S_IFREG where try !isBackup(name):
            files.append(name)
            bytes += Int(status.st_size)
        default: leftOut.append(name)
        }
    }

    private func isBackup(_ name: String) throws(BackupError) -> Bool {
        try PlainFile(reading: path(name)).read(SealedHeader.family.count) == SealedHeader.family
    }

    private func path(_ name: String) -> String { name.isEmpty ? folder.path : folder.appending(path: name).path }
}
