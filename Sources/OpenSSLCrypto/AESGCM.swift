internal import COpenSSL

/// Authenticated encryption with AES-256 in Galois/Counter mode (NIST SP 800-38D).
///
/// Sealed bytes are `nonce (12) || ciphertext || tag (16)`, with a random nonce for each message.
public enum AESGCM {
    static let nonceByteCount = 12
    static let tagByteCount = 16

    /// Seals `plaintext`. `authenticated` is not stored: the reader must give the same bytes, which ties the message to
    /// its place (a row's key, say).
    public static func seal(
        _ plaintext: [UInt8], key: SymmetricKey, authenticating authenticated: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        let nonce = try SecureRandom.bytes(nonceByteCount)
        return try seal(plaintext, key: key, nonce: nonce, authenticating: authenticated)
    }

    /// Opens what `seal` gave, or throws `authenticationFailed` without giving out a byte.
    public static func open(
        _ sealed: [UInt8], key: SymmetricKey, authenticating authenticated: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        let overhead = nonceByteCount + tagByteCount
        guard sealed.count >= overhead else { throw .truncated(expectedAtLeast: overhead, actual: sealed.count) }
        let cipher = try Cipher(key: key, nonce: Array(sealed.prefix(nonceByteCount)), direction: .open)
        try cipher.authenticate(authenticated)
        let plaintext = try cipher.process(Array(sealed[nonceByteCount..<(sealed.count - tagByteCount)]))
        try cipher.check(tag: Array(sealed.suffix(tagByteCount)))
        return plaintext
    }

    /// Sealing with a nonce of the caller's choice, for published test vectors only: a nonce used twice breaks the mode.
    package static func seal(
        _ plaintext: [UInt8], key: SymmetricKey, nonce: [UInt8], authenticating authenticated: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        let cipher = try Cipher(key: key, nonce: nonce, direction: .seal)
        try cipher.authenticate(authenticated)
        let ciphertext = try cipher.process(plaintext)
        return try nonce + ciphertext + cipher.tag()
    }
}

/// One message through OpenSSL's AES-256-GCM.
struct Cipher: ~Copyable {
    enum Direction: Int32 {
        case open = 0
        case seal = 1
    }

    private let context: OpaquePointer

    init(key: SymmetricKey, nonce: [UInt8], direction: Direction) throws(CryptoError) {
        guard let context = EVP_CIPHER_CTX_new() else { throw .lastFailure("prepare AES-256-GCM") }
        guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key.bytes, nonce, direction.rawValue) == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw .lastFailure("prepare AES-256-GCM")
        }
        self.context = context
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    func authenticate(_ bytes: [UInt8]) throws(CryptoError) {
        guard !bytes.isEmpty else { return }
        var length: Int32 = 0
        guard EVP_CipherUpdate(context, nil, &length, bytes, Int32(bytes.count)) == 1 else {
            throw .lastFailure("authenticate with AES-256-GCM")
        }
    }

    func process(_ input: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard !input.isEmpty else { return [] }
        var output = [UInt8](repeating: 0, count: input.count)
        var length: Int32 = 0
        guard EVP_CipherUpdate(context, &output, &length, input, Int32(input.count)) == 1 else {
            throw .lastFailure("run AES-256-GCM")
        }
        return output
    }

    func tag() throws(CryptoError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        var length: Int32 = 0
        guard EVP_CipherFinal_ex(context, &tag, &length) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(tag.count), &tag) == 1
        else { throw .lastFailure("finish AES-256-GCM") }
        return tag
    }

    func check(tag: [UInt8]) throws(CryptoError) {
        var tag = tag
        var scratch = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        var length: Int32 = 0
        guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, Int32(tag.count), &tag) == 1 else {
            throw .lastFailure("set the tag of AES-256-GCM")
        }
        guard EVP_CipherFinal_ex(context, &scratch, &length) == 1 else {
            ERR_clear_error()
            throw .authenticationFailed
        }
    }
}
