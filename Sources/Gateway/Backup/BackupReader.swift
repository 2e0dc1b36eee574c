internal import OpenSSLCrypto

/// Reads a backup from its beginning to its end.
struct BackupReader {
    private let path: String
    private let input: SealedFileReader

    init(_ path: String, key: SymmetricKey) throws(BackupError) {
        self.path = path
        input = try SealedFileReader(path, key: key)
    }

    /// The bytes of a file, to be read once.
    struct Blocks {
        fileprivate let archive: ArchiveReader

        func read(_ body: ([UInt8]) throws(BackupError) -> Void) throws(BackupError) {
            while true {
                let block = try archive.block()
                if block.isEmpty { return }
                try body(block)
            }
        }
    }

    /// Calls `body` with every file and its bytes, all of which it must read; gives what the backup says it holds, once
    /// its end was seen, and SHA-256 of the backup itself.
    func readAll(
        _ body: (ArchivedFile, Blocks) throws(BackupError) -> Void
    ) throws(BackupError) -> (manifest: BackupManifest, digest: String) {
        let archive = ArchiveReader(path, input)
        while true {
            switch try archive.next() {
            case .file(let file): try body(file, Blocks(archive: archive))
            case .manifest(let manifest): return (manifest, try input.finish())
            }
        }
    }
}
