internal import Foundation
internal import OpenSSLCrypto
internal import PlumblineKit

/// The beginning of a sealed file, which can be read without the key: `magic, length (4 bytes), JSON`.
///
/// The key of the contents comes out of these bytes, so that nothing opens once one of them was changed.
struct SealedHeader {
    static let magic = Array("plumbline backup 1\n".utf8)
    /// What all forms of backups begin with.
    static let family = Array("plumbline backup ".utf8)
    static let chunkByteCount = 1 << 20

    let bytes: [UInt8]
    private let keyName: String

    /// A header that nothing else has.
    init(key: SymmetricKey) throws(CryptoError) {
        keyName = Self.name(of: key)
        let salt = Hex.encode(try SecureRandom.bytes(32))
        let json: JSON = ["key": .string(keyName), "salt": .string(salt)]
        bytes = Self.magic + UInt32(json.bytes.count).bigEndianBytes + json.bytes
    }

    /// Reads the header of a file, from its first byte.
    init(_ file: PlainFile) throws(BackupError) {
        let magic = try file.read(Self.magic.count)
        guard magic == Self.magic else {
            throw magic.starts(with: Self.family) ? .newerForm(path: file.path) : .noBackup(path: file.path)
        }
        let length = try file.read(4)
        let text = try file.read(min(4096, Int(bigEndian: length)))
        guard let json = try? JSON.parse(text), let name = json["key"]?.string else {
            throw .damaged(path: file.path, reason: "its beginning was changed")
        }
        (bytes, keyName) = (magic + length + text, name)
    }

    func isSealed(with key: SymmetricKey) -> Bool { keyName == Self.name(of: key) }

    /// Recognises a key and tells nothing about it.
    private static func name(of key: SymmetricKey) -> String {
        Hex.encode(Array(HMACSHA256.code(for: Array("plumbline backup key".utf8), key: key).prefix(8)))
    }
}

/// Seals bytes into a file as they come, one chunk at a time.
final class SealedFileWriter {
    private let file: PlainFile
    private var cipher: ChunkCipher
    private var chunk: [UInt8] = []

    /// Makes the file where there is none.
    init(_ path: String, key: SymmetricKey) throws(BackupError) {
        let header: SealedHeader
        do { header = try SealedHeader(key: key) } catch { throw .disk(path: path, reason: "\(error)") }
        file = try PlainFile(making: path)
        cipher = ChunkCipher(key: key, header: header.bytes)
        try file.write(header.bytes)
    }

    func write(_ bytes: [UInt8]) throws(BackupError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if chunk.count == SealedHeader.chunkByteCount { try seal(isLast: false) }
            let part = rest.prefix(SealedHeader.chunkByteCount - chunk.count)
            chunk += part
            rest = rest.dropFirst(part.count)
        }
    }

    /// Writes the last chunk, without which the file does not open.
    func finish() throws(BackupError) {
        try seal(isLast: true)
        try file.close()
    }

    private func seal(isLast: Bool) throws(BackupError) {
        let sealed: [UInt8]
        do {
            sealed = try cipher.seal(chunk, isLast: isLast)
        } catch {
            throw .disk(path: file.path, reason: "\(error)")
        }
        try file.write(sealed)
        chunk.removeAll(keepingCapacity: true)
    }
}

/// Opens a sealed file from its beginning to its end. Gives out nothing that is not authentic and in its place.
final class SealedFileReader {
    private let file: PlainFile
    private var cipher: ChunkCipher
    private var ahead: [UInt8]
    private var chunk: ArraySlice<UInt8> = []
    private var hasLast = false
    private var hasher = FileHasher()

    /// Opens the file and its first chunk, which proves the key and the header.
    init(_ path: String, key: SymmetricKey) throws(BackupError) {
        file = try PlainFile(reading: path)
        let header = try SealedHeader(file)
        guard header.isSealed(with: key) else { throw .wrongKey(path: path) }
        cipher = ChunkCipher(key: key, header: header.bytes)
        hasher.update(header.bytes)
        ahead = try file.read(Self.sealedByteCount)
        try open()
    }

    private static let sealedByteCount = SealedHeader.chunkByteCount + ChunkCipher.overhead

    /// Exactly so many bytes.
    func read(_ count: Int) throws(BackupError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            if chunk.isEmpty { try open() }
            let part = chunk.prefix(count - bytes.count)
            bytes += part
            chunk = chunk.dropFirst(part.count)
        }
        return bytes
    }

    /// Expects the end; gives SHA-256 over the whole file, hexadecimal.
    func finish() throws(BackupError) -> String {
        guard hasLast, chunk.isEmpty else { throw damaged("there is more in it than it says") }
        return hasher.finish()
    }

    private func open() throws(BackupError) {
        if hasLast { throw damaged("it ends too early") }
        let sealed = ahead
        ahead = try file.read(Self.sealedByteCount)
        hasLast = ahead.isEmpty
        hasher.update(sealed)
        do {
            chunk = try cipher.open(sealed, isLast: hasLast)[...]
        } catch {
            throw damaged("it was changed or cut short")
        }
    }

    private func damaged(_ reason: String) -> BackupError { .damaged(path: file.path, reason: reason) }
}

/// SHA-256 of a file that passes by.
final class FileHasher {
    private var hasher = SHA256()

    func update(_ bytes: [UInt8]) { hasher.update(bytes) }
    func finish() -> String { Hex.encode(hasher.finish()) }
}

extension UInt32 {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension Int {
    init(bigEndian bytes: [UInt8]) { self = bytes.reduce(0) { $0 << 8 | Int($1) } }
}
