import OpenSSLCrypto
import PlumblineKit

/// How DingTalk, WeCom and Yonyou encrypt: AES-256-CBC over 16 random bytes, the length of the message as four bytes
/// (big-endian), the message, and whose it is; padded to blocks of 32, the vector being the key's first half.
struct EncryptedFrame: Sendable {
    private static let paddingBlock = 32
    private static let randomByteCount = 16

    private let key: CallbackKey
    private let owner: [UInt8]

    /// A frame with the 43 characters that platforms give as a key: base64 without its `=`, its last character made up.
    init(encodedKey text: String, owner: String, field: String) throws(CallbackSettingError) {
        guard text.utf8.count == 43, let bytes = Base64.decode(text + "=", allowingSpareBits: true) else {
            throw CallbackSettingError(
                field: field,
                reason: LocalizedText(
                    zh: "应是 43 个字母或数字，现在有 \(text.utf8.count) 个字符",
                    en: "43 letters and digits are wanted, got \(text.utf8.count) characters"))
        }
        key = CallbackKey(bytes: bytes)
        self.owner = Array(owner.utf8)
    }

    /// The message in an encrypted text whose signature was checked.
    func open(_ text: String) throws(CallbackRefusal) -> [UInt8] {
        let ciphertext = try CipherText(text)
        let padded = try ciphertext.decrypted(key: key, vector: vector)
        guard let frame = PKCS7.unpad(padded, fromBlocksOf: Self.paddingBlock) else { throw .undecryptable(.padding) }
        let start = Self.randomByteCount + 4
        guard frame.count >= start else { throw .undecryptable(.length) }
        let length = frame[Self.randomByteCount..<start].reduce(0) { $0 << 8 | Int($1) }
        guard length <= frame.count - start else { throw .undecryptable(.length) }
        guard ConstantTime.equals(Array(frame[(start + length)...]), owner) else { throw .owner }
        return Array(frame[start..<(start + length)])
    }

    /// The encrypted text for a message.
    func seal(_ message: [UInt8]) throws(CallbackRefusal) -> String {
        let length = message.count
        let bytes = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> $0) }
        do throws(CryptoError) {
            let frame = try SecureRandom.bytes(Self.randomByteCount) + bytes + message + owner
            let padded = PKCS7.pad(frame, toBlocksOf: Self.paddingBlock)
            return Base64.encode(try AESCBC.encrypt(padded, key: key.bytes, vector: vector))
        } catch {
            throw .unavailable(reason: error.description)
        }
    }

    private var vector: [UInt8] { Array(key.bytes.prefix(AESCBC.blockByteCount)) }
}

/// Bytes of AES, read from base64.
struct CipherText {
    private let bytes: [UInt8]

    init(_ text: String) throws(CallbackRefusal) {
        guard let bytes = Base64.decode(text), !bytes.isEmpty else { throw .undecryptable(.base64) }
        self.bytes = bytes
    }

    /// What was encrypted, still padded.
    func decrypted(key: CallbackKey, vector: [UInt8]) throws(CallbackRefusal) -> [UInt8] {
        try Self.decrypt(bytes, key: key, vector: vector)
    }

    /// What was encrypted behind a vector that stands in front, without its padding to blocks of AES.
    func openedBehindVector(key: CallbackKey) throws(CallbackRefusal) -> [UInt8] {
        let size = AESCBC.blockByteCount
        guard bytes.count >= 2 * size else { throw .undecryptable(.blocks) }
        let padded = try Self.decrypt(Array(bytes[size...]), key: key, vector: Array(bytes[..<size]))
        guard let text = PKCS7.unpad(padded, fromBlocksOf: size) else { throw .undecryptable(.padding) }
        return text
    }

    private static func decrypt(
        _ ciphertext: [UInt8], key: CallbackKey, vector: [UInt8]
    ) throws(CallbackRefusal) -> [UInt8] {
        guard ciphertext.count.isMultiple(of: AESCBC.blockByteCount) else { throw .undecryptable(.blocks) }
        do throws(CryptoError) {
            return try AESCBC.decrypt(ciphertext, key: key.bytes, vector: vector)
        } catch {
            throw .unavailable(reason: error.description)
        }
    }
}
