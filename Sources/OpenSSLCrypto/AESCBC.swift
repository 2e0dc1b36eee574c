internal import COpenSSL

/// AES in cipher block chaining mode (NIST SP 800-38A), as callbacks of Chinese platforms are encrypted.
///
/// It proves nothing about who wrote the text: check the signature first. Padding is the caller's, see ``PKCS7``,
/// because some platforms pad to 32 bytes.
public enum AESCBC {
    /// The length of a block and of an initialisation vector, in bytes.
    public static let blockByteCount = 16

    /// The ciphertext of a padded text under a key of 16 or 32 bytes.
    ///
    /// - Throws: `CryptoError.wrongLength` when text, key or vector has another length than AES wants.
    public static func encrypt(_ padded: [UInt8], key: [UInt8], vector: [UInt8]) throws(CryptoError) -> [UInt8] {
        try run(padded, key: key, vector: vector, encrypting: true)
    }

    /// The still padded text of a ciphertext under a key of 16 or 32 bytes.
    ///
    /// - Throws: `CryptoError.wrongLength` when text, key or vector has another length than AES wants.
    public static func decrypt(_ ciphertext: [UInt8], key: [UInt8], vector: [UInt8]) throws(CryptoError) -> [UInt8] {
        try run(ciphertext, key: key, vector: vector, encrypting: false)
    }

    private static func run(
        _ input: [UInt8], key: [UInt8], vector: [UInt8], encrypting: Bool
    ) throws(CryptoError) -> [UInt8] {
        guard key.count == 16 || key.count == 32 else {
            throw .wrongLength(of: "key", expected: "16 or 32 bytes", actual: key.count)
        }
        guard vector.count == blockByteCount else {
            throw .wrongLength(of: "initialisation vector", expected: "16 bytes", actual: vector.count)
        }
        guard input.count.isMultiple(of: blockByteCount) else {
            throw .wrongLength(of: "text", expected: "a multiple of 16 bytes", actual: input.count)
        }
        guard input.count < Int32.max else {
            throw .wrongLength(of: "text", expected: "less than 2 GiB", actual: input.count)
        }
        guard !input.isEmpty else { return [] }
        return try blocks(input, key: key, vector: vector, encrypting: encrypting)
    }

    private static func blocks(
        _ input: [UInt8], key: [UInt8], vector: [UInt8], encrypting: Bool
    ) throws(CryptoError) -> [UInt8] {
        guard let context = EVP_CIPHER_CTX_new() else { throw .lastFailure("prepare AES-CBC") }
        defer { EVP_CIPHER_CTX_free(context) }
        let cipher = key.count == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc()
        var output = [UInt8](repeating: 0, count: input.count + blockByteCount)
        var length: Int32 = 0
        guard EVP_CipherInit_ex(context, cipher, nil, key, vector, encrypting ? 1 : 0) == 1,
            EVP_CIPHER_CTX_set_padding(context, 0) == 1,
            EVP_CipherUpdate(context, &output, &length, input, Int32(input.count)) == 1, Int(length) == input.count
        else { throw .lastFailure("run AES-CBC") }
        return Array(output.prefix(input.count))
    }
}
