internal import COpenSSL

/// The hash functions that other systems' signatures are made with.
///
/// MD5 and SHA-1 are here because platforms still use them. Nothing of our own does: see ``SHA256``.
public enum HashFunction: Sendable, Hashable, CaseIterable {
    case md5
    case sha1
    case sha256
    case sha512
    /// GB/T 32905-2016.
    case sm3

    /// The length of a digest, in bytes.
    public var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256, .sm3: 32
        case .sha512: 64
        }
    }

    /// The digest of one message.
    public func digest(of message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let status = EVP_Digest(message, message.count, buffer.baseAddress, nil, algorithm, nil)
            precondition(status == 1, "\(self) digest")
            count = byteCount
        }
    }

    /// The HMAC (RFC 2104) of a message under a key of any length.
    public func authenticationCode(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            // An empty Swift array may have no address, which HMAC would read as "the key of the call before".
            let key = key.isEmpty ? [0] : key
            let code = HMAC(algorithm, key, Int32(key.count), message, message.count, buffer.baseAddress, nil)
            precondition(code != nil, "HMAC-\(self)")
            count = byteCount
        }
    }

    private var algorithm: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        case .sm3: EVP_sm3()
        }
    }
}
