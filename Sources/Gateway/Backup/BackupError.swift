public import ReviewStore

/// Why a backup was not made, or nothing was restored; each message says what to do.
public enum BackupError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file does not begin as backups do.
    case noBackup(path: String)
    /// A newer Plumbline has written the backup, in another form.
    case newerForm(path: String)
    /// The backup was sealed with another workspace's key.
    case wrongKey(path: String)
    /// The backup was changed, cut short, or is not whole for the reason given.
    case damaged(path: String, reason: String)
    /// A backup is only restored into a folder that is empty or absent.
    case notEmpty(folder: String)
    /// A file is there already.
    case fileExists(path: String)
    /// A file or folder cannot be read or written.
    case disk(path: String, reason: String)
    /// Another backup of the workspace is being made.
    case underWay(folder: String)
    /// The database refused.
    case store(StoreError)

    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .noBackup(let path): "\(path) is no backup; expected a file that 'plumbline backup' wrote"
        case .newerForm(let path): "\(path) was written by a newer Plumbline; restore it with that version"
        case .wrongKey(let path):
            "\(path) was sealed with another key; give the plumbline.key of the workspace it was made from: --key FILE"
        case .damaged(let path, let reason):
            "\(path) cannot be used: \(reason). Take another backup ('plumbline backups' lists them)."
        case .notEmpty(let folder): "\(folder) is not empty; name a folder that is empty or not there yet"
        case .fileExists(let path): "there is a file \(path) already; name another one"
        case .disk(let path, let reason): "\(path): \(reason)"
        case .underWay(let folder): "another backup of \(folder) is being made; wait for its end"
        case .store(let error): error.description
        }
    }
}
