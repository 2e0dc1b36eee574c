public import Expressions
internal import Foundation
internal import PlumblineKit

/// The list of a workspace's backups, wherever they were written: a line of JSON for each in `backups/list.jsonl`.
///
/// It lies beside the database, not in it: an older database that was put back knows its newer backups.
public struct BackupList: Sendable {
    private let folder: URL

    /// The list of the workspace at `folder`.
    public init(workspace folder: String) { self.folder = URL(filePath: folder) }

    /// One backup that was made.
    public struct Entry: Sendable, Hashable {
        /// When it was begun.
        public let made: Timestamp
        /// Where it was written.
        public let file: String
        /// Its length.
        public let bytes: Int
        /// SHA-256 of the file, hexadecimal, by which a copy of it elsewhere can be compared.
        public let digest: String
        /// Whether the audit chain in it was intact.
        public let isIntact: Bool

        /// Whether the file is still where it was written, as long as it was.
        public var isThere: Bool {
            (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) == bytes
        }
    }

    /// All backups, newest first. A line that is not whole, as a crash may leave one, tells of no backup.
    public func entries() throws(BackupError) -> [Entry] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let file = try PlainFile(reading: path)
        let lines = try file.read(file.attributes().size).split(separator: UInt8(ascii: "\n"))
        return lines.compactMap { Entry(Array($0)) }.sorted { $0.made > $1.made }
    }

    /// Deletes the oldest backups in the workspace's own folder of backups, but for the newest `count` that are there.
    /// Gives their files.
    public func deleteOld(keeping count: Int) throws(BackupError) -> [String] {
        let own = folder.standardizedFileURL.appending(path: BackupContents.backups).path
        let there = try entries().filter {
            URL(filePath: $0.file).deletingLastPathComponent().path == own && $0.isThere
        }
        let old = there.dropFirst(count).map(\.file)
        for file in old {
            guard unlink(file) == 0 else { throw .disk(path: file, reason: String(cString: strerror(errno))) }
        }
        return old
    }

    func add(_ entry: Entry) throws(BackupError) {
        try Folder.make(folder.appending(path: BackupContents.backups).path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure }
        defer { close(descriptor) }
        let line = entry.json.bytes + [UInt8(ascii: "\n")]
        guard write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else { throw failure }
    }

    private var path: String { folder.appending(path: "\(BackupContents.backups)/list.jsonl").path }
    private var failure: BackupError { .disk(path: path, reason: String(cString: strerror(errno))) }
}

extension BackupList.Entry {
    fileprivate init?(_ line: [UInt8]) {
        guard let json = try? JSON.parse(line), let made = json["made"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let file = json["file"]?.string, let bytes = json["bytes"]?.int, let digest = json["sha256"]?.string,
            let isIntact = json["intact"]?.bool
        else { return nil }
        self.init(made: made, file: file, bytes: bytes, digest: digest, isIntact: isIntact)
    }

    fileprivate var json: JSON {
        [
            "made": .string(made.rfc3339), "file": .string(file), "bytes": .int(bytes), "sha256": .string(digest),
            "intact": .bool(isIntact),
        ]
    }
}
