internal import COpenSSL

/// SHA-256 (FIPS 180-4), in one call or piece by piece.
///
/// A hasher keeps its OpenSSL context: after `finish()` it is ready for the next message, so one hasher serves a page.
public struct SHA256: ~Copyable {
    /// The length of a digest, in bytes.
    public static let byteCount = 32

    private let context: OpaquePointer

    /// A hasher that has seen nothing.
    public init() {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a SHA-256 context") }
        self.context = context
        start()
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next piece of the message.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Takes the next piece of the message from memory that the caller holds.
    public mutating func update(_ buffer: UnsafeRawBufferPointer) {
        let status = EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        precondition(status == 1, "SHA-256 update")
    }

    /// The digest of everything taken so far; the hasher begins anew.
    public mutating func finish() -> [UInt8] {
        let digest = [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            let status = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(status == 1, "SHA-256 final")
            count = Self.byteCount
        }
        start()
        return digest
    }

    /// Appends the digest of everything taken so far to `digests`; the hasher begins anew.
    public mutating func finish(appendingTo digests: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.byteCount) { digest in
            let status = EVP_DigestFinal_ex(context, digest.baseAddress, nil)
            precondition(status == 1, "SHA-256 final")
            digests.append(contentsOf: digest)
        }
        start()
    }

    /// The digest of one message.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(bytes)
        return hasher.finish()
    }

    private func start() {
        let status = EVP_DigestInit_ex(context, Algorithm.sha256.pointer, nil)
        precondition(status == 1, "SHA-256 init")
    }
}

/// OpenSSL's description of SHA-256, looked up once: a lookup costs more than hashing a short record.
private struct Algorithm: @unchecked Sendable {  // OpenSSL's algorithm objects are immutable and may be shared.
    static let sha256 = Algorithm(pointer: EVP_MD_fetch(nil, "SHA256", nil) ?? EVP_sha256())

    let pointer: OpaquePointer?
}
