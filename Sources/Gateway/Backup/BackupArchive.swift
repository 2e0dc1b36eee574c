internal import PlumblineKit

/// Writes files one after the other into a sealed file, and at the end what they are.
///
/// An item is a letter and JSON with its length before it. Behind a file's JSON stand its bytes in blocks, each with its
/// length before it, until a block of no length. Numbers are four bytes, the most significant first.
struct ArchiveWriter {
    static let file = UInt8(ascii: "F")
    static let manifest = UInt8(ascii: "M")
    static let blockByteCount = 1 << 18

    private let output: SealedFileWriter

    init(_ output: SealedFileWriter) { self.output = output }

    /// Adds a file under a name; `progress` gets the number of bytes of each block. Gives SHA-256 of its bytes.
    func add(_ file: PlainFile, as name: String, progress: (Int) -> Void) throws(BackupError) -> String {
        let (attributes, hasher) = (try file.attributes(), FileHasher())
        try add(
            Self.file,
            [
                "path": .string(name), "mode": .int(attributes.mode), "seconds": .int(attributes.seconds),
                "nanoseconds": .int(attributes.nanoseconds),
            ])
        while true {
            let block = try file.read(Self.blockByteCount)
            try output.write(UInt32(block.count).bigEndianBytes + block)
            hasher.update(block)
            progress(block.count)
            if block.isEmpty { return hasher.finish() }
        }
    }

    /// Ends the archive.
    func finish(_ manifest: BackupManifest) throws(BackupError) {
        try add(Self.manifest, manifest.json)
        try output.finish()
    }

    private func add(_ kind: UInt8, _ json: JSON) throws(BackupError) {
        let bytes = json.bytes
        try output.write([kind] + UInt32(bytes.count).bigEndianBytes + bytes)
    }
}

/// Reads what ``ArchiveWriter`` wrote.
struct ArchiveReader {
    private let input: SealedFileReader
    private let path: String

    init(_ path: String, _ input: SealedFileReader) { (self.path, self.input) = (path, input) }

    /// What comes next in an archive.
    enum Item {
        /// A file; its blocks are to be read before the next item.
        case file(ArchivedFile)
        /// The end.
        case manifest(BackupManifest)
    }

    func next() throws(BackupError) -> Item {
        let kind = try input.read(1)[0]
        let length = Int(bigEndian: try input.read(4))
        guard length < 64 << 20, let json = try? JSON.parse(try input.read(length)) else { throw unknown }
        switch kind {
        case ArchiveWriter.file:
            guard let file = ArchivedFile(json) else { throw unknown }
            return .file(file)
        case ArchiveWriter.manifest:
            guard let manifest = BackupManifest(json) else { throw unknown }
            return .manifest(manifest)
        default: throw unknown
        }
    }

    /// The next bytes of the file that was named last; empty at its end.
    func block() throws(BackupError) -> [UInt8] {
        let length = Int(bigEndian: try input.read(4))
        guard length <= ArchiveWriter.blockByteCount else { throw unknown }
        return try input.read(length)
    }

    private var unknown: BackupError {
        .damaged(path: path, reason: "it is not written as this version writes backups")
    }
}

/// A file in an archive.
struct ArchivedFile {
    let path: String
    let mode: Int
    let seconds: Int
    let nanoseconds: Int

    /// Nil where something is missing, or where the name leads out of the folder or into its secrets.
    init?(_ json: JSON) {
        guard let path = json["path"]?.string, let mode = json["mode"]?.int, let seconds = json["seconds"]?.int,
            let nanoseconds = json["nanoseconds"]?.int, (0..<1_000_000_000).contains(nanoseconds), Self.isInside(path)
        else { return nil }
        (self.path, self.mode, self.seconds, self.nanoseconds) = (path, mode & 0o777, seconds, nanoseconds)
    }

    private static func isInside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !["", ".", ".."].contains($0) && !$0.utf8.contains(0) }
            && parts.first != Substring(BackupContents.secrets)
    }
}
