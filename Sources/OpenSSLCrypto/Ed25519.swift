internal import COpenSSL

/// Signatures with Ed25519 (RFC 8032).
public enum Ed25519 {
    /// The length of a public key, and of the seed that a private key is made of, in bytes.
    public static let keyByteCount = 32
    /// The length of a signature, in bytes.
    public static let signatureByteCount = 64

    /// Whether `signature` over `message` was made with the private half of `publicKey`. A key or signature of another
    /// length is no match.
    public static func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard publicKey.count == keyByteCount, signature.count == signatureByteCount,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
        else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let isValid =
            EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        ERR_clear_error()
        return isValid
    }

    /// The signature of `message` under the private key that `seed` makes.
    ///
    /// - Throws: `CryptoError.wrongLength` for a seed that has not 32 bytes.
    public static func sign(_ message: [UInt8], seed: [UInt8]) throws(CryptoError) -> [UInt8] {
        let key = try privateKey(of: seed)
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { throw .lastFailure("prepare Ed25519") }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: signatureByteCount)
        var length = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &length, message, message.count) == 1
        else { throw .lastFailure("sign with Ed25519") }
        return signature
    }

    /// The public key that belongs to the private key of `seed`.
    ///
    /// - Throws: `CryptoError.wrongLength` for a seed that has not 32 bytes.
    public static func publicKey(of seed: [UInt8]) throws(CryptoError) -> [UInt8] {
        let key = try privateKey(of: seed)
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: keyByteCount)
        var length = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1 else { throw .lastFailure("read an Ed25519 key") }
        return bytes
    }

    private static func privateKey(of seed: [UInt8]) throws(CryptoError) -> OpaquePointer {
        guard seed.count == keyByteCount else {
            throw .wrongLength(of: "seed", expected: "\(keyByteCount) bytes", actual: seed.count)
        }
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            throw .lastFailure("read an Ed25519 key")
        }
        return key
    }
}
